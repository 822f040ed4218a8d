// Everything that must hold at the end of an entry; asked by tests and the simulator, too slow for every entry.
#include <algorithm>

#include "routing/core/live.h"

namespace carillon::routing {
namespace {

void check_worker(const State::Impl& s, const LiveWorker& worker) {
  std::int64_t held = 0;
  int handling = 0, busy = 0, suspended = 0;
  std::vector<std::int64_t> by_channel(s.channels.slots.size());
  for (const Slot r : worker.reservations) {
    const LiveReservation& reservation = s.reservations[r];
    CARILLON_CHECK(reservation.live && reservation.row.worker_sid == worker.row.sid);
    held += reservation.held;
    by_channel[reservation.channel] += reservation.held;
    const ReservationStatus status = reservation.row.status;
    busy += status == ReservationStatus::accepted || status == ReservationStatus::wrapping;
    suspended += status == ReservationStatus::suspended;
    handling += status != ReservationStatus::pending;
  }
  CARILLON_CHECK(held == worker.held && handling == worker.handling && busy == worker.busy &&
                 suspended == worker.suspended);
  for (Slot c = 0; c < worker.channels.size(); ++c) CARILLON_CHECK(worker.channels[c].held == by_channel[c]);
  CARILLON_CHECK(!worker.dirty && !worker.stale);
}

void check_task(const State::Impl& s, const LiveTask& task, Slot slot) {
  int accepted = 0;
  std::size_t pending = 0;
  for (const LiveReservation& reservation : s.reservations.slots) {
    if (!reservation.live || reservation.task != slot) continue;
    pending += reservation.row.status == ReservationStatus::pending;
    accepted += reservation.row.status != ReservationStatus::pending;
  }
  CARILLON_CHECK(accepted <= 1 && pending == task.offers.size());
  const TaskStatus status = task.row.status;
  CARILLON_CHECK((accepted == 1) ==
                 (status == TaskStatus::assigned || status == TaskStatus::suspended || status == TaskStatus::wrapping));
  CARILLON_CHECK((pending > 0) == (status == TaskStatus::reserved));
  CARILLON_CHECK((task.lane != nullptr) == s.wants_offers(task));
  CARILLON_CHECK(task.queue == kNone || s.queues[task.queue].live);
  if (accepted == 1) {
    CARILLON_CHECK(s.reservations[task.segment].row.sid == task.row.reservation_sid);
    CARILLON_CHECK(s.workers[task.worker].row.sid == task.row.worker_sid);
  }
  if (task.lane) CARILLON_CHECK(task.place->task == slot && task.lane->queue == task.queue);
  CARILLON_CHECK(!task.dirty && !task.entering);
}

void check_queue(const State::Impl& s, Slot slot) {
  const LiveQueue& queue = s.queues[slot];
  std::int64_t waiting = 0, reserved = 0, assigned = 0, wrapping = 0, staffed = 0, idle = 0, members = 0;
  for (const LiveTask& task : s.tasks.slots) {
    if (!task.live || task.queue != slot) continue;
    waiting += task.row.status == TaskStatus::pending || task.row.status == TaskStatus::reserved;
    reserved += task.row.status == TaskStatus::reserved;
    assigned += task.row.status == TaskStatus::assigned || task.row.status == TaskStatus::suspended;
    wrapping += task.row.status == TaskStatus::wrapping;
  }
  for (const LiveWorker& worker : s.workers.slots) {
    if (!worker.live || std::find(worker.queues.begin(), worker.queues.end(), slot) == worker.queues.end()) continue;
    ++members;
    staffed += worker.row.available;
    idle += worker.row.available && worker.reservations.empty();
  }
  CARILLON_CHECK(waiting == queue.waiting && reserved == queue.reserved && assigned == queue.assigned &&
                 wrapping == queue.wrapping);
  CARILLON_CHECK(members == queue.members && staffed == queue.staffed && idle == queue.idle);
  CARILLON_CHECK(static_cast<std::int64_t>(queue.waiting_tasks.size()) == waiting);
}

}  // namespace

void State::check_invariants() const {
  const Impl& s = *impl_;
  std::int64_t partial = 0;
  for (const LiveWorker& worker : s.workers.slots) {
    if (!worker.live) continue;
    check_worker(s, worker);
    partial += s.is_partial(worker);
    // Capacity may be above the total only where an edit lowered it under work already held.
    if (s.settings.capacity_model == CapacityModel::costed)
      CARILLON_CHECK(worker.held <= s.total_of(worker) || !s.fits(worker, 0));
  }
  CARILLON_CHECK(partial == s.partial_workers);
  for (Slot slot = 0; slot < s.tasks.slots.size(); ++slot) {
    if (s.tasks[slot].live) check_task(s, s.tasks[slot], slot);
  }
  for (Slot slot = 0; slot < s.queues.slots.size(); ++slot) {
    if (s.queues[slot].live) check_queue(s, slot);
  }
}

}  // namespace carillon::routing
