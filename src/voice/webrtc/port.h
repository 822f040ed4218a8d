// All browsers on one UDP port: STUN, DTLS, SRTP of every peer, without a socket (RFC 7983 tells them apart).
//
// What:   handle() takes a datagram and gives decrypted RTP and RTCP, answers to send, and events; send_rtp() encrypts. A peer is
//         found by the ufrag of its check, afterwards by an address that a check proved. DTLS and SRTP are taken from proven
//         addresses only, so that nobody can use this port against others or take over a call.
// Owns:   the peers. Each ends within its timer: no handshake in `connect_timeout`, no check in `consent_timeout`.
// Thread: one, that of the socket. Sink's functions are called from inside handle(), send_*() and on_timer(); they may call
//         send_*(), and nothing else.
// Limits: max_peers; a full port refuses new ones with kLimit.
// Example:
//   Port port({.context = context}, sink);
//   auto peer = port.add({.remote = {"ufrag", "password"}, .fingerprint = fp}, now);
//   LocalTransport sdp = *port.local(*peer);      // what the answer says
//   port.handle(datagram, from, now);             // ... sink.on_rtp(peer, packet)
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "voice/webrtc/dtls.h"
#include "voice/webrtc/ice.h"
#include "voice/webrtc/srtp.h"
#include "voice/wire/address.h"

namespace carillon::webrtc {

// What stands first in a datagram (RFC 7983 section 7).
enum class Kind { kStun, kDtls, kRtp, kRtcp, kUnknown };
Kind kind_of(Bytes datagram);

struct PeerId {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;  // 0: no peer
  explicit operator bool() const { return generation != 0; }
  bool operator==(const PeerId&) const = default;
};

enum class PeerEvent {
  kConnected,       // keys are there; packets may be sent
  kAddressChanged,  // the browser moved; packets follow it
  kClosed,          // the other side ended DTLS
  kConsentLost,     // no check for too long: nothing is sent any more
  kFailed,          // no connection came about; Port::reason() says why
};

// The lines an SDP answer needs; all of them belong to session or media level, as the writer likes.
struct LocalTransport {
  struct Candidate {
    std::string foundation;
    std::uint32_t priority = 0;  // RFC 8445 section 5.1.2.1
    voice::Endpoint at;
  };
  bool ice_lite = true;
  std::string ufrag, password;
  std::string fingerprint;        // "sha-256 AB:CD:.."
  std::string setup = "passive";  // the browser is the DTLS client
  bool rtcp_mux = true;
  std::vector<Candidate> candidates;  // host, UDP, component 1; followed by end-of-candidates
};

// The lines for these credentials; `addresses` are what browsers are told, one for each family.
LocalTransport local_transport(const DtlsContext& context, const IceCredentials& local, Dtls::Role role,
                               const std::vector<voice::Endpoint>& addresses);

class PortSink {
 public:
  virtual ~PortSink() = default;
  virtual void on_send(const voice::Endpoint& to, Bytes datagram) = 0;
  virtual void on_rtp(PeerId peer, MutableBytes packet) = 0;  // decrypted in place
  virtual void on_rtcp(PeerId peer, MutableBytes packet) = 0;
  virtual void on_event(PeerId peer, PeerEvent event) = 0;
};

class Port {
 public:
  struct Config {
    std::shared_ptr<const DtlsContext> context;
    std::vector<voice::Endpoint> addresses;  // what browsers are told, one for each family
    std::size_t max_peers = 4000;
    Duration connect_timeout = Duration::seconds(30);
    Duration consent_timeout = Duration::seconds(30);  // RFC 7675 section 5.1
  };
  struct Remote {
    IceCredentials remote;  // from the offer
    Fingerprint fingerprint;
    Dtls::Role role = Dtls::Role::kServer;
    std::optional<IceCredentials> local;  // made by whoever answers before this thread knows; else made here
  };
  struct Counts {
    std::uint64_t unknown = 0;  // no kind, or an address that proved nothing
    std::uint64_t refused = 0;  // checks and packets whose hash does not hold
    std::uint64_t packets_in = 0, packets_out = 0;
  };

  Port(Config config, PortSink& sink);
  ~Port();

  Result<PeerId> add(Remote remote, Instant now);
  void remove(PeerId peer);
  // New remote credentials: an ICE restart. Gives the new local lines.
  Result<LocalTransport> restart(PeerId peer, IceCredentials remote, std::optional<IceCredentials> local = {});
  Result<LocalTransport> local(PeerId peer) const;

  // `datagram` is changed in place. `from` must be as `IpAddress::from_bytes` makes it (no v4-mapped v6).
  void handle(MutableBytes datagram, const voice::Endpoint& from, Instant now);
  // `buffer` has kSrtpSpare bytes behind `size`. False when the peer cannot be sent to.
  bool send_rtp(PeerId peer, MutableBytes buffer, std::size_t size);
  bool send_rtcp(PeerId peer, MutableBytes buffer, std::size_t size);

  void on_timer(Instant now);
  // How often on_timer() is worth calling.
  Duration timer_step() const { return connecting_ > 0 ? Duration::millis(50) : Duration::seconds(1); }

  bool connected(PeerId peer) const;
  voice::Endpoint selected(PeerId peer) const;
  std::string reason(PeerId peer) const;
  std::size_t size() const { return used_; }
  const Counts& counts() const { return counts_; }

 private:
  struct Peer;
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  Peer* find(PeerId id) const;
  Result<IceCredentials> fresh(std::optional<IceCredentials> wanted) const;
  Peer* find_by_address(const voice::Endpoint& from) const;
  void on_stun(Bytes datagram, const voice::Endpoint& from, Instant now);
  void on_dtls(Bytes datagram, const voice::Endpoint& from, Instant now);
  void on_srtp(MutableBytes datagram, const voice::Endpoint& from, bool rtcp);
  void after_dtls(Peer& peer);
  void end(Peer& peer, PeerEvent event);
  void remember_address(Peer& peer, const voice::Endpoint& from);
  void check_timers(Peer& peer, Instant now);
  Dtls::Out to(const Peer& peer);

  Config config_;
  PortSink& sink_;
  std::vector<std::unique_ptr<Peer>> peers_;
  std::vector<std::uint32_t> free_;
  std::uint32_t generation_ = 0;
  std::size_t used_ = 0;
  std::size_t connecting_ = 0;
  std::unordered_map<std::string, Peer*, TextHash, std::equal_to<>> by_ufrag_;
  std::unordered_map<voice::Endpoint, Peer*> by_address_;
  Counts counts_;
};

}  // namespace carillon::webrtc
