// How segments and tasks end: wrap-up, complete, cancel, back to the queue.
#include <algorithm>

#include "routing/core/live.h"

namespace carillon::routing {

using events::EventType;

void State::Impl::notify(Notice::Kind kind, const LiveTask& task, Reason reason, const LiveReservation* reservation) {
  Notice notice;
  notice.kind = kind;
  notice.reason = reason;
  notice.task = task.row.sid;
  notice.worker = reservation ? reservation->row.worker_sid : task.row.worker_sid;
  notice.reservation = reservation ? reservation->row.sid : task.row.reservation_sid;
  notice.conversation = task.row.conversation_sid;
  notice.contact = task.row.contact_sid;
  notices.push_back(notice);
}

// A segment that ends touches a task, a reservation and a worker that nobody has looked at for minutes.
void State::Impl::fetch_for_end(const LiveTask& task) const {
  if (task.segment == kNone) return;
  const LiveReservation& reservation = reservations[task.segment];
  const LiveWorker& worker = workers[task.worker];
  fetch_ahead(&reservation, sizeof reservation);
  fetch_ahead(&worker, sizeof worker);
  const std::string& text = task.row.attributes.text;
  fetch_ahead(text.data() - 16, text.size() + 16);
  if (const auto* object = task.attributes.if_object(); object && !object->empty()) fetch_ahead(object->begin(), 128);
}

void State::Impl::fetch_lists(const LiveWorker& worker) const {
  fetch_ahead(worker.lanes.data(), worker.lanes.size() * sizeof(Membership));
  fetch_ahead(worker.queues.data(), worker.queues.size() * sizeof(Slot));
  fetch_ahead(worker.reservations.data(), 1);
  fetch_ahead(worker.channels.data(), 1);
}

// The task is no longer live; its row stays readable until the next entry begins.
void State::Impl::finish(Slot slot, TaskStatus status, Reason reason) {
  LiveTask& task = tasks[slot];
  delist(slot);
  count(task, -1);
  task.row.status = status;
  task.row.reason = reason;
  task.row.ended_at = now;
  task.live = false;
  touch(task);
  dead_tasks.push_back(slot);
  task_timers.remove(slot);
  if (task.row.contact_sid) {
    const auto it = tasks_of_contact.find(task.row.contact_sid);
    if (it != tasks_of_contact.end()) {
      std::erase(it->second, slot);
      if (it->second.empty()) tasks_of_contact.erase(it);
    }
  }
}

void State::Impl::bury(Slot slot) {
  reservations[slot].live = false;
  dead_reservations.push_back(slot);
  reservation_timers.remove(slot);
}

// Ends an accepted, suspended or wrapping reservation.
void State::Impl::end_segment(Slot slot, ReservationStatus status, Reason reason) {
  LiveReservation& reservation = reservations[slot];
  LiveTask& task = tasks[reservation.task];
  LiveWorker& worker = workers[reservation.worker];
  ReservationRecord& row = reservation.row;
  const bool was_wrapping = row.status == ReservationStatus::wrapping;
  const bool was_suspended = row.status == ReservationStatus::suspended;
  if (was_suspended) row.suspended_total += now - row.suspended_at;
  set_status(slot, status);
  if (!was_wrapping) forget_victim(slot);
  row.reason = reason;
  row.ended_at = now;
  row.wrap_up_deadline = row.suspended_until = Instant::never();

  auto& event = emit(EventType::kSegmentEnded, reservation);
  event.handle = (was_wrapping ? row.wrapping_at : now) - row.accepted_at - row.suspended_total;
  event.wrap = was_wrapping ? now - row.wrapping_at : Duration{};
  event.suspended = row.suspended_total;
  const Duration spent = event.handle + event.wrap;
  if (task.queue != kNone) {
    LiveQueue& queue = queues[task.queue];
    ++queue.row.handled;
    queue.row.handle_time_us += (spent.us - queue.row.handle_time_us) / std::min<std::int64_t>(queue.row.handled, 50);
    touch(queue);
    worker.row.idle_since = now;
  } else {
    // Internal work never improves a place: it does not count as waiting either.
    worker.row.idle_since = std::min(now, worker.row.idle_since + (now - row.accepted_at));
  }
  touch(worker);
  drop_from_worker(slot);
  bury(slot);
  resume_victims(slot);
  make_dirty(reservation.worker);
  if (worker.handling == 0) {
    Notice notice;
    notice.kind = Notice::Kind::worker_idle;
    notice.worker = worker.row.sid;
    notices.push_back(notice);
  }
}

void State::Impl::wrap_up(Slot slot, Reason reason) {
  LiveTask& task = tasks[slot];
  CARILLON_CHECK(task.row.status == TaskStatus::assigned);
  const Slot r = task.segment;
  LiveReservation& reservation = reservations[r];
  end_entry_for(task, reason);
  task.row.reason = reason;
  if (reservation.row.wrap_up == WrapUpMode::none || reservation.row.wrap_up == WrapUpMode::inherit) {
    return complete(slot, reason);
  }
  const TaskQueueRecord* queue = task.queue == kNone ? nullptr : &queues[task.queue].row;
  const bool own = queue && queue->wrap_up != WrapUpMode::inherit;
  const Duration time = own ? queue->wrap_up_time : channels[task.channel].row.wrap_up_time;
  reservation.row.wrapping_at = now;
  reservation.row.wrap_up_deadline = time.us > 0 ? now + time : Instant::never();
  set_status(r, ReservationStatus::wrapping);
  const Slot interrupting = forget_victim(r);
  set_status(task, TaskStatus::wrapping);
  emit(EventType::kReservationWrapup, reservation).reason = reason;
  emit(EventType::kTaskWrapup, task).reason = reason;
  arm(slot);
  arm_reservation(r);
  notify(Notice::Kind::task_wrapping, task, reason, &reservation);
  rescind_if_too_much(interrupting);
}

void State::Impl::complete(Slot slot, Reason reason) {
  LiveTask& task = tasks[slot];
  const Slot r = task.segment;
  LiveReservation& reservation = reservations[r];
  end_entry_for(task, reason);
  if (task.row.disposition.empty() && reservation.row.wrap_up != WrapUpMode::none) task.row.disposition = "not given";
  reservation.row.disposition = task.row.disposition;
  fetch_lists(workers[task.worker]);
  finish(slot, TaskStatus::completed, reason);
  emit(EventType::kTaskCompleted, task).reason = reason;
  end_segment(r, ReservationStatus::completed, reason);
  emit(EventType::kReservationCompleted, reservation).reason = reason;
  notify(Notice::Kind::task_ended, task, reason, &reservation);
}

void State::Impl::cancel(Slot slot, Reason reason) {
  LiveTask& task = tasks[slot];
  end_offers(slot, ReservationStatus::canceled, reason);
  const TaskStatus before = task.row.status;
  const bool had_worker =
      before == TaskStatus::assigned || before == TaskStatus::suspended || before == TaskStatus::wrapping;
  const Slot r = had_worker ? task.segment : kNone;
  end_entry_for(task, reason);
  finish(slot, TaskStatus::canceled, reason);
  emit(EventType::kTaskCanceled, task).reason = reason;
  if (r != kNone) {
    // Wrap-up has no way to canceled: the work itself was done.
    const bool done = before == TaskStatus::wrapping;
    end_segment(r, done ? ReservationStatus::completed : ReservationStatus::canceled, reason);
    emit(done ? EventType::kReservationCompleted : EventType::kReservationCanceled, reservations[r]).reason = reason;
  }
  notify(Notice::Kind::task_ended, task, reason, r == kNone ? nullptr : &reservations[r]);
}

// assigned or suspended -> pending, in the target (or queue) it was in.
void State::Impl::requeue(Slot slot, Reason reason) {
  LiveTask& task = tasks[slot];
  CARILLON_CHECK(task.row.status == TaskStatus::assigned || task.row.status == TaskStatus::suspended);
  const Slot r = task.segment;
  end_segment(r, ReservationStatus::canceled, reason);
  emit(EventType::kReservationCanceled, reservations[r]).reason = reason;
  set_status(task, TaskStatus::pending);
  task.row.virtual_start_time = task.row.virtual_start_time + (now - task.row.assigned_at);
  task.row.reservation_sid = {};
  task.segment = task.worker = kNone;
  task.row.worker_sid = {};
  task.row.assigned_at = {};
  if (!task.row.entry_open) task.row.answered_at = {};  // a new entry is to be answered anew
  task.row.reason = reason;
  emit(EventType::kTaskRequeued, task).reason = reason;
  notify(Notice::Kind::task_requeued, task, reason, &reservations[r]);
}

// Back into the queue and target it was in; work without a queue has none and goes to the last resort.
void State::Impl::rejoin(Slot slot, Reason reason) {
  LiveTask& task = tasks[slot];
  if (task.queue == kNone) return to_last_resort(slot, reason);
  if (!task.row.entry_open) {
    const Slot queue = task.queue;
    count(task, -1);
    task.queue = kNone;
    begin_queue_entry(task, queue);
  }
  set_ring(task);
  if (task.row.target_deadline <= now) return advance(slot, Reason::target_timeout);
  enlist(slot);
  arm(slot);
}

}  // namespace carillon::routing
