// The ICE-lite side of one peer (RFC 8445 section 2.5): answers checks, learns the addresses that proved themselves.
//
// What:   check() takes a STUN request whose USERNAME named this peer, and says what to answer. The address to send to is the
//         one nominated last (USE-CANDIDATE), before any nomination the first that proved itself. A full agent repeats its
//         checks as long as it consents (RFC 7675); when none comes for the configured time, consent is lost.
// Owns:   the credentials of this peer, and of the restart that is under way.
// Thread: one.
// Limits: kMaxAddresses proven addresses; the one not heard of for longest makes room.
// Example:
//   IceLite ice(make_credentials(), remote);
//   if (ice.check(message, datagram, from, now, answer) == IceLite::Checked::kNominated) ...
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>

#include "base/time.h"
#include "voice/webrtc/stun/stun.h"

namespace carillon::webrtc {

struct IceCredentials {
  std::string ufrag;
  std::string password;
};

// 8 and 24 random letters.
IceCredentials make_credentials();

class IceLite {
 public:
  enum class Checked {
    kDropped,    // not for us, or the hash does not hold: no answer
    kRefused,    // `answer` tells an error
    kProved,     // the address is good, nothing else changed
    kNominated,  // packets go to another address from now on
  };
  static constexpr std::size_t kMaxAddresses = 8;

  IceLite(IceCredentials local, IceCredentials remote);

  const IceCredentials& local() const { return pending_local_ ? *pending_local_ : local_; }
  // A new offer with other remote credentials: both old and new are good until the first check with the new ones.
  void restart(IceCredentials local, IceCredentials remote);
  // The other side's credentials, when they come after the peer was made.
  void set_remote(IceCredentials remote);
  bool answers_to(std::string_view ufrag) const;

  Checked check(const stun::Message& message, stun::Bytes datagram, const voice::Endpoint& from, Instant now,
                std::optional<stun::Writer>& answer);

  bool proven(const voice::Endpoint& at) const;
  const voice::Endpoint& selected() const { return selected_; }  // empty() before the first check
  Instant last_check() const { return last_check_; }

 private:
  struct Proven {
    voice::Endpoint at;
    Instant heard;
  };
  bool belongs(std::string_view username, bool& pending) const;
  void remember(const voice::Endpoint& from, Instant now);
  void finish_restart();

  IceCredentials local_, remote_;
  std::optional<IceCredentials> pending_local_, pending_remote_;
  std::array<Proven, kMaxAddresses> proven_{};
  std::size_t proven_count_ = 0;
  voice::Endpoint selected_;
  bool nominated_ = false;
  Instant last_check_;
};

}  // namespace carillon::webrtc
