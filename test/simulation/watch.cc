#include "simulation/watch.h"

#include <algorithm>
#include <tuple>

#include <boost/json.hpp>

#include "expr/core/expr.h"
#include "routing/core/workflow_document.h"

namespace carillon::simulation {
namespace {

using events::EventType;
using routing::ReservationRecord;
using routing::ReservationStatus;
using routing::TaskRecord;
using routing::TaskStatus;
using routing::WorkerRecord;

bool waits(const TaskRecord& t) { return t.status == TaskStatus::pending || t.status == TaskStatus::reserved; }
bool in_hand(const ReservationRecord& r) { return r.status != ReservationStatus::pending; }

// Parsing is a function of the text alone, so its answers are kept.
template <class Value, class Parse>
const Value& remembered(const std::string& text, Parse parse) {
  static std::map<std::string, Value> seen;
  const auto it = seen.find(text);
  return it != seen.end() ? it->second : seen.emplace(text, parse(text)).first->second;
}

const boost::json::value& attributes(const std::string& text) {
  return remembered<boost::json::value>(text, [](const std::string& t) { return boost::json::parse(t); });
}
const expr::Expression& queue_expression(const std::string& text) {
  return remembered<expr::Expression>(text, [](const std::string& t) { return *expr::parse(t, expr::Scope::kQueue); });
}
const routing::WorkflowDocument& document(const std::string& text) {
  return remembered<routing::WorkflowDocument>(text,
                                               [](const std::string& t) { return *routing::compile_workflow(t); });
}

const routing::Target* target_of(const TaskRecord& t, const routing::State& state) {
  const auto* workflow = state.workflow(t.workflow_sid);
  if (t.filter_index < 0 || !workflow) return nullptr;
  const std::string* text = &workflow->document.text;
  for (const auto& older : workflow->older) {
    if (older.version == t.workflow_version) text = &older.document.text;
  }
  return &document(*text)
              .filters.at(static_cast<std::size_t>(t.filter_index))
              .targets.at(static_cast<std::size_t>(t.target_index));
}

// Whether w may serve t, by expressions; written for the simulator's worlds, whose expressions speak of attributes only.
bool may_serve(const TaskRecord& t, const WorkerRecord& w, const routing::State& state) {
  if (!t.task_queue_sid) return w.sid == t.direct_worker_sid;
  const expr::Env env{.task = &attributes(t.attributes.text),
                      .worker = &attributes(w.attributes.text),
                      .worker_facts = nullptr,
                      .queue_facts = nullptr};
  if (!expr::evaluate(queue_expression(state.task_queue(t.task_queue_sid)->expression), env)) return false;
  if (!t.last_worker_until.is_never() && t.last_worker_sid != w.sid) return false;
  const routing::Target* target = target_of(t, state);
  if (!target) return true;
  if (!expr::evaluate(target->expression, env)) return false;
  return t.ring_index < 0 || expr::evaluate(target->rings.at(static_cast<std::size_t>(t.ring_index)).expression, env);
}

bool passed_over(const TaskRecord& t, WorkerId w) {
  return std::any_of(t.passed_over.begin(), t.passed_over.end(), [&](const auto& p) { return p.worker_sid == w; });
}

bool responds(const WorkerRecord& w, TaskChannelId channel) {
  return std::none_of(w.not_responding.begin(), w.not_responding.end(),
                      [&](const auto& n) { return n.task_channel_sid == channel; });
}

bool never_takes(const WorkerRecord& w, TaskChannelId channel) {
  return std::any_of(w.channel_capacities.begin(), w.channel_capacities.end(),
                     [&](const auto& c) { return c.task_channel_sid == channel && c.capacity == 0; });
}

}  // namespace

std::optional<std::string> Watch::look(const workspace::Effects& effects, const workspace::State& state) {
  if (auto wrong = keep_ledger(effects.events)) return wrong;
  if (auto wrong = ledger_agrees(state.routing())) return wrong;
  if (auto wrong = one_worker_each(state.routing())) return wrong;
  if (auto wrong = capacity_kept(state.routing())) return wrong;
  if (auto wrong = order_kept(effects, state.routing(), state.last_now())) return wrong;
  return nobody_idles(state.routing());
}

// ---- the ledger: no task lost, every queue entry in one bucket ----

std::optional<std::string> Watch::keep_ledger(const events::Events& events) {
  for (const events::Event& e : events) {
    switch (e.type) {
      case EventType::kTaskCreated:
        if (!live_.insert(e.task).second || over_.contains(e.task)) return "task created twice: " + e.task.str();
        ++tally_.tasks;
        break;
      case EventType::kTaskCompleted:
      case EventType::kTaskCanceled:
        if (live_.erase(e.task) != 1) return "a task ended that was not live: " + e.task.str();
        over_.insert(e.task);
        ++tally_.ended;
        break;
      case EventType::kTaskQueueEntered:
        if (!entries_.insert(e.task).second) return "a second queue entry while the first is open: " + e.task.str();
        ++tally_.offered;
        break;
      case EventType::kQueueEntryEnded:
        if (e.bucket == events::Bucket::none) return "a queue entry ended in no bucket: " + e.task.str();
        if (entries_.erase(e.task) != 1) return "a queue entry ended that was not open: " + e.task.str();
        ++tally_.buckets[e.bucket];
        break;
      case EventType::kReservationAccepted:
        ++tally_.accepted;
        break;
      case EventType::kReservationTimeout:
        ++tally_.missed;
        break;
      case EventType::kReservationSuspended:
        ++tally_.suspended;
        break;
      default:
        break;
    }
  }
  return std::nullopt;
}

std::optional<std::string> Watch::ledger_agrees(const routing::State& state) const {
  std::size_t live = 0, open = 0;
  for (const TaskRecord* t : state.tasks()) {
    ++live;
    if (!live_.contains(t->sid)) return "live, but never created or already ended: " + t->sid.str();
    if (t->entry_open != entries_.contains(t->sid))
      return "its queue entry is open here and closed there: " + t->sid.str();
    if (waits(*t) && t->task_queue_sid && !t->entry_open) return "waits without a queue entry: " + t->sid.str();
    open += t->entry_open;
  }
  if (live != live_.size())
    return "lost: " + std::to_string(live_.size()) + " created and not ended, " + std::to_string(live) + " live";
  std::int64_t ended = 0;
  for (const auto& [bucket, n] : tally_.buckets) ended += n;
  if (tally_.offered != ended + static_cast<std::int64_t>(open)) {
    return "offered " + std::to_string(tally_.offered) + " is not " + std::to_string(ended) + " in buckets and " +
           std::to_string(open) + " open";
  }
  return std::nullopt;
}

// ---- rules about rows ----

std::optional<std::string> Watch::one_worker_each(const routing::State& state) const {
  std::map<TaskId, int> hands, offers;
  for (const ReservationRecord* r : state.reservations()) {
    ++(in_hand(*r) ? hands : offers)[r->task_sid];
    if (!state.task(r->task_sid)) return "reservation of a task that is not live: " + r->sid.str();
  }
  for (const TaskRecord* t : state.tasks()) {
    const int expected = waits(*t) ? 0 : 1;
    if (hands[t->sid] != expected)
      return t->sid.str() + " is in the hands of " + std::to_string(hands[t->sid]) + " workers";
    if ((offers[t->sid] > 0) != (t->status == TaskStatus::reserved))
      return "offers and status disagree: " + t->sid.str();
  }
  return std::nullopt;
}

std::optional<std::string> Watch::capacity_kept(const routing::State& state) const {
  const bool costed = state.settings().capacity_model == routing::CapacityModel::costed;
  std::map<WorkerId, std::int64_t> held;
  std::map<std::pair<WorkerId, TaskChannelId>, std::int64_t> tasks;
  for (const ReservationRecord* r : state.reservations()) {
    if (r->status == ReservationStatus::suspended) continue;
    ++tasks[{r->worker_sid, r->task_channel_sid}];
    // An offer that will interrupt holds what its accept does not release; once accepted, at least what it has released.
    const std::int64_t released = r->released_by_interruption;
    held[r->worker_sid] += in_hand(*r) ? std::max(r->cost, released) : std::max<std::int64_t>(0, r->cost - released);
  }
  for (const WorkerRecord* w : state.workers()) {
    const std::int64_t total = w->total_capacity > 0 ? w->total_capacity : state.settings().total_capacity;
    if (costed && held[w->sid] > total)
      return w->friendly_name + " holds " + std::to_string(held[w->sid]) + " of " + std::to_string(total);
    if (costed) continue;
    for (const auto* channel : state.task_channels()) {
      std::int64_t own = channel->default_capacity;
      for (const auto& c : w->channel_capacities) {
        if (c.task_channel_sid == channel->sid) own = c.capacity;
      }
      if (tasks[{w->sid, channel->sid}] > own)
        return w->friendly_name + " has too many tasks of " + channel->unique_name;
    }
  }
  return std::nullopt;
}

// Whoever got an offer stood before everybody who still waits for the same: same queue, channel, priority, target, ring
// and attributes, so the same workers could have served them.
std::optional<std::string> Watch::order_kept(const workspace::Effects& effects, const routing::State& state,
                                             Instant now) const {
  const auto alike = [](const TaskRecord& a, const TaskRecord& b) {
    const auto of = [](const TaskRecord& t) {
      return std::tie(t.task_queue_sid, t.task_channel_sid, t.priority, t.workflow_sid, t.workflow_version,
                      t.filter_index, t.target_index, t.ring_index, t.attributes.text);
    };
    return of(a) == of(b) && a.last_worker_until.is_never() && b.last_worker_until.is_never();
  };
  for (const events::Event& e : effects.events) {
    if (e.type != EventType::kReservationCreated || !e.queue) continue;
    const TaskRecord* t = state.task(e.task);
    if (!t || state.task_queue(e.queue)->task_order != routing::QueueOrder::fifo || t->task_queue_sid != e.queue)
      continue;
    for (const TaskRecord* other : state.tasks()) {
      if (other == t || other->status != TaskStatus::pending || !alike(*t, *other)) continue;
      const auto key = [](const TaskRecord& x) { return std::pair(x.virtual_start_time - x.boost, x.seq); };
      if (key(*other) >= key(*t) || passed_over(*other, e.worker)) continue;
      const auto& changed = effects.routing->tasks;  // what changed in this entry may have come back after the offer
      if (std::find(changed.begin(), changed.end(), other) != changed.end()) continue;
      return t->sid.str() + " was offered before " + other->sid.str() + ", which waits since before it; at " +
             to_rfc3339(now);
    }
  }
  return std::nullopt;
}

// Nobody who could take a task sits idle while it waits.
std::optional<std::string> Watch::nobody_idles(const routing::State& state) const {
  std::set<WorkerId> busy;
  for (const ReservationRecord* r : state.reservations()) busy.insert(r->worker_sid);
  for (const WorkerRecord* w : state.workers()) {
    if (!w->available || busy.contains(w->sid)) continue;
    for (const TaskRecord* t : state.tasks()) {
      if (t->status != TaskStatus::pending || passed_over(*t, w->sid) || !responds(*w, t->task_channel_sid)) continue;
      if (never_takes(*w, t->task_channel_sid) || !may_serve(*t, *w, state)) continue;
      return w->friendly_name + " is idle while " + t->sid.str() + " waits";
    }
  }
  return std::nullopt;
}

std::optional<std::string> Watch::nothing_overdue(const workspace::State& state, Instant now) const {
  if (state.next_deadline() <= now) return "a deadline is overdue: " + to_rfc3339(state.next_deadline());
  for (const ReservationRecord* r : state.routing().reservations()) {
    if (r->status == ReservationStatus::pending && r->expires_at <= now) return "an offer is overdue: " + r->sid.str();
    if (r->status == ReservationStatus::wrapping && r->wrap_up_deadline <= now)
      return "a wrap-up is overdue: " + r->sid.str();
    if (r->status == ReservationStatus::suspended && r->suspended_until <= now)
      return "suspended too long: " + r->sid.str();
  }
  for (const TaskRecord* t : state.routing().tasks()) {
    if (!waits(*t)) continue;
    if (t->time_to_live_at <= now) return "outlived its time to live: " + t->sid.str();
    if (t->status == TaskStatus::pending && t->target_deadline <= now) return "its target is overdue: " + t->sid.str();
    if (t->next_ring_at <= now) return "its next ring is overdue: " + t->sid.str();
    if (t->max_wait_at <= now) return "waits beyond the maximum: " + t->sid.str();
  }
  return std::nullopt;
}

}  // namespace carillon::simulation
