#include "voice/sip/registrar.h"

#include <algorithm>

#include "voice/sip/fields.h"
#include "voice/wire/text.h"

namespace carillon::voice::sip {

Registrar::Registrar(Context& context, Wire& wire, Transactions& transactions, Gate& gate)
    : context_(context),
      wire_(wire),
      transactions_(transactions),
      gate_(gate),
      digest_(context.hashes, context.entropy, context.settings.realm, context.settings.digest_sha256) {}

void Registrar::set(const Account& account) {
  if (const auto before = accounts_.find(account.id); before != accounts_.end()) users_.erase(before->second.user);
  accounts_[account.id] = account;
  users_[account.user] = account.id;
}

void Registrar::remove(const std::string& id) {
  const auto found = accounts_.find(id);
  if (found == accounts_.end()) return;
  const std::vector<Handle> held = held_by(id);
  for (const Handle handle : held) drop(handle);
  by_account_.erase(id);
  users_.erase(found->second.user);
  accounts_.erase(found);
}

std::vector<Binding> Registrar::bindings(const std::string& account) const {
  std::vector<Binding> out;
  const auto found = by_account_.find(account);
  if (found == by_account_.end()) return out;
  for (const Handle handle : found->second) out.push_back(slots_.find(handle)->binding);
  return out;
}

std::optional<std::string> Registrar::authenticate(Handle transaction, const Message& request, const Flow& from) {
  const std::string_view field = request.first(Header::kAuthorization);
  DigestServer::Outcome outcome;
  if (field.data() != nullptr) {
    outcome =
        digest_.check(context_.now, field, request.method_name(), request.request_uri(), [this](std::string_view user) {
          const auto id = users_.find(user);
          const auto account = id == users_.end() ? accounts_.end() : accounts_.find(id->second);
          return account == accounts_.end() ? nullptr : &account->second;
        });
  }
  if (outcome.verdict == DigestServer::Verdict::kGood) {
    gate_.succeeded(context_.now, from.remote.ip);
    return outcome.account;
  }
  if (outcome.verdict == DigestServer::Verdict::kWrong) {
    if (const auto silence = gate_.failed(context_.now, from.remote.ip, context_.settings.admission)) {
      ++blocked_;
      context_.out.events.push_back(SourceBlocked{from.remote.ip, *silence});
    }
  }
  std::string tag;
  append_hex(tag, context_.entropy.of(request.call_id()), 16);
  const bool stale = outcome.verdict == DigestServer::Verdict::kStale;
  transactions_.respond(transaction, {401, {}, tag, challenge(stale)});
  return std::nullopt;
}

// What the request wants, checked as a whole; false when it has been refused.
bool Registrar::read_wishes(Handle transaction, const Message& request, const std::vector<Handle>& held,
                            std::vector<Wish>& wishes) {
  const RegistrarRules& rules = context_.settings.registrar;
  const auto refuse = [&](int status, std::string_view fields = {}) {
    transactions_.respond(transaction, {status, {}, "reg", fields});
    return false;
  };
  const auto general = leading_number(request.first(Header::kExpires));
  if (request.first(Header::kContact) == "*") {
    if (!general || *general != 0 || request.count(Header::kContact) != 1) return refuse(400);
    for (const Handle handle : held)
      wishes.push_back({slots_.at(handle).binding.contact, slots_.at(handle).uri, 0, handle});
  } else {
    bool brief = false, broken = false;
    request.each(Header::kContact, [&](std::string_view line) {
      while (const auto value = next_value(line)) {
        const auto contact = read_name_addr(*value);
        auto uri = contact ? Uri::parse(contact->uri) : std::nullopt;
        if (!uri || uri->scheme == Scheme::kOther || uri->scheme == Scheme::kTel || wishes.size() > 32) {
          broken = true;
          continue;
        }
        const auto own = contact->params.get("expires");
        std::uint64_t seconds =
            own ? parse_number(*own, 0xffffffff).value_or(rules.usual) : general.value_or(rules.usual);
        brief = brief || (seconds != 0 && seconds < rules.least);
        seconds = std::min<std::uint64_t>(seconds, rules.most);
        Wish wish{std::string(contact->uri), std::move(*uri), static_cast<std::uint32_t>(seconds), {}};
        for (const Handle handle : held) {
          if (slots_.at(handle).uri.same_as(wish.uri)) wish.held = handle;
        }
        wishes.push_back(std::move(wish));
      }
    });
    if (broken) return refuse(400);
    if (brief) {
      std::string fields;
      append_field(fields, "Min-Expires", rules.least);
      return refuse(423, fields);
    }
  }
  std::size_t more = held.size();
  for (const Wish& wish : wishes) {
    if (wish.held.empty() && wish.expires > 0) ++more;
    if (wish.held.empty()) continue;
    // An older request that was overtaken must not undo a newer one.
    const Held& before = slots_.at(wish.held);
    if (before.call_id == request.call_id() && request.cseq()->number <= before.cseq) return refuse(500);
  }
  return more <= rules.contacts || refuse(403);
}

void Registrar::on_register(Handle transaction, const Message& request, const Flow& from) {
  const auto refuse = [&](int status, std::string_view fields = {}) {
    transactions_.respond(transaction, {status, {}, "reg", fields});
  };
  if (const std::string unknown = unknown_extensions(request); !unknown.empty()) {
    std::string fields;
    append_field(fields, "Unsupported", unknown);
    return refuse(420, fields);
  }
  const auto id = authenticate(transaction, request, from);
  if (!id) return;
  const auto to = Uri::parse(request.to()->uri);
  const Account& account = accounts_.find(*id)->second;
  // Nobody registers for somebody else.
  if (!to || to->scheme == Scheme::kOther || to->user_text() != account.user) return refuse(403);
  const auto domain = Uri::parse(request.request_uri());
  if (!context_.settings.domains.empty() && !wire_.is_us(domain->host) && domain->host != context_.settings.realm)
    return refuse(404);
  std::vector<Wish> wishes;
  if (!read_wishes(transaction, request, held_by(*id), wishes)) return;
  for (const Wish& wish : wishes) put(*id, wish, request, from);
  answer(transaction, *id);
}

void Registrar::put(const std::string& account, const Wish& wish, const Message& request, const Flow& from) {
  if (wish.expires == 0) {
    if (slots_.find(wish.held) != nullptr) drop(wish.held);
    return;
  }
  const bool renewed = slots_.find(wish.held) != nullptr;
  const bool moved = renewed && !(slots_.at(wish.held).binding.flow == from);
  if (moved) drop(wish.held);
  const bool fresh = !renewed || moved;
  const Handle handle = fresh ? slots_.take() : wish.held;
  Held& held = slots_.at(handle);
  held.binding = {wish.contact, from, context_.now + Duration::seconds(wish.expires),
                  std::string(request.first(Header::kUserAgent).substr(0, 128))};
  held.uri = wish.uri;
  held.account = account;
  held.call_id = request.call_id();
  held.cseq = request.cseq()->number;
  context_.timers.cancel(held.timer);
  held.timer = context_.arm(Duration::seconds(wish.expires), TimerKind::kBinding, handle);
  if (fresh) {
    held_by(account).push_back(handle);
    ++remotes_[from.remote];
    if (is_reliable(from.transport)) {
      by_connection_[from.connection].push_back(handle);
      wire_.keep(from.connection, 1);
    }
  }
  context_.out.events.push_back(
      RegistrationChanged{account, wish.contact, from, true, wish.expires, held.binding.user_agent});
}

void Registrar::drop(Handle handle) {
  Held& held = slots_.at(handle);
  context_.timers.cancel(held.timer);
  std::erase(held_by(held.account), handle);
  const Flow flow = held.binding.flow;
  if (const auto remote = remotes_.find(flow.remote); remote != remotes_.end() && --remote->second == 0)
    remotes_.erase(remote);
  if (is_reliable(flow.transport)) {
    wire_.keep(flow.connection, -1);
    if (const auto found = by_connection_.find(flow.connection); found != by_connection_.end()) {
      std::erase(found->second, handle);
      if (found->second.empty()) by_connection_.erase(found);
    }
  }
  context_.out.events.push_back(
      RegistrationChanged{held.account, held.binding.contact, flow, false, 0, held.binding.user_agent});
  slots_.release(handle);
}

void Registrar::answer(Handle transaction, const std::string& account) {
  std::string fields;
  for (const Handle handle : held_by(account)) {
    const Binding& binding = slots_.at(handle).binding;
    const std::int64_t left = std::max<std::int64_t>((binding.expires - context_.now).us / 1'000'000, 0);
    append_field(fields, "Contact", '<' + binding.contact + ">;expires=" + std::to_string(left));
  }
  append_field(fields, "Allow", kAllow);
  transactions_.respond(transaction, {200, {}, "reg", fields});
}

void Registrar::on_timer(Handle binding) {
  if (Held* held = slots_.find(binding)) {
    held->timer = {};
    drop(binding);
  }
}

void Registrar::on_connection_closed(ConnectionId connection) {
  const auto found = by_connection_.find(connection);
  if (found == by_connection_.end()) return;
  const std::vector<Handle> handles = found->second;
  for (const Handle handle : handles) drop(handle);
}

}  // namespace carillon::voice::sip
