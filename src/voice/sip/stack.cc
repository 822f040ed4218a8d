#include "voice/sip/stack.h"

#include <algorithm>

#include "voice/sip/check.h"
#include "voice/sip/fields.h"
#include "voice/sip/gate.h"
#include "voice/sip/legs.h"
#include "voice/sip/trunks.h"
#include "voice/wire/text.h"

namespace carillon::voice::sip {
namespace {

// Datagrams that only keep a NAT open.
bool is_keepalive(std::string_view bytes) {
  return bytes.size() < 16 || bytes.find_first_not_of(std::string_view("\r\n\0 ", 4)) == std::string_view::npos;
}

}  // namespace

class Stack::Core : public TransactionUser, public RequestUser {
 public:
  Core(Settings settings, Seed seed, const Hashes& hashes)
      : context_{std::move(settings), hashes, Entropy(seed), {}, {}, {}},
        wire_(context_),
        transactions_(context_, wire_, *this),
        requests_(context_, wire_, transactions_, *this),
        gate_(context_.entropy),
        registrar_(context_, wire_, transactions_, gate_),
        trunks_(context_, requests_, book_),
        legs_(context_, wire_, transactions_, requests_, book_) {}

  void enter(Instant now) { context_.now = std::max(context_.now, now); }

  void receive(const Flow& from, std::string_view bytes) {
    if (from.transport == Transport::kUdp) {
      if (is_keepalive(bytes)) return;
      return message(from, std::string(bytes), Framing::kDatagram);
    }
    const auto flow = wire_.flow_of(from.connection);
    if (!flow) return;
    const Framing framing = is_websocket(flow->transport) ? Framing::kDatagram : Framing::kStream;
    wire_.feed(from.connection, bytes, [&](std::string text) { message(*flow, std::move(text), framing); });
  }

  void connection_closed(ConnectionId id) {
    const std::vector<Handle> watchers = wire_.closed(id);
    registrar_.on_connection_closed(id);
    transactions_.on_connection_closed(watchers);
  }

  void tick() {
    while (const auto key = context_.timers.pop_due(context_.now)) fire(*key);
  }

  // -- from transactions and requests --
  void on_request(Handle transaction, const Message& request, const Flow& from) override;
  void on_ack(const Message& ack, const Flow& from) override { legs_.on_ack(ack, from); }
  void on_cancel(const Owner& invite, const Message& cancel) override { legs_.on_cancel(invite, cancel); }
  void on_response(const Owner& owner, Handle transaction, const Message& response, const Flow& from) override {
    requests_.on_response(owner, transaction, response, from);
  }
  void on_failure(const Owner& owner, Handle transaction, Failure failure) override {
    requests_.on_failure(owner, transaction, failure);
  }
  void on_gone(const Owner& owner, Handle transaction) override { requests_.on_gone(owner, transaction); }
  void on_sent(const Owner& owner, Handle request, const Flow& flow, const std::string& bytes) override {
    if (is_of_leg(owner)) legs_.on_sent(owner, request, flow, bytes);
  }
  void on_reply(const Owner& owner, Handle request, const Message& response, const Flow& from) override {
    if (is_of_leg(owner)) return legs_.on_reply(owner, request, response, from);
    if (owner.kind != OwnerKind::kNobody) trunks_.on_reply(owner, request, response);
  }
  void on_no_reply(const Owner& owner, Handle request, Failure failure) override {
    if (is_of_leg(owner)) return legs_.on_no_reply(owner, request, failure);
    if (owner.kind != OwnerKind::kNobody) trunks_.on_no_reply(owner, request);
  }

  StackSize size() const {
    return {legs_.size(),        transactions_.clients(), transactions_.servers(), requests_.size(),
            requests_.lookups(), registrar_.size(),       wire_.connections(),     context_.timers.size()};
  }

  Context context_;
  Wire wire_;
  Transactions transactions_;
  Requests requests_;
  Gate gate_;
  TrunkBook book_;
  Registrar registrar_;
  Trunks trunks_;
  Legs legs_;
  StackCounts counts_;
  bool overloaded_ = false;

