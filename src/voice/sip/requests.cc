#include "voice/sip/requests.h"

#include "voice/wire/text.h"

namespace carillon::voice::sip {
namespace {

constexpr int kMostTries = 8;
constexpr std::size_t kMostAvoided = 256;
constexpr Duration kLookupTime = Duration::seconds(10), kAvoidTime = Duration::seconds(60);

}  // namespace

ResolveRules Requests::rules() const {
  ResolveRules out;
  out.v4 = out.v6 = out.udp = false;
  for (const Listener& listener : context_.settings.listeners) {
    (listener.bound.ip.is_v6() ? out.v6 : out.v4) = true;
    out.udp = out.udp || listener.transport == Transport::kUdp;
  }
  out.v6 = out.v6 && context_.settings.ipv6;
  out.tls = context_.settings.tls;
  out.naptr = context_.settings.naptr;
  return out;
}

Handle Requests::send(Draft draft, Destination to, const Owner& owner, LegId leg) {
  const Handle handle = requests_.take();
  Request& request = requests_.at(handle);
  request.draft = std::move(draft);
  request.to = std::move(to);
  request.owner = owner;
  request.leg = leg;
  if (request.to.flow && wire_.alive(*request.to.flow) && try_flow(handle, *request.to.flow)) return handle;
  advance(handle);
  return handle;
}

std::string Requests::compose(const Request& request, Handle transaction, const Flow& flow) {
  const Draft& draft = request.draft;
  std::string out;
  out.reserve(draft.start.size() + draft.fields.size() + draft.body.size() + 256);
  out += draft.start;
  if (draft.method == Method::kAck) {
    transactions_.append_via_without(out, flow);
  } else {
    transactions_.append_via(out, transaction, flow);
  }
  out += "Max-Forwards: 70\r\n";
  if (draft.contact) append_field(out, "Contact", wire_.contact(flow));
  out += draft.fields;
  append_content(out, draft.type, draft.body);
  return out;
}

bool Requests::try_flow(Handle handle, Flow flow) {
  Request& request = requests_.at(handle);
  ++request.tries;
  request.flow = flow;
  if (request.draft.method == Method::kAck) {
    std::string bytes = compose(request, {}, flow);
    const Owner owner = request.owner;
    const LegId leg = request.leg;
    requests_.release(handle);
    wire_.send(flow, bytes, leg);
    user_.on_sent(owner, handle, flow, bytes);
    return true;
  }
  const Handle transaction = transactions_.reserve(request.draft.method);
  std::string bytes = compose(request, transaction, flow);
  request.transaction = transaction;
  ++request.open;
  transactions_.start(transaction, flow, std::move(bytes), {OwnerKind::kNobody, handle, 1}, request.leg);
  user_.on_sent(request.owner, handle, flow, {});
  return true;
}

bool Requests::try_target(Handle handle, const Target& target) {
  if (target.transport == Transport::kUdp) {
    const auto flow = wire_.datagram_to(target.to);
    return flow && try_flow(handle, *flow);
  }
  // Nobody can be called by WebSocket; they call us.
  if (is_websocket(target.transport)) return false;
  return try_flow(handle, wire_.connect(target.transport, target.to, target.name));
}

// On to the next address, lookup or hop; ends in an attempt, a lookup, or giving up.
void Requests::advance(Handle handle) {
  while (true) {
    Request& request = requests_.at(handle);
    if (request.cancelled || request.tries >= kMostTries) return give_up(handle);
    if (auto target = request.way.next()) {
      if (avoided(target->to)) {
        request.later.push_back(std::move(*target));
      } else if (try_target(handle, *target)) {
        return;
      }
      continue;
    }
    if (const auto question = request.way.question()) {
      request.lookup = {lookups_.take()};
      lookups_.at(request.lookup) = handle;
      request.timer = context_.arm(kLookupTime, TimerKind::kRequest, handle);
      context_.out.lookups.push_back({request.lookup, question->kind, question->name});
      return;
    }
    if (request.hop < request.to.hops.size()) {
      const auto uri = Uri::parse(request.to.hops[request.hop++]);
      if (uri) request.way = Resolution(*uri, rules(), context_.entropy);
      continue;
    }
    if (request.later.empty()) return give_up(handle);
    const Target target = request.later.front();
    request.later.erase(request.later.begin());
    if (try_target(handle, target)) return;
  }
}

void Requests::resolved(LookupId lookup, const Records& records) {
  const Handle* found = lookups_.find(lookup);
  if (found == nullptr) return;
  const Handle handle = *found;
  lookups_.release(lookup);
  Request* request = requests_.find(handle);
  if (request == nullptr) return;
  request->lookup = {};
  context_.timers.cancel(request->timer);
  request->way.answer(records, context_.entropy);
  advance(handle);
}

void Requests::on_timer(Handle handle) {
  Request* request = requests_.find(handle);
  if (request == nullptr) return;
  request->timer = {};
  if (request->giving_up) return tell_no_reply(handle);
  if (request->lookup.empty()) return;
  resolved(request->lookup, {});
}

void Requests::cancel(Handle handle, std::string_view reason_field) {
  Request* request = requests_.find(handle);
  if (request == nullptr || request->done) return;
  request->cancelled = true;
  if (!request->transaction.empty()) return transactions_.cancel(request->transaction, reason_field);
  if (!request->lookup.empty()) {
    lookups_.release(request->lookup);
    request->lookup = {};
    give_up(handle);
  }
}

void Requests::disown(Handle handle) {
  if (Request* request = requests_.find(handle)) request->owner = {};
}

// Told by a timer that is due at once: who sends is in the middle of something and does not know the handle yet.
void Requests::give_up(Handle handle) {
  Request& request = requests_.at(handle);
  request.giving_up = true;
  context_.timers.cancel(request.timer);
  request.timer = context_.arm({}, TimerKind::kRequest, handle);
}

void Requests::tell_no_reply(Handle handle) {
  Request& request = requests_.at(handle);
  request.done = true;
  const Owner owner = request.owner;
  const Failure failure = request.failure;
  release_if_over(handle);
  user_.on_no_reply(owner, handle, failure);
}

void Requests::release_if_over(Handle handle) {
  Request* request = requests_.find(handle);
  if (request == nullptr || !request->done || request->open > 0) return;
  context_.timers.cancel(request->timer);
  requests_.release(handle);
}

void Requests::on_response(const Owner& owner, Handle transaction, const Message& response, const Flow& from) {
  Request* request = requests_.find(owner.who);
  // What an earlier address still has to say is too late.
  if (request == nullptr || request->transaction != transaction) return;
  if (response.status() < 200) request->provisional = request->provisional || response.status() > 100;
  if (response.status() == 503 && !request->done) {
    const auto after = leading_number(response.first(Header::kRetryAfter), 3600);
    avoid(request->flow.remote, after ? Duration::seconds(static_cast<std::int64_t>(*after)) : kAvoidTime);
    const bool more = request->way.question() || request->hop < request->to.hops.size() || !request->later.empty();
    auto target = request->way.next();
    if (target || more) {
      if (target) request->later.insert(request->later.begin(), *target);
      return advance(owner.who);
    }
  }
  if (response.status() >= 200) request->done = true;
  user_.on_reply(request->owner, owner.who, response, from);
}

void Requests::on_failure(const Owner& owner, Handle transaction, Failure failure) {
  Request* request = requests_.find(owner.who);
  if (request == nullptr || request->transaction != transaction || request->done || request->giving_up) return;
  request->failure = failure;
  if (!request->provisional) avoid(request->flow.remote, kAvoidTime);
  // After a 180 somebody's telephone rings there; another address would be another call.
  if (request->provisional) return give_up(owner.who);
  request->transaction = {};
  advance(owner.who);
}

void Requests::on_gone(const Owner& owner, Handle) {
  Request* request = requests_.find(owner.who);
  if (request == nullptr) return;
  --request->open;
  release_if_over(owner.who);
}

void Requests::avoid(const Endpoint& at, Duration time) {
  if (avoided_.size() >= kMostAvoided) {
    // The whole table is rebuilt at most once for each 256 failures.
    std::erase_if(avoided_, [this](const auto& entry) { return entry.second <= context_.now; });
    if (avoided_.size() >= kMostAvoided) avoided_.clear();
  }
  avoided_[at] = context_.now + time;
}

bool Requests::avoided(const Endpoint& at) const {
  const auto found = avoided_.find(at);
  return found != avoided_.end() && found->second > context_.now;
}

}  // namespace carillon::voice::sip
