// Questions about the live state; they change nothing.
#include <algorithm>

#include "routing/core/facts.h"
#include "routing/core/live.h"

namespace carillon::routing {
namespace {

template <class TableType, class IdType>
auto* row_of(const TableType& table, IdType id) {
  const Slot slot = table.find(id);
  return slot == kNone || !table[slot].live ? nullptr : &table[slot].row;
}

template <class Row, class TableType>
std::vector<const Row*> rows_of(const TableType& table) {
  std::vector<const Row*> out;
  for (const auto& live : table.slots) {
    if (live.live) out.push_back(&live.row);
  }
  std::sort(out.begin(), out.end(), [](const Row* a, const Row* b) { return a->seq < b->seq; });
  return out;
}

}  // namespace

expr::Seen State::Impl::seen() const {
  expr::Seen out;
  out.worker = &seen_workers;
  out.task = &seen_tasks;
  return out;
}

const Settings& State::settings() const { return impl_->settings; }
const TaskRecord* State::task(TaskId id) const { return row_of(impl_->tasks, id); }
const ReservationRecord* State::reservation(ReservationId id) const { return row_of(impl_->reservations, id); }
const WorkerRecord* State::worker(WorkerId id) const { return row_of(impl_->workers, id); }
const TaskQueueRecord* State::task_queue(QueueId id) const { return row_of(impl_->queues, id); }
const WorkflowRecord* State::workflow(WorkflowId id) const { return row_of(impl_->workflows, id); }
const TaskChannelRecord* State::task_channel(TaskChannelId id) const { return row_of(impl_->channels, id); }

const TaskChannelRecord* State::task_channel(std::string_view unique_name) const {
  for (const LiveChannel& channel : impl_->channels.slots) {
    if (channel.live && channel.row.unique_name == unique_name) return &channel.row;
  }
  return nullptr;
}

std::vector<const WorkerRecord*> State::workers() const { return rows_of<WorkerRecord>(impl_->workers); }
std::vector<const TaskQueueRecord*> State::task_queues() const { return rows_of<TaskQueueRecord>(impl_->queues); }
std::vector<const WorkflowRecord*> State::workflows() const { return rows_of<WorkflowRecord>(impl_->workflows); }
std::vector<const TaskChannelRecord*> State::task_channels() const {
  return rows_of<TaskChannelRecord>(impl_->channels);
}
std::vector<const TaskRecord*> State::tasks() const { return rows_of<TaskRecord>(impl_->tasks); }
std::vector<const ReservationRecord*> State::reservations() const {
  return rows_of<ReservationRecord>(impl_->reservations);
}

std::vector<const ReservationRecord*> State::pending_reservations(TaskId id) const {
  std::vector<const ReservationRecord*> out;
  const Slot slot = impl_->tasks.find(id);
  if (slot == kNone) return out;
  for (const Slot r : impl_->tasks[slot].offers) out.push_back(&impl_->reservations[r].row);
  return out;
}

// For a waiting task, from its exact position; the formula is that of queue entry.
WaitEstimate State::estimate(TaskId id) const {
  const Impl& s = *impl_;
  const Slot slot = s.tasks.find(id);
  if (slot == kNone || s.tasks[slot].queue == kNone) return {};
  const LiveTask& task = s.tasks[slot];
  if (task.row.status != TaskStatus::pending && task.row.status != TaskStatus::reserved) return {};
  return s.estimate_at(task.queue, task.channel, s.position_in_queue(task));
}

std::optional<QueueNow> State::queue_now(QueueId id, Instant now) const {
  const Impl& s = *impl_;
  const Slot slot = s.queues.find(id);
  if (slot == kNone || !s.queues[slot].live) return std::nullopt;
  const LiveQueue& queue = s.queues[slot];
  QueueNow out;
  out.sid = id;
  out.waiting = queue.waiting;
  out.reserved = queue.reserved;
  out.assigned = queue.assigned;
  out.wrapping = queue.wrapping;
  out.eligible_workers = queue.members;
  out.staffed_workers = queue.staffed;
  out.idle_workers = queue.idle;
  const auto [since, oldest] = s.oldest_waiting(slot);
  out.longest_waiting_since = since;
  if (oldest != kNone) out.longest_waiting_task_sid = s.tasks[oldest].row.sid;
  for (const Slot t : queue.waiting_tasks) out.late += now - s.tasks[t].row.queue_entered_at > queue.row.service_level;
  Slot channel = s.default_channel();
  if (oldest != kNone) channel = s.tasks[oldest].channel;
  if (channel != kNone) out.estimate = s.estimate_for(slot, channel, 0);
  return out;
}

std::optional<WorkerNow> State::worker_now(WorkerId id) const {
  const Impl& s = *impl_;
  const Slot slot = s.workers.find(id);
  if (slot == kNone || !s.workers[slot].live) return std::nullopt;
  const LiveWorker& worker = s.workers[slot];
  WorkerNow out;
  out.sid = id;
  out.held = worker.held;
  out.total = s.total_of(worker);
  for (Slot c = 0; c < s.channels.slots.size(); ++c) {
    if (!s.channels[c].live) continue;
    WorkerChannelNow channel;
    channel.task_channel_sid = s.channels[c].row.sid;
    channel.available_capacity = s.available_capacity(worker, c);
    if (c < worker.channels.size()) {
      channel.assigned_tasks = worker.channels[c].assigned;
      channel.reserved_tasks = worker.channels[c].reserved;
    }
    out.channels.push_back(channel);
  }
  for (const Slot r : worker.reservations) out.reservations.push_back(s.reservations[r].row.sid);
  return out;
}

std::vector<std::string> State::warnings(QueueId id) const {
  const Slot slot = impl_->queues.find(id);
  return slot == kNone ? std::vector<std::string>() : expr::warnings(impl_->queues[slot].expression, impl_->seen());
}

std::vector<std::string> State::warnings(WorkflowId id) const {
  const Slot slot = impl_->workflows.find(id);
  if (slot == kNone) return {};
  const LiveWorkflow& workflow = impl_->workflows[slot];
  const auto document = workflow.documents.find(workflow.row.version);
  return document == workflow.documents.end() ? std::vector<std::string>() : impl_->warnings_of(*document->second);
}

void State::each_task(const std::function<void(const TaskRecord&)>& visit) const {
  for (const LiveTask& task : impl_->tasks.slots) {
    if (task.live) visit(task.row);
  }
}

void State::each_eligible(const std::function<void(QueueId, const WorkerRecord&)>& visit) const {
  for (const LiveWorker& worker : impl_->workers.slots) {
    if (!worker.live) continue;
    for (const Slot queue : worker.queues) visit(impl_->queues[queue].row.sid, worker.row);
  }
}

}  // namespace carillon::routing
