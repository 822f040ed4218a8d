// Entries, timers and rows of the naive twin: "One entry" and "Deadlines" of ../README.md.
#include "routing/core/testing/naive.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/check.h"

namespace carillon::routing::testing {
namespace {

constexpr int kTimersAnEntry = 10'000;

template <class List, class IdType>
auto* find_in(List& list, IdType id) {
  for (auto& row : list) {
    if (row.sid == id) return &row;
  }
  return decltype(&list.front()){nullptr};
}

template <class Row>
std::deque<Row> deque_of(const std::vector<Row>& rows) {
  return {rows.begin(), rows.end()};
}

template <class Row>
std::vector<Row> all(const std::deque<Row>& rows) {
  return {rows.begin(), rows.end()};
}

template <class Row>
std::vector<Row> with_status(const std::deque<Row>& rows, bool live) {
  std::vector<Row> out;
  for (const Row& row : rows) {
    if (is_live(row.status) == live) out.push_back(row);
  }
  return out;
}

}  // namespace

// ---- pure functions of a text ----

const boost::json::value& parsed(const std::string& attributes) {
  static std::map<std::string, boost::json::value> seen;
  const auto it = seen.find(attributes);
  if (it != seen.end()) return it->second;
  return seen.emplace(attributes, boost::json::parse(attributes.empty() ? "{}" : attributes)).first->second;
}

const expr::Expression& queue_expression(const std::string& text) {
  static std::map<std::string, expr::Expression> seen;
  const auto it = seen.find(text);
  if (it != seen.end()) return it->second;
  return seen.emplace(text, *expr::parse(text, expr::Scope::kQueue)).first->second;
}

const WorkflowDocument& workflow_document(const std::string& text) {
  static std::map<std::string, WorkflowDocument> seen;
  const auto it = seen.find(text);
  if (it != seen.end()) return it->second;
  return seen.emplace(text, *compile_workflow(text)).first->second;
}

// ---- rows ----

void Naive::load(Rows rows) {
  now_ = World{};
  now_.settings = rows.settings;
  now_.task_channels = deque_of(rows.task_channels);
  now_.task_queues = deque_of(rows.task_queues);
  now_.workflows = deque_of(rows.workflows);
  now_.workers = deque_of(rows.workers);
  now_.tasks = deque_of(rows.tasks);
  now_.reservations = deque_of(rows.reservations);
}

Rows Naive::rows() const {
  return {now_.settings,
          all(now_.task_channels),
          all(now_.task_queues),
          all(now_.workflows),
          all(now_.workers),
          with_status(now_.tasks, true),
          with_status(now_.reservations, true)};
}

std::vector<TaskRecord> Naive::ended_tasks() const { return with_status(now_.tasks, false); }
std::vector<ReservationRecord> Naive::ended_reservations() const { return with_status(now_.reservations, false); }

std::vector<Notice> Naive::take_notices() { return std::exchange(now_.notices, {}); }

TaskRecord* Naive::find(TaskId id) { return find_in(now_.tasks, id); }
ReservationRecord* Naive::find(ReservationId id) { return find_in(now_.reservations, id); }
WorkerRecord* Naive::find(WorkerId id) { return find_in(now_.workers, id); }
TaskQueueRecord* Naive::find(QueueId id) { return find_in(now_.task_queues, id); }
WorkflowRecord* Naive::find(WorkflowId id) { return find_in(now_.workflows, id); }
TaskChannelRecord* Naive::find(TaskChannelId id) { return find_in(now_.task_channels, id); }

const TaskQueueRecord* Naive::queue_of(const TaskRecord& t) { return find(t.task_queue_sid); }
const TaskChannelRecord& Naive::channel_of(const TaskRecord& t) { return *find(t.task_channel_sid); }

std::vector<ReservationRecord*> Naive::offers_of(TaskId task) {
  std::vector<ReservationRecord*> out;
  for (ReservationRecord& r : now_.reservations) {
    if (r.task_sid == task && r.status == ReservationStatus::pending) out.push_back(&r);
  }
  return out;
}

std::vector<ReservationRecord*> Naive::live_reservations_of(WorkerId worker) {
  std::vector<ReservationRecord*> out;
  for (ReservationRecord& r : now_.reservations) {
    if (r.worker_sid == worker && is_live(r.status)) out.push_back(&r);
  }
  return out;
}

// A row has the next version when it differs from what the last entry left, or was something else in between. The versions
// of configuration count its edits: what routing notes of a worker or a queue is nobody's edit.
void Naive::count_versions() {
  const auto count = [](auto& rows, auto& before) {
    for (auto& row : rows) {
      const auto* old = find_in(before, row.sid);
      if (!old) continue;
      row.version = old->version;
      if (!(row == *old)) ++row.version;
    }
  };
  count(now_.tasks, at_begin_.tasks);
  count(now_.reservations, at_begin_.reservations);
  for (const TaskId sid : now_.updated) {
    const TaskRecord* old = find_in(at_begin_.tasks, sid);
    if (old) find(sid)->version = old->version + 1;
  }
  for (const ReservationId sid : now_.updated_reservations) {
    const ReservationRecord* old = find_in(at_begin_.reservations, sid);
    if (old) find(sid)->version = old->version + 1;
  }
}

// ---- one entry ----

void Naive::begin(const Context&) {
  std::erase_if(now_.tasks, [](const TaskRecord& t) { return !is_live(t.status); });
  std::erase_if(now_.reservations, [](const ReservationRecord& r) { return !is_live(r.status); });
  now_.counter = 0;
  now_.notices.clear();
  now_.updated.clear();
  now_.updated_reservations.clear();
  now_.queue_entries.clear();
  at_begin_ = now_;
}

void Naive::expire(Context& entry) {
  entry_ = &entry;
  for (int n = 0; n < kTimersAnEntry; ++n) {
    if (!run_one_timer()) break;
    settle(entry);
  }
  count_versions();
}

Result<Outcome> Naive::apply(Context& entry, const Command& command) {
  entry_ = &entry;
  const World before = now_;
  const IdMaker ids_before = entry.ids;
  const std::size_t events_before = entry.events.size();
  Result<Outcome> outcome = std::visit([&](const auto& c) { return on(c); }, command);
  if (!outcome) {
    now_ = before;
    entry.ids = ids_before;
    entry.events.resize(events_before);
  }
  count_versions();
  return outcome;
}

// Waiting times and ages run on by the wall clock, times to live too; every other deadline moves.
void Naive::restarted(Context& entry, Duration down_for) {
  entry_ = &entry;
  for (TaskRecord& t : now_.tasks) {
    t.target_deadline = t.target_deadline + down_for;
    t.next_ring_at = t.next_ring_at + down_for;
    t.last_worker_until = t.last_worker_until + down_for;
    t.max_wait_at = t.max_wait_at + down_for;
    t.workflow_entered_at = t.workflow_entered_at + down_for;  // later targets and rings count from these
    t.target_entered_at = t.target_entered_at + down_for;
    for (PassedOver& p : t.passed_over) p.at = std::min(p.at + down_for, now());
  }
  for (ReservationRecord& r : now_.reservations) {
    if (!r.expires_at.is_never()) r.expires_at = std::max(r.expires_at + down_for, now() + Duration::seconds(10));
    r.wrap_up_deadline = r.wrap_up_deadline + down_for;
    r.suspended_until = r.suspended_until + down_for;
  }
  count_versions();
}

// ---- timers ----

// In the order in which those of the same instant run.
std::vector<std::pair<Instant, Naive::Due>> Naive::deadlines(const TaskRecord& t) const {
  std::vector<std::pair<Instant, Due>> out;
  if (t.status != TaskStatus::pending && t.status != TaskStatus::reserved) return out;
  out.emplace_back(t.time_to_live_at, Due::time_to_live);
  out.emplace_back(t.max_wait_at, Due::max_wait);
  if (t.status == TaskStatus::pending) out.emplace_back(t.target_deadline, Due::target);
  out.emplace_back(t.next_ring_at, Due::ring);
  out.emplace_back(t.last_worker_until, Due::last_worker);
  for (const PassedOver& p : t.passed_over) out.emplace_back(p.at + now_.settings.passed_over_for, Due::passed_over);
  return out;
}

std::vector<std::pair<Instant, Naive::Due>> Naive::deadlines(const ReservationRecord& r) const {
  std::vector<std::pair<Instant, Due>> out;
  if (r.status == ReservationStatus::pending) out.emplace_back(r.expires_at, Due::offer);
  if (r.status == ReservationStatus::wrapping) out.emplace_back(r.wrap_up_deadline, Due::wrap_up);
  if (r.status == ReservationStatus::suspended) out.emplace_back(r.suspended_until, Due::suspended);
  return out;
}

Instant Naive::next_deadline() const {
  Instant next = Instant::never();
  for (const TaskRecord& t : now_.tasks) {
    for (const auto& [at, due] : deadlines(t)) next = std::min(next, at);
  }
  for (const ReservationRecord& r : now_.reservations) {
    for (const auto& [at, due] : deadlines(r)) next = std::min(next, at);
  }
  return next;
}

bool Naive::run_one_timer() {
  struct First {
    Instant at = Instant::never();
    std::int64_t seq = 0;
    Due due = Due::offer;
    TaskRecord* task = nullptr;
    ReservationRecord* reservation = nullptr;
  } first;
  const auto consider = [&](Instant at, std::int64_t seq, Due due, TaskRecord* task, ReservationRecord* reservation) {
    if (at > now() || at.is_never()) return;
    if ((first.task || first.reservation) && std::pair(first.at, first.seq) <= std::pair(at, seq)) return;
    first = {at, seq, due, task, reservation};
  };
  for (TaskRecord& t : now_.tasks) {
    for (const auto& [at, due] : deadlines(t)) consider(at, t.seq, due, &t, nullptr);
  }
  for (ReservationRecord& r : now_.reservations) {
    for (const auto& [at, due] : deadlines(r)) consider(at, r.seq, due, nullptr, &r);
  }
  if (first.task) return run(*first.task, first.due), true;
  if (first.reservation) return run(*first.reservation, first.due), true;
  return false;
}

void Naive::run(TaskRecord& t, Due due) {
  switch (due) {
    case Due::time_to_live:
      return cancel(t, Reason::time_to_live);
    case Due::max_wait:
      t.max_wait_at = Instant::never();
      if (channel_of(t).live) return cancel(t, Reason::queue_max_wait);
      t.max_wait_alerted = true;
      emit(events::EventType::kTaskQueueMaxWait, t);
      emit(events::EventType::kAlertRaised, t).reason = Reason::queue_max_wait;
      return;
    case Due::target:
      return next_target(t, Reason::target_timeout);
    case Due::ring:
      return set_ring(t);
    case Due::last_worker:
      t.last_worker_until = Instant::never();
      return;
    case Due::passed_over:
      std::erase_if(t.passed_over, [&](const PassedOver& p) { return p.at + now_.settings.passed_over_for <= now(); });
      return;
    default:
      CARILLON_CHECK(false);
  }
}

void Naive::run(ReservationRecord& r, Due due) {
  switch (due) {
    case Due::offer: {
      TaskRecord& t = *find(r.task_sid);
      WorkerRecord& w = *find(r.worker_sid);
      const Reason reason = w.reachable ? Reason::missed : Reason::not_reached;
      end_offer(r, ReservationStatus::timeout, reason);
      if (w.reachable) set_not_responding(w, r.task_channel_sid);
      return offers_ended(t, reason);
    }
    case Due::wrap_up:
      if (r.wrap_up == WrapUpMode::timed) return complete(*find(r.task_sid), Reason::wrap_up_expired);
      r.wrap_up_overdue = true;
      r.wrap_up_deadline = Instant::never();
      emit(events::EventType::kReservationWrapupOverdue, r);
      emit(events::EventType::kAlertRaised, r);
      return;
    case Due::suspended:
      requeue(*find(r.task_sid), Reason::suspended_too_long);
      return wait_again(*find(r.task_sid), Reason::suspended_too_long);
    default:
      CARILLON_CHECK(false);
  }
}

void Naive::set_not_responding(WorkerRecord& w, TaskChannelId channel) {
  for (const NotResponding& n : w.not_responding) {
    if (n.task_channel_sid == channel) return;
  }
  w.not_responding.push_back({channel, now()});
  emit(events::EventType::kWorkerNotResponding, w).channel = channel;
}

// ---- events ----

events::Event& Naive::emit(events::EventType type) {
  events::Event event;
  event.type = type;
  entry_->events.push_back(event);
  return entry_->events.back();
}

events::Event& Naive::emit(events::EventType type, const TaskRecord& t) {
  events::Event& event = emit(type);
  event.task = t.sid;
  event.queue = t.task_queue_sid;
  event.workflow = t.workflow_sid;
  event.channel = t.task_channel_sid;
  event.conversation = t.conversation_sid;
  event.contact = t.contact_sid;
  event.customer = t.customer_sid;
  return event;
}

events::Event& Naive::emit(events::EventType type, const ReservationRecord& r) {
  events::Event& event = emit(type, *find(r.task_sid));
  event.reservation = r.sid;
  event.worker = r.worker_sid;
  event.queue = r.task_queue_sid;
  return event;
}

events::Event& Naive::emit(events::EventType type, const WorkerRecord& w) {
  events::Event& event = emit(type);
  event.worker = w.sid;
  event.activity = w.activity_sid;
  return event;
}

void Naive::notify(Notice::Kind kind, const TaskRecord& t, Reason reason, const ReservationRecord* r) {
  Notice notice;
  notice.kind = kind;
  notice.reason = reason;
  notice.task = t.sid;
  notice.worker = r ? r->worker_sid : t.worker_sid;
  notice.reservation = r ? r->sid : t.reservation_sid;
  notice.conversation = t.conversation_sid;
  notice.contact = t.contact_sid;
  now_.notices.push_back(notice);
}

}  // namespace carillon::routing::testing
