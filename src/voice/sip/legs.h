// Calls: INVITE dialogs of both sides with all that happens in them. Inner to the stack; see stack.h for the commands.
//
// What:   RFC 3261 sections 12 to 15 with forking and the CANCEL race, 3262, 3311, 3515, 3891, 4028, 6026.
// Owns:   legs. A tag of ours names its slot, so requests in a dialog find their leg without a table.
// Errors: commands give kNotFound for a leg that is gone and kStateForbids for what its state does not allow.
// Thread: that of the stack.
#pragma once

#include <unordered_map>

#include "voice/sip/commands.h"
#include "voice/sip/digest.h"
#include "voice/sip/leg.h"

namespace carillon::voice::sip {

class TrunkBook;

class Legs {
 public:
  Legs(Context& context, Wire& wire, Transactions& transactions, Requests& requests, const TrunkBook& trunks);

  // -- commands; stack.h says what they mean --
  Result<LegId> invite(const Invite& call);
  Result<void> ring(LegId id, int status, const std::string& sdp, bool reliable);
  Result<void> answer(LegId id, const std::string& sdp);
  Result<void> reject(LegId id, int status, const Why& why, const std::vector<std::string>& contacts);
  Result<void> hang_up(LegId id, const Why& why);
  Result<void> offer(LegId id, const std::string& sdp, OfferBy by);
  Result<void> answer_offer(LegId id, const std::string& sdp);
  Result<void> refuse_offer(LegId id, int status);
  Result<void> refer(LegId id, const std::string& target, LegId replaces, const std::string& referred_by);
  Result<void> accept_refer(LegId id);
  Result<void> refuse_refer(LegId id, int status);
  Result<void> notify_refer(LegId id, int status, bool final);
  Result<void> info(LegId id, const std::string& type, const std::string& body);
  Result<void> probe(LegId id);

  // -- from below --
  void incoming(Handle transaction, const Message& invite, const Flow& from, const Source& source);
  void in_dialog(Handle transaction, const Message& request, const Flow& from);
  void on_ack(const Message& ack, const Flow& from);
  void on_cancel(const Owner& owner, const Message& cancel);
  void on_sent(const Owner& owner, Handle request, const Flow& flow, const std::string& bytes);
  void on_reply(const Owner& owner, Handle request, const Message& response, const Flow& from);
  void on_no_reply(const Owner& owner, Handle request, Failure failure);
  void on_timer(const TimerKey& key);

  // A leg by the tags and Call-ID of a Replaces value; empty when there is none.
  LegId by_replaces(std::string_view value, bool& early_only);
  std::size_t size() const { return legs_.size(); }

 private:
  static LegId id_of(Handle handle) { return {{handle.slot, handle.generation}}; }
  Leg* find(LegId id) { return legs_.find(id); }
  Leg* by_tag(std::string_view local_tag, std::string_view call_id, LegId& id);
  Peer* peer_of(Leg& leg, std::string_view tag);
  Peer& peer_number(Leg& leg, std::uint32_t number);
  LegId make_leg(Leg*& leg);
  void tell(Event event) { context_.out.events.push_back(std::move(event)); }
  void trace(LegId id, const Message& message, const Flow& from);
  void end(LegId id, Leg& leg, CallEnded ended);
  void release(LegId id);
  void forget_invite(Leg& leg);
  void say_bye(LegId id, Leg& leg, const Why& why);
  void leave(LegId id, Leg& leg, const Why& why);
  CallEnded ended_by(const Message& message, Cause cause) const;

  // requests of ours
  void send_out(LegId id, Leg& leg, Outgoing outgoing);
  Handle send_in(LegId id, Leg& leg, Peer& peer, Purpose purpose, Method method, std::string fields,
                 std::string type = {}, std::string body = {});
  Draft draft_of(Leg& leg, Peer& peer, const Outgoing& outgoing);
  void send_ack(LegId id, Leg& leg, Peer& peer, std::uint32_t cseq, const std::string& sdp);
  Outgoing* outgoing_of(Leg& leg, Handle request);
  Outgoing take_outgoing(Leg& leg, Handle request);
  bool answer_auth(LegId id, Leg& leg, Outgoing& outgoing, const Message& response);
  bool raise_interval(LegId id, Leg& leg, Outgoing& outgoing, const Message& response);
  std::string own_fields() const;

  // caller
  void initial_reply(LegId id, Leg& leg, Handle request, const Message& response, const Flow& from);
  void provisional(LegId id, Leg& leg, const Message& response, const Flow& from);
  void accepted(LegId id, Leg& leg, Handle request, const Message& response, const Flow& from);
  void drop_fork(LegId id, Leg& leg, const Message& response, const Flow& from);
  void peer_from_response(Leg& leg, Peer& peer, const Message& response, const Flow& from);
  void prack(LegId id, Leg& leg, Peer& peer, const Message& response);

  // callee
  struct Refusal {
    int status = 0;
    std::string fields;
  };
  Refusal refusal_of(const Message& invite, Leg& leg, std::string& sdp);
  void peer_from_request(Peer& peer, const Message& request, const Flow& from, const Source& source);
  std::string answer_fields(Leg& leg, const Flow& flow);
  void send_ok(LegId id, Leg& leg, const std::string& sdp);
  void got_prack(LegId id, Leg& leg, Handle transaction, const Message& request);
  void remember_ok(LegId id, Leg& leg, Send ok, std::uint32_t cseq, bool has_offer);
  void repeat_ok(LegId id, Leg& leg);
  void repeat_reliable(LegId id, Leg& leg);

  // in a dialog
  void dispatch(LegId id, Leg& leg, Peer& peer, Handle transaction, const Message& request, const Flow& from);
  void got_bye(LegId id, Leg& leg, Peer& peer, Handle transaction, const Message& request);
  void got_offer(LegId id, Leg& leg, Peer& peer, Handle transaction, const Message& request, const Flow& from);
  void got_info(LegId id, Leg& leg, Handle transaction, const Message& request);
  void got_refer(LegId id, Leg& leg, Handle transaction, const Message& request);
  void got_notify(LegId id, Leg& leg, Handle transaction, const Message& request);
  void finish_offer(LegId id, Leg& leg, const std::string& sdp, const std::string& session_fields);
  void offer_reply(LegId id, Leg& leg, Outgoing outgoing, const Message& response);
  void offer_failed(LegId id, Leg& leg, const Outgoing& outgoing, int status);
  void send_offer(LegId id, Leg& leg);
  void refer_reply(LegId id, Leg& leg, const Message& response);
  void owe(LegId id, Leg& leg);
  void owed_too_long(LegId id, Leg& leg);

  // session timer
  std::string session_fields(const Leg& leg) const;
  std::string agree_session(LegId id, Leg& leg, const Peer& peer, const Message& request);
  void session_from_reply(LegId id, Leg& leg, const Message& response);
  void arm_session(LegId id, Leg& leg);
  void on_session(LegId id, Leg& leg);

  Context& context_;
  Wire& wire_;
  Transactions& transactions_;
  Requests& requests_;
  const TrunkBook& trunks_;
  Slots<Leg> legs_;
  std::unordered_map<std::string, LegId, KeyedHash> merging_;
};

}  // namespace carillon::voice::sip
