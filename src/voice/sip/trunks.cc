#include "voice/sip/trunks.h"

#include <algorithm>

#include "voice/sip/fields.h"
#include "voice/sip/uri.h"
#include "voice/wire/text.h"

namespace carillon::voice::sip {
namespace {

std::string domain_of(const Trunk& trunk) {
  if (!trunk.domain.empty()) return trunk.domain;
  const auto uri = Uri::parse(trunk.next_hops.front());
  return uri ? uri->host : std::string();
}

}  // namespace

Result<void> Trunks::set(const Trunk& trunk) {
  if (trunk.id.empty() || (trunk.next_hops.empty() && (trunk.registers || trunk.ping.us > 0))) {
    return Error(ErrorCode::kInvalidValue, "a trunk that registers or is pinged needs an id and a next hop");
  }
  for (const std::string& hop : trunk.next_hops) {
    const auto uri = Uri::parse(hop);
    if (!uri || (uri->scheme != Scheme::kSip && uri->scheme != Scheme::kSips)) {
      return Error(ErrorCode::kInvalidValue, "'" + hop + "' is no SIP URI").at("next_hops");
    }
  }
  remove(trunk.id);
  book_.set(trunk);
  const Handle handle = states_.take();
  by_id_[trunk.id] = handle;
  State& state = states_.at(handle);
  state.trunk = trunk.id;
  append_hex(state.call_id, context_.entropy.next(), 16);
  append_hex(state.tag, context_.entropy.next(), 16);
  state.expires = std::max(trunk.expires, 60);
  state.alive = trunk.ping.us == 0;
  if (trunk.registers) send_register(handle, state, state.expires, {});
  if (trunk.ping.us > 0) send_ping(handle, state);
  return {};
}

void Trunks::remove(const std::string& id) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return;
  State& state = states_.at(found->second);
  context_.timers.cancel(state.register_timer);
  context_.timers.cancel(state.ping_timer);
  requests_.disown(state.pinging);
  requests_.disown(state.registering);
  if (state.registered) {
    send_register(found->second, state, 0, {});
    requests_.disown(state.registering);
  }
  states_.release(found->second);
  by_id_.erase(found);
  book_.remove(id);
}

void Trunks::send_register(Handle handle, State& state, int expires, const std::string& credentials) {
  const Trunk* trunk = book_.find(state.trunk);
  if (trunk == nullptr) return;
  const std::string domain = domain_of(*trunk);
  const std::string user = trunk->user.empty() ? context_.settings.contact_user : percent_encoded(trunk->user, "+");
  const std::string address = "<sip:" + user + '@' + domain + '>';
  Draft draft;
  draft.method = Method::kRegister;
  draft.start = "REGISTER sip:" + domain + " SIP/2.0\r\n";
  append_field(draft.fields, "From", address + ";tag=" + state.tag);
  append_field(draft.fields, "To", address);
  append_field(draft.fields, "Call-ID", state.call_id);
  append_field(draft.fields, "CSeq", std::to_string(++state.cseq) + " REGISTER");
  append_field(draft.fields, "Expires", static_cast<std::uint64_t>(expires));
  append_field(draft.fields, "User-Agent", context_.settings.user_agent);
  draft.fields += credentials;
  state.registering =
      requests_.send(std::move(draft), {std::nullopt, trunk->next_hops}, {OwnerKind::kTrunkRegister, handle, 0}, {});
}

void Trunks::send_ping(Handle handle, State& state) {
  const Trunk* trunk = book_.find(state.trunk);
  if (trunk == nullptr) return;
  const std::string domain = domain_of(*trunk);
  Draft draft;
  draft.method = Method::kOptions;
  draft.start = "OPTIONS sip:" + domain + " SIP/2.0\r\n";
  append_field(draft.fields, "From", "<sip:" + context_.settings.contact_user + '@' + domain + ">;tag=" + state.tag);
  append_field(draft.fields, "To", "<sip:" + domain + '>');
  append_field(draft.fields, "Call-ID", state.call_id + "-ping");
  append_field(draft.fields, "CSeq", std::to_string(++state.cseq) + " OPTIONS");
  append_field(draft.fields, "User-Agent", context_.settings.user_agent);
  state.pinging =
      requests_.send(std::move(draft), {std::nullopt, trunk->next_hops}, {OwnerKind::kTrunkPing, handle, 0}, {});
}

void Trunks::tell(State& state, int status) {
  const Trunk* trunk = book_.find(state.trunk);
  const bool up = state.alive && (trunk == nullptr || !trunk->registers || state.registered);
  if (state.told && up == state.up) return;
  // It answers our ping while its answer to the registration is still to come: that is not down, that is not known.
  const bool waiting = state.alive && !up && state.failures == 0;
  if (!state.told && waiting) return;
  state.told = true;
  state.up = up;
  context_.out.events.push_back(TrunkChanged{state.trunk, up, status});
}

