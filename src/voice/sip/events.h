// What the stack says: bytes to send, connections and lookups to make, and what happened to calls.
//
// Why:    the host does I/O and decides; the stack does neither. Outputs are taken by drain() after each call into it.
// Owns:   plain values; texts are copies.
// Thread: any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/time.h"
#include "voice/sip/flow.h"

namespace carillon::voice::sip {

// Sends to a connection come only after connection_opened(). `leg` for whoever draws a ladder; empty when it is of none.
struct Send {
  Flow flow;
  std::string bytes;
  LegId leg;
};
struct OpenConnection {
  ConnectionId id;
  Transport transport = Transport::kTcp;
  Endpoint to;
  std::string name;  // for TLS: the name the certificate must have
};
struct CloseConnection {
  ConnectionId id;
};

enum class LookupKind : std::uint8_t { kNaptr, kSrv, kA, kAaaa };
struct Lookup {
  LookupId id;
  LookupKind kind = LookupKind::kA;
  std::string name;
};

enum class SourceKind : std::uint8_t { kUnknown, kTrunk, kAccount };
struct Source {
  SourceKind kind = SourceKind::kUnknown;
  std::string id;  // of the trunk or account
  Flow flow;
};

struct Party {
  std::string display;
  std::string uri;
  std::string user;    // unescaped
  std::string number;  // "" when the user is no telephone number
  std::string host;
};

// Somebody calls. Answer with ring(), answer() or reject().
struct IncomingCall {
  LegId leg;
  Source source;
  Party from;
  std::optional<Party> asserted;  // P-Asserted-Identity, from trusted trunks and proved accounts only
  bool anonymous = false;         // Privacy: id, or an anonymous From
  Party called;                   // Request-URI
  Party to;
  std::optional<Party> diverted_by;
  std::string sdp;  // "": answer() gives the offer
  std::string call_id;
  LegId replaces;  // a call of ours that this one takes the place of (RFC 3891)
  std::string referred_by;
  std::string user_agent;
  std::vector<std::pair<std::string, std::string>> fields;  // Settings::pass_fields
};

// 1xx to a call of ours. `fork` tells the early dialogs of a forked call apart.
struct Progress {
  LegId leg;
  std::uint32_t fork = 0;
  int status = 180;
  std::string sdp;  // early media
};

// 200 to a call of ours. With wants_answer the SDP is an offer (we sent none): answer_offer() sends the ACK.
struct Answered {
  LegId leg;
  std::string sdp;
  bool wants_answer = false;
  std::string user_agent;
};

// The ACK to our 200 came. With SDP it is the answer to the offer in our 200.
struct Established {
  LegId leg;
  std::string sdp;
};

// A new offer in a call (hold, resume, codec). Empty: the peer wants one from us. answer_offer() or refuse_offer().
struct OfferReceived {
  LegId leg;
  std::string sdp;
};
struct OfferAnswered {
  LegId leg;
  std::string sdp;
};
struct OfferRefused {  // the call goes on as before
  LegId leg;
  int status = 488;
};

struct Dtmf {  // by INFO
  LegId leg;
  char digit = '0';
  int milliseconds = 160;
};
struct Info {
  LegId leg;
  std::string type, body;
};

// The peer asks us to call somebody. accept_refer() or refuse_refer().
struct ReferReceived {
  LegId leg;
  std::string target;          // URI without headers
  LegId replaces;              // a call of ours
  std::string replaces_field;  // as sent, for a call that is not ours
  std::string referred_by;
};
struct ReferProgress {  // of our refer()
  LegId leg;
  int status = 100;
  bool final = false;
};

enum class Cause : std::uint8_t {
  kLocal,      // we ended it
  kHungUp,     // the peer did
  kCancelled,  // the caller did before we answered
  kRejected,   // 3xx to 6xx: status says which
  kNoAnswer,   // nobody answered our requests: timeout
  kTransport,  // not reachable: no address, no connection
  kNoAck,      // our 200 was never acknowledged
  kExpired,    // the session timer ran out: the peer is gone
  kFault,      // the peer broke the protocol, or the host owed an answer
};
struct CallEnded {
  LegId leg;
  Cause cause = Cause::kLocal;
  int status = 0;  // kRejected: of the response; others: what it amounts to
  std::string phrase;
  int q850 = 0;                       // of a Reason field (RFC 3326), 0 when none
  std::string reason;                 // the text of that field
  bool elsewhere = false;             // "Call completed elsewhere"
  int retry_after = 0;                // seconds, of a 503 or 480
  std::vector<std::string> contacts;  // of a 3xx
};

struct RegistrationChanged {
  std::string account;
  std::string contact;  // URI
  Flow flow;
  bool active = false;
  std::uint32_t expires = 0;  // seconds
  std::string user_agent;
};
struct TrunkChanged {
  std::string trunk;
  bool up = false;
  int status = 0;  // of the response that said so; 408 for none
};
struct SourceBlocked {  // too many failed authentications
  IpAddress ip;
  Duration until_heard_again;
};
// A stranger who sends more than is heard: told once a minute while it lasts.
struct SourceThrottled {
  IpAddress ip;
  std::uint64_t messages = 0;  // not heard since this was told last
};
struct Trace {
  LegId leg;
  bool sent = false;
  Flow flow;
  std::string
      bytes;  // the body of an INFO that came is written over; of what goes out whoever keeps it takes digits out
};

using Event = std::variant<IncomingCall, Progress, Answered, Established, OfferReceived, OfferAnswered, OfferRefused,
                           Dtmf, Info, ReferReceived, ReferProgress, CallEnded, RegistrationChanged, TrunkChanged,
                           SourceBlocked, SourceThrottled, Trace>;

struct Outputs {
  std::vector<OpenConnection> opens;
  std::vector<Send> sends;
  std::vector<CloseConnection> closes;
  std::vector<Lookup> lookups;
  std::vector<Event> events;

  bool empty() const { return opens.empty() && sends.empty() && closes.empty() && lookups.empty() && events.empty(); }
  void clear() { opens.clear(), sends.clear(), closes.clear(), lookups.clear(), events.clear(); }
};

}  // namespace carillon::voice::sip
