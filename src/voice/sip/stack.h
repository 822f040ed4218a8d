// The SIP stack of a server: calls, registrations, trunks. Bytes and time go in, bytes and events come out.
//
// What:   everything between a socket and "a call came in": transactions, dialogs, digest, DNS order, overload. Sans-I/O:
//         it opens nothing, reads no clock, draws randomness only from the seed it is given. What it wants done lies in
//         Outputs after each call; the host does it and tells the outcome.
// Why:    a call is one state machine that a test can run a thousand times a second with a lossy network and a fake clock.
// Owns:   legs (calls), transactions, bindings, connections by id. Sockets belong to the host.
// Thread: one at a time; the host gives each stack a strand.
// Errors: commands give kNotFound for a leg that has ended and kStateForbids for what its state does not allow. Input is
//         never an error: it is answered, or dropped.
// Limits: Settings::limits and Settings::admission. Time is cut into next_deadline()s; nothing scans.
// Contract of the host: call tick() when next_deadline() comes; answer each OpenConnection with connection_opened() or
//         connection_closed(), each CloseConnection with connection_closed(), each Lookup with resolved(). `now` never runs
//         backwards. One CallEnded comes for each leg, after which its LegId finds nothing.
//
// Example:
//   Stack stack(settings, seed, hashes);
//   stack.receive(now, Flow::datagram(0, peer), bytes);
//   stack.drain(out);
//   for (const Send& send : out.sends) socket.send(send.flow.remote, send.bytes);
//   for (const Event& event : out.events) {
//     if (const auto* call = std::get_if<IncomingCall>(&event)) {
//       stack.ring(now, call->leg);
//       stack.answer(now, call->leg, our_sdp);
//     }
//   }
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "voice/sip/commands.h"
#include "voice/sip/events.h"
#include "voice/sip/hashes.h"
#include "voice/sip/registrar.h"
#include "voice/sip/resolve.h"
#include "voice/sip/settings.h"

namespace carillon::voice::sip {

// How much there is of everything; what is not zero after the last call has ended and its timers have run is a leak.
struct StackSize {
  std::size_t legs = 0, client_transactions = 0, server_transactions = 0, requests = 0, lookups = 0, bindings = 0,
              connections = 0, timers = 0;
  bool operator==(const StackSize&) const = default;
};

// Since it was made. What was not taken, and of whom.
struct StackCounts {
  std::uint64_t calls_in = 0;           // offered to the host
  std::uint64_t calls_busy = 0;         // 503: overloaded, too many legs, too many a second
  std::uint64_t strangers_unheard = 0;  // messages dropped by the gate
  std::uint64_t strangers_refused = 0;  // answered 403 or 401 without a look
  std::uint64_t sources_blocked = 0;    // too many wrong passwords
};

class Stack {
 public:
  // `seed` is the only source of tags, branches, Call-IDs and nonces: 128 bits from the operating system.
  // `hashes` must outlive the stack.
  Stack(Settings settings, Seed seed, const Hashes& hashes);
  ~Stack();
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;

  // -- what the host hears --
  // A datagram, a piece of a stream, or one WebSocket message.
  void receive(Instant now, const Flow& from, std::string_view bytes);
  // A connection came in; its id is for receive() and Send.
  ConnectionId connection_accepted(Instant now, Transport transport, Endpoint remote);
  void connection_opened(Instant now, ConnectionId id);
  // It ended, or could not be opened.
  void connection_closed(Instant now, ConnectionId id);
  void resolved(Instant now, LookupId id, const Records& records);
  void tick(Instant now);
  Instant next_deadline() const;
  // Moves everything said since the last time into `into`, whose contents are dropped (its memory is used again).
  void drain(Outputs& into);

  // -- who is known --
  Result<void> set_trunk(Instant now, const Trunk& trunk);
  void remove_trunk(Instant now, const std::string& id);
  void set_account(const Account& account);
  void remove_account(Instant now, const std::string& id);
  std::vector<Binding> bindings(const std::string& account) const;
  // The host cannot take more: new calls get 503 with Retry-After, emergency calls excepted.
  void set_overloaded(bool overloaded);

  // -- calls of ours --
  Result<LegId> invite(Instant now, const Invite& call);

  // -- calls from others --
  // 180, 183, 182. With `sdp` early media. `reliable`: by PRACK when the caller can (always when it demands it).
  Result<void> ring(Instant now, LegId leg, int status = 180, const std::string& sdp = {}, bool reliable = false);
  Result<void> answer(Instant now, LegId leg, const std::string& sdp);
  // 300 to 699; `contacts` are URIs of a 3xx.
  Result<void> reject(Instant now, LegId leg, int status, const Why& why = {},
                      const std::vector<std::string>& contacts = {});

  // -- both --
  // CANCEL, 480 or BYE, whatever the state needs. CallEnded comes at once; the protocol finishes by itself.
  Result<void> hang_up(Instant now, LegId leg, const Why& why = {});
  // A new offer (hold, resume). OfferAnswered or OfferRefused tells; glare is settled inside.
  Result<void> offer(Instant now, LegId leg, const std::string& sdp, OfferBy by = OfferBy::kInvite);
  // To OfferReceived (empty one: this is our offer), or to Answered::wants_answer. Within 20 s.
  Result<void> answer_offer(Instant now, LegId leg, const std::string& sdp);
  Result<void> refuse_offer(Instant now, LegId leg, int status = 488);
  // Asks the peer to call `target`; with `replaces` in place of that call of ours (attended transfer).
  Result<void> refer(Instant now, LegId leg, const std::string& target, LegId replaces = {},
                     const std::string& referred_by = {});
  Result<void> accept_refer(Instant now, LegId leg);
  Result<void> refuse_refer(Instant now, LegId leg, int status = 603);
  // How the accepted transfer goes on: 180, 200, 486 ..; `final` with the last.
  Result<void> notify_refer(Instant now, LegId leg, int status, bool final);
  Result<void> info(Instant now, LegId leg, const std::string& type, const std::string& body);
  Result<void> dtmf(Instant now, LegId leg, char digit, int milliseconds = 160);
  // Asks an answered call's peer whether it is still there (OPTIONS in the dialog): CallEnded when it is not.
  Result<void> probe(Instant now, LegId leg);

  StackSize size() const;
  const StackCounts& counts() const;

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace carillon::voice::sip
