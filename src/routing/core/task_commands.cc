// Commands on tasks and reservations: what is allowed in which state, then the moves of ending.cc, offers.cc, targets.cc.
#include <algorithm>

#include "routing/core/live.h"

namespace carillon::routing {
namespace {

using events::EventType;

constexpr std::int64_t kMaxPriority = 2'147'483'647;

Error forbidden_by(const TaskRecord& task, std::string_view wish, std::string_view allowed) {
  return Error(ErrorCode::kStateForbids, "task " + task.sid.str() + " is " +
                                             std::string(codec::enum_name(task.status)) + "; " + std::string(wish) +
                                             " is possible while " + std::string(allowed))
      .at("status")
      .expecting(std::string(allowed));
}

Error missing(std::string_view field, std::string_view what, const std::string& sid) {
  return Error(ErrorCode::kInvalidValue, "no " + std::string(what) + " " + sid).at(std::string(field));
}

Error never_takes(const WorkerRecord& worker, const TaskChannelRecord& channel) {
  return Error(ErrorCode::kStateForbids, "worker '" + worker.friendly_name + "' takes no tasks of " +
                                             channel.unique_name + " (capacity 0); choose another, or a queue")
      .at("worker_sid");
}

Error no_room(const WorkerRecord& worker) {
  return Error(ErrorCode::kStateForbids,
               "worker '" + worker.friendly_name + "' has no room for another task; finish one first")
      .at("worker_sid");
}

Result<void> check_task(const CreateTask& command) {
  const int given = !command.workflow_sid.empty() + !command.task_queue_sid.empty() + !command.worker_sid.empty();
  if (given != 1) {
    return Error(ErrorCode::kInvalidValue, "found " + std::to_string(given) +
                                               " of workflow_sid, task_queue_sid, worker_sid; expected exactly one")
        .at("workflow_sid");
  }
  if (command.priority < 0 || command.priority > kMaxPriority) {
    return Error(ErrorCode::kOutOfRange,
                 "found priority " + std::to_string(command.priority) + ", expected 0 to 2147483647")
        .at("priority");
  }
  if (command.time_to_live.us < 0 || command.time_to_live > Duration::seconds(1'209'600)) {
    return Error(ErrorCode::kOutOfRange, "found a time to live out of range, expected 1 to 1209600 s")
        .at("time_to_live");
  }
  if (command.boost.us < 0 || command.boost > Duration::hours(24)) {
    return Error(ErrorCode::kOutOfRange, "expected a boost from 0 to 86400 s").at("boost");
  }
  if (command.last_worker_for.us < 0 || command.last_worker_for > Duration::hours(1)) {
    return Error(ErrorCode::kOutOfRange, "expected a time for the last worker from 0 to 3600 s").at("last_worker_for");
  }
  return {};
}

}  // namespace

Result<Slot> State::Impl::live_task(TaskId sid) const {
  const Slot slot = tasks.find(sid);
  if (slot != kNone) fetch_ahead(&tasks[slot], sizeof(LiveTask));
  if (slot == kNone || !tasks[slot].live) {
    return Error(ErrorCode::kNotFound, "no live task " + sid.str() + "; it never was, or has ended").at("task_sid");
  }
  return slot;
}

Slot State::Impl::create(TaskRecord row, boost::json::value attributes,
                         std::shared_ptr<const WorkflowDocument> document) {
  row.sid = context->ids.next<TaskId>();
  row.seq = draw_seq();
  row.version = 0;  // touch makes it 1
  row.created_at = now;
  if (row.virtual_start_time.us == 0 || row.virtual_start_time > now) row.virtual_start_time = now;
  row.own_priority = row.priority;
  seen_tasks.add(attributes);
  const Slot slot = make_task(std::move(row), std::move(attributes));
  tasks[slot].document = std::move(document);
  touch(tasks[slot]);
  return slot;
}

Slot State::Impl::channel_of(const CreateTask& command) const {
  return command.task_channel_sid ? channels.find(command.task_channel_sid) : default_channel();
}

// Everything for which a new task is refused; its attributes when it is not.
Result<boost::json::value> State::Impl::check_new(const CreateTask& command) const {
  if (auto fine = check_task(command); !fine) return fine.error();
  auto attributes = parse_attributes(command.attributes.text, "attributes");
  if (!attributes) return attributes;
  const Slot channel = channel_of(command);
  if (channel == kNone) return missing("task_channel_sid", "task channel", command.task_channel_sid.str());
  if (command.workflow_sid && workflows.find(command.workflow_sid) == kNone)
    return missing("workflow_sid", "workflow", command.workflow_sid.str());
  if (command.workflow_sid && queues.find(settings.last_resort_queue_sid) == kNone)
    return Error(ErrorCode::kStateForbids, "the workspace has no last-resort queue; set last_resort_queue_sid first");
  if (command.task_queue_sid && queues.find(command.task_queue_sid) == kNone)
    return missing("task_queue_sid", "task queue", command.task_queue_sid.str());
  if (!command.worker_sid) return attributes;
  const Slot worker = workers.find(command.worker_sid);
  if (worker == kNone) return missing("worker_sid", "worker", command.worker_sid.str());
  if (!could_ever_fit(workers[worker], channel)) return never_takes(workers[worker].row, channels[channel].row);
  if (command.claimed && !takes_one_more(workers[worker], channel)) return no_room(workers[worker].row);
  return attributes;
}

Result<Outcome> State::Impl::on(const CreateTask& command) {
  auto attributes = check_new(command);
  if (!attributes) return attributes.error();
  const Slot channel = channel_of(command);

  TaskRecord row;
  row.task_channel_sid = channels[channel].row.sid;
  row.attributes = command.attributes;
  if (row.attributes.text.empty()) row.attributes.text = "{}";
  row.priority = command.priority;
  row.virtual_start_time = command.virtual_start_time;
  row.boost = command.boost;
  row.conversation_sid = command.conversation_sid;
  row.contact_sid = command.contact_sid;
  row.customer_sid = command.customer_sid;
  row.transferred_from_sid = command.transferred_from_sid;
  row.last_worker_sid = command.last_worker_sid;
  if (channels[channel].row.live) {
    row.time_to_live_at =
        now + (command.time_to_live.us > 0 ? command.time_to_live : channels[channel].row.time_to_live);
  }

  if (command.workflow_sid) {
    const Slot workflow = workflows.find(command.workflow_sid);
    row.workflow_sid = command.workflow_sid;
    row.workflow_version = workflows[workflow].row.version;
    const Slot slot =
        create(std::move(row), *std::move(attributes), workflows[workflow].documents[row.workflow_version]);
    start_walk(slot);
    prefer_last_worker(slot, command.last_worker_for);
    return Outcome{tasks[slot].row.sid.str(), {}};
  }
  if (command.task_queue_sid) {
    const Slot queue = queues.find(command.task_queue_sid);
    const Slot slot = create(std::move(row), *std::move(attributes), nullptr);
    leave_targets(tasks[slot], -3);
    into_queue(slot, queue, Reason::moved, false);
    wait_in_queue(slot);
    prefer_last_worker(slot, command.last_worker_for);
    return Outcome{tasks[slot].row.sid.str(), {}};
  }
  row.direct_worker_sid = command.worker_sid;
  const Slot slot = create(std::move(row), *std::move(attributes), nullptr);
  leave_targets(tasks[slot], -3);
  emit(EventType::kTaskCreated, tasks[slot]);
  tasks[slot].announced = true;
  if (command.claimed) {
    reserve(slot, workers.find(command.worker_sid));
    if (!tasks[slot].offers.empty()) accept(tasks[slot].offers.front());
    return Outcome{tasks[slot].row.sid.str(), {}};
  }
  enlist(slot);
  arm(slot);
  return Outcome{tasks[slot].row.sid.str(), {}};
}

// Where it waits now; a target that it goes on to says anew whom it prefers.
void State::Impl::prefer_last_worker(Slot slot, Duration lasts) {
  LiveTask& task = tasks[slot];
  if (lasts.us <= 0 || !task.live || task.queue == kNone) return;
  const Slot worker = workers.find(task.row.last_worker_sid);
  if (worker == kNone || !workers[worker].live || !workers[worker].row.available) return;
  task.row.last_worker_until = now + lasts;
  touch(task);
  relist(slot);
  arm(slot);
}

Slot State::Impl::default_channel() const {
  for (Slot slot = 0; slot < channels.slots.size(); ++slot) {
    if (channels[slot].live && channels[slot].row.unique_name == "default") return slot;
  }
  return kNone;
}

Result<Outcome> State::Impl::on(const UpdateTask& command) {
  auto slot = live_task(command.task_sid);
  if (!slot) return slot.error();
  LiveTask& task = tasks[*slot];
  if (command.version != 0 && command.version != task.row.version) {
    return Error(ErrorCode::kVersionMismatch, "found version " + std::to_string(command.version) + ", present is " +
                                                  std::to_string(task.row.version) +
                                                  "; read it again and repeat the change");
  }
  if (command.priority && (*command.priority < 0 || *command.priority > kMaxPriority)) {
    return Error(ErrorCode::kOutOfRange,
                 "found priority " + std::to_string(*command.priority) + ", expected 0 to 2147483647")
        .at("priority");
  }
  const bool waits = task.row.status == TaskStatus::pending || task.row.status == TaskStatus::reserved;
  if (command.re_evaluate && !(waits && task.row.workflow_sid)) {
    return forbidden_by(task.row, "re-evaluation", "pending or reserved, in a workflow");
  }
  if (!command.attributes.text.empty()) {
    auto attributes = parse_attributes(command.attributes.text, "attributes");
    if (!attributes) return attributes.error();
    delist(*slot);
    task.row.attributes = command.attributes;
    task.attributes = *std::move(attributes);
    seen_tasks.add(task.attributes);
  }
  if (command.priority) {
    delist(*slot);
    task.row.own_priority = *command.priority;
    const Target* target = target_of(task);
    if (!target || !target->priority) set_priority(task, *command.priority);
  }
  if (command.customer_sid) task.row.customer_sid = command.customer_sid;
  touch(task);
  emit(EventType::kTaskUpdated, task);
  if (command.re_evaluate) {
    re_evaluate(*slot);
  } else if (!task.lane && wants_offers(task)) {
    enlist(*slot);
  }
  return Outcome{task.row.sid.str(), {}};
}

Result<Outcome> State::Impl::on(const CancelTask& command) {
  auto slot = live_task(command.task_sid);
  if (!slot) return slot.error();
  cancel(*slot, command.reason);
  return Outcome{command.task_sid.str(), {}};
}

Result<Outcome> State::Impl::on(const WrapUpTask& command) {
  auto slot = live_task(command.task_sid);
  if (!slot) return slot.error();
  if (tasks[*slot].row.status != TaskStatus::assigned) return forbidden_by(tasks[*slot].row, "wrap-up", "assigned");
  wrap_up(*slot, command.reason);
  return Outcome{command.task_sid.str(), {}};
}

Result<Outcome> State::Impl::on(const CompleteTask& command) {
  auto slot = live_task(command.task_sid);
  if (!slot) return slot.error();
  LiveTask& task = tasks[*slot];
  if (task.row.status != TaskStatus::assigned && task.row.status != TaskStatus::wrapping) {
    return forbidden_by(task.row, "completion", "assigned or wrapping");
  }
  if (command.disposition.size() > 256) {
    return Error(ErrorCode::kTooLong, "found a disposition of " + std::to_string(command.disposition.size()) +
                                          " bytes, expected at most 256")
        .at("disposition");
  }
  fetch_for_end(task);
  const LiveReservation& reservation = reservations[task.segment];
  if (reservation.row.wrap_up == WrapUpMode::required && command.disposition.empty() && task.row.disposition.empty()) {
    return Error(ErrorCode::kStateForbids, "this queue asks for a disposition; choose one, then complete")
        .at("disposition");
  }
  if (!command.disposition.empty()) task.row.disposition = command.disposition;
  complete(*slot, command.reason);
  return Outcome{command.task_sid.str(), {}};
}

Result<Outcome> State::Impl::on(const ExtendWrapUp& command) {
  auto slot = live_task(command.task_sid);
  if (!slot) return slot.error();
  LiveTask& task = tasks[*slot];
  if (task.row.status != TaskStatus::wrapping) return forbidden_by(task.row, "an extension", "wrapping");
  const Slot r = task.segment;
  LiveReservation& reservation = reservations[r];
  const TaskQueueRecord* queue = task.queue == kNone ? nullptr : &queues[task.queue].row;
  const bool own = queue && queue->wrap_up != WrapUpMode::inherit;
  const Duration time = own ? queue->wrap_up_time : channels[task.channel].row.wrap_up_time;
  const std::int64_t allowed = own ? queue->wrap_up_extensions : channels[task.channel].row.wrap_up_extensions;
  if (reservation.row.extensions_used >= allowed || reservation.row.wrap_up_deadline.is_never()) {
    return Error(ErrorCode::kStateForbids, "found " + std::to_string(reservation.row.extensions_used) +
                                               " extensions used, at most " + std::to_string(allowed) + " are allowed");
  }
  ++reservation.row.extensions_used;
  reservation.row.wrap_up_deadline = reservation.row.wrap_up_deadline + time;
  touch(reservation);
  arm_reservation(r);
  emit(EventType::kReservationWrapupExtended, reservation);
  return Outcome{command.task_sid.str(), {}};
}

Result<Outcome> State::Impl::on(const SetDisposition& command) {
  auto slot = live_task(command.task_sid);
  if (!slot) return slot.error();
  if (command.disposition.size() > 256)
    return Error(ErrorCode::kTooLong, "expected a disposition of at most 256 bytes").at("disposition");
  tasks[*slot].row.disposition = command.disposition;
  touch(tasks[*slot]);
  emit(EventType::kTaskUpdated, tasks[*slot]);
  return Outcome{command.task_sid.str(), {}};
}

Result<Outcome> State::Impl::on(const TransferTask& command) {
  auto slot = live_task(command.task_sid);
  if (!slot) return slot.error();
  LiveTask& first = tasks[*slot];
  if (first.row.status != TaskStatus::assigned) return forbidden_by(first.row, "a transfer", "assigned");
  if (command.task_queue_sid.empty() == command.worker_sid.empty()) {
    return Error(ErrorCode::kInvalidValue, "expected exactly one of task_queue_sid and worker_sid")
        .at("task_queue_sid");
  }
  if (command.boost.us < 0 || command.boost > Duration::hours(24)) {
    return Error(ErrorCode::kOutOfRange, "expected a boost from 0 to 86400 s").at("boost");
  }
  const Slot queue = queues.find(command.task_queue_sid);
  if (command.task_queue_sid && queue == kNone)
    return missing("task_queue_sid", "task queue", command.task_queue_sid.str());
  const Slot worker = workers.find(command.worker_sid);
  if (command.worker_sid) {
    if (worker == kNone) return missing("worker_sid", "worker", command.worker_sid.str());
    if (!workers[worker].row.available) {
      return Error(ErrorCode::kStateForbids, "worker '" + workers[worker].row.friendly_name + "' is " +
                                                 workers[worker].row.activity_name +
                                                 "; transfer to somebody who is available, or to a queue")
          .at("worker_sid");
    }
    if (command.worker_sid == first.row.worker_sid) {
      return Error(ErrorCode::kInvalidValue, "the task is with this worker already").at("worker_sid");
    }
    if (!could_ever_fit(workers[worker], first.channel))
      return never_takes(workers[worker].row, channels[first.channel].row);
  }
  const JsonText& text = command.attributes.text.empty() ? first.row.attributes : command.attributes;
  auto attributes = parse_attributes(text.text, "attributes");
  if (!attributes) return attributes.error();

  TaskRecord row;
  row.task_channel_sid = first.row.task_channel_sid;
  row.attributes = text;
  row.priority = first.row.own_priority;
  // It inherits the waiting already suffered, not the time it was served.
  row.virtual_start_time = now - (first.row.assigned_at - first.row.virtual_start_time);
  row.boost = command.boost;
  row.conversation_sid = first.row.conversation_sid;
  row.contact_sid = first.row.contact_sid;
  row.customer_sid = first.row.customer_sid;
  row.transferred_from_sid = first.row.sid;
  row.direct_worker_sid = command.worker_sid;
  row.time_to_live_at = first.row.time_to_live_at;
  emit(EventType::kTaskTransferInitiated, first);
  const Slot made = create(std::move(row), *std::move(attributes), nullptr);
  leave_targets(tasks[made], -3);
  notify(Notice::Kind::transferred, tasks[*slot], Reason::transferred);
  notices.back().new_task = tasks[made].row.sid;
  if (queue != kNone) {
    into_queue(made, queue, Reason::transferred, false);
    wait_in_queue(made);
    wrap_up(*slot, Reason::transferred);
  } else {
    emit(EventType::kTaskCreated, tasks[made]);
    tasks[made].announced = true;
    enlist(made);
    arm(made);
  }
  return Outcome{tasks[made].row.sid.str(), {}};
}

Result<Outcome> State::Impl::on(const MoveTask& command) {
  auto slot = live_task(command.task_sid);
  if (!slot) return slot.error();
  LiveTask& task = tasks[*slot];
  if (task.row.status == TaskStatus::wrapping)
    return forbidden_by(task.row, "a move", "pending, reserved, assigned or suspended");
  const Slot queue = queues.find(command.task_queue_sid);
  if (queue == kNone) return missing("task_queue_sid", "task queue", command.task_queue_sid.str());
  if (task.row.status == TaskStatus::assigned || task.row.status == TaskStatus::suspended) {
    requeue(*slot, Reason::moved);
  } else {
    end_offers(*slot, ReservationStatus::rescinded, Reason::moved);
    if (task.row.status == TaskStatus::reserved) set_status(task, TaskStatus::pending);
    delist(*slot);
  }
  task.row.direct_worker_sid = {};
  leave_targets(task, -3);
  if (task.queue == queue && !task.row.entry_open) count(task, -1), task.queue = kNone;
  into_queue(*slot, queue, Reason::moved, false);
  emit(EventType::kTaskQueueMoved, task);
  wait_in_queue(*slot);
  return Outcome{command.task_sid.str(), {}};
}

void State::Impl::re_evaluate(Slot slot) {
  LiveTask& task = tasks[slot];
  end_offers(slot, ReservationStatus::rescinded, Reason::re_evaluated);
  if (task.row.status == TaskStatus::reserved) set_status(task, TaskStatus::pending);
  delist(slot);
  const Slot workflow = workflows.find(task.row.workflow_sid);
  task.row.workflow_version = workflows[workflow].row.version;
  task.document = workflows[workflow].documents[task.row.workflow_version];
  touch(task);
  start_walk(slot);
}

Result<Outcome> State::Impl::on(const ReEvaluateTask& command) {
  auto slot = live_task(command.task_sid);
  if (!slot) return slot.error();
  const TaskRecord& row = tasks[*slot].row;
  if ((row.status != TaskStatus::pending && row.status != TaskStatus::reserved) || !row.workflow_sid) {
    return forbidden_by(row, "re-evaluation", "pending or reserved, in a workflow");
  }
  re_evaluate(*slot);
  return Outcome{command.task_sid.str(), {}};
}

Result<Outcome> State::Impl::on(const MarkAnswered& command) {
  auto slot = live_task(command.task_sid);
  if (!slot) return slot.error();
  if (tasks[*slot].row.status != TaskStatus::assigned) return forbidden_by(tasks[*slot].row, "an answer", "assigned");
  mark_answered(tasks[*slot]);
  return Outcome{command.task_sid.str(), {}};
}

Result<Outcome> State::Impl::on(const ConnectFailed& command) {
  auto slot = live_task(command.task_sid);
  if (!slot) return slot.error();
  if (tasks[*slot].row.status != TaskStatus::assigned)
    return forbidden_by(tasks[*slot].row, "a failed connection", "assigned");
  requeue(*slot, Reason::connect_failed);
  rejoin(*slot, Reason::connect_failed);
  return Outcome{command.task_sid.str(), {}};
}

Result<Outcome> State::Impl::on(const EndContactTasks& command) {
  const auto found = tasks_of_contact.find(command.contact_sid);
  if (found == tasks_of_contact.end()) return Outcome{command.contact_sid.str(), {}};
  std::vector<Slot> all = found->second;
  std::sort(all.begin(), all.end(), [&](Slot a, Slot b) { return tasks[a].row.seq < tasks[b].row.seq; });
  for (const Slot slot : all) {
    if (!tasks[slot].live) continue;
    switch (tasks[slot].row.status) {
      case TaskStatus::assigned:
        wrap_up(slot, command.reason);
        break;
      case TaskStatus::wrapping:
        break;
      default:
        cancel(slot, command.reason);
    }
  }
  return Outcome{command.contact_sid.str(), {}};
}

Result<Outcome> State::Impl::on(const AcceptReservation& command) {
  const Slot slot = reservations.find(command.reservation_sid);
  if (slot == kNone || !reservations[slot].live) {
    return Error(ErrorCode::kNotFound, "no live reservation " + command.reservation_sid.str() + "; the offer has ended")
        .at("reservation_sid");
  }
  if (reservations[slot].row.status != ReservationStatus::pending) {
    return Error(ErrorCode::kStateForbids, "the reservation is " +
                                               std::string(codec::enum_name(reservations[slot].row.status)) +
                                               "; only a pending one can be accepted");
  }
  accept(slot);
  return Outcome{command.reservation_sid.str(), {}};
}

Result<Outcome> State::Impl::on(const RejectReservation& command) {
  const Slot slot = reservations.find(command.reservation_sid);
  if (slot == kNone || !reservations[slot].live) {
    return Error(ErrorCode::kNotFound, "no live reservation " + command.reservation_sid.str() + "; the offer has ended")
        .at("reservation_sid");
  }
  if (reservations[slot].row.status != ReservationStatus::pending) {
    return Error(ErrorCode::kStateForbids, "the reservation is " +
                                               std::string(codec::enum_name(reservations[slot].row.status)) +
                                               "; only a pending one can be rejected");
  }
  const Slot task = reservations[slot].task;
  end_offer(slot, ReservationStatus::rejected, Reason::rejected);
  offers_ended(task, Reason::rejected);
  return Outcome{command.reservation_sid.str(), {}};
}

Result<Outcome> State::Impl::on(const HoldTask& command) {
  auto slot = live_task(command.task_sid);
  if (!slot) return slot.error();
  LiveTask& task = tasks[*slot];
  if (task.row.status == TaskStatus::wrapping)
    return forbidden_by(task.row, "holding", "pending, reserved, assigned or suspended");
  if (task.row.held == command.held) return Outcome{command.task_sid.str(), {}};
  if (!command.held) {
    task.row.held = false;
    task.row.held_until = Instant::never();
    if (command.to_the_end) task.row.virtual_start_time = now, task.row.boost = {};
    touch(task);
    emit(EventType::kTaskUpdated, task);
    if (wants_offers(task)) enlist(*slot);
    arm(*slot);
    return Outcome{command.task_sid.str(), {}};
  }
  if (task.row.status == TaskStatus::assigned || task.row.status == TaskStatus::suspended) {
    requeue(*slot, command.reason);
    rejoin(*slot, command.reason);
    if (!task.live) return Outcome{command.task_sid.str(), {}};
  }
  end_offers(*slot, ReservationStatus::rescinded, command.reason);
  if (task.row.status == TaskStatus::reserved) set_status(task, TaskStatus::pending);
  delist(*slot);
  task.row.held = true;
  task.row.held_until = command.until;
  touch(task);
  emit(EventType::kTaskUpdated, task);
  arm(*slot);
  return Outcome{command.task_sid.str(), {}};
}

}  // namespace carillon::routing
