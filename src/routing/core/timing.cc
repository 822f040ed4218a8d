// Deadlines: timers are data, one for each live object; what is due fires in order.
#include <algorithm>

#include "routing/core/live.h"

namespace carillon::routing {
namespace {

using events::EventType;

// In the order in which deadlines of one task at the same instant run (README.md "Deadlines").
enum class TaskTimer { time_to_live, max_wait, target, ring, last_worker, passed_over };

}  // namespace

Instant State::Impl::task_deadline(const LiveTask& task) const {
  const TaskRecord& row = task.row;
  if (!task.live || (row.status != TaskStatus::pending && row.status != TaskStatus::reserved)) return Instant::never();
  Instant at = std::min({row.time_to_live_at, row.max_wait_at, row.next_ring_at, row.last_worker_until});
  if (row.status == TaskStatus::pending) at = std::min(at, row.target_deadline);
  for (const PassedOver& passed : row.passed_over) at = std::min(at, passed.at + settings.passed_over_for);
  return at;
}

Instant State::Impl::reservation_deadline(const LiveReservation& reservation) const {
  const ReservationRecord& row = reservation.row;
  if (!reservation.live) return Instant::never();
  switch (row.status) {
    case ReservationStatus::pending:
      return row.expires_at;
    case ReservationStatus::wrapping:
      return row.wrap_up_deadline;
    case ReservationStatus::suspended:
      return row.suspended_until;
    default:
      return Instant::never();
  }
}

void State::Impl::arm(Slot slot) { task_timers.set(slot, task_deadline(tasks[slot]), tasks[slot].row.seq); }

void State::Impl::arm_reservation(Slot slot) {
  reservation_timers.set(slot, reservation_deadline(reservations[slot]), reservations[slot].row.seq);
}

void State::Impl::fire_task(Slot slot) {
  LiveTask& task = tasks[slot];
  TaskRecord& row = task.row;
  Instant passed = Instant::never();
  for (const PassedOver& p : row.passed_over) passed = std::min(passed, p.at + settings.passed_over_for);
  const std::pair<Instant, TaskTimer> due[] = {
      {row.time_to_live_at, TaskTimer::time_to_live},
      {row.max_wait_at, TaskTimer::max_wait},
      {row.status == TaskStatus::pending ? row.target_deadline : Instant::never(), TaskTimer::target},
      {row.next_ring_at, TaskTimer::ring},
      {row.last_worker_until, TaskTimer::last_worker},
      {passed, TaskTimer::passed_over}};
  const auto first =
      *std::min_element(std::begin(due), std::end(due), [](const auto& a, const auto& b) { return a.first < b.first; });
  switch (first.second) {
    case TaskTimer::time_to_live:
      return cancel(slot, Reason::time_to_live);
    case TaskTimer::max_wait:
      row.max_wait_at = Instant::never();
      if (channels[task.channel].row.live) return cancel(slot, Reason::queue_max_wait);
      row.max_wait_alerted = true;
      emit(EventType::kTaskQueueMaxWait, task);
      alert(task, Reason::queue_max_wait);
      touch(task);
      break;
    case TaskTimer::target:
      delist(slot);
      return advance(slot, Reason::target_timeout);
    case TaskTimer::ring:
      set_ring(task);
      touch(task);
      relist(slot);
      break;
    case TaskTimer::last_worker:
      row.last_worker_until = Instant::never();
      touch(task);
      relist(slot);
      break;
    case TaskTimer::passed_over:
      std::erase_if(row.passed_over, [&](const PassedOver& p) { return now - p.at >= settings.passed_over_for; });
      touch(task);
      if (task.lane) make_task_dirty(slot);
      break;
  }
  arm(slot);
}

void State::Impl::fire_reservation(Slot slot) {
  LiveReservation& reservation = reservations[slot];
  ReservationRecord& row = reservation.row;
  const Slot task = reservation.task;
  if (row.status == ReservationStatus::pending) {
    const bool missed = workers[reservation.worker].row.reachable;
    end_offer(slot, ReservationStatus::timeout, missed ? Reason::missed : Reason::not_reached);
    if (missed) set_not_responding(workers[reservation.worker], reservation.channel);
    return offers_ended(task, missed ? Reason::missed : Reason::not_reached);
  }
  if (row.status == ReservationStatus::wrapping) {
    if (row.wrap_up == WrapUpMode::timed) return complete(task, Reason::wrap_up_expired);
    row.wrap_up_overdue = true;
    row.wrap_up_deadline = Instant::never();
    emit(EventType::kReservationWrapupOverdue, reservation);
    emit(EventType::kAlertRaised, reservation);
    touch(reservation);
    return arm_reservation(slot);
  }
  CARILLON_CHECK(row.status == ReservationStatus::suspended);
  requeue(task, Reason::suspended_too_long);
  rejoin(task, Reason::suspended_too_long);
}

Instant State::Impl::next_deadline() const {
  const Timers& first = Timers::is_before(task_timers, reservation_timers) ? task_timers : reservation_timers;
  return first.empty() ? Instant::never() : first.top().at;
}

void State::Impl::expire() {
  for (int fired = 0; fired < kMaxTimersAnEntry && next_deadline() <= now; ++fired) {
    if (Timers::is_before(task_timers, reservation_timers)) {
      fire_task(task_timers.top().item);
    } else {
      fire_reservation(reservation_timers.top().item);
    }
    settle();
  }
}

void State::Impl::restarted(Duration down_for) {
  for (Slot slot = 0; slot < tasks.slots.size(); ++slot) {
    LiveTask& task = tasks[slot];
    if (!task.live) continue;
    TaskRecord& row = task.row;
    row.workflow_entered_at = row.workflow_entered_at + down_for;
    row.target_entered_at = row.target_entered_at + down_for;
    row.target_deadline = row.target_deadline + down_for;
    row.next_ring_at = row.next_ring_at + down_for;
    row.last_worker_until = row.last_worker_until + down_for;
    row.max_wait_at = row.max_wait_at + down_for;
    // Not in the future, whatever the clock did: what comes later stands later in the list.
    for (PassedOver& passed : row.passed_over) passed.at = std::min(passed.at + down_for, now);
    touch(task);
    arm(slot);
  }
  for (Slot slot = 0; slot < reservations.slots.size(); ++slot) {
    LiveReservation& reservation = reservations[slot];
    if (!reservation.live) continue;
    ReservationRecord& row = reservation.row;
    const Instant before = reservation_deadline(reservation);
    if (!row.expires_at.is_never()) row.expires_at = std::max(row.expires_at + down_for, now + Duration::seconds(10));
    row.wrap_up_deadline = row.wrap_up_deadline + down_for;
    row.suspended_until = row.suspended_until + down_for;
    if (reservation_deadline(reservation) != before) touch(reservation);
    arm_reservation(slot);
  }
}

}  // namespace carillon::routing
