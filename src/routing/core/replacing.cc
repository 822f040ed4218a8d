// A task that takes the place of another: the same customer on another task channel, and nobody overtakes them for it.
#include "routing/core/live.h"

namespace carillon::routing {

Result<Outcome> State::Impl::on(const ReplaceTask& command) {
  auto found = live_task(command.task_sid);
  if (!found) return found.error();
  const Slot before = *found;
  const Slot channel = channels.find(command.task_channel_sid);
  if (channel == kNone) {
    return Error(ErrorCode::kInvalidValue, "no task channel " + command.task_channel_sid.str()).at("task_channel_sid");
  }
  if (tasks[before].row.status == TaskStatus::wrapping || tasks[before].queue == kNone) {
    return Error(ErrorCode::kStateForbids, "task " + command.task_sid.str() +
                                               " is wrapping, or in no queue; another takes its place only in a queue")
        .at("task_sid");
  }
  auto attributes = parse_attributes(command.attributes.text, "attributes");
  if (!attributes) return attributes.error();
  const TaskStatus status = tasks[before].row.status;
  if (status == TaskStatus::assigned || status == TaskStatus::suspended) requeue(before, command.reason);

  const TaskRecord first = tasks[before].row;
  const Slot queue = tasks[before].queue;
  TaskRecord row;
  row.task_channel_sid = command.task_channel_sid;
  row.workflow_sid = first.workflow_sid;
  row.workflow_version = first.workflow_version;
  row.attributes = command.attributes;
  if (row.attributes.text.empty()) row.attributes.text = "{}";
  row.priority = first.own_priority;
  row.virtual_start_time = first.virtual_start_time;
  row.boost = first.boost;
  row.conversation_sid = first.conversation_sid;
  row.contact_sid = first.contact_sid;
  row.customer_sid = first.customer_sid;
  row.direct_worker_sid = first.direct_worker_sid;
  row.last_worker_sid = command.last_worker_sid ? command.last_worker_sid : first.last_worker_sid;
  if (channels[channel].row.live) row.time_to_live_at = now + channels[channel].row.time_to_live;
  const Slot made = create(std::move(row), *std::move(attributes), tasks[before].document);
  LiveTask& task = tasks[made];
  // Where the first stood in its workflow.
  task.row.priority = first.priority;
  task.row.filter_index = first.filter_index;
  task.row.target_index = first.target_index;
  task.row.workflow_entered_at = first.workflow_entered_at;
  task.row.ring_index = first.ring_index;
  task.row.overflowed = first.overflowed;
  task.row.target_entered_at = first.target_entered_at;
  task.row.target_deadline = first.target_deadline;
  task.row.next_ring_at = first.next_ring_at;

  // The contact is told of the new one first, so that it stays open.
  notify(Notice::Kind::transferred, tasks[before], command.reason);
  notices.back().new_task = task.row.sid;
  cancel(before, command.reason);
  begin_queue_entry(tasks[made], queue);
  relist(made);
  arm(made);
  prefer_last_worker(made, command.last_worker_for);
  return Outcome{tasks[made].row.sid.str(), {}};
}

}  // namespace carillon::routing
