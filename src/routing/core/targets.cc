// Walking a workflow: targets in time, queue entries and their buckets, rings, overflow, last resort, estimates.
#include <algorithm>
#include <cmath>

#include "routing/core/live.h"

namespace carillon::routing {
namespace {

using events::EventType;

// Where leaving a queue for this reason puts the entry (docs/metrics.md).
Bucket bucket_for(Reason why, Duration waited, Duration short_abandon) {
  switch (why) {
    case Reason::customer_left:
      return waited < short_abandon ? Bucket::short_abandoned : Bucket::abandoned;
    case Reason::time_to_live:
    case Reason::queue_max_wait:
      return Bucket::timed_out;
    case Reason::target_timeout:
    case Reason::skipped:
    case Reason::overflow:
    case Reason::queue_full:
      return Bucket::overflowed;
    case Reason::transferred:
    case Reason::moved:
    case Reason::re_evaluated:
    case Reason::worker_lost:
      return Bucket::moved;
    case Reason::lost_by_us:
      return Bucket::failed_by_us;
    case Reason::voicemail:
      return Bucket::voicemail;
    case Reason::callback_taken:
      return Bucket::callback_taken;
    default:
      return Bucket::canceled;
  }
}

}  // namespace

const Target* State::Impl::target_of(const LiveTask& task) const {
  if (task.row.filter_index < 0 || !task.document) return nullptr;
  const auto f = static_cast<std::size_t>(task.row.filter_index);
  const auto t = static_cast<std::size_t>(task.row.target_index);
  if (f >= task.document->filters.size() || t >= task.document->filters[f].targets.size()) return nullptr;
  return &task.document->filters[f].targets[t];
}

void State::Impl::count(LiveTask& task, int by) {
  if (task.queue == kNone) return;
  LiveQueue& queue = queues[task.queue];
  switch (task.row.status) {
    case TaskStatus::reserved:
      queue.reserved += by;
      [[fallthrough]];
    case TaskStatus::pending: {
      queue.waiting += by;
      const auto it = queue.waiting_by_priority.try_emplace(task.row.priority, 0).first;
      it->second += by;
      if (it->second == 0 && queue.waiting_by_priority.size() > 16) queue.waiting_by_priority.erase(it);
      if (by > 0) {
        task.waiting_place = queue.waiting_tasks.size();
        queue.waiting_tasks.push_back(task.slot);
      } else {
        const Slot last = queue.waiting_tasks.back();
        queue.waiting_tasks[task.waiting_place] = last;
        tasks[last].waiting_place = task.waiting_place;
        queue.waiting_tasks.pop_back();
      }
      break;
    }
    case TaskStatus::assigned:
    case TaskStatus::suspended:
      queue.assigned += by;
      break;
    case TaskStatus::wrapping:
      queue.wrapping += by;
      break;
    default:
      break;
  }
}

void State::Impl::set_status(LiveTask& task, TaskStatus status) {
  count(task, -1);
  task.row.status = status;
  count(task, +1);
  touch(task);
}

void State::Impl::set_priority(LiveTask& task, std::int64_t priority) {
  if (task.row.priority == priority) return;
  count(task, -1);
  task.row.priority = priority;
  count(task, +1);
}

std::pair<Instant, Slot> State::Impl::oldest_waiting(Slot slot) const {
  Instant oldest = Instant::never();
  Slot found = kNone;
  for (const Slot t : queues[slot].waiting_tasks) {
    const TaskRecord& row = tasks[t].row;
    if (found != kNone &&
        (oldest < row.virtual_start_time || (oldest == row.virtual_start_time && tasks[found].row.seq < row.seq))) {
      continue;
    }
    oldest = row.virtual_start_time, found = t;
  }
  return {oldest, found};
}

WaitEstimate State::Impl::estimate_for(Slot slot, Slot channel, std::int64_t priority) const {
  const LiveQueue& queue = queues[slot];
  WaitEstimate out;
  if (queue.staffed == 0) return out;
  out.known = true;
  out.position = 1;
  if (queue.waiting == 0 && queue.idle > 0) return out;
  for (auto it = queue.waiting_by_priority.lower_bound(priority); it != queue.waiting_by_priority.end(); ++it) {
    out.position += it->second;
  }
  return estimate_at(slot, channel, out.position);
}

WaitEstimate State::Impl::estimate_at(Slot slot, Slot channel, std::int64_t position) const {
  const LiveQueue& queue = queues[slot];
  WaitEstimate out;
  out.known = queue.staffed > 0;
  out.position = position;
  if (!out.known) return out;
  const double handle = queue.row.handled > 0 ? static_cast<double>(queue.row.handle_time_us) : 180e6;
  std::int64_t each = 1;
  const TaskChannelRecord& row = channels[channel].row;
  if (settings.capacity_model == CapacityModel::per_channel) {
    each = std::max<std::int64_t>(1, row.default_capacity);
  } else if (!row.exclusive && row.cost > 0) {
    each = std::max<std::int64_t>(1, settings.total_capacity / row.cost);
  }
  const double slots = static_cast<double>(queue.staffed * each);
  const double n = static_cast<double>(position);
  const double mean = n * handle / slots, deviation = std::sqrt(n) * handle / slots;
  out.low = Duration{static_cast<std::int64_t>(std::max(0.0, mean - 1.28 * deviation))};
  out.high = Duration{static_cast<std::int64_t>(mean + 1.28 * deviation)};
  return out;
}

std::int64_t State::Impl::position_in_queue(const LiveTask& task) const {
  const LiveQueue& queue = queues[task.queue];
  const bool lifo = queue.row.task_order == QueueOrder::lifo;
  const auto place = [&](const LiveTask& t) {
    TaskPlace p{-t.row.priority, key_of(t), t.row.seq, 0};
    if (lifo) p.key = -p.key, p.seq = -p.seq;
    return p;
  };
  const TaskPlace own = place(task);
  std::int64_t position = 1;
  for (const Slot other : queue.waiting_tasks) position += place(tasks[other]) < own;
  return position;
}

void State::Impl::begin_queue_entry(LiveTask& task, Slot slot) {
  const WaitEstimate estimate = estimate_for(slot, task.channel, task.row.priority);
  task.queue = slot;
  task.row.task_queue_sid = queues[slot].row.sid;
  task.row.queue_entry_sid = context->ids.next<QueueEntryId>();
  task.row.queue_entered_at = now;
  task.row.entry_open = true;
  task.row.estimated_wait_low = estimate.known ? estimate.low : Duration{-1};
  task.row.estimated_wait_high = estimate.known ? estimate.high : Duration{-1};
  task.row.max_wait_alerted = false;
  const bool called_back = channels[task.channel].row.unique_name == kCallbackChannel;
  const Duration max_wait = called_back ? Duration{} : queues[slot].row.max_wait;
  task.row.max_wait_at = max_wait.us > 0 ? now + max_wait : Instant::never();
  count(task, +1);
  emit(EventType::kTaskQueueEntered, task).from = now;
  if (!task.announced) emit(EventType::kTaskCreated, task);
  task.announced = true;
  touch(task);
}

void State::Impl::end_queue_entry(LiveTask& task, Bucket bucket) {
  if (!task.row.entry_open) return;
  task.row.entry_open = false;
  const Duration waited = now - task.row.queue_entered_at;
  auto& event = emit(EventType::kQueueEntryEnded, task);
  event.bucket = bucket;
  event.wait = waited;
  event.from = task.row.queue_entered_at;
  event.flag = bucket == Bucket::answered && waited <= queues[task.queue].row.service_level;
  event.worker = task.row.worker_sid;
  changes.queue_entries.push_back({task.row.queue_entry_sid, task.row.sid, task.row.task_queue_sid,
                                   task.row.task_channel_sid, task.row.contact_sid, task.row.worker_sid,
                                   task.row.queue_entered_at, now, bucket, event.flag, task.row.estimated_wait_low,
                                   task.row.estimated_wait_high});
  touch(task);
}

void State::Impl::end_entry_for(LiveTask& task, Reason why) {
  if (!task.row.entry_open) return;
  end_queue_entry(task, bucket_for(why, now - task.row.queue_entered_at, queues[task.queue].row.short_abandon));
}

// Puts a pending task into a queue. False when the queue is full; then nothing but the full entry has happened.
bool State::Impl::into_queue(Slot slot, Slot queue_slot, Reason why, bool may_be_full) {
  LiveTask& task = tasks[slot];
  if (task.queue == queue_slot && task.row.entry_open) return true;
  const Slot old = task.queue;
  if (old != kNone) {
    end_entry_for(task, why);
    count(task, -1);
    task.queue = kNone;
  }
  const LiveQueue& queue = queues[queue_slot];
  const bool full = may_be_full && queue.row.max_size > 0 && queue.waiting >= queue.row.max_size &&
                    queue.row.sid != settings.last_resort_queue_sid;
  begin_queue_entry(task, queue_slot);
  if (!full) return true;
  end_queue_entry(task, Bucket::full);
  return false;
}

void State::Impl::set_ring(LiveTask& task) {
  task.row.ring_index = -1;
  task.row.next_ring_at = Instant::never();
  const Target* target = target_of(task);
  if (!target) return;
  for (std::size_t i = 0; i < target->rings.size(); ++i) {
    const Instant due = task.row.target_entered_at + target->rings[i].after;
    if (due <= now) {
      task.row.ring_index = static_cast<std::int64_t>(i);
    } else {
      task.row.next_ring_at = due;
      break;
    }
  }
}

void State::Impl::alert(const LiveTask& task, Reason reason) { emit(EventType::kAlertRaised, task).reason = reason; }

void State::Impl::start_walk(Slot slot) {
  LiveTask& task = tasks[slot];
  task.row.workflow_entered_at = now;
  emit(EventType::kWorkflowEntered, task);
  const auto& filters = task.document->filters;
  for (std::size_t f = 0; f < filters.size(); ++f) {
    if (!expr::evaluate(
            filters[f].expression,
            {.task = &task.attributes, .worker = nullptr, .worker_facts = nullptr, .queue_facts = nullptr})) {
      continue;
    }
    task.row.filter_index = static_cast<std::int64_t>(f);
    task.row.target_index = 0;
    return enter_target(slot, Reason::re_evaluated);
  }
  to_default(slot, Reason::re_evaluated);
}

void State::Impl::wait_in_queue(Slot slot) {
  LiveTask& task = tasks[slot];
  if (!task.entering) task.entering = true, entering.push_back(slot);
  relist(slot);
  touch(task);
  arm(slot);
}

void State::Impl::enter_target(Slot slot, Reason why) {
  LiveTask& task = tasks[slot];
  const Target& target = *target_of(task);
  delist(slot);
  const Slot first = queues.find(target.queue);
  if (first == kNone) return advance(slot, why);
  task.row.target_entered_at = now;
  task.row.overflowed = false;
  set_priority(task, target.priority.value_or(task.row.own_priority));
  task.row.target_deadline = Instant::never();
  if (target.timeout.us > 0) {
    Duration sum;
    const auto& targets = task.document->filters[static_cast<std::size_t>(task.row.filter_index)].targets;
    for (std::int64_t i = 0; i <= task.row.target_index; ++i) sum += targets[static_cast<std::size_t>(i)].timeout;
    task.row.target_deadline = task.row.workflow_entered_at + sum;
  }
  task.row.last_worker_until = Instant::never();
  if (target.last_worker.us > 0 && task.row.last_worker_sid) {
    const Slot worker = workers.find(task.row.last_worker_sid);
    if (worker != kNone && workers[worker].live && workers[worker].row.available) {
      task.row.last_worker_until = now + target.last_worker;
    }
  }
  set_ring(task);

  Slot queue = first;
  if (target.overflow && queues.find(target.overflow->queue) != kNone) {
    const bool counted = task.queue == first && (task.row.status == TaskStatus::pending);
    if (counted) count(task, -1);
    const WaitEstimate estimate = estimate_for(first, task.channel, task.row.priority);
    const std::int64_t waiting = queues[first].waiting;
    if (counted) count(task, +1);
    const bool too_many = target.overflow->max_waiting && waiting >= *target.overflow->max_waiting;
    const bool too_long =
        target.overflow->max_expected_wait && (!estimate.known || estimate.high > *target.overflow->max_expected_wait);
    if (too_many || too_long) {
      into_queue(slot, first, why, false);  // what is too long overflows; only where nothing overflows it can be full
      queue = queues.find(target.overflow->queue);
      task.row.overflowed = true;
      why = Reason::overflow;
    }
  }
  if (!into_queue(slot, queue, why, true)) return advance(slot, Reason::queue_full);
  auto& event = emit(EventType::kWorkflowTargetMatched, task);
  event.number = static_cast<std::int32_t>(task.row.target_index);
  wait_in_queue(slot);
}

void State::Impl::advance(Slot slot, Reason why) {
  LiveTask& task = tasks[slot];
  if (why == Reason::target_timeout) {
    auto& event = emit(EventType::kTaskQueueTimeout, task);
    event.number = static_cast<std::int32_t>(task.row.target_index);
  }
  if (task.row.filter_index >= 0) {
    const auto& targets = task.document->filters[static_cast<std::size_t>(task.row.filter_index)].targets;
    if (task.row.target_index + 1 < static_cast<std::int64_t>(targets.size())) {
      ++task.row.target_index;
      return enter_target(slot, why);
    }
    emit(EventType::kWorkflowTimeout, task);
    return to_default(slot, why);
  }
  to_last_resort(slot, why);
}

void State::Impl::leave_targets(LiveTask& task, std::int64_t filter_index) {
  task.row.filter_index = filter_index;
  task.row.target_index = 0;
  task.row.overflowed = false;
  task.row.target_entered_at = now;
  task.row.target_deadline = task.row.next_ring_at = task.row.last_worker_until = Instant::never();
  task.row.ring_index = -1;
  set_priority(task, task.row.own_priority);
}

void State::Impl::to_default(Slot slot, Reason why) {
  LiveTask& task = tasks[slot];
  const Slot queue = task.document ? queues.find(task.document->default_queue) : kNone;
  if (queue == kNone) return to_last_resort(slot, why);
  delist(slot);
  leave_targets(task, -1);
  if (!into_queue(slot, queue, why, true)) return to_last_resort(slot, Reason::queue_full);
  emit(EventType::kWorkflowTargetMatched, task).number = -1;
  wait_in_queue(slot);
}

void State::Impl::to_last_resort(Slot slot, Reason why) {
  LiveTask& task = tasks[slot];
  const Slot queue = queues.find(settings.last_resort_queue_sid);
  if (queue == kNone) return cancel(slot, why);  // only before the workspace was given one
  delist(slot);
  leave_targets(task, -2);
  into_queue(slot, queue, why, false);
  emit(EventType::kWorkflowLastResort, task);
  alert(task, why);
  wait_in_queue(slot);
}

}  // namespace carillon::routing
