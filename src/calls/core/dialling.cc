// Calls of ours: what may be called from here, and how a call to somebody begins.
#include <algorithm>

#include "calls/core/parties.h"
#include "calls/core/state.h"

namespace carillon::calls {

using events::EventType;

namespace {

constexpr std::size_t kMaxCalled = 256;
constexpr std::size_t kMaxDigits = 32;
constexpr std::size_t kMaxRules = 1'000;
constexpr std::size_t kMaxEmergency = 100;
constexpr std::size_t kMaxName = 256;
constexpr std::int64_t kMostAnHour = 1'000'000;

bool are_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Error not_callable(std::string_view found) {
  return Error(ErrorCode::kInvalidValue, "found '" + std::string(found.substr(0, 64)) +
                                             "'; expected a number such as +4930123456, or sip:user@host")
      .at("to");
}

bool is_prefix(std::string_view text) {
  return text.size() <= kMaxDigits && are_digits(text.starts_with('+') ? text.substr(1) : text);
}

Error bad(const char* field, std::string found) { return Error(ErrorCode::kInvalidValue, std::move(found)).at(field); }

template <class T>
Result<void> sort_apart(std::vector<T>& rows, std::string T::*name, const char* field) {
  std::sort(rows.begin(), rows.end(), [&](const T& a, const T& b) { return a.*name < b.*name; });
  const auto twice =
      std::adjacent_find(rows.begin(), rows.end(), [&](const T& a, const T& b) { return a.*name == b.*name; });
  if (twice == rows.end()) return {};
  return bad(field, "found '" + (*twice).*name + "' twice; expected each once");
}

Result<void> check_dialling(DiallingRecord& row) {
  if (row.destinations.size() > kMaxRules || row.emergency.size() > kMaxEmergency) {
    return Error(ErrorCode::kLimit, "found " + std::to_string(row.destinations.size()) + " destinations and " +
                                        std::to_string(row.emergency.size()) +
                                        " emergency numbers; expected at most 1000 and 100")
        .at("destinations");
  }
  for (const DestinationRule& rule : row.destinations) {
    if (!is_prefix(rule.prefix))
      return bad("destinations",
                 "found '" + rule.prefix.substr(0, 64) + "'; expected the first digits, such as +49900");
    if (rule.per_hour < 0 || rule.per_hour > kMostAnHour)
      return bad("destinations", "found " + std::to_string(rule.per_hour) + " calls an hour; expected 0 to 1000000");
  }
  for (const EmergencyNumber& one : row.emergency) {
    if (!is_prefix(one.address))
      return bad("emergency", "found '" + one.address.substr(0, 64) + "'; expected digits, such as 112");
    if (one.trunk.size() > 64 || one.caller_id.size() > kMaxCalled || one.location.size() > 1'000)
      return Error(ErrorCode::kTooLong, "found a text that is too long for " + one.address).at("emergency");
  }
  if (auto fine = sort_apart(row.destinations, &DestinationRule::prefix, "destinations"); !fine) return fine;
  return sort_apart(row.emergency, &EmergencyNumber::address, "emergency");
}

}  // namespace

const DestinationRule* rule_of(const DiallingRecord& dialling, std::string_view address) {
  const DestinationRule* best = nullptr;
  for (const DestinationRule& rule : dialling.destinations) {
    if (!address.starts_with(rule.prefix)) continue;
    if (!best || rule.prefix.size() > best->prefix.size()) best = &rule;
  }
  return best;
}

const EmergencyNumber* emergency_of(const DiallingRecord& dialling, std::string_view address) {
  const auto it = std::find_if(dialling.emergency.begin(), dialling.emergency.end(),
                               [&](const EmergencyNumber& one) { return one.address == address; });
  return it == dialling.emergency.end() ? nullptr : &*it;
}

Result<std::string> callable(std::string_view text) {
  if (text.empty()) return Error(ErrorCode::kMissingField, "found nobody to call").at("to");
  if (text.size() > kMaxCalled) return Error(ErrorCode::kTooLong, "found an address of more than 256 bytes").at("to");
  if (text.find('@') != std::string_view::npos) {
    const bool has_scheme = text.starts_with("sip:") || text.starts_with("sips:");
    const bool visible = std::all_of(text.begin(), text.end(), [](char c) {
      return c > ' ' && c < 0x7f && std::string_view("<>\",?").find(c) == std::string_view::npos;
    });
    if (!visible) return not_callable(text);
    return has_scheme ? std::string(text) : "sip:" + std::string(text);
  }
  std::string out;
  for (const char c : text) {
    const bool plus = c == '+' && out.empty();
    if (plus || (c >= '0' && c <= '9') || c == '*' || c == '#') {
      out += c;
    } else if (std::string_view(" -/().").find(c) == std::string_view::npos) {
      return not_callable(text);
    }
  }
  if (out.empty() || out == "+" || out.size() > kMaxDigits) return not_callable(text);
  return out;
}

// ---- settings ----

Result<std::string> State::on(Context&, const PutDialling& c) {
  if (c.dialling.version != 0 && c.dialling.version != dialling_.version) {
    return Error(ErrorCode::kVersionMismatch, "found version " + std::to_string(c.dialling.version) + ", present is " +
                                                  std::to_string(dialling_.version) +
                                                  "; read it again and repeat the change")
        .at("version");
  }
  DiallingRecord wanted = c.dialling;
  if (auto fine = check_dialling(wanted); !fine) return fine.error();
  // What was called within the hour is not forgotten by saving.
  wanted.counts = dialling_.counts;
  std::erase_if(wanted.counts, [&](const DialledInHour& count) {
    return std::none_of(wanted.destinations.begin(), wanted.destinations.end(),
                        [&](const DestinationRule& rule) { return rule.prefix == count.prefix; });
  });
  wanted.version = dialling_.version + 1;
  dialling_ = std::move(wanted);
  changes_.dialling = &dialling_;
  return std::string();
}

// The last question: it counts the call.
Result<void> State::may_call(Context& entry, const std::string& address, DiallingRight right, bool do_not_call) {
  if (do_not_call) {
    return Error(ErrorCode::kDoNotCall, address + " is on the do-not-call list of this workspace").at("to");
  }
  const DestinationRule* rule = rule_of(dialling_, address);
  if (!rule) return {};
  if (rule->needs == DiallingRight::nobody || rule->needs > right) {
    return Error(ErrorCode::kDestinationForbidden,
                 "calls to " + rule->prefix + " need the right '" + std::string(codec::enum_name(rule->needs)) + "'")
        .at("to");
  }
  if (rule->per_hour == 0) return {};
  auto& counts = dialling_.counts;
  auto count = std::lower_bound(counts.begin(), counts.end(), rule->prefix,
                                [](const DialledInHour& a, const std::string& prefix) { return a.prefix < prefix; });
  if (count == counts.end() || count->prefix != rule->prefix) {
    count = counts.insert(count, {rule->prefix, entry.now, 0});
  }
  if (entry.now - count->since >= Duration::hours(1)) count->since = entry.now, count->calls = 0;
  if (count->calls >= rule->per_hour) {
    return Error(ErrorCode::kDestinationLimit, "found " + std::to_string(count->calls) + " calls to " + rule->prefix +
                                                   " within the hour, the most there may be")
        .at("to");
  }
  ++count->calls;
  changes_.dialling = &dialling_;
  return {};
}

// ---- calls ----

// Who is called in an emergency is asked nothing else.
Result<LegRecord> State::called_leg(Context& entry, const std::string& to, NumberId from, DiallingRight right,
                                    bool do_not_call) {
  auto address = callable(to);
  if (!address) return address.error();
  const EmergencyNumber* emergency = emergency_of(dialling_, *address);
  const NumberRecord* number = this->number(from);
  if (from && !number) return Error(ErrorCode::kInvalidValue, "found no number " + from.str()).at("number_sid");
  if (!emergency) {
    if (!number) return Error(ErrorCode::kMissingField, "found no number to call from; name one").at("number_sid");
    if (auto may = may_call(entry, *address, right, do_not_call); !may) return may.error();
  }
  LegRecord leg{.sid = entry.ids.next<LegId>(),
                .role = LegRole::outside,
                .status = LegStatus::ringing,
                .address = *std::move(address),
                .created_at = entry.now,
                .connect_by = entry.now + kAnswerWithin,
                .dialled = true};
  if (number) leg.caller_id = number->address, leg.trunks = number->trunks;
  if (!emergency) return leg;
  leg.emergency = true;
  leg.location = emergency->location;
  leg.trunks.clear();
  if (!emergency->trunk.empty()) leg.trunks.push_back(emergency->trunk);
  if (!emergency->caller_id.empty()) leg.caller_id = emergency->caller_id;
  return leg;
}

State::Live& State::make_call(Context& entry, CallRecord row) {
  row.sid = entry.ids.next<CallId>();
  row.created_at = entry.now;
  row.seq = entry.entry * kSeqsAnEntry + made_in_entry_++;
  row.version = 0;
  row.status = CallStatus::dialling;
  Live& live = calls_[row.sid];
  live.row = std::move(row);
  touch(live);
  entry.events.push_back(event(EventType::kCallCreated, live.row));
  arm(live);
  return live;
}

bool State::in_a_call(WorkerId worker) const {
  return std::any_of(calls_.begin(), calls_.end(), [&](const auto& one) {
    const auto& legs = one.second.row.legs;
    return std::any_of(legs.begin(), legs.end(), [&](const LegRecord& leg) {
      return leg.role == LegRole::agent && leg.worker_sid == worker && takes_part(leg);
    });
  });
}

Result<std::string> State::on(Context& entry, const Dial& c) {
  if (!c.worker_sid) return Error(ErrorCode::kMissingField, "found no worker who calls").at("worker_sid");
  if (c.to_name.size() > kMaxName) return Error(ErrorCode::kTooLong, "found a name of more than 256 bytes").at("to");
  if (in_a_call(c.worker_sid)) return forbids("the worker is in a call already; end that first", "worker_sid");
  if (c.to_worker_sid) return dial_colleague(entry, c);
  auto leg = called_leg(entry, c.to, c.number_sid, c.right, c.do_not_call);
  if (!leg) return leg.error();
  leg->role = LegRole::customer;
  const NumberRecord* number = this->number(c.number_sid);
  CallRecord row;
  row.direction = Direction::outbound;
  row.number_sid = c.number_sid;
  row.customer_sid = c.customer_sid;
  row.from = leg->caller_id;
  row.from_name = c.to_name;
  row.to = leg->address;
  if (number) row.music = number->music;
  row.legs.push_back(*std::move(leg));
  Live& live = make_call(entry, std::move(row));
  // Nobody tells them before an agent is there: they agree by key, or there is no recording.
  if (number) live.row.recording_policy = policy_of(*number, live.row.sid);
  if (live.row.recording_policy != RecordingPolicy::never) live.row.consent_rule = number->consent;
  Arrive about{.from = live.row.from, .from_name = c.to_name, .to = live.row.to, .identity = live.row.to};
  about.customer_sid = c.customer_sid;
  ask({.kind = Request::Kind::open_outbound,
       .call = live.row.sid,
       .contact = {},
       .task = {},
       .worker = c.worker_sid,
       .arrive = std::move(about),
       .leg = {}});
  return live.row.sid.str();
}

// Two workers, a task each, and no customer: nothing of it counts as a contact.
Result<std::string> State::dial_colleague(Context& entry, const Dial& c) {
  if (!c.to.empty() || c.to_worker_sid == c.worker_sid) {
    return Error(ErrorCode::kInvalidValue, "found an address beside the colleague, or the worker themselves")
        .at("to_worker_sid");
  }
  CallRecord row;
  row.direction = Direction::internal;
  row.from = c.worker_sid.str();
  row.to = c.to_worker_sid.str();
  for (const WorkerId worker : {c.worker_sid, c.to_worker_sid}) {
    row.legs.push_back({.sid = entry.ids.next<LegId>(),
                        .role = LegRole::agent,
                        .status = LegStatus::ringing,
                        .worker_sid = worker,
                        .created_at = entry.now,
                        .connect_by = entry.now + kAnswerWithin});
  }
  row.legs.back().invited_by_sid = c.worker_sid;
  Live& live = make_call(entry, std::move(row));
  const auto request = [&](Request::Kind kind, const LegRecord& leg) {
    ask({.kind = kind,
         .call = live.row.sid,
         .contact = {},
         .task = {},
         .worker = leg.worker_sid,
         .arrive = {},
         .leg = leg.sid});
  };
  request(Request::Kind::claim_task, live.row.legs.front());
  request(Request::Kind::offer_task, live.row.legs.back());
  return live.row.sid.str();
}

void State::customer_answered(Context& entry, Live& live) {
  CallRecord& row = live.row;
  if (LiveCallback* tried = callback_of_try(row)) callback_reached(entry, *tried);
  if (row.customer_first) return customer_joined(entry, live);
  row.status = CallStatus::talking;
  row.answered_at = entry.now;
  const auto agent = std::find_if(row.legs.begin(), row.legs.end(),
                                  [](const LegRecord& leg) { return leg.role == LegRole::agent && takes_part(leg); });
  if (agent == row.legs.end()) return;
  agent_arrived(entry, live, agent->worker_sid);
  ask({.kind = Request::Kind::answered,
       .call = row.sid,
       .contact = row.contact_sid,
       .task = agent->task_sid,
       .worker = agent->worker_sid,
       .arrive = {},
       .leg = {}});
}

}  // namespace carillon::calls
