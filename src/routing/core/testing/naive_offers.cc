// Reservations of the naive twin: offered, accepted, interrupted, ended; and how tasks end or come back.
#include <algorithm>

#include "base/check.h"
#include "routing/core/testing/naive.h"

namespace carillon::routing::testing {

using events::EventType;

namespace {
bool is_busy(ReservationStatus s) { return s == ReservationStatus::accepted || s == ReservationStatus::wrapping; }
}  // namespace

// Worker time is cut into segments where the activity changes, and where having a task begins or ends.
void Naive::end_worker_time(WorkerRecord& w) {
  if (w.activity_sid && w.state_since < now()) {
    events::Event& event = emit(EventType::kWorkerTime, w);
    event.from = w.state_since;
    for (const ReservationRecord* r : live_reservations_of(w.sid)) event.flag = event.flag || is_busy(r->status);
  }
  w.state_since = now();
}

void Naive::set_status(ReservationRecord& r, ReservationStatus status) {
  WorkerRecord& w = *find(r.worker_sid);
  bool others_busy = false;
  for (const ReservationRecord* other : live_reservations_of(w.sid)) {
    if (other->sid != r.sid && is_busy(other->status)) others_busy = true;
  }
  if (!others_busy && is_busy(r.status) != is_busy(status)) end_worker_time(w);
  if (r.status != status) now_.updated_reservations.push_back(r.sid);
  r.status = status;
}

void Naive::become(TaskRecord& t, TaskStatus status) {
  if (t.status != status) now_.updated.push_back(t.sid);
  t.status = status;
}

// ---- offers ----

void Naive::offer(TaskRecord& t, WorkerRecord& w, const std::vector<ReservationId>& victims) {
  const TaskChannelRecord& channel = channel_of(t);
  const TaskQueueRecord* queue = queue_of(t);
  const AssignMode mode = queue && queue->assign != AssignMode::inherit ? queue->assign : channel.assign;
  ReservationRecord r;
  r.sid = entry_->ids.next<ReservationId>();
  r.seq = next_seq();
  r.task_sid = t.sid;
  r.worker_sid = w.sid;
  r.task_queue_sid = t.task_queue_sid;
  r.task_channel_sid = t.task_channel_sid;
  r.contact_sid = t.contact_sid;
  r.created_at = now();
  r.cost = cost_of(w, channel);
  r.auto_accept = mode == AssignMode::auto_accept;
  if (mode != AssignMode::direct) {
    r.expires_at = now() + (queue && queue->offer_timeout.us > 0 ? queue->offer_timeout : channel.offer_timeout);
  }
  r.interrupts = victims;
  for (const ReservationId victim : victims) r.released_by_interruption += held_by(*find(victim));
  r.wrap_up = queue && queue->wrap_up != WrapUpMode::inherit ? queue->wrap_up : channel.wrap_up;
  now_.reservations.push_back(r);
  if (t.status == TaskStatus::pending) become(t, TaskStatus::reserved);
  ReservationRecord& made = now_.reservations.back();
  emit(EventType::kReservationCreated, made);
  if (mode == AssignMode::direct) accept(made);
}

void Naive::accept(ReservationRecord& r) {
  TaskRecord& t = *find(r.task_sid);
  WorkerRecord& w = *find(r.worker_sid);
  r.accepted_at = now();
  r.expires_at = Instant::never();
  for (const ReservationId victim : r.interrupts) suspend(*find(victim), r);
  set_status(r, ReservationStatus::accepted);
  become(t, TaskStatus::assigned);
  t.reservation_sid = r.sid;
  t.worker_sid = w.sid;
  t.assigned_at = now();
  t.passed_over.clear();
  if (t.task_queue_sid) w.idle_since = now();
  emit(EventType::kReservationAccepted, r).wait = now() - r.created_at;
  end_offers(t, ReservationStatus::rescinded, Reason::accepted_elsewhere);
  if (channel_of(t).answered_on == AnsweredOn::accept) mark_answered(t);
  notify(Notice::Kind::task_assigned, t, Reason::none, &r);
  // A transfer to a worker: the first segment ends when the second begins.
  TaskRecord* first = t.task_queue_sid ? nullptr : find(t.transferred_from_sid);
  if (first && first->status == TaskStatus::assigned) wrap_up(*first, Reason::transferred);
}

void Naive::mark_answered(TaskRecord& t) {
  if (t.answered_at.us != 0) return;
  t.answered_at = now();
  emit(EventType::kTaskAnswered, t).wait = now() - t.created_at;
  end_entry(t, Bucket::answered);
}

void Naive::end_offer(ReservationRecord& r, ReservationStatus status, Reason reason) {
  CARILLON_CHECK(r.status == ReservationStatus::pending);
  TaskRecord& t = *find(r.task_sid);
  set_status(r, status);
  r.reason = reason;
  r.ended_at = now();
  r.expires_at = Instant::never();
  EventType type = EventType::kReservationCanceled;
  if (status == ReservationStatus::rejected) type = EventType::kReservationRejected;
  if (status == ReservationStatus::timeout) type = EventType::kReservationTimeout;
  if (status == ReservationStatus::rescinded) type = EventType::kReservationRescinded;
  emit(type, r).reason = reason;
  if (status == ReservationStatus::rejected || status == ReservationStatus::timeout) {
    std::erase_if(t.passed_over, [&](const PassedOver& p) { return p.worker_sid == r.worker_sid; });
    t.passed_over.push_back({r.worker_sid, now()});
  }
}

void Naive::end_offers(TaskRecord& t, ReservationStatus status, Reason reason) {
  for (ReservationRecord* r : offers_of(t.sid)) end_offer(*r, status, reason);
}

// The last offer of a waiting task ended without accept: it waits again, or what was put off happens.
void Naive::offers_ended(TaskRecord& t, Reason reason) {
  if (t.status != TaskStatus::reserved || !offers_of(t.sid).empty()) return;
  become(t, TaskStatus::pending);
  if (!t.task_queue_sid) return cancel(t, reason);
  if (t.target_deadline <= now()) next_target(t, Reason::target_timeout);
}

// ---- interruption ----

void Naive::suspend(ReservationRecord& victim, const ReservationRecord& by) {
  CARILLON_CHECK(victim.status == ReservationStatus::accepted);
  TaskRecord& t = *find(victim.task_sid);
  victim.suspended_at = now();
  victim.suspended_until = now() + find(victim.task_channel_sid)->suspended_at_most;
  victim.interrupted_by_sid = by.sid;
  set_status(victim, ReservationStatus::suspended);
  become(t, TaskStatus::suspended);
  emit(EventType::kReservationSuspended, victim).reason = Reason::interrupted;
  emit(EventType::kTaskSuspended, t).reason = Reason::interrupted;
}

void Naive::resume_victims_of(const ReservationRecord& r) {
  const std::vector<ReservationId> victims(r.interrupts.rbegin(), r.interrupts.rend());
  for (const ReservationId sid : victims) {
    ReservationRecord* victim = find(sid);
    if (!victim || victim->status != ReservationStatus::suspended) continue;
    TaskRecord& t = *find(victim->task_sid);
    victim->suspended_total += now() - victim->suspended_at;
    victim->suspended_until = Instant::never();
    victim->interrupted_by_sid = {};
    set_status(*victim, ReservationStatus::accepted);
    become(t, TaskStatus::assigned);
    emit(EventType::kReservationResumed, *victim);
    emit(EventType::kTaskResumed, t);
  }
}

// A victim ends or leaves: its share goes out of what the interrupting reservation counts on.
ReservationRecord* Naive::forget_victim(const ReservationRecord& gone) {
  ReservationRecord* interrupting = nullptr;
  for (ReservationRecord& r : now_.reservations) {
    if (!is_live(r.status) || std::erase(r.interrupts, gone.sid) == 0) continue;
    r.released_by_interruption -= gone.cost;
    interrupting = &r;
  }
  return interrupting;
}

// ---- how segments and tasks end ----

void Naive::end_segment(ReservationRecord& r, ReservationStatus status, Reason reason) {
  WorkerRecord& w = *find(r.worker_sid);
  const bool was_wrapping = r.status == ReservationStatus::wrapping;
  const bool was_suspended = r.status == ReservationStatus::suspended;
  if (was_suspended) r.suspended_total += now() - r.suspended_at;
  set_status(r, status);
  if (!was_wrapping) forget_victim(r);
  r.reason = reason;
  r.ended_at = now();
  r.wrap_up_deadline = r.suspended_until = Instant::never();

  events::Event& event = emit(EventType::kSegmentEnded, r);
  event.handle = (was_wrapping ? r.wrapping_at : now()) - r.accepted_at - r.suspended_total;
  event.wrap = was_wrapping ? now() - r.wrapping_at : Duration{};
  event.suspended = r.suspended_total;
  if (TaskQueueRecord* queue = find(r.task_queue_sid)) {
    const std::int64_t spent = (event.handle + event.wrap).us;
    ++queue->handled;
    queue->handle_time_us += (spent - queue->handle_time_us) / std::min<std::int64_t>(queue->handled, 50);
    w.idle_since = now();
  } else {
    w.idle_since = std::min(now(), w.idle_since + (now() - r.accepted_at));
  }
  resume_victims_of(r);
  for (const ReservationRecord* other : live_reservations_of(w.sid)) {
    if (other->status != ReservationStatus::pending) return;
  }
  Notice idle;
  idle.kind = Notice::Kind::worker_idle;
  idle.worker = w.sid;
  now_.notices.push_back(idle);
}

void Naive::wrap_up(TaskRecord& t, Reason reason) {
  CARILLON_CHECK(t.status == TaskStatus::assigned);
  ReservationRecord& r = *find(t.reservation_sid);
  end_entry_for(t, reason);
  t.reason = reason;
  if (r.wrap_up == WrapUpMode::none || r.wrap_up == WrapUpMode::inherit) return complete(t, reason);
  const TaskQueueRecord* queue = queue_of(t);
  const bool by_queue = queue && queue->wrap_up != WrapUpMode::inherit;
  const Duration time = by_queue ? queue->wrap_up_time : channel_of(t).wrap_up_time;
  r.wrapping_at = now();
  r.wrap_up_deadline = time.us > 0 ? now() + time : Instant::never();
  set_status(r, ReservationStatus::wrapping);
  ReservationRecord* counted_on_it = forget_victim(r);
  become(t, TaskStatus::wrapping);
  emit(EventType::kReservationWrapup, r).reason = reason;
  emit(EventType::kTaskWrapup, t).reason = reason;
  notify(Notice::Kind::task_wrapping, t, reason, &r);
  // What is in wrap-up cannot be suspended any more: an offer that counted on it may not fit now.
  const WorkerRecord& w = *find(r.worker_sid);
  if (!counted_on_it || counted_on_it->status != ReservationStatus::pending || held(w) <= total_of(w)) return;
  end_offer(*counted_on_it, ReservationStatus::rescinded, Reason::worker_unavailable);
  offers_ended(*find(counted_on_it->task_sid), Reason::worker_unavailable);
}

void Naive::complete(TaskRecord& t, Reason reason) {
  ReservationRecord& r = *find(t.reservation_sid);
  end_entry_for(t, reason);
  if (t.disposition.empty() && r.wrap_up != WrapUpMode::none) t.disposition = "not given";
  r.disposition = t.disposition;
  become(t, TaskStatus::completed);
  t.reason = reason;
  t.ended_at = now();
  emit(EventType::kTaskCompleted, t).reason = reason;
  end_segment(r, ReservationStatus::completed, reason);
  emit(EventType::kReservationCompleted, r).reason = reason;
  notify(Notice::Kind::task_ended, t, reason, &r);
}

void Naive::cancel(TaskRecord& t, Reason reason) {
  end_offers(t, ReservationStatus::canceled, reason);
  const bool has_worker =
      t.status == TaskStatus::assigned || t.status == TaskStatus::suspended || t.status == TaskStatus::wrapping;
  ReservationRecord* r = has_worker ? find(t.reservation_sid) : nullptr;
  end_entry_for(t, reason);
  become(t, TaskStatus::canceled);
  t.reason = reason;
  t.ended_at = now();
  emit(EventType::kTaskCanceled, t).reason = reason;
  if (r) {
    const bool wrapping = r->status == ReservationStatus::wrapping;  // there is no edge from wrapping to canceled
    end_segment(*r, wrapping ? ReservationStatus::completed : ReservationStatus::canceled, reason);
    emit(wrapping ? EventType::kReservationCompleted : EventType::kReservationCanceled, *r).reason = reason;
  }
  notify(Notice::Kind::task_ended, t, reason, r);
}

void Naive::requeue(TaskRecord& t, Reason reason) {
  ReservationRecord& r = *find(t.reservation_sid);
  end_segment(r, ReservationStatus::canceled, reason);
  emit(EventType::kReservationCanceled, r).reason = reason;
  become(t, TaskStatus::pending);
  t.virtual_start_time = t.virtual_start_time + (now() - t.assigned_at);
  t.reservation_sid = {};
  t.worker_sid = {};
  t.assigned_at = {};
  t.answered_at = {};
  t.reason = reason;
  emit(EventType::kTaskRequeued, t).reason = reason;
  notify(Notice::Kind::task_requeued, t, reason, &r);
}

// Back in the queue it came from, in the same target; work without a queue goes to the last resort.
void Naive::wait_again(TaskRecord& t, Reason reason) {
  const TaskQueueRecord* queue = queue_of(t);
  if (!queue) return to_last_resort(t, reason);
  if (!t.entry_open) begin_entry(t, *queue);
  set_ring(t);
  if (t.target_deadline <= now()) next_target(t, Reason::target_timeout);
}

}  // namespace carillon::routing::testing
