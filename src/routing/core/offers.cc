// Offers: a reservation is made, accepted, or ends without accept; interruption suspends and resumes.
#include <algorithm>

#include "routing/core/live.h"

namespace carillon::routing {

using events::EventType;

void State::Impl::add_counts(Slot slot, int by) {
  const LiveReservation& reservation = reservations[slot];
  LiveWorker& worker = workers[reservation.worker];
  ChannelUse& use = use_of(worker, reservation.channel);
  const ReservationStatus status = reservation.row.status;
  const bool busy = status == ReservationStatus::accepted || status == ReservationStatus::wrapping;
  const bool suspended = status == ReservationStatus::suspended;
  const bool pending = status == ReservationStatus::pending;
  if (pending) use.reserved += by;
  if (busy) use.assigned += by, worker.busy += by;
  if (suspended) worker.suspended += by;
  if (busy || suspended) worker.handling += by;
  if (!reservation.row.interrupts.empty() && (busy || pending)) worker.interrupting += by;
}

void State::Impl::set_status(Slot slot, ReservationStatus status) {
  LiveReservation& reservation = reservations[slot];
  LiveWorker& worker = workers[reservation.worker];
  // The open segment of worker time ends when having a task begins or ends.
  const ReservationStatus before = reservation.row.status;
  const auto is_busy = [](ReservationStatus s) {
    return s == ReservationStatus::accepted || s == ReservationStatus::wrapping;
  };
  const int busy_after = worker.busy - is_busy(before) + is_busy(status);
  if ((worker.busy > 0) != (busy_after > 0)) worker_time(worker);
  add_counts(slot, -1);
  reservation.row.status = status;
  add_counts(slot, +1);
  hold(slot);
  touch(reservation);
  make_stale_or_dirty(reservation.worker);
}

void State::Impl::drop_from_worker(Slot slot) {
  LiveWorker& worker = workers[reservations[slot].worker];
  std::erase(worker.reservations, slot);
  if (worker.reservations.empty()) count_idle(worker, +1);
}

void State::Impl::reserve(Slot task_slot, Slot worker_slot) {
  LiveTask& task = tasks[task_slot];
  LiveWorker& worker = workers[worker_slot];
  const TaskChannelRecord& channel = channels[task.channel].row;
  const TaskQueueRecord* queue = task.queue == kNone ? nullptr : &queues[task.queue].row;

  ReservationRecord row;
  row.sid = context->ids.next<ReservationId>();
  row.seq = draw_seq();
  row.version = 0;  // touch makes it 1
  row.task_sid = task.row.sid;
  row.worker_sid = worker.row.sid;
  row.task_queue_sid = task.row.task_queue_sid;
  row.task_channel_sid = task.row.task_channel_sid;
  row.contact_sid = task.row.contact_sid;
  row.created_at = now;
  row.cost = cost_of(worker, task.channel);
  const AssignMode mode = queue && queue->assign != AssignMode::inherit ? queue->assign : channel.assign;
  row.auto_accept = mode == AssignMode::auto_accept;
  if (mode != AssignMode::direct) {
    row.expires_at = now + (queue && queue->offer_timeout.us > 0 ? queue->offer_timeout : channel.offer_timeout);
  }
  if (!fits(worker, task.channel)) {
    for (const Slot victim : victims(worker, task.channel)) {
      row.interrupts.push_back(reservations[victim].row.sid);
      row.released_by_interruption += reservations[victim].row.cost;
    }
    CARILLON_CHECK(!row.interrupts.empty());
  }
  row.wrap_up = queue && queue->wrap_up != WrapUpMode::inherit ? queue->wrap_up : channel.wrap_up;
  const Slot slot = make_reservation(std::move(row), task_slot, worker_slot);
  touch(reservations[slot]);
  make_stale_or_dirty(worker_slot);
  task.offers.push_back(slot);
  if (task.row.status == TaskStatus::pending) set_status(task, TaskStatus::reserved);
  emit(EventType::kReservationCreated, reservations[slot]);
  if (mode == AssignMode::direct) {
    accept(slot);
    return;
  }
  if (!wants_offers(task)) delist(task_slot);
  arm_reservation(slot);
  arm(task_slot);
}

void State::Impl::accept(Slot slot) {
  LiveReservation& reservation = reservations[slot];
  LiveTask& task = tasks[reservation.task];
  LiveWorker& worker = workers[reservation.worker];
  std::erase(task.offers, slot);
  delist(reservation.task);
  const std::vector<ReservationId> interrupts = reservation.row.interrupts;
  reservation.row.accepted_at = now;
  reservation.row.expires_at = Instant::never();
  // Victims let go first, so that capacity is never exceeded on the way.
  for (const ReservationId victim : interrupts) suspend(reservations.find(victim), slot);
  set_status(slot, ReservationStatus::accepted);
  set_status(task, TaskStatus::assigned);
  task.row.reservation_sid = reservation.row.sid;
  task.segment = slot;
  task.worker = reservation.worker;
  task.row.worker_sid = worker.row.sid;
  task.row.assigned_at = now;
  task.row.passed_over.clear();
  if (task.queue != kNone) {
    worker.row.idle_since = now;
    touch(worker);
  }
  emit(EventType::kReservationAccepted, reservation).wait = now - reservation.row.created_at;
  end_offers(reservation.task, ReservationStatus::rescinded, Reason::accepted_elsewhere);
  if (channels[task.channel].row.answered_on == AnsweredOn::accept) mark_answered(task);
  arm(reservation.task);
  arm_reservation(slot);
  notify(Notice::Kind::task_assigned, task, Reason::none, &reservation);
  // A transfer to a worker: the first segment ends when the second begins.
  if (task.queue == kNone && task.row.transferred_from_sid) {
    const Slot first = tasks.find(task.row.transferred_from_sid);
    if (first != kNone && tasks[first].live && tasks[first].row.status == TaskStatus::assigned) {
      wrap_up(first, Reason::transferred);
    }
  }
}

void State::Impl::mark_answered(LiveTask& task) {
  if (task.row.answered_at.us != 0) return;
  task.row.answered_at = now;
  emit(EventType::kTaskAnswered, task).wait = now - task.row.created_at;
  end_queue_entry(task, Bucket::answered);
  touch(task);
}

// An offer ends without accept. What follows for the task is offers_ended's to decide.
void State::Impl::end_offer(Slot slot, ReservationStatus status, Reason reason) {
  LiveReservation& reservation = reservations[slot];
  LiveTask& task = tasks[reservation.task];
  CARILLON_CHECK(reservation.row.status == ReservationStatus::pending);
  set_status(slot, status);
  reservation.row.reason = reason;
  reservation.row.ended_at = now;
  reservation.row.expires_at = Instant::never();
  std::erase(task.offers, slot);
  drop_from_worker(slot);
  const EventType type = status == ReservationStatus::rejected    ? EventType::kReservationRejected
                         : status == ReservationStatus::timeout   ? EventType::kReservationTimeout
                         : status == ReservationStatus::rescinded ? EventType::kReservationRescinded
                                                                  : EventType::kReservationCanceled;
  emit(type, reservation).reason = reason;
  bury(slot);
  make_dirty(reservation.worker);
  if (status == ReservationStatus::rejected || status == ReservationStatus::timeout) {
    std::erase_if(task.row.passed_over,
                  [&](const PassedOver& p) { return p.worker_sid == reservation.row.worker_sid; });
    task.row.passed_over.push_back({reservation.row.worker_sid, now});
    touch(task);
  }
}

// After one or more offers of a waiting task ended: it may be pending again, out of time, or want another worker.
void State::Impl::offers_ended(Slot slot, Reason reason) {
  LiveTask& task = tasks[slot];
  if (!task.live) return;
  if (task.row.status == TaskStatus::reserved && task.offers.empty()) {
    set_status(task, TaskStatus::pending);
    if (task.queue == kNone) return cancel(slot, reason);
    if (task.row.target_deadline <= now) {
      delist(slot);
      return advance(slot, Reason::target_timeout);
    }
  }
  if (wants_offers(task)) {
    if (!task.lane) enlist(slot);
    make_task_dirty(slot);
  }
  arm(slot);
}

void State::Impl::end_offers(Slot task, ReservationStatus status, Reason reason) {
  const std::vector<Slot> offers = tasks[task].offers;
  for (const Slot offer : offers) end_offer(offer, status, reason);
}

void State::Impl::suspend(Slot victim, Slot by) {
  LiveReservation& reservation = reservations[victim];
  LiveTask& task = tasks[reservation.task];
  CARILLON_CHECK(reservation.row.status == ReservationStatus::accepted);
  reservation.row.suspended_at = now;
  reservation.row.suspended_until = now + channels[reservation.channel].row.suspended_at_most;
  reservation.row.interrupted_by_sid = reservations[by].row.sid;
  set_status(victim, ReservationStatus::suspended);
  set_status(task, TaskStatus::suspended);
  emit(EventType::kReservationSuspended, reservation).reason = Reason::interrupted;
  emit(EventType::kTaskSuspended, task).reason = Reason::interrupted;
  arm_reservation(victim);
}

void State::Impl::resume_victims(Slot slot) {
  const std::vector<ReservationId> interrupts = reservations[slot].row.interrupts;
  for (auto it = interrupts.rbegin(); it != interrupts.rend(); ++it) {
    const Slot victim = reservations.find(*it);
    if (victim == kNone || reservations[victim].row.status != ReservationStatus::suspended) continue;
    LiveReservation& reservation = reservations[victim];
    LiveTask& task = tasks[reservation.task];
    reservation.row.suspended_total += now - reservation.row.suspended_at;
    reservation.row.suspended_until = Instant::never();
    reservation.row.interrupted_by_sid = {};
    set_status(victim, ReservationStatus::accepted);
    set_status(task, TaskStatus::assigned);
    emit(EventType::kReservationResumed, reservation);
    emit(EventType::kTaskResumed, task);
    arm_reservation(victim);
  }
}

// An accepted or suspended reservation ends, leaves or wraps up: whoever counted on its room must hold it themselves.
// Says who that was.
Slot State::Impl::forget_victim(Slot victim) {
  Slot found = kNone;
  const LiveReservation& gone = reservations[victim];
  const std::vector<Slot> others = workers[gone.worker].reservations;
  for (const Slot other : others) {
    LiveReservation& reservation = reservations[other];
    const auto it = std::find(reservation.row.interrupts.begin(), reservation.row.interrupts.end(), gone.row.sid);
    if (it == reservation.row.interrupts.end()) continue;
    add_counts(other, -1);
    reservation.row.interrupts.erase(it);
    reservation.row.released_by_interruption -= gone.row.cost;
    add_counts(other, +1);
    hold(other);
    touch(reservation);
    found = other;
  }
  return found;
}

// What is in wrap-up cannot be suspended any more: an offer that counted on it may not fit now.
void State::Impl::rescind_if_too_much(Slot slot) {
  if (slot == kNone || reservations[slot].row.status != ReservationStatus::pending) return;
  const LiveWorker& worker = workers[reservations[slot].worker];
  if (worker.held <= total_of(worker)) return;
  const Slot task = reservations[slot].task;
  end_offer(slot, ReservationStatus::rescinded, Reason::worker_unavailable);
  offers_ended(task, Reason::worker_unavailable);
}

}  // namespace carillon::routing
