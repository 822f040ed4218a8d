#include "voice/sip/transactions.h"
#include "voice/wire/text.h"

namespace carillon::voice::sip {
namespace {

constexpr std::string_view kCookie = "z9hG4bK";

}  // namespace

Transactions::Transactions(Context& context, Wire& wire, TransactionUser& user)
    : context_(context), wire_(wire), user_(user), by_key_(1024, KeyedHash{context.entropy.seed()}) {}

Handle Transactions::reserve(Method method) {
  const Handle handle = clients_.take();
  Client& client = clients_.at(handle);
  client.method = method;
  client.token = context_.entropy.next();
  return handle;
}

void Transactions::append_via(std::string& out, Handle transaction, const Flow& flow) const {
  const Client* client = clients_.find(transaction);
  CARILLON_CHECK(client != nullptr);
  const Handle branch = client->cancel_of.empty() ? transaction : client->cancel_of;
  const Client* named = clients_.find(branch);
  CARILLON_CHECK(named != nullptr);
  ((((out += "Via: SIP/2.0/") += transport_name(flow.transport)) += ' ') += wire_.sent_by(flow)) += ";branch=";
  out += kCookie;
  append_hex(out, branch.slot, 8);
  append_hex(out, named->token, 16);
  out += ";rport\r\n";
}

void Transactions::append_via_without(std::string& out, const Flow& flow) {
  ((((out += "Via: SIP/2.0/") += transport_name(flow.transport)) += ' ') += wire_.sent_by(flow)) += ";branch=";
  out += kCookie;
  append_hex(out, context_.entropy.next(), 16);
  out += ";rport\r\n";
}

void Transactions::start(Handle transaction, const Flow& flow, std::string request, const Owner& owner, LegId leg) {
  Client& client = clients_.at(transaction);
  client.state = State::kCalling;
  client.flow = flow;
  client.owner = owner;
  client.leg = leg;
  client.request = std::move(request);
  const Timing& timing = context_.settings.timing;
  client.end = context_.arm(timing.give_up(), TimerKind::kClientEnd, transaction);
  client.wait = timing.t1;
  if (!is_reliable(flow.transport)) {
    client.retry = context_.arm(client.wait, TimerKind::kClientRetry, transaction);
  } else {
    wire_.watch(flow, transaction);
  }
  if (!wire_.send(flow, client.request, leg)) {
    // Told later, as everything that happens by itself: the caller is still busy with starting.
    context_.timers.cancel(client.end);
    client.state = State::kReserved;
    client.end = context_.arm({}, TimerKind::kClientEnd, transaction);
  }
}

void Transactions::disown(Handle transaction) {
  if (Client* client = clients_.find(transaction)) client->owner = {};
}

Handle Transactions::find_client(const Message& response) const {
  if (!response.via()) return {};
  const std::string_view branch = response.via()->branch();
  if (branch.size() != kCookie.size() + 24 || branch.substr(0, kCookie.size()) != kCookie) return {};
  const auto slot = parse_hex(branch.substr(kCookie.size(), 8));
  const auto token = parse_hex(branch.substr(kCookie.size() + 8));
  if (!slot || !token) return {};
  const Handle handle = clients_.in_slot(static_cast<std::uint32_t>(*slot));
  const Client* client = clients_.find(handle);
  if (client == nullptr || client->token != *token) return {};
  if (client->method == response.method()) return handle;
  // A CANCEL goes by the branch of its INVITE.
  return response.method() == Method::kCancel ? client->cancel : Handle{};
}

void Transactions::on_response(const Message& response, const Flow& from) {
  const Handle handle = find_client(response);
  Client* client = clients_.find(handle);
  if (client == nullptr || client->state == State::kReserved) return;
  // A datagram may come from another address (the peer has several); a connection may not.
  if (from.transport != client->flow.transport || from.connection != client->flow.connection) return;
  wire_.trace_in(client->leg, response, from);
  if (client->method == Method::kInvite) {
    invite_response(handle, *client, response, from);
  } else {
    other_response(handle, *client, response, from);
  }
}

void Transactions::invite_response(Handle handle, Client& client, const Message& response, const Flow& from) {
  const int status = response.status();
  const Owner owner = client.owner;
  if (client.state == State::kCompleted) {
    if (status >= 300) acknowledge(client, response);
    return;
  }
  if (client.state == State::kAccepted) {
    if (status >= 200 && status < 300) user_.on_response(owner, handle, response, from);
    return;
  }
  context_.timers.cancel(client.retry);
  if (status < 200) {
    // A cancelled one gets no more patience than it had.
    if (client.state == State::kCalling && client.cancel.empty()) context_.timers.cancel(client.end);
    client.state = State::kProceeding;
    if (client.cancel_waits) send_cancel(handle);
    user_.on_response(owner, handle, response, from);
    return;
  }
  context_.timers.cancel(client.end);
  client.cancel_waits = false;
  const Timing& timing = context_.settings.timing;
  if (status < 300) {
    client.state = State::kAccepted;
    client.request = std::string();
    client.end = context_.arm(timing.give_up(), TimerKind::kClientEnd, handle);
  } else {
    client.state = State::kCompleted;
    acknowledge(client, response);
    const Duration wait =
        is_reliable(client.flow.transport) ? Duration{} : std::max(timing.give_up(), Duration::seconds(32));
    client.end = context_.arm(wait, TimerKind::kClientEnd, handle);
  }
  user_.on_response(owner, handle, response, from);
}

void Transactions::other_response(Handle handle, Client& client, const Message& response, const Flow& from) {
  const Owner owner = client.owner;
  if (client.state == State::kCompleted) return;
  if (response.status() < 200) {
    client.state = State::kProceeding;
    user_.on_response(owner, handle, response, from);
    return;
  }
  context_.timers.cancel(client.retry);
  context_.timers.cancel(client.end);
  client.state = State::kCompleted;
  client.request = std::string();
  const Duration wait = is_reliable(client.flow.transport) ? Duration{} : context_.settings.timing.t4;
  client.end = context_.arm(wait, TimerKind::kClientEnd, handle);
  user_.on_response(owner, handle, response, from);
}

// The ACK of a 3xx to 6xx: as the INVITE, with the response's To (section 17.1.1.3).
void Transactions::acknowledge(Client& client, const Message& response) {
  Message invite;
  if (invite.read(client.request, Framing::kDatagram) != Fault::kNone) return;
  std::string ack = "ACK " + std::string(invite.request_uri()) + " SIP/2.0\r\n";
  append_field(ack, "Via", invite.first(Header::kVia));
  append_field(ack, "Max-Forwards", 70);
  invite.each(Header::kRoute, [&](std::string_view route) { append_field(ack, "Route", route); });
  append_field(ack, "From", invite.first(Header::kFrom));
  append_field(ack, "To", response.first(Header::kTo));
  append_field(ack, "Call-ID", invite.call_id());
  append_field(ack, "CSeq", std::to_string(invite.cseq()->number) + " ACK");
  append_content(ack, {}, {});
  wire_.send(client.flow, std::move(ack), client.leg);
}

void Transactions::cancel(Handle invite, std::string_view reason_field) {
  Client* client = clients_.find(invite);
  if (client == nullptr || client->method != Method::kInvite || !client->cancel.empty() || client->cancel_waits) return;
  client->reason = reason_field;
  if (client->state == State::kProceeding) {
    send_cancel(invite);
  } else if (client->state == State::kCalling) {
    client->cancel_waits = true;
  }
}

void Transactions::send_cancel(Handle handle) {
  const Handle cancel = reserve(Method::kCancel);
  Client& invite = clients_.at(handle);
  invite.cancel_waits = false;
  Message message;
  if (message.read(invite.request, Framing::kDatagram) != Fault::kNone) return clients_.release(cancel);
  invite.cancel = cancel;
  clients_.at(cancel).cancel_of = handle;
  std::string text = "CANCEL " + std::string(message.request_uri()) + " SIP/2.0\r\n";
  append_field(text, "Via", message.first(Header::kVia));
  append_field(text, "Max-Forwards", 70);
  message.each(Header::kRoute, [&](std::string_view route) { append_field(text, "Route", route); });
  append_field(text, "From", message.first(Header::kFrom));
  append_field(text, "To", message.first(Header::kTo));
  append_field(text, "Call-ID", message.call_id());
  append_field(text, "CSeq", std::to_string(message.cseq()->number) + " CANCEL");
  text += invite.reason;
  append_content(text, {}, {});
  // A peer that never ends the INVITE after this is not waited for (section 9.1).
  context_.timers.cancel(invite.end);
  invite.end = context_.arm(context_.settings.timing.give_up(), TimerKind::kClientEnd, handle);
  start(cancel, invite.flow, std::move(text), {}, invite.leg);
}

void Transactions::client_retry(Handle handle) {
  Client* client = clients_.find(handle);
  if (client == nullptr) return;
  client->retry = {};
  if (client->state != State::kCalling && client->state != State::kProceeding) return;
  const Timing& timing = context_.settings.timing;
  if (client->method == Method::kInvite) {
    client->wait = client->wait * 2;
  } else {
    client->wait = client->state == State::kProceeding ? timing.t2 : std::min(client->wait * 2, timing.t2);
  }
  wire_.send(client->flow, client->request, client->leg);
  client->retry = context_.arm(client->wait, TimerKind::kClientRetry, handle);
}

void Transactions::client_end(Handle handle) {
  Client* client = clients_.find(handle);
  if (client == nullptr) return;
  client->end = {};
  if (client->state == State::kReserved) return fail(handle, Failure::kTransport);
  if (client->state == State::kCalling || client->state == State::kProceeding) return fail(handle, Failure::kTimeout);
  end_client(handle);
}

void Transactions::fail(Handle handle, Failure failure) {
  const Owner owner = clients_.at(handle).owner;
  // The owner hears of the failure while the handle still means this transaction, and then of its end.
  user_.on_failure(owner, handle, failure);
  if (clients_.find(handle) != nullptr) end_client(handle);
}

void Transactions::end_client(Handle handle) {
  Client& client = clients_.at(handle);
  context_.timers.cancel(client.retry);
  context_.timers.cancel(client.end);
  const Owner owner = client.owner;
  if (Client* invite = clients_.find(client.cancel_of)) invite->cancel = {};
  clients_.release(handle);
  user_.on_gone(owner, handle);
}

void Transactions::on_connection_closed(const std::vector<Handle>& watchers) {
  for (const Handle handle : watchers) {
    const Client* client = clients_.find(handle);
    if (client == nullptr) continue;
    if (client->state == State::kCalling || client->state == State::kProceeding) fail(handle, Failure::kTransport);
  }
}

void Transactions::on_timer(const TimerKey& key) {
  switch (key.kind) {
    case TimerKind::kClientRetry:
      return client_retry(key.who);
    case TimerKind::kClientEnd:
      return client_end(key.who);
    case TimerKind::kServerTrying:
    case TimerKind::kServerRetry:
      return server_retry(key.who);
    case TimerKind::kServerEnd:
      return server_end(key.who);
    default:
      return;
  }
}

}  // namespace carillon::voice::sip