bool Trunks::answer_challenge_of(Handle handle, State& state, const Message& response) {
  const Trunk* trunk = book_.find(state.trunk);
  const bool proxy = response.status() == 407;
  if ((response.status() != 401 && !proxy) || trunk == nullptr || trunk->user.empty()) return false;
  std::optional<Challenge> best;
  response.each(proxy ? Header::kProxyAuthenticate : Header::kWwwAuthenticate, [&](std::string_view line) {
    const auto challenge = read_challenge(line);
    if (challenge && (!best || challenge->algorithm > best->algorithm)) best = challenge;
  });
  if (!best || state.tries >= 2 || (state.tries > 0 && !best->stale)) return false;
  ++state.tries;
  std::string cnonce, fields;
  append_hex(cnonce, context_.entropy.next(), 16);
  append_field(fields, proxy ? "Proxy-Authorization" : "Authorization",
               answer_challenge(context_.hashes, *best, {trunk->user, trunk->password}, "REGISTER",
                                "sip:" + domain_of(*trunk), 1, cnonce));
  send_register(handle, state, state.expires, fields);
  return true;
}

void Trunks::on_reply(const Owner& owner, Handle request, const Message& response) {
  State* state = states_.find(owner.who);
  const int status = response.status();
  if (state == nullptr || status < 200) return;
  if (owner.kind == OwnerKind::kTrunkPing) {
    if (request != state->pinging) return;
    // Whatever it says, it says something; only "not now" is as bad as silence.
    state->alive = status != 503 && status != 408;
    state->ping_timer = context_.arm(book_.find(state->trunk)->ping, TimerKind::kTrunkPing, owner.who);
    return tell(*state, status);
  }
  if (request != state->registering || answer_challenge_of(owner.who, *state, response)) return;
  if (status == 423) {
    const auto least = leading_number(response.first(Header::kMinExpires), 86400);
    if (least && static_cast<int>(*least) > state->expires) {
      state->expires = static_cast<int>(*least);
      return send_register(owner.who, *state, state->expires, {});
    }
  }
  if (status >= 300) return retry_register(owner.who, *state, status);
  state->registered = true;
  state->failures = state->tries = 0;
  // The registrar may have given less time: its word is in Contact or in Expires.
  std::uint64_t given =
      leading_number(response.first(Header::kExpires), 86400).value_or(static_cast<std::uint64_t>(state->expires));
  // All that are registered are listed; ours is the one with our user.
  response.each(Header::kContact, [&](std::string_view line) {
    while (const auto value = next_value(line)) {
      const auto contact = read_name_addr(*value);
      const auto uri = contact ? Uri::parse(contact->uri) : std::nullopt;
      const auto own = contact ? contact->params.get("expires") : std::nullopt;
      if (own && uri && uri->user_text() == context_.settings.contact_user)
        given = parse_number(*own, 86400).value_or(given);
    }
  });
  const auto seconds = static_cast<std::int64_t>(std::max<std::uint64_t>(given, 30));
  state->register_timer =
      context_.arm(Duration::seconds(seconds > 120 ? seconds - 60 : seconds / 2), TimerKind::kTrunkRegister, owner.who);
  tell(*state, status);
}

// 15 s, 30 s, 1 min.. up to 10 min, spread by a quarter, so that a carrier that comes back is not run over.
void Trunks::retry_register(Handle handle, State& state, int status) {
  state.registered = false;
  state.tries = 0;
  const std::int64_t base = std::min<std::int64_t>(15LL << std::min(state.failures++, 6), 600);
  const auto spread = static_cast<std::int64_t>(context_.entropy.below(static_cast<std::uint64_t>(base * 250)));
  state.register_timer =
      context_.arm(Duration::seconds(base) + Duration::millis(spread), TimerKind::kTrunkRegister, handle);
  tell(state, status);
}

void Trunks::on_no_reply(const Owner& owner, Handle request) {
  State* state = states_.find(owner.who);
  if (state == nullptr) return;
  if (owner.kind == OwnerKind::kTrunkRegister && request == state->registering)
    return retry_register(owner.who, *state, 408);
  if (owner.kind != OwnerKind::kTrunkPing || request != state->pinging) return;
  state->alive = false;
  state->ping_timer = context_.arm(book_.find(state->trunk)->ping, TimerKind::kTrunkPing, owner.who);
  tell(*state, 408);
}

void Trunks::on_timer(const TimerKey& key) {
  State* state = states_.find(key.who);
  if (state == nullptr) return;
  if (key.kind == TimerKind::kTrunkRegister) {
    state->register_timer = {};
    return send_register(key.who, *state, state->expires, {});
  }
  state->ping_timer = {};
  send_ping(key.who, *state);
}

}  // namespace carillon::voice::sip
