// One leg: a call between us and one peer, its dialogs and what is under way in them. Inner to the stack.
//
//   outgoing:  calling --200--> up --BYE--> gone          calling --3xx..6xx, timeout--> gone
//   incoming:  ringing --answer--> answering --ACK--> up --BYE--> gone      ringing --reject, CANCEL--> gone
//   any:       hang_up --> leaving (told as ended; the protocol finishes by itself) --> gone
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "voice/sip/context.h"
#include "voice/sip/message.h"
#include "voice/sip/requests.h"

namespace carillon::voice::sip {

enum class LegState : std::uint8_t { kCalling, kRinging, kAnswering, kUp, kLeaving };

// The peer's half of a dialog (RFC 3261 section 12). A forked call has several before it is answered.
struct Peer {
  std::string tag;
  std::string party;     // the whole To or From value for our requests, with its tag
  std::string target;    // Request-URI of our requests
  std::string routes;    // "Route: ..." lines
  std::string next_hop;  // URI that our requests go to
  std::optional<Flow> flow;
  std::uint32_t cseq = 0;  // of its last request
  std::uint32_t rseq = 0;  // of its last reliable response
  std::uint32_t number = 0;
  bool has_cseq = false, updates = false, timer = false;
  std::string sdp;  // early answer
};

enum class Purpose : std::uint8_t { kInitial, kOffer, kRefresh, kBye, kPrack, kInfo, kRefer, kNotify, kProbe };

// A request of ours in a dialog that has no final response yet.
struct Outgoing {
  Handle request;
  Purpose purpose = Purpose::kInitial;
  Method method = Method::kInvite;
  std::uint32_t cseq = 0;
  std::uint32_t peer = 0;     // Peer::number
  bool with_session = false;  // carries Session-Expires
  int tries = 0;
  std::string fields, type, body;
};

enum class OfferState : std::uint8_t { kStable, kOurs, kTheirs };

// What an INVITE of ours needs again when it is challenged or asks too short an interval.
struct Leg {
  LegState state = LegState::kCalling;
  bool outgoing = false, told_ended = false;
  std::uint64_t token = 0;
  std::string call_id, local_tag;
  std::string local_party;  // the whole From or To value of ours, with our tag
  std::uint32_t cseq = 0;
  Peer peer;
  std::vector<Peer> forks;
  std::uint32_t next_fork = 0;
  std::string trunk;
  Source source;
  std::vector<Outgoing> out;
  std::vector<std::string> hops;  // of the first INVITE

  // incoming
  Handle invite;  // server transaction
  std::uint32_t invite_cseq = 0;
  std::string record_routes;  // lines to echo
  std::string merge_key;
  bool wants_100rel = false, needs_100rel = false, has_offer = false;
  std::uint32_t rseq = 0;
  Send reliable;  // the 1xx that waits for its PRACK
  bool reliable_sdp = false;
  Duration reliable_wait;
  Instant reliable_until;
  TimerId reliable_timer;
  bool answer_waits = false;
  std::string session_answer;  // Session-Expires for the 2xx that is to come

  // 2xx of ours until its ACK
  Send ok;
  std::uint32_t ok_cseq = 0;
  bool ok_has_offer = false;
  Duration ok_wait;
  Instant ok_until;
  TimerId ok_timer;

  // 2xx of the peer: what we said to it
  std::uint32_t ack_cseq = 0;
  std::string ack;
  Flow ack_flow;
  bool owes_ack = false;  // the host has to give the answer first

  // offers
  OfferState offer = OfferState::kStable;
  Handle offer_from;  // server transaction of a re-INVITE, UPDATE or PRACK that waits for the host
  Method offer_method = Method::kOther;
  std::string local_sdp, offered_sdp, remote_sdp;
  Method offer_by = Method::kInvite;  // how the pending offer of ours was made
  int glares = 0;
  std::string retry_sdp;  // goes again after 491
  TimerId retry_timer, wait_timer;

  // session timer
  int session = 0, session_least = 0;
  bool refresh_ours = false, refreshing = false;
  TimerId session_timer;

  // transfer
  Handle refer;  // server transaction of a REFER that waits for the host
  std::uint32_t refer_cseq = 0;
  bool notifies = false;
};

}  // namespace carillon::voice::sip
