#include "voice/sip/transactions.h"
#include "voice/wire/text.h"

namespace carillon::voice::sip {
namespace {

constexpr Duration kTrying = Duration::millis(200);

}  // namespace

// Section 17.2.3; ACK and CANCEL are looked for as the INVITE they belong to.
std::string Transactions::key_of(const Message& request, Method method) {
  std::string key;
  const Via& via = *request.via();
  const std::string_view branch = via.branch();
  const bool modern = branch.size() > 7 && branch.substr(0, 7) == "z9hG4bK";
  if (modern) {
    key.reserve(branch.size() + via.sent_by.size() + 4);
    ((key += branch) += '|') += via.sent_by;
  } else {
    // RFC 2543: what the request is made of, without what an ACK has and its INVITE has not.
    const std::string cseq = request.cseq() ? std::to_string(request.cseq()->number) : std::string();
    key = "2543|" + std::string(request.request_uri()) + '|' + std::string(request.call_id()) + '|' +
          std::string(request.from_tag()) + '|' + cseq + '|' + std::string(via.sent_by) + '|' + std::string(branch);
  }
  key += '|';
  key += method == Method::kOther ? std::string(request.method_name()) : std::string(method_text(method));
  return key;
}

Handle Transactions::take_server(const Message& request, const Flow& from) {
  const Handle handle = servers_.take();
  Server& server = servers_.at(handle);
  server.method = request.method();
  server.key = key_of(request, request.method());
  server.flow = response_flow(request, from);
  server.head = ResponseHead(request, from);
  by_key_[server.key] = handle;
  return handle;
}

void Transactions::on_request(const Message& request, const Flow& from) {
  if (!request.via()) return;
  if (request.method() == Method::kAck) return on_ack(request, from);
  if (const auto found = by_key_.find(key_of(request, request.method())); found != by_key_.end()) {
    return repeat_request(found->second, servers_.at(found->second), request, from);
  }
  if (servers_.size() >= context_.settings.admission.server_transactions) {
    std::string fields;
    append_field(fields, "Retry-After", static_cast<std::uint64_t>(context_.settings.admission.retry_after));
    return respond_without(request, from, {503, {}, {}, fields});
  }
  if (request.method() == Method::kCancel && by_key_.count(key_of(request, Method::kInvite)) == 0) {
    return respond_without(request, from, {481});
  }
  const Handle handle = take_server(request, from);
  if (request.method() == Method::kCancel) return on_cancel(handle, request, from);
  if (request.method() == Method::kInvite) {
    servers_.at(handle).retry = context_.arm(kTrying, TimerKind::kServerTrying, handle);
  }
  user_.on_request(handle, request, from);
}

void Transactions::repeat_request(Handle, Server& server, const Message& request, const Flow& from) {
  wire_.trace_in(server.leg, request, from);
  // In proceeding without a response, and in accepted and confirmed, a retransmission is just absorbed.
  if (server.state == State::kProceeding || server.state == State::kCompleted) {
    if (!server.last.empty()) wire_.send(server.flow, server.last, server.leg);
  }
}

void Transactions::on_ack(const Message& ack, const Flow& from) {
  const auto found = by_key_.find(key_of(ack, Method::kInvite));
  Server* server = found == by_key_.end() ? nullptr : servers_.find(found->second);
  if (server == nullptr || server->state == State::kAccepted) return user_.on_ack(ack, from);
  if (server->state != State::kCompleted) return;
  wire_.trace_in(server->leg, ack, from);
  server->state = State::kConfirmed;
  server->last = std::string();
  context_.timers.cancel(server->retry);
  context_.timers.cancel(server->end);
  const Duration wait = is_reliable(server->flow.transport) ? Duration{} : context_.settings.timing.t4;
  server->end = context_.arm(wait, TimerKind::kServerEnd, found->second);
}

void Transactions::on_cancel(Handle transaction, const Message& cancel, const Flow& from) {
  const auto found = by_key_.find(key_of(cancel, Method::kInvite));
  Server* invite = found == by_key_.end() ? nullptr : servers_.find(found->second);
  std::string tag;
  append_hex(tag, context_.entropy.of(cancel.call_id()), 16);
  if (invite == nullptr) return respond(transaction, {481, {}, tag});
  const Owner owner = invite->owner;
  const bool early = invite->state == State::kProceeding;
  own(transaction, {}, invite->leg);
  wire_.trace_in(invite->leg, cancel, from);
  respond(transaction, {200, {}, tag});
  // After a final response it changes nothing (section 9.2).
  if (early) user_.on_cancel(owner, cancel);
}

void Transactions::own(Handle transaction, const Owner& owner, LegId leg) {
  Server& server = servers_.at(transaction);
  server.owner = owner;
  server.leg = leg;
}

bool Transactions::answered(Handle transaction) const {
  const Server* server = servers_.find(transaction);
  return server == nullptr || server->state != State::kProceeding;
}

void Transactions::respond(Handle transaction, const Response& response, Send* copy) {
  Server* server = servers_.find(transaction);
  if (server == nullptr || server->state != State::kProceeding) return;
  context_.timers.cancel(server->retry);
  std::string bytes = server->head.compose(response);
  if (copy != nullptr) *copy = {server->flow, bytes, server->leg};
  if (response.status < 200) {
    server->last = bytes;
    wire_.send(server->flow, std::move(bytes), server->leg);
    return;
  }
  const Timing& timing = context_.settings.timing;
  const bool reliable = is_reliable(server->flow.transport);
  server->head = ResponseHead();
  if (server->method == Method::kInvite && response.status < 300) {
    // From here the 2xx is the user's to repeat (RFC 6026).
    server->state = State::kAccepted;
    server->last = std::string();
    server->end = context_.arm(timing.give_up(), TimerKind::kServerEnd, transaction);
    wire_.send(server->flow, std::move(bytes), server->leg);
    return;
  }
  server->state = State::kCompleted;
  server->last = bytes;
  if (server->method == Method::kInvite) {
    server->wait = timing.t1;
    if (!reliable) server->retry = context_.arm(server->wait, TimerKind::kServerRetry, transaction);
    server->end = context_.arm(timing.give_up(), TimerKind::kServerEnd, transaction);
  } else {
    server->end = context_.arm(reliable ? Duration{} : timing.give_up(), TimerKind::kServerEnd, transaction);
  }
  wire_.send(server->flow, std::move(bytes), server->leg);
}

void Transactions::respond_without(const Message& request, const Flow& from, const Response& response) {
  if (!request.has(Header::kVia)) return;
  Response filled = response;
  std::string tag;
  append_hex(tag, context_.entropy.of(request.text()), 16);
  filled.tag = tag;
  wire_.send(response_flow(request, from), ResponseHead(request, from).compose(filled), {});
}

void Transactions::server_retry(Handle handle) {
  Server* server = servers_.find(handle);
  if (server == nullptr) return;
  server->retry = {};
  if (server->state == State::kProceeding) {
    if (server->last.empty()) respond(handle, {100});
    return;
  }
  if (server->state != State::kCompleted) return;
  wire_.send(server->flow, server->last, server->leg);
  server->wait = std::min(server->wait * 2, context_.settings.timing.t2);
  server->retry = context_.arm(server->wait, TimerKind::kServerRetry, handle);
}

void Transactions::server_end(Handle handle) {
  if (Server* server = servers_.find(handle)) {
    server->end = {};
    end_server(handle);
  }
}

void Transactions::end_server(Handle handle) {
  Server& server = servers_.at(handle);
  context_.timers.cancel(server.retry);
  context_.timers.cancel(server.end);
  if (const auto found = by_key_.find(server.key); found != by_key_.end() && found->second == handle)
    by_key_.erase(found);
  servers_.release(handle);
}

}  // namespace carillon::voice::sip
