// Configuration commands: task channels, queues, workflows, workers, settings.
#include <algorithm>

#include "routing/core/live.h"
#include "routing/core/pop_url.h"

namespace carillon::routing {
namespace {

using events::EventType;

Error missing(std::string_view what, const std::string& sid, std::string_view where) {
  return Error(ErrorCode::kNotFound,
               "no " + std::string(what) + " " + sid + "; list them with GET /api/v1/" + std::string(where))
      .at("sid");
}

Error stale_version(std::int64_t found, std::int64_t present) {
  return Error(ErrorCode::kVersionMismatch, "found version " + std::to_string(found) + ", present is " +
                                                std::to_string(present) + "; read it again and repeat the change");
}

Error in_use(const std::string& by) {
  return Error(ErrorCode::kInUse, "still in use by " + by + "; end or move that first");
}

template <class TableType, class RowType>
bool name_taken(const TableType& table, const RowType& row) {
  for (const auto& live : table.slots) {
    if (live.live && live.row.sid != row.sid && live.row.friendly_name == row.friendly_name) return true;
  }
  return false;
}

Error taken(const std::string& name) {
  return Error(ErrorCode::kNameTaken, "the name '" + name + "' is taken; choose another").at("friendly_name");
}

Error out_of_range(std::string field, std::string expected) {
  return Error(ErrorCode::kOutOfRange, field + " is out of range, expected " + expected).at(field).expecting(expected);
}

}  // namespace

Result<void> State::Impl::check_name(std::string_view name) const {
  if (name.empty() || name.size() > 64 * 4) {
    return Error(ErrorCode::kTooLong,
                 "found a name of " + std::to_string(name.size()) + " bytes, expected 1 to 64 characters")
        .at("friendly_name");
  }
  return {};
}

// After an edit that may touch anybody: everything is looked at again.
void State::Impl::refresh_everything() {
  partial_workers = 0;
  for (Slot slot = 0; slot < workers.slots.size(); ++slot) {
    if (!workers[slot].live) continue;
    partial_workers += is_partial(workers[slot]);
    make_dirty(slot);
  }
  for (Slot slot = 0; slot < tasks.slots.size(); ++slot) {
    if (tasks[slot].lane) make_task_dirty(slot);
  }
}

Result<Outcome> State::Impl::on(const Configure& command) {
  if (command.settings.total_capacity < 1 || command.settings.total_capacity > 1'000'000) {
    return out_of_range("total_capacity", "1 to 1000000");
  }
  const Slot last_resort = queues.find(command.settings.last_resort_queue_sid);
  if (command.settings.last_resort_queue_sid && last_resort == kNone) {
    return Error(ErrorCode::kInvalidValue, "no task queue " + command.settings.last_resort_queue_sid.str())
        .at("last_resort_queue_sid");
  }
  const bool model_changes = command.settings.capacity_model != settings.capacity_model;
  for (const LiveReservation& reservation : reservations.slots) {
    if (model_changes && reservation.live)
      return in_use("tasks being handled: the capacity model changes only when nobody has one");
  }
  settings = command.settings;
  changes.settings = true;
  for (Slot slot = 0; slot < tasks.slots.size(); ++slot) {
    if (tasks[slot].live) arm(slot);  // passed_over_for is part of a deadline
  }
  refresh_everything();
  return Outcome{};
}

Result<Outcome> State::Impl::on(const PutTaskChannel& command) {
  TaskChannelRecord row = command.task_channel;
  if (auto fine = check_name(row.unique_name); !fine) return fine.error();
  if (row.cost < 0 || row.cost > 1'000'000) return out_of_range("cost", "0 to 1000000");
  if (row.default_capacity < 0 || row.default_capacity > 1000) return out_of_range("default_capacity", "0 to 1000");
  if (row.time_to_live.us < 0 || row.time_to_live > Duration::seconds(1'209'600))
    return out_of_range("time_to_live", "up to 1209600 s");
  for (const LiveChannel& other : channels.slots) {
    if (other.live && other.row.sid != row.sid && other.row.unique_name == row.unique_name)
      return taken(row.unique_name);
  }
  for (const TaskChannelId by : row.interruptible_by) {
    if (channels.find(by) == kNone && by != row.sid) {
      return Error(ErrorCode::kInvalidValue, "no task channel " + by.str()).at("interruptible_by");
    }
  }
  Slot slot = row.sid ? channels.find(row.sid) : kNone;
  if (row.sid && slot == kNone) return missing("task channel", row.sid.str(), "task-channels");
  if (slot == kNone) {
    row.sid = context->ids.next<TaskChannelId>();
    row.seq = draw_seq();
    row.version = 1;
    if (auto done = add_channel(row); !done) return done.error();
    slot = channels.find(row.sid);
    emit(EventType::kTaskChannelCreated).channel = row.sid;
  } else {
    LiveChannel& channel = channels[slot];
    if (row.version != 0 && row.version != channel.row.version) return stale_version(row.version, channel.row.version);
    row.seq = channel.row.seq;
    row.version = channel.row.version + 1;
    channel.row = row;
    emit(EventType::kTaskChannelUpdated).channel = row.sid;
  }
  if (std::find(changed_channels.begin(), changed_channels.end(), slot) == changed_channels.end())
    changed_channels.push_back(slot);
  refresh_everything();
  return Outcome{row.sid.str(), {}};
}

Result<Outcome> State::Impl::on(const DeleteTaskChannel& command) {
  const Slot slot = channels.find(command.sid);
  if (slot == kNone) return missing("task channel", command.sid.str(), "task-channels");
  const TaskChannelRecord& row = channels[slot].row;
  if (command.version != 0 && command.version != row.version) return stale_version(command.version, row.version);
  if (row.unique_name == "default") return in_use("the workspace: every task without a task channel is of this one");
  for (const LiveTask& task : tasks.slots) {
    if (task.live && task.channel == slot) return in_use("task " + task.row.sid.str());
  }
  emit(EventType::kTaskChannelDeleted).channel = command.sid;
  // Lanes and workers index by the slot, which another channel may get: there are only 64.
  for (std::size_t i = lanes.size(); i-- > 0;) {
    if (i < lanes.size() && lanes[i] && lanes[i]->channel == slot) drop_lane(lanes[i].get());
  }
  for (LiveWorker& worker : workers.slots) {
    if (slot < worker.channels.size()) worker.channels[slot] = ChannelUse{};
  }
  channels.leave(slot);
  channels[slot] = LiveChannel{};
  channels.free.push_back(slot);
  std::erase(changed_channels, slot);
  changes.deleted_task_channels.push_back(command.sid);
  refresh_everything();  // expressions that ask for this channel's capacity have another answer now
  return Outcome{command.sid.str(), {}};
}

Result<Outcome> State::Impl::on(const PutTaskQueue& command) {
  TaskQueueRecord row = command.task_queue;
  if (auto fine = check_name(row.friendly_name); !fine) return fine.error();
  if (row.max_reserved_workers < 1 || row.max_reserved_workers > 50)
    return out_of_range("max_reserved_workers", "1 to 50");
  if (row.max_size < 0 || row.max_wait.us < 0 || row.service_level.us < 0 || row.short_abandon.us < 0 ||
      row.offer_timeout.us < 0 || row.wrap_up_time.us < 0) {
    return out_of_range("max_size and times", "0 or more");
  }
  if (auto fine = check_pop_url(row.pop_url); !fine) return fine.error();
  auto expression = expr::parse(row.expression, expr::Scope::kQueue);
  if (!expression) return std::move(expression).error().at("expression");
  if (name_taken(queues, row)) return taken(row.friendly_name);
  Slot slot = row.sid ? queues.find(row.sid) : kNone;
  if (row.sid && slot == kNone) return missing("task queue", row.sid.str(), "task-queues");
  std::vector<Slot> waiting;
  if (slot == kNone) {
    row.sid = context->ids.next<QueueId>();
    row.seq = draw_seq();
    row.version = 1;
    row.handle_time_us = row.handled = 0;
    if (auto done = add_queue(row); !done) return done.error();
    slot = queues.find(row.sid);
    emit(EventType::kTaskQueueCreated).queue = row.sid;
  } else {
    LiveQueue& queue = queues[slot];
    if (row.version != 0 && row.version != queue.row.version) return stale_version(row.version, queue.row.version);
    // Everything that waits in it leaves its lane before the order or the expression changes under it.
    for (const Slot task : queue.waiting_tasks) {
      if (tasks[task].lane) waiting.push_back(task);
    }
    std::sort(waiting.begin(), waiting.end(), [&](Slot a, Slot b) { return tasks[a].row.seq < tasks[b].row.seq; });
    for (const Slot task : waiting) delist(task);
    drop_lanes_of(slot);
    row.seq = queue.row.seq;
    row.version = queue.row.version + 1;
    row.handle_time_us = queue.row.handle_time_us;
    row.handled = queue.row.handled;
    queue.row = row;
    queue.expression = *expression;
    emit(EventType::kTaskQueueUpdated).queue = row.sid;
  }
  touch(queues[slot]);
  for (Slot w = 0; w < workers.slots.size(); ++w) {
    if (!workers[w].live) continue;
    reindex_queue(w, slot);
  }
  for (const Slot task : std::vector<Slot>(queues[slot].waiting_tasks)) {
    if (wants_offers(tasks[task]) && !tasks[task].lane) enlist(task);
  }
  if (!waiting.empty()) refresh_everything();
  return Outcome{row.sid.str(), expr::warnings(*expression, seen())};
}

// Whether the queue's expression is true of the worker, after the queue changed.
void State::Impl::reindex_queue(Slot worker_slot, Slot queue_slot) {
  LiveWorker& worker = workers[worker_slot];
  LiveQueue& queue = queues[queue_slot];
  const auto it = std::find(worker.queues.begin(), worker.queues.end(), queue_slot);
  const bool before = it != worker.queues.end();
  const bool after = queue_has(queue, worker);
  if (before == after) return;
  const int by = after ? 1 : -1;
  if (after) {
    worker.queues.push_back(queue_slot);
  } else {
    worker.queues.erase(it);
  }
  queue.members += by;
  if (worker.row.available) queue.staffed += by;
  if (worker.row.available && worker.reservations.empty()) queue.idle += by;
}

Result<Outcome> State::Impl::on(const DeleteTaskQueue& command) {
  const Slot slot = queues.find(command.sid);
  if (slot == kNone) return missing("task queue", command.sid.str(), "task-queues");
  const TaskQueueRecord& row = queues[slot].row;
  if (command.version != 0 && command.version != row.version) return stale_version(command.version, row.version);
  if (settings.last_resort_queue_sid == command.sid) return in_use("the workspace, as its last resort");
  for (const LiveWorkflow& workflow : workflows.slots) {
    if (!workflow.live) continue;
    for (const auto& [version, document] : workflow.documents) {
      const auto named = document->queues();
      if (std::find(named.begin(), named.end(), command.sid) != named.end())
        return in_use("workflow '" + workflow.row.friendly_name + "'");
    }
  }
  for (const LiveTask& task : tasks.slots) {
    if (task.live && task.queue == slot) return in_use("task " + task.row.sid.str());
  }
  emit(EventType::kTaskQueueDeleted).queue = command.sid;
  drop_lanes_of(slot);
  for (LiveWorker& worker : workers.slots) std::erase(worker.queues, slot);
  queues.leave(slot);
  queues[slot].live = false;  // its slot stays, for workers and lanes index by it
  changes.deleted_task_queues.push_back(command.sid);
  return Outcome{command.sid.str(), {}};
}

std::vector<std::string> State::Impl::warnings_of(const WorkflowDocument& document) const {
  std::vector<std::string> warnings = document.warnings;
  const auto look_at = [&](const expr::Expression& expression) {
    for (std::string& text : expr::warnings(expression, seen())) warnings.push_back(std::move(text));
  };
  for (const Filter& filter : document.filters) {
    look_at(filter.expression);
    for (const Target& target : filter.targets) look_at(target.expression);
  }
  return warnings;
}

Result<Outcome> State::Impl::on(const PutWorkflow& command) {
  WorkflowRecord row = command.workflow;
  if (auto fine = check_name(row.friendly_name); !fine) return fine.error();
  auto compiled = compile_workflow(row.document.text);
  if (!compiled) return compiled.error();
  for (const QueueId queue : compiled->queues()) {
    if (queues.find(queue) == kNone) {
      return Error(ErrorCode::kWorkflowFault,
                   "no task queue " + queue.str() + "; list them with GET /api/v1/task-queues")
          .at("document");
    }
  }
  if (name_taken(workflows, row)) return taken(row.friendly_name);
  std::vector<std::string> warnings = warnings_of(*compiled);
  auto document = std::make_shared<const WorkflowDocument>(*std::move(compiled));
  Slot slot = row.sid ? workflows.find(row.sid) : kNone;
  if (row.sid && slot == kNone) return missing("workflow", row.sid.str(), "workflows");
  row.older.clear();
  if (slot == kNone) {
    row.sid = context->ids.next<WorkflowId>();
    row.seq = draw_seq();
    row.version = 1;
    slot = workflows.add();
    workflows[slot] = LiveWorkflow{};
    workflows[slot].row.sid = row.sid;
    workflows.enter(slot);
    workflows[slot].live = true;
    emit(EventType::kWorkflowCreated).workflow = row.sid;
  } else {
    const WorkflowRecord& old = workflows[slot].row;
    if (row.version != 0 && row.version != old.version) return stale_version(row.version, old.version);
    // Versions that live tasks still walk stay with it.
    std::vector<std::int64_t> walked;
    for (const LiveTask& task : tasks.slots) {
      if (task.live && task.row.workflow_sid == row.sid) walked.push_back(task.row.workflow_version);
    }
    const auto still = [&](std::int64_t version) {
      return std::find(walked.begin(), walked.end(), version) != walked.end();
    };
    for (const OlderDocument& older : old.older) {
      if (still(older.version)) row.older.push_back(older);
    }
    if (still(old.version)) row.older.push_back({old.version, old.document});
    row.seq = old.seq;
    row.version = old.version + 1;
    std::erase_if(workflows[slot].documents, [&](const auto& one) { return !still(one.first); });
    emit(EventType::kWorkflowUpdated).workflow = row.sid;
  }
  workflows[slot].documents[row.version] = document;
  workflows[slot].row = row;
  if (std::find(changed_workflows.begin(), changed_workflows.end(), slot) == changed_workflows.end())
    changed_workflows.push_back(slot);
  if (command.re_evaluate) {
    std::vector<Slot> waiting;
    for (Slot t = 0; t < tasks.slots.size(); ++t) {
      const LiveTask& task = tasks[t];
      if (task.live && task.row.workflow_sid == row.sid && task.row.filter_index != -3 &&
          (task.row.status == TaskStatus::pending || task.row.status == TaskStatus::reserved)) {
        waiting.push_back(t);
      }
    }
    std::sort(waiting.begin(), waiting.end(), [&](Slot a, Slot b) { return tasks[a].row.seq < tasks[b].row.seq; });
    for (const Slot task : waiting) re_evaluate(task);
  }
  return Outcome{row.sid.str(), std::move(warnings)};
}

Result<Outcome> State::Impl::on(const DeleteWorkflow& command) {
  const Slot slot = workflows.find(command.sid);
  if (slot == kNone) return missing("workflow", command.sid.str(), "workflows");
  const WorkflowRecord& row = workflows[slot].row;
  if (command.version != 0 && command.version != row.version) return stale_version(command.version, row.version);
  for (const LiveTask& task : tasks.slots) {
    if (task.live && task.row.workflow_sid == command.sid) return in_use("task " + task.row.sid.str());
  }
  emit(EventType::kWorkflowDeleted).workflow = command.sid;
  workflows.leave(slot);
  workflows[slot].live = false;
  changes.deleted_workflows.push_back(command.sid);
  return Outcome{command.sid.str(), {}};
}

Result<Outcome> State::Impl::on(const PutWorker& command) {
  WorkerRecord row = command.worker;
  if (auto fine = check_name(row.friendly_name); !fine) return fine.error();
  auto attributes = parse_attributes(row.attributes.text, "attributes");
  if (!attributes) return attributes.error();
  if (row.attributes.text.empty()) row.attributes.text = "{}";
  if (row.total_capacity < 0 || row.total_capacity > 1'000'000) return out_of_range("total_capacity", "0 to 1000000");
  for (const ChannelCapacity& own : row.channel_capacities) {
    if (channels.find(own.task_channel_sid) == kNone) {
      return Error(ErrorCode::kInvalidValue, "no task channel " + own.task_channel_sid.str()).at("channel_capacities");
    }
    if (own.capacity < 0 || own.capacity > 1000) return out_of_range("channel_capacities", "0 to 1000");
  }
  if (name_taken(workers, row)) return taken(row.friendly_name);
  Slot slot = row.sid ? workers.find(row.sid) : kNone;
  if (row.sid && slot == kNone) return missing("worker", row.sid.str(), "workers");
  if (slot == kNone) {
    row.sid = context->ids.next<WorkerId>();
    row.seq = draw_seq();
    row.version = 1;
    row.not_responding.clear();
    row.available = row.reachable = false;
    row.activity_sid = {};
    row.activity_name.clear();
    row.idle_since = row.unavailable_since = row.state_since = now;
    if (auto done = add_worker(row); !done) return done.error();
    slot = workers.find(row.sid);
    emit(EventType::kWorkerCreated, workers[slot]);
  } else {
    LiveWorker& worker = workers[slot];
    if (row.version != 0 && row.version != worker.row.version) return stale_version(row.version, worker.row.version);
    unindex_worker(slot);
    partial_workers -= is_partial(worker);
    worker.row.friendly_name = row.friendly_name;
    worker.row.user_sid = row.user_sid;
    worker.row.attributes = row.attributes;
    worker.row.total_capacity = row.total_capacity;
    worker.row.channel_capacities = row.channel_capacities;
    ++worker.row.version;
    worker.attributes = *std::move(attributes);
    seen_workers.add(worker.attributes);
    set_worker_channels(worker);
    partial_workers += is_partial(worker);
    index_worker(slot);
    emit(EventType::kWorkerUpdated, worker);
  }
  touch(workers[slot]);
  return Outcome{row.sid.str(), {}};
}

Result<Outcome> State::Impl::on(const DeleteWorker& command) {
  const Slot slot = workers.find(command.sid);
  if (slot == kNone) return missing("worker", command.sid.str(), "workers");
  LiveWorker& worker = workers[slot];
  if (command.version != 0 && command.version != worker.row.version)
    return stale_version(command.version, worker.row.version);
  if (!worker.reservations.empty())
    return in_use("task " + tasks[reservations[worker.reservations.front()].task].row.sid.str());
  for (const LiveTask& task : tasks.slots) {
    if (task.live && task.row.direct_worker_sid == command.sid) return in_use("task " + task.row.sid.str());
  }
  worker_time(worker);
  emit(EventType::kWorkerDeleted, worker);
  for (Slot t = 0; t < tasks.slots.size(); ++t) {
    LiveTask& task = tasks[t];
    if (!task.live || task.row.last_worker_sid != command.sid || task.row.last_worker_until.is_never()) continue;
    task.row.last_worker_until = Instant::never();  // nobody to wait for any more
    touch(task);
    if (task.lane) relist(t);
    arm(t);
  }
  unindex_worker(slot);
  drop_lanes_only_for(slot);
  worker.live = false;  // its slot stays, for lanes index by it
  worker.row.available = false;
  workers.leave(slot);
  changes.deleted_workers.push_back(command.sid);
  return Outcome{command.sid.str(), {}};
}

}  // namespace carillon::routing
