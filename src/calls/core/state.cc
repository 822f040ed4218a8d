// Rows, timers, queries.
#include "calls/core/state.h"

#include <algorithm>

#include "base/check.h"

namespace carillon::calls {

using events::Event;
using events::EventType;

namespace {

constexpr int kMaxTimersAnEntry = 10'000;

Error rows_contradict(std::string what) {
  return Error(ErrorCode::kInternal, "call rows contradict one another: " + std::move(what));
}

template <class Record>
void sort_by_seq(std::vector<const Record*>& rows) {
  std::sort(rows.begin(), rows.end(), [](const Record* a, const Record* b) { return a->seq < b->seq; });
}

}  // namespace

// ---- rows ----

Result<void> State::load(Rows rows) {
  *this = State();
  dialling_ = std::move(rows.dialling);
  for (auto& row : rows.numbers) {
    const NumberId sid = row.sid;
    if (!by_address_.emplace(row.address, sid).second) return rows_contradict("address " + row.address + " twice");
    if (!numbers_.emplace(sid, std::move(row)).second) return rows_contradict("number " + sid.str() + " twice");
  }
  for (auto& row : rows.calls) {
    const CallId sid = row.sid;
    if (row.status == CallStatus::ended || row.legs.empty()) return rows_contradict("call " + sid.str() + " not live");
    const auto [it, made] = calls_.try_emplace(sid);
    if (!made) return rows_contradict("call " + sid.str() + " twice");
    it->second.row = std::move(row);
    const CallRecord& kept = it->second.row;
    for (const LegRecord& leg : kept.legs) {
      if (leg.role == LegRole::coach && leg.status != LegStatus::ended) coaching_[leg.worker_sid] = sid;
      const bool of_internal = kept.direction == Direction::internal && leg.status != LegStatus::ended;
      if (of_internal && leg.task_sid) by_task_[leg.task_sid] = sid;
    }
    if (kept.status == CallStatus::lost) lost_.emplace(kept.number_sid, kept.identity, kept.seq, sid);
    const bool over = kept.lost_worker_sid || kept.status == CallStatus::farewell || kept.status == CallStatus::onward;
    const ContactId contact = over ? ContactId{} : kept.contact_sid;  // else its contact is over
    if (contact && !by_contact_.emplace(contact, sid).second) {
      return rows_contradict("contact " + contact.str() + " has two calls");
    }
    arm(it->second);
  }
  for (auto& row : rows.callbacks) {
    const CallbackId sid = row.sid;
    if (!is_open(row.status)) return rows_contradict("callback " + sid.str() + " not open");
    const auto [it, made] = callbacks_.try_emplace(sid);
    if (!made || !callbacks_to_.emplace(row.to, sid).second ||
        !callbacks_of_contact_.emplace(row.contact_sid, sid).second) {
      return rows_contradict("callback " + sid.str() + " is the second of its number or contact");
    }
    it->second.row = std::move(row);
    arm(it->second);
  }
  return {};
}

Rows State::rows() const {
  Rows out;
  for (const auto* row : numbers()) out.numbers.push_back(*row);
  for (const auto* row : calls()) out.calls.push_back(*row);
  for (const auto* row : callbacks()) out.callbacks.push_back(*row);
  out.dialling = dialling_;
  return out;
}

// ---- one entry ----

void State::begin(const Context&) {
  for (Live* live : touched_) {
    live->touched = false;
    if (live->row.status != CallStatus::ended) continue;
    const auto mine = by_contact_.find(live->row.contact_sid);
    if (mine != by_contact_.end() && mine->second == live->row.sid) by_contact_.erase(mine);
    calls_.erase(live->row.sid);
  }
  touched_.clear();
  for (LiveCallback* live : touched_callbacks_) {
    live->touched = false;
    if (!is_open(live->row.status)) callbacks_.erase(live->row.sid);
  }
  touched_callbacks_.clear();
  changes_ = {};
  made_in_entry_ = 0, timers_run_ = 0;
}

void State::expire(Context& entry) {
  while (!timers_.empty() && timers_.begin()->at <= entry.now && timers_run_ < kMaxTimersAnEntry) {
    ++timers_run_;
    due(entry, calls_.at(timers_.begin()->call));
  }
  while (!callback_timers_.empty() && callback_timers_.begin()->at <= entry.now && timers_run_ < kMaxTimersAnEntry) {
    ++timers_run_;
    callback_due(entry, callbacks_.at(callback_timers_.begin()->callback));
  }
}

Result<std::string> State::apply(Context& entry, const Command& command, const Floor& floor) {
  return std::visit(
      [&](const auto& c) -> Result<std::string> {
        if constexpr (std::is_same_v<std::decay_t<decltype(c)>, Arrive>) {
          return arrive(entry, c, floor);
        } else if constexpr (std::is_same_v<std::decay_t<decltype(c)>, PressKey>) {
          return press(entry, c, floor);
        } else {
          return on(entry, c);
        }
      },
      command);
}

Instant State::next_deadline() const {
  const Instant calls = timers_.empty() ? Instant::never() : timers_.begin()->at;
  return callback_timers_.empty() ? calls : std::min(calls, callback_timers_.begin()->at);
}

void State::touch(Live& live) {
  if (live.touched) return;
  live.touched = true;
  ++live.row.version;
  touched_.push_back(&live);
  changes_.calls.push_back(&live.row);
}

void State::arm(Live& live) {
  Instant at = std::min(
      {live.row.announce_at, live.row.farewell_by, live.row.return_by, live.row.message_by, live.row.asking.by});
  const bool asks = live.row.asking.step != CallbackStep::none;
  if (live.row.status == CallStatus::queued && !asks) at = std::min(at, live.row.max_wait_at);
  for (const LegRecord& leg : live.row.legs) at = std::min(at, leg.connect_by);
  if (at == live.armed) return;
  if (!live.armed.is_never()) timers_.erase({live.armed, live.row.seq, live.row.sid});
  if (!at.is_never()) timers_.insert({at, live.row.seq, live.row.sid});
  live.armed = at;
}

Result<State::Live*> State::live_call(CallId sid) {
  const auto found = calls_.find(sid);
  if (found == calls_.end() || found->second.row.status == CallStatus::ended) {
    return Error(ErrorCode::kNotFound, "found no live call " + sid.str() + "; it may have ended").at("call_sid");
  }
  return &found->second;
}

State::Live* State::live_of(ContactId contact) {
  const auto found = by_contact_.find(contact);
  if (found == by_contact_.end()) return nullptr;
  Live& live = calls_.at(found->second);
  return live.row.status == CallStatus::ended ? nullptr : &live;
}

State::Live* State::live_of(ContactId contact, TaskId task) {
  if (contact) return live_of(contact);
  const auto found = by_task_.find(task);
  if (found == by_task_.end()) return nullptr;
  Live& live = calls_.at(found->second);
  return live.row.status == CallStatus::ended ? nullptr : &live;
}

Event State::event(EventType type, const CallRecord& row) const {
  return {.type = type,
          .bucket = row.turned_away,
          .reason = row.reason,
          .conversation = row.conversation_sid,
          .contact = row.contact_sid,
          .customer = row.customer_sid,
          .call = row.sid,
          .number_sid = row.number_sid,
          .from = row.created_at};
}

// ---- queries ----

const NumberRecord* State::number(NumberId sid) const {
  const auto found = numbers_.find(sid);
  return found == numbers_.end() ? nullptr : &found->second;
}

const NumberRecord* State::number_at(std::string_view address) const {
  const auto found = by_address_.find(address);
  return found == by_address_.end() ? nullptr : number(found->second);
}

std::vector<const NumberRecord*> State::numbers() const {
  std::vector<const NumberRecord*> out;
  for (const auto& [sid, row] : numbers_) out.push_back(&row);
  sort_by_seq(out);
  return out;
}

const CallRecord* State::call(CallId sid) const {
  const auto found = calls_.find(sid);
  return found == calls_.end() ? nullptr : &found->second.row;
}

const CallRecord* State::call_of(ContactId contact) const {
  const auto found = by_contact_.find(contact);
  return found == by_contact_.end() ? nullptr : call(found->second);
}

std::vector<const CallRecord*> State::calls() const {
  std::vector<const CallRecord*> out;
  for (const auto& [sid, live] : calls_) {
    if (live.row.status != CallStatus::ended) out.push_back(&live.row);
  }
  sort_by_seq(out);
  return out;
}

}  // namespace carillon::calls
