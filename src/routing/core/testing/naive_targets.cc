// Walking a workflow, queue entries, estimates: "Targets" of ../README.md.
#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "routing/core/testing/naive.h"

namespace carillon::routing::testing {
namespace {

using events::EventType;

// Which bucket a queue entry ends in when the task leaves the queue for this reason (docs/metrics.md).
Bucket bucket_for(Reason why, Duration waited, Duration short_abandon) {
  if (why == Reason::customer_left) return waited < short_abandon ? Bucket::short_abandoned : Bucket::abandoned;
  if (why == Reason::time_to_live || why == Reason::queue_max_wait) return Bucket::timed_out;
  if (why == Reason::target_timeout || why == Reason::skipped || why == Reason::overflow || why == Reason::queue_full) {
    return Bucket::overflowed;
  }
  if (why == Reason::moved || why == Reason::re_evaluated || why == Reason::transferred || why == Reason::worker_lost) {
    return Bucket::moved;
  }
  if (why == Reason::lost_by_us) return Bucket::failed_by_us;
  if (why == Reason::voicemail) return Bucket::voicemail;
  if (why == Reason::callback_taken) return Bucket::callback_taken;
  return Bucket::canceled;
}

}  // namespace

// The document the task walks: the workflow's, or the older version it entered with.
const WorkflowDocument* Naive::document_of(const TaskRecord& t) {
  const WorkflowRecord* workflow = find(t.workflow_sid);
  if (!workflow) return nullptr;
  for (const OlderDocument& older : workflow->older) {
    if (older.version == t.workflow_version) return &workflow_document(older.document.text);
  }
  return &workflow_document(workflow->document.text);
}

const Target* Naive::target_of(const TaskRecord& t) {
  if (t.filter_index < 0) return nullptr;
  const WorkflowDocument* document = document_of(t);
  if (!document) return nullptr;
  const auto filter = static_cast<std::size_t>(t.filter_index), target = static_cast<std::size_t>(t.target_index);
  return &document->filters.at(filter).targets.at(target);
}

void Naive::start_walk(TaskRecord& t) {
  t.workflow_entered_at = now();
  emit(EventType::kWorkflowEntered, t);
  const auto& filters = document_of(t)->filters;
  for (std::size_t f = 0; f < filters.size(); ++f) {
    const expr::Env env{
        .task = &parsed(t.attributes.text), .worker = nullptr, .worker_facts = nullptr, .queue_facts = nullptr};
    if (!expr::evaluate(filters[f].expression, env)) continue;
    t.filter_index = static_cast<std::int64_t>(f);
    t.target_index = 0;
    return enter_target(t, Reason::re_evaluated);
  }
  to_default(t, Reason::re_evaluated);
}

void Naive::enter_target(TaskRecord& t, Reason why) {
  const Target& target = *target_of(t);
  const auto& targets = document_of(t)->filters.at(static_cast<std::size_t>(t.filter_index)).targets;
  const TaskQueueRecord* first = find(target.queue);
  if (!first) return next_target(t, why);  // the queue was deleted under an older document
  t.target_entered_at = now();
  t.overflowed = false;
  t.priority = target.priority.value_or(t.own_priority);
  t.target_deadline = Instant::never();
  if (target.timeout.us > 0) {
    t.target_deadline = t.workflow_entered_at;
    for (std::int64_t i = 0; i <= t.target_index; ++i) {
      t.target_deadline = t.target_deadline + targets[static_cast<std::size_t>(i)].timeout;
    }
  }
  t.last_worker_until = Instant::never();
  const WorkerRecord* last = find(t.last_worker_sid);
  if (target.last_worker.us > 0 && last && last->available) t.last_worker_until = now() + target.last_worker;
  set_ring(t);

  const TaskQueueRecord* queue = first;
  const TaskQueueRecord* other = target.overflow ? find(target.overflow->queue) : nullptr;
  if (other) {
    const bool too_many = target.overflow->max_waiting && waiting_in(*first, &t) >= *target.overflow->max_waiting;
    const WaitEstimate wait = estimate(*first, t);
    const bool too_long =
        target.overflow->max_expected_wait && (!wait.known || wait.high > *target.overflow->max_expected_wait);
    if (too_many || too_long) {
      into_queue(t, *first, why, false);  // too long a queue overflows; only where nothing overflows it can be full
      queue = other;
      t.overflowed = true;
      why = Reason::overflow;
    }
  }
  if (!into_queue(t, *queue, why, true)) return next_target(t, Reason::queue_full);
  emit(EventType::kWorkflowTargetMatched, t).number = static_cast<std::int32_t>(t.target_index);
  wait_in_queue(t);
}

void Naive::next_target(TaskRecord& t, Reason why) {
  if (why == Reason::target_timeout) {
    emit(EventType::kTaskQueueTimeout, t).number = static_cast<std::int32_t>(t.target_index);
  }
  if (t.filter_index < 0) return to_last_resort(t, why);
  const auto& targets = document_of(t)->filters.at(static_cast<std::size_t>(t.filter_index)).targets;
  if (static_cast<std::size_t>(t.target_index) + 1 < targets.size()) {
    ++t.target_index;
    return enter_target(t, why);
  }
  emit(EventType::kWorkflowTimeout, t);
  to_default(t, why);
}

void Naive::leave_targets(TaskRecord& t, std::int64_t filter_index) {
  t.filter_index = filter_index;
  t.target_index = 0;
  t.overflowed = false;
  t.target_entered_at = now();
  t.target_deadline = t.next_ring_at = t.last_worker_until = Instant::never();
  t.ring_index = -1;
  t.priority = t.own_priority;
}

void Naive::to_default(TaskRecord& t, Reason why) {
  const WorkflowDocument* document = document_of(t);
  const TaskQueueRecord* queue = document ? find(document->default_queue) : nullptr;
  if (!queue) return to_last_resort(t, why);
  leave_targets(t, -1);
  if (!into_queue(t, *queue, why, true)) return to_last_resort(t, Reason::queue_full);
  emit(EventType::kWorkflowTargetMatched, t).number = -1;
  wait_in_queue(t);
}

void Naive::to_last_resort(TaskRecord& t, Reason why) {
  const TaskQueueRecord* queue = find(now_.settings.last_resort_queue_sid);
  if (!queue) return cancel(t, why);
  leave_targets(t, -2);
  into_queue(t, *queue, why, false);
  emit(EventType::kWorkflowLastResort, t);
  emit(EventType::kAlertRaised, t).reason = why;
  wait_in_queue(t);
}

void Naive::wait_in_queue(TaskRecord& t) {
  const auto& list = now_.enterings;
  if (std::find(list.begin(), list.end(), t.sid) == list.end()) now_.enterings.push_back(t.sid);
}

// False when the queue is full: then there was an entry all the same, in the bucket `full`.
bool Naive::into_queue(TaskRecord& t, const TaskQueueRecord& queue, Reason why, bool may_be_full) {
  if (t.task_queue_sid == queue.sid && t.entry_open) return true;
  const bool full = may_be_full && queue.max_size > 0 && waiting_in(queue, &t) >= queue.max_size &&
                    queue.sid != now_.settings.last_resort_queue_sid;
  end_entry_for(t, why);
  begin_entry(t, queue);
  if (full) end_entry(t, Bucket::full);
  return !full;
}

void Naive::begin_entry(TaskRecord& t, const TaskQueueRecord& queue) {
  const WaitEstimate wait = estimate(queue, t);
  t.task_queue_sid = queue.sid;
  t.queue_entry_sid = entry_->ids.next<QueueEntryId>();
  t.queue_entered_at = now();
  t.entry_open = true;
  t.estimated_wait_low = wait.known ? wait.low : Duration{-1};
  t.estimated_wait_high = wait.known ? wait.high : Duration{-1};
  t.max_wait_alerted = false;
  const bool limited = queue.max_wait.us > 0 && channel_of(t).unique_name != "callback";
  t.max_wait_at = limited ? now() + queue.max_wait : Instant::never();
  emit(EventType::kTaskQueueEntered, t).from = now();
  if (t.sid == now_.being_made) emit(EventType::kTaskCreated, t);
  now_.being_made = {};
}

void Naive::end_entry(TaskRecord& t, Bucket bucket) {
  if (!t.entry_open) return;
  t.entry_open = false;
  QueueEntryRecord row;
  row.sid = t.queue_entry_sid;
  row.task_sid = t.sid;
  row.task_queue_sid = t.task_queue_sid;
  row.task_channel_sid = t.task_channel_sid;
  row.contact_sid = t.contact_sid;
  row.worker_sid = t.worker_sid;
  row.entered_at = t.queue_entered_at;
  row.ended_at = now();
  row.bucket = bucket;
  row.within_service_level = bucket == Bucket::answered && now() - t.queue_entered_at <= service_level_of(t);
  row.estimated_wait_low = t.estimated_wait_low;
  row.estimated_wait_high = t.estimated_wait_high;
  now_.queue_entries.push_back(row);
  events::Event& event = emit(EventType::kQueueEntryEnded, t);
  event.bucket = bucket;
  event.wait = now() - t.queue_entered_at;
  event.from = t.queue_entered_at;
  event.flag = row.within_service_level;
  event.worker = t.worker_sid;
}

void Naive::end_entry_for(TaskRecord& t, Reason why) {
  if (!t.entry_open) return;
  end_entry(t, bucket_for(why, now() - t.queue_entered_at, queue_of(t)->short_abandon));
}

// The last ring whose time has come, and when the next one comes.
void Naive::set_ring(TaskRecord& t) {
  t.ring_index = -1;
  t.next_ring_at = Instant::never();
  const Target* target = target_of(t);
  if (!target) return;
  for (std::size_t i = 0; i < target->rings.size(); ++i) {
    const Instant due = t.target_entered_at + target->rings[i].after;
    if (due <= now()) t.ring_index = static_cast<std::int64_t>(i);
    if (due > now()) t.next_ring_at = std::min(t.next_ring_at, due);
  }
}

std::int64_t Naive::waiting_in(const TaskQueueRecord& queue, const TaskRecord* without) {
  std::int64_t n = 0;
  for (const TaskRecord& t : now_.tasks) {
    const bool waits = t.status == TaskStatus::pending || t.status == TaskStatus::reserved;
    if (waits && t.task_queue_sid == queue.sid && (!without || t.sid != without->sid)) ++n;
  }
  return n;
}

// For this task entering the queue now; itself not counted. Terms that look at presence or capacity are left out: who is
// staffed does not change with every task.
WaitEstimate Naive::estimate(const TaskQueueRecord& queue, const TaskRecord& task) {
  std::int64_t staffed = 0, idle = 0;
  for (const WorkerRecord& w : now_.workers) {
    std::vector<expr::ChannelFacts> channels;
    const std::string sid = w.sid.str();
    const expr::WorkerFacts facts = facts_of(w, sid, channels);
    const expr::Env env{
        .task = nullptr, .worker = &parsed(w.attributes.text), .worker_facts = &facts, .queue_facts = nullptr};
    if (!w.available || !expr::evaluate(expr::split_by_change(queue_expression(queue.expression)).fixed, env)) continue;
    ++staffed;
    if (live_reservations_of(w.sid).empty()) ++idle;
  }
  WaitEstimate out;
  if (staffed == 0) return out;
  out.known = true;
  out.position = 1;
  if (waiting_in(queue, &task) == 0 && idle > 0) return out;
  for (const TaskRecord& t : now_.tasks) {
    const bool waits = t.status == TaskStatus::pending || t.status == TaskStatus::reserved;
    if (waits && t.task_queue_sid == queue.sid && t.sid != task.sid && t.priority >= task.priority) ++out.position;
  }
  const double handle_us = queue.handled > 0 ? static_cast<double>(queue.handle_time_us) : 180e6;
  const TaskChannelRecord& channel = channel_of(task);
  std::int64_t each = 1;
  if (now_.settings.capacity_model == CapacityModel::per_channel) {
    each = std::max<std::int64_t>(1, channel.default_capacity);
  } else if (!channel.exclusive && channel.cost > 0) {
    each = std::max<std::int64_t>(1, now_.settings.total_capacity / channel.cost);
  }
  const double slots = static_cast<double>(staffed * each), n = static_cast<double>(out.position);
  const double mean = n * handle_us / slots, deviation = std::sqrt(n) * handle_us / slots;
  out.low.us = static_cast<std::int64_t>(std::max(0.0, mean - 1.28 * deviation));
  out.high.us = static_cast<std::int64_t>(mean + 1.28 * deviation);
  return out;
}

}  // namespace carillon::routing::testing