 private:
  static bool is_of_leg(const Owner& owner) {
    return owner.kind == OwnerKind::kLegInvite || owner.kind == OwnerKind::kLegRequest ||
           owner.kind == OwnerKind::kLegAck;
  }
  void message(const Flow& from, std::string bytes, Framing framing);
  void refuse_broken(const Message& message, const Flow& from, Fault fault);
  bool stranger(const Flow& from) const;
  bool heard(const Message& message, const Flow& from);
  bool turned_away(const Message& message, const Flow& from);
  void new_call(Handle transaction, const Message& request, const Flow& from);
  bool admitted(Handle transaction, const Message& request);
  void refuse(Handle transaction, const Message& request, int status, std::string_view fields = {});
  void fire(const TimerKey& key);
};

void Stack::Core::message(const Flow& from, std::string bytes, Framing framing) {
  Message message;
  const Fault fault = message.read(std::move(bytes), framing, context_.settings.limits);
  if (fault == Fault::kNotSip) return;
  if (!message.is_request()) {
    if (fault == Fault::kNone && check_response(message)) transactions_.on_response(message, from);
    return;
  }
  const bool strange = stranger(from);
  if (strange && !heard(message, from)) return;
  if (fault != Fault::kNone) return refuse_broken(message, from, fault);
  if (const Verdict verdict = check_request(message, context_.settings.limits); !verdict.fine()) {
    if (message.method() == Method::kAck) return;
    return transactions_.respond_without(message, from, {verdict.status, verdict.why});
  }
  if (strange && turned_away(message, from)) return;
  transactions_.on_request(message, from);
}

void Stack::Core::refuse_broken(const Message& message, const Flow& from, Fault fault) {
  if (message.method() == Method::kAck) return;
  const int status = fault == Fault::kVersion ? 505 : fault == Fault::kTooLarge ? 513 : 400;
  transactions_.respond_without(message, from, {status, message.why()});
}

bool Stack::Core::stranger(const Flow& from) const {
  return !registrar_.known(from.remote) && book_.by_source(from.remote.ip) == nullptr;
}

// Strangers are heard as much as the gate allows. With UnknownCalls::kSilence they get no answer to anything but a REGISTER
// or what proves who they are.
bool Stack::Core::heard(const Message& message, const Flow& from) {
  if (!gate_.admit(context_.now, from.remote.ip, context_.settings.admission)) {
    ++counts_.strangers_unheard;
    if (const auto unheard = gate_.unheard(context_.now, from.remote.ip)) {
      context_.out.events.push_back(SourceThrottled{from.remote.ip, *unheard});
    }
    return false;
  }
  const std::string_view agent = message.first(Header::kUserAgent);
  for (const std::string& scanner : context_.settings.admission.scanners) {
    if (istarts_with(agent, scanner)) return ++counts_.strangers_unheard, false;
  }
  if (context_.settings.unknown != UnknownCalls::kSilence || !message.to_tag().empty()) return true;
  const Method method = message.method();
  return method == Method::kRegister || method == Method::kAck || method == Method::kCancel ||
         message.has(Header::kAuthorization);
}

// Strangers who prove nothing get one answer whatever they ask, and leave nothing behind: not even a transaction.
bool Stack::Core::turned_away(const Message& message, const Flow& from) {
  const Method method = message.method();
  if (!message.to_tag().empty() || method == Method::kAck || method == Method::kCancel) return false;
  if (message.has(Header::kAuthorization)) return false;
  const UnknownCalls rule = context_.settings.unknown;
  if (method != Method::kRegister && rule != UnknownCalls::kRefuse && rule != UnknownCalls::kAuthenticate) return false;
  ++counts_.strangers_refused;
  if (method != Method::kRegister && rule == UnknownCalls::kRefuse) {
    transactions_.respond_without(message, from, {403});
  } else {
    transactions_.respond_without(message, from, {401, {}, {}, registrar_.challenge(false)});
  }
  return true;
}

void Stack::Core::refuse(Handle transaction, const Message& request, int status, std::string_view fields) {
  std::string tag;
  append_hex(tag, context_.entropy.of(request.call_id()), 16);
  transactions_.respond(transaction, {status, {}, tag, fields});
}

void Stack::Core::on_request(Handle transaction, const Message& request, const Flow& from) {
  if (!request.to_tag().empty()) return legs_.in_dialog(transaction, request, from);
  std::string fields;
  switch (request.method()) {
    case Method::kInvite:
      return new_call(transaction, request, from);
    case Method::kRegister:
      return registrar_.on_register(transaction, request, from);
    case Method::kOptions: {
      if (const std::string unknown = unknown_extensions(request); !unknown.empty()) {
        append_field(fields, "Unsupported", unknown);
        return refuse(transaction, request, 420, fields);
      }
      append_field(fields, "Allow", kAllow);
      append_field(fields, "Accept", "application/sdp");
      append_field(fields, "Supported", kSupported);
      return refuse(transaction, request, overloaded_ ? 503 : 200, fields);
    }
    case Method::kBye:
    case Method::kPrack:
    case Method::kUpdate:
    case Method::kInfo:
    case Method::kNotify:
      return refuse(transaction, request, 481);
    default:
      break;
  }
  append_field(fields, "Allow", kAllow);
  refuse(transaction, request, request.method() == Method::kOther ? 501 : 405, fields);
}

bool Stack::Core::admitted(Handle transaction, const Message& request) {
  const Settings& settings = context_.settings;
  const auto uri = Uri::parse(request.request_uri());
  const std::string user = uri ? uri->user_text() : std::string();
  for (const std::string& emergency : settings.emergency_users) {
    if (user == emergency) return ++counts_.calls_in, true;
  }
  if (!overloaded_ && legs_.size() < settings.admission.legs && gate_.admit_call(context_.now, settings.admission))
    return ++counts_.calls_in, true;
  ++counts_.calls_busy;
  const auto after = static_cast<std::uint64_t>(std::max(settings.admission.retry_after, 1));
  std::string fields;
  append_field(fields, "Retry-After", after + context_.entropy.below(after + 1));
  refuse(transaction, request, 503, fields);
  return false;
}

void Stack::Core::new_call(Handle transaction, const Message& request, const Flow& from) {
  if (!admitted(transaction, request)) return;
  if (const Trunk* trunk = book_.by_source(from.remote.ip)) {
    return legs_.incoming(transaction, request, from, {SourceKind::kTrunk, trunk->id, from});
  }
  const UnknownCalls rule = context_.settings.unknown;
  const bool proves =
      registrar_.known(from.remote) || rule == UnknownCalls::kAuthenticate || request.has(Header::kAuthorization);
  if (proves) {
    const auto account = registrar_.authenticate(transaction, request, from);
    if (account) legs_.incoming(transaction, request, from, {SourceKind::kAccount, *account, from});
    return;
  }
  if (rule == UnknownCalls::kAccept)
    return legs_.incoming(transaction, request, from, {SourceKind::kUnknown, {}, from});
  refuse(transaction, request, 403);
}

void Stack::Core::fire(const TimerKey& key) {
  switch (key.kind) {
    case TimerKind::kClientRetry:
    case TimerKind::kClientEnd:
    case TimerKind::kServerTrying:
    case TimerKind::kServerRetry:
    case TimerKind::kServerEnd:
      return transactions_.on_timer(key);
    case TimerKind::kRequest:
      return requests_.on_timer(key.who);
    case TimerKind::kConnection:
      return wire_.on_timer(key.who);
    case TimerKind::kBinding:
      return registrar_.on_timer(key.who);
    case TimerKind::kTrunkRegister:
    case TimerKind::kTrunkPing:
      return trunks_.on_timer(key);
    default:
      return legs_.on_timer(key);
  }
}

Stack::Stack(Settings settings, Seed seed, const Hashes& hashes)
    : core_(std::make_unique<Core>(std::move(settings), seed, hashes)) {}
Stack::~Stack() = default;

void Stack::receive(Instant now, const Flow& from, std::string_view bytes) {
  core_->enter(now);
  core_->receive(from, bytes);
}
ConnectionId Stack::connection_accepted(Instant now, Transport transport, Endpoint remote) {
  core_->enter(now);
  return core_->wire_.accepted(transport, remote);
}
void Stack::connection_opened(Instant now, ConnectionId id) {
  core_->enter(now);
  core_->wire_.opened(id);
}
void Stack::connection_closed(Instant now, ConnectionId id) {
  core_->enter(now);
  core_->connection_closed(id);
}
void Stack::resolved(Instant now, LookupId id, const Records& records) {
  core_->enter(now);
  core_->requests_.resolved(id, records);
}
void Stack::tick(Instant now) {
  core_->enter(now);
  core_->tick();
}
Instant Stack::next_deadline() const { return core_->context_.timers.next(); }
void Stack::drain(Outputs& into) {
  into.clear();
  std::swap(into, core_->context_.out);
}

Result<void> Stack::set_trunk(Instant now, const Trunk& trunk) {
  core_->enter(now);
  return core_->trunks_.set(trunk);
}
void Stack::remove_trunk(Instant now, const std::string& id) {
  core_->enter(now);
  core_->trunks_.remove(id);
}
void Stack::set_account(const Account& account) { core_->registrar_.set(account); }
void Stack::remove_account(Instant now, const std::string& id) {
  core_->enter(now);
  core_->registrar_.remove(id);
}
std::vector<Binding> Stack::bindings(const std::string& account) const { return core_->registrar_.bindings(account); }
void Stack::set_overloaded(bool overloaded) { core_->overloaded_ = overloaded; }

Result<LegId> Stack::invite(Instant now, const Invite& call) { return core_->enter(now), core_->legs_.invite(call); }
Result<void> Stack::ring(Instant now, LegId leg, int status, const std::string& sdp, bool reliable) {
  return core_->enter(now), core_->legs_.ring(leg, status, sdp, reliable);
}
Result<void> Stack::answer(Instant now, LegId leg, const std::string& sdp) {
  return core_->enter(now), core_->legs_.answer(leg, sdp);
}
Result<void> Stack::reject(Instant now, LegId leg, int status, const Why& why,
                           const std::vector<std::string>& contacts) {
  return core_->enter(now), core_->legs_.reject(leg, status, why, contacts);
}
Result<void> Stack::hang_up(Instant now, LegId leg, const Why& why) {
  return core_->enter(now), core_->legs_.hang_up(leg, why);
}
Result<void> Stack::offer(Instant now, LegId leg, const std::string& sdp, OfferBy by) {
  return core_->enter(now), core_->legs_.offer(leg, sdp, by);
}
Result<void> Stack::answer_offer(Instant now, LegId leg, const std::string& sdp) {
  return core_->enter(now), core_->legs_.answer_offer(leg, sdp);
}
Result<void> Stack::refuse_offer(Instant now, LegId leg, int status) {
  return core_->enter(now), core_->legs_.refuse_offer(leg, status);
}
Result<void> Stack::refer(Instant now, LegId leg, const std::string& target, LegId replaces,
                          const std::string& referred_by) {
  return core_->enter(now), core_->legs_.refer(leg, target, replaces, referred_by);
}
Result<void> Stack::accept_refer(Instant now, LegId leg) { return core_->enter(now), core_->legs_.accept_refer(leg); }
Result<void> Stack::refuse_refer(Instant now, LegId leg, int status) {
  return core_->enter(now), core_->legs_.refuse_refer(leg, status);
}
Result<void> Stack::notify_refer(Instant now, LegId leg, int status, bool final) {
  return core_->enter(now), core_->legs_.notify_refer(leg, status, final);
}
Result<void> Stack::info(Instant now, LegId leg, const std::string& type, const std::string& body) {
  return core_->enter(now), core_->legs_.info(leg, type, body);
}
Result<void> Stack::dtmf(Instant now, LegId leg, char digit, int milliseconds) {
  std::string body = "Signal=";
  ((body += digit) += "\r\nDuration=") += std::to_string(milliseconds) + "\r\n";
  return info(now, leg, "application/dtmf-relay", body);
}
Result<void> Stack::probe(Instant now, LegId leg) { return core_->enter(now), core_->legs_.probe(leg); }
StackSize Stack::size() const { return core_->size(); }
const StackCounts& Stack::counts() const {
  core_->counts_.sources_blocked = core_->registrar_.blocked();
  return core_->counts_;
}

}  // namespace carillon::voice::sip
