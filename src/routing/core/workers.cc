// Workers: presence as routing sees it, Not Responding, worker time, and what follows when one is lost.
#include <algorithm>

#include "routing/core/live.h"

namespace carillon::routing {

using events::EventType;

namespace {
Error no_worker(WorkerId sid) {
  return Error(ErrorCode::kNotFound, "no worker " + sid.str() + "; list them with GET /api/v1/workers")
      .at("worker_sid");
}
}  // namespace

void State::Impl::worker_time(LiveWorker& worker) {
  if (worker.row.activity_sid && worker.row.state_since < now) {
    auto& event = emit(EventType::kWorkerTime, worker);
    event.activity = worker.row.activity_sid;
    event.from = worker.row.state_since;
    event.flag = worker.busy > 0;
  }
  worker.row.state_since = now;
  touch(worker);
}

void State::Impl::count_idle(LiveWorker& worker, int by) {
  if (!worker.row.available) return;
  for (const Slot queue : worker.queues) queues[queue].idle += by;
}

void State::Impl::count_staffed(LiveWorker& worker, int by) {
  if (!worker.row.available) return;
  for (const Slot queue : worker.queues) queues[queue].staffed += by;
  if (worker.reservations.empty()) count_idle(worker, by);
}

void State::Impl::set_not_responding(LiveWorker& worker, Slot channel) {
  ChannelUse& use = use_of(worker, channel);
  if (!use.responding) return;
  use.responding = false;
  worker.row.not_responding.push_back({channels[channel].row.sid, now});
  emit(EventType::kWorkerNotResponding, worker).channel = channels[channel].row.sid;
  touch(worker);
  make_dirty(worker.slot);
}

Result<Outcome> State::Impl::on(const ClearNotResponding& command) {
  const Slot slot = workers.find(command.worker_sid);
  if (slot == kNone) return no_worker(command.worker_sid);
  LiveWorker& worker = workers[slot];
  std::vector<NotResponding> kept;
  for (const NotResponding& flag : worker.row.not_responding) {
    if (command.task_channel_sid && flag.task_channel_sid != command.task_channel_sid) {
      kept.push_back(flag);
      continue;
    }
    const Slot channel = channels.find(flag.task_channel_sid);
    if (channel != kNone) use_of(worker, channel).responding = true;
    emit(EventType::kWorkerResponding, worker).channel = flag.task_channel_sid;
  }
  worker.row.not_responding = std::move(kept);
  touch(worker);
  make_dirty(slot);
  return Outcome{worker.row.sid.str(), {}};
}

Result<Outcome> State::Impl::on(const SetWorkerPresence& command) {
  const Slot slot = workers.find(command.worker_sid);
  if (slot == kNone) return no_worker(command.worker_sid);
  LiveWorker& worker = workers[slot];
  WorkerRecord& row = worker.row;
  if (row.activity_sid != command.activity_sid) worker_time(worker);
  row.activity_sid = command.activity_sid;
  row.activity_name = command.activity_name;
  row.reachable = command.reachable;
  if (row.available != command.available) {
    partial_workers -= is_partial(worker);
    if (command.available) {
      // Time away is no waiting: the place is neither better nor worse.
      row.idle_since = std::min(now, row.idle_since + (now - row.unavailable_since));
      row.available = true;
      count_staffed(worker, +1);
    } else {
      count_staffed(worker, -1);
      row.available = false;
      row.unavailable_since = now;
    }
    partial_workers += is_partial(worker);
  }
  touch(worker);
  make_dirty(slot);
  if (!row.available) {
    const std::vector<Slot> held = worker.reservations;
    for (const Slot r : held) {
      if (reservations[r].row.status != ReservationStatus::pending) continue;
      const Slot task = reservations[r].task;
      end_offer(r, ReservationStatus::rescinded, Reason::worker_unavailable);
      offers_ended(task, Reason::worker_unavailable);
    }
  }
  return Outcome{row.sid.str(), {}};
}

Result<Outcome> State::Impl::on(const WorkerLost& command) {
  const Slot slot = workers.find(command.worker_sid);
  if (slot == kNone) return no_worker(command.worker_sid);
  // Suspended ones first: they would only be resumed to be taken back.
  for (const ReservationStatus status : {ReservationStatus::pending, ReservationStatus::suspended,
                                         ReservationStatus::accepted, ReservationStatus::wrapping}) {
    const std::vector<Slot> held = workers[slot].reservations;
    for (const Slot r : held) {
      if (!reservations[r].live || reservations[r].row.status != status) continue;
      const Slot task = reservations[r].task;
      if (status == ReservationStatus::pending) {
        end_offer(r, ReservationStatus::rescinded, Reason::worker_lost);
        offers_ended(task, Reason::worker_lost);
      } else if (status == ReservationStatus::wrapping) {
        complete(task, Reason::worker_lost);
      } else {
        requeue(task, Reason::worker_lost);
        rejoin(task, Reason::worker_lost);
      }
    }
  }
  return Outcome{command.worker_sid.str(), {}};
}

}  // namespace carillon::routing
