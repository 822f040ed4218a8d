// Commands on tasks and reservations, as the naive twin takes them.
#include <boost/json.hpp>

#include "routing/core/testing/naive.h"

namespace carillon::routing::testing {
namespace {

using events::EventType;

constexpr std::int64_t kMaxPriority = 2'147'483'647;

Error error(ErrorCode code, const char* what) { return Error(code, what); }

bool is_object(const std::string& text) {
  if (text.empty()) return true;
  boost::system::error_code failed;
  const boost::json::value value = boost::json::parse(text, failed);
  return !failed && value.is_object();
}

bool waits(const TaskRecord& t) { return t.status == TaskStatus::pending || t.status == TaskStatus::reserved; }

#define LIVE_TASK(t, sid)                                                                            \
  TaskRecord* t##_found = find(sid);                                                                 \
  if (!t##_found || !is_live(t##_found->status)) return error(ErrorCode::kNotFound, "no live task"); \
  TaskRecord& t = *t##_found

}  // namespace

TaskRecord& Naive::make(TaskRecord t) {
  t.sid = entry_->ids.next<TaskId>();
  t.seq = next_seq();
  t.created_at = now();
  if (t.virtual_start_time.us == 0 || t.virtual_start_time > now()) t.virtual_start_time = now();
  t.own_priority = t.priority;
  t.filter_index = -3;
  t.target_entered_at = now();
  now_.tasks.push_back(t);
  now_.being_made = t.sid;
  return now_.tasks.back();
}

Result<Outcome> Naive::on(const CreateTask& c) {
  if (!c.workflow_sid.empty() + !c.task_queue_sid.empty() + !c.worker_sid.empty() != 1) {
    return error(ErrorCode::kInvalidValue, "exactly one of workflow, queue, worker");
  }
  if (c.priority < 0 || c.priority > kMaxPriority) return error(ErrorCode::kOutOfRange, "priority");
  if (c.time_to_live.us < 0 || c.time_to_live > Duration::seconds(1'209'600))
    return error(ErrorCode::kOutOfRange, "time to live");
  if (c.boost.us < 0 || c.boost > Duration::hours(24)) return error(ErrorCode::kOutOfRange, "boost");
  if (c.last_worker_for.us < 0 || c.last_worker_for > Duration::hours(1))
    return error(ErrorCode::kOutOfRange, "last worker");
  if (!is_object(c.attributes.text)) return error(ErrorCode::kInvalidValue, "attributes");
  const TaskChannelRecord* channel = find(c.task_channel_sid);
  if (!c.task_channel_sid) {
    for (const TaskChannelRecord& any : now_.task_channels) {
      if (any.unique_name == "default") channel = &any;
    }
  }
  if (!channel) return error(ErrorCode::kInvalidValue, "task channel");
  if (c.workflow_sid && !find(c.workflow_sid)) return error(ErrorCode::kInvalidValue, "workflow");
  if (c.task_queue_sid && !find(c.task_queue_sid)) return error(ErrorCode::kInvalidValue, "queue");
  if (c.worker_sid && !find(c.worker_sid)) return error(ErrorCode::kInvalidValue, "worker");
  if (c.worker_sid && never_takes(*find(c.worker_sid), *channel)) return error(ErrorCode::kStateForbids, "capacity 0");
  if (c.workflow_sid && !find(now_.settings.last_resort_queue_sid))
    return error(ErrorCode::kStateForbids, "no last resort");

  TaskRecord row;
  row.task_channel_sid = channel->sid;
  row.attributes.text = c.attributes.text.empty() ? "{}" : c.attributes.text;
  row.priority = c.priority;
  row.virtual_start_time = c.virtual_start_time;
  row.boost = c.boost;
  row.conversation_sid = c.conversation_sid;
  row.contact_sid = c.contact_sid;
  row.customer_sid = c.customer_sid;
  row.transferred_from_sid = c.transferred_from_sid;
  row.last_worker_sid = c.last_worker_sid;
  row.direct_worker_sid = c.worker_sid;
  row.workflow_sid = c.workflow_sid;
  if (c.workflow_sid) row.workflow_version = find(c.workflow_sid)->version;
  if (channel->live) row.time_to_live_at = now() + (c.time_to_live.us > 0 ? c.time_to_live : channel->time_to_live);
  TaskRecord& t = make(row);
  if (c.workflow_sid) {
    start_walk(t);
  } else {
    wait_without_workflow(t, find(c.task_queue_sid), Reason::moved);
  }
  prefer_last_worker(t, c.last_worker_for);
  return Outcome{t.sid.str(), {}};
}

void Naive::prefer_last_worker(TaskRecord& t, Duration lasts) {
  const WorkerRecord* last = find(t.last_worker_sid);
  if (lasts.us > 0 && is_live(t.status) && t.task_queue_sid && last && last->available) {
    t.last_worker_until = now() + lasts;
  }
}

// Into the given queue, or for its one worker.
void Naive::wait_without_workflow(TaskRecord& t, const TaskQueueRecord* queue, Reason why) {
  if (!queue) {
    emit(EventType::kTaskCreated, t);
    now_.being_made = {};
    return;
  }
  into_queue(t, *queue, why, false);
  wait_in_queue(t);
}

Result<Outcome> Naive::on(const UpdateTask& c) {
  LIVE_TASK(t, c.task_sid);
  if (c.version != 0 && c.version != t.version) return error(ErrorCode::kVersionMismatch, "version");
  if (c.priority && (*c.priority < 0 || *c.priority > kMaxPriority)) return error(ErrorCode::kOutOfRange, "priority");
  if (c.re_evaluate && !(waits(t) && t.workflow_sid)) return error(ErrorCode::kStateForbids, "re-evaluation");
  if (!is_object(c.attributes.text)) return error(ErrorCode::kInvalidValue, "attributes");
  if (!c.attributes.text.empty()) t.attributes = c.attributes;
  if (c.priority) {
    t.own_priority = *c.priority;
    const Target* target = target_of(t);
    if (!target || !target->priority) t.priority = *c.priority;
  }
  if (c.customer_sid) t.customer_sid = c.customer_sid;
  now_.updated.push_back(t.sid);
  emit(EventType::kTaskUpdated, t);
  if (c.re_evaluate) re_evaluate(t);
  return Outcome{t.sid.str(), {}};
}

Result<Outcome> Naive::on(const CancelTask& c) {
  LIVE_TASK(t, c.task_sid);
  cancel(t, c.reason);
  return Outcome{t.sid.str(), {}};
}

Result<Outcome> Naive::on(const WrapUpTask& c) {
  LIVE_TASK(t, c.task_sid);
  if (t.status != TaskStatus::assigned) return error(ErrorCode::kStateForbids, "wrap-up");
  wrap_up(t, c.reason);
  return Outcome{t.sid.str(), {}};
}

Result<Outcome> Naive::on(const CompleteTask& c) {
  LIVE_TASK(t, c.task_sid);
  if (t.status != TaskStatus::assigned && t.status != TaskStatus::wrapping)
    return error(ErrorCode::kStateForbids, "completion");
  if (c.disposition.size() > 256) return error(ErrorCode::kTooLong, "disposition");
  const bool required = find(t.reservation_sid)->wrap_up == WrapUpMode::required;
  if (required && c.disposition.empty() && t.disposition.empty()) return error(ErrorCode::kStateForbids, "disposition");
  if (!c.disposition.empty()) t.disposition = c.disposition;
  complete(t, c.reason);
  return Outcome{t.sid.str(), {}};
}

Result<Outcome> Naive::on(const ExtendWrapUp& c) {
  LIVE_TASK(t, c.task_sid);
  if (t.status != TaskStatus::wrapping) return error(ErrorCode::kStateForbids, "extension");
  ReservationRecord& r = *find(t.reservation_sid);
  const TaskQueueRecord* queue = queue_of(t);
  const bool by_queue = queue && queue->wrap_up != WrapUpMode::inherit;
  const Duration time = by_queue ? queue->wrap_up_time : channel_of(t).wrap_up_time;
  const std::int64_t allowed = by_queue ? queue->wrap_up_extensions : channel_of(t).wrap_up_extensions;
  if (r.extensions_used >= allowed || r.wrap_up_deadline.is_never())
    return error(ErrorCode::kStateForbids, "extensions");
  ++r.extensions_used;
  r.wrap_up_deadline = r.wrap_up_deadline + time;
  emit(EventType::kReservationWrapupExtended, r);
  return Outcome{t.sid.str(), {}};
}

Result<Outcome> Naive::on(const SetDisposition& c) {
  LIVE_TASK(t, c.task_sid);
  if (c.disposition.size() > 256) return error(ErrorCode::kTooLong, "disposition");
  t.disposition = c.disposition;
  now_.updated.push_back(t.sid);
  emit(EventType::kTaskUpdated, t);
  return Outcome{t.sid.str(), {}};
}

Result<Outcome> Naive::on(const TransferTask& c) {
  LIVE_TASK(first, c.task_sid);
  if (first.status != TaskStatus::assigned) return error(ErrorCode::kStateForbids, "transfer");
  if (c.task_queue_sid.empty() == c.worker_sid.empty())
    return error(ErrorCode::kInvalidValue, "exactly one of queue and worker");
  if (c.boost.us < 0 || c.boost > Duration::hours(24)) return error(ErrorCode::kOutOfRange, "boost");
  const TaskQueueRecord* queue = find(c.task_queue_sid);
  if (c.task_queue_sid && !queue) return error(ErrorCode::kInvalidValue, "queue");
  const WorkerRecord* worker = find(c.worker_sid);
  if (c.worker_sid && !worker) return error(ErrorCode::kInvalidValue, "worker");
  if (worker && !worker->available) return error(ErrorCode::kStateForbids, "worker is not available");
  if (worker && worker->sid == first.worker_sid) return error(ErrorCode::kInvalidValue, "the same worker");
  if (worker && never_takes(*worker, channel_of(first))) return error(ErrorCode::kStateForbids, "capacity 0");
  if (!is_object(c.attributes.text)) return error(ErrorCode::kInvalidValue, "attributes");

  TaskRecord row;
  row.task_channel_sid = first.task_channel_sid;
  row.attributes = c.attributes.text.empty() ? first.attributes : c.attributes;
  row.priority = first.own_priority;
  row.virtual_start_time = now() - (first.assigned_at - first.virtual_start_time);
  row.boost = c.boost;
  row.conversation_sid = first.conversation_sid;
  row.contact_sid = first.contact_sid;
  row.customer_sid = first.customer_sid;
  row.transferred_from_sid = first.sid;
  row.direct_worker_sid = c.worker_sid;
  row.time_to_live_at = first.time_to_live_at;
  emit(EventType::kTaskTransferInitiated, first);
  TaskRecord& t = make(row);
  notify(Notice::Kind::transferred, first, Reason::transferred, nullptr);
  now_.notices.back().new_task = t.sid;
  wait_without_workflow(t, queue, Reason::transferred);
  if (queue) wrap_up(first, Reason::transferred);
  return Outcome{t.sid.str(), {}};
}

Result<Outcome> Naive::on(const MoveTask& c) {
  LIVE_TASK(t, c.task_sid);
  if (t.status == TaskStatus::wrapping) return error(ErrorCode::kStateForbids, "move");
  const TaskQueueRecord* queue = find(c.task_queue_sid);
  if (!queue) return error(ErrorCode::kInvalidValue, "queue");
  if (waits(t)) {
    end_offers(t, ReservationStatus::rescinded, Reason::moved);
    become(t, TaskStatus::pending);
  } else {
    requeue(t, Reason::moved);
  }
  now_.updated.push_back(t.sid);
  t.direct_worker_sid = {};
  leave_targets(t, -3);
  into_queue(t, *queue, Reason::moved, false);
  emit(EventType::kTaskQueueMoved, t);
  wait_in_queue(t);
  return Outcome{t.sid.str(), {}};
}

void Naive::re_evaluate(TaskRecord& t) {
  now_.updated.push_back(t.sid);
  end_offers(t, ReservationStatus::rescinded, Reason::re_evaluated);
  become(t, TaskStatus::pending);
  t.workflow_version = find(t.workflow_sid)->version;
  start_walk(t);
}

Result<Outcome> Naive::on(const ReEvaluateTask& c) {
  LIVE_TASK(t, c.task_sid);
  if (!waits(t) || !t.workflow_sid) return error(ErrorCode::kStateForbids, "re-evaluation");
  re_evaluate(t);
  return Outcome{t.sid.str(), {}};
}

Result<Outcome> Naive::on(const MarkAnswered& c) {
  LIVE_TASK(t, c.task_sid);
  if (t.status != TaskStatus::assigned) return error(ErrorCode::kStateForbids, "answer");
  mark_answered(t);
  return Outcome{t.sid.str(), {}};
}

Result<Outcome> Naive::on(const ConnectFailed& c) {
  LIVE_TASK(t, c.task_sid);
  if (t.status != TaskStatus::assigned) return error(ErrorCode::kStateForbids, "failed connection");
  requeue(t, Reason::connect_failed);
  wait_again(t, Reason::connect_failed);
  return Outcome{t.sid.str(), {}};
}

Result<Outcome> Naive::on(const EndContactTasks& c) {
  std::vector<TaskId> all;
  for (const TaskRecord& t : now_.tasks) {
    if (c.contact_sid && t.contact_sid == c.contact_sid && is_live(t.status)) all.push_back(t.sid);
  }
  for (const TaskId sid : all) {
    TaskRecord& t = *find(sid);
    if (waits(t) || t.status == TaskStatus::suspended) cancel(t, c.reason);
    if (t.status == TaskStatus::assigned) wrap_up(t, c.reason);
  }
  return Outcome{c.contact_sid.str(), {}};
}

Result<Outcome> Naive::on(const AcceptReservation& c) {
  ReservationRecord* r = find(c.reservation_sid);
  if (!r || !is_live(r->status)) return error(ErrorCode::kNotFound, "no live reservation");
  if (r->status != ReservationStatus::pending) return error(ErrorCode::kStateForbids, "not pending");
  accept(*r);
  return Outcome{r->sid.str(), {}};
}

Result<Outcome> Naive::on(const RejectReservation& c) {
  ReservationRecord* r = find(c.reservation_sid);
  if (!r || !is_live(r->status)) return error(ErrorCode::kNotFound, "no live reservation");
  if (r->status != ReservationStatus::pending) return error(ErrorCode::kStateForbids, "not pending");
  end_offer(*r, ReservationStatus::rejected, Reason::rejected);
  offers_ended(*find(r->task_sid), Reason::rejected);
  return Outcome{r->sid.str(), {}};
}

Result<Outcome> Naive::on(const HoldTask& c) {
  LIVE_TASK(t, c.task_sid);
  if (t.status == TaskStatus::wrapping) return error(ErrorCode::kStateForbids, "holding");
  if (t.held == c.held) return Outcome{t.sid.str(), {}};
  if (c.held && !waits(t)) {
    requeue(t, c.reason);
    wait_again(t, c.reason);
    if (!is_live(t.status)) return Outcome{t.sid.str(), {}};
  }
  if (c.held) {
    end_offers(t, ReservationStatus::rescinded, c.reason);
    become(t, TaskStatus::pending);
  }
  if (!c.held && c.to_the_end) t.virtual_start_time = now(), t.boost = {};
  t.held = c.held;
  t.held_until = c.held ? c.until : Instant::never();
  now_.updated.push_back(t.sid);
  emit(EventType::kTaskUpdated, t);
  return Outcome{t.sid.str(), {}};
}

Result<Outcome> Naive::on(const ReplaceTask& c) {
  LIVE_TASK(first, c.task_sid);
  const TaskChannelRecord* channel = find(c.task_channel_sid);
  if (!channel) return error(ErrorCode::kInvalidValue, "task channel");
  const TaskQueueRecord* queue = queue_of(first);
  if (first.status == TaskStatus::wrapping || !queue) return error(ErrorCode::kStateForbids, "no place to take");
  if (!is_object(c.attributes.text)) return error(ErrorCode::kInvalidValue, "attributes");
  if (!waits(first)) requeue(first, c.reason);

  TaskRecord row = first;
  row.status = TaskStatus::pending;
  row.version = 1;
  row.task_channel_sid = channel->sid;
  row.attributes.text = c.attributes.text.empty() ? "{}" : c.attributes.text;
  row.priority = first.own_priority;  // make() takes it for its own
  if (c.last_worker_sid) row.last_worker_sid = c.last_worker_sid;
  row.last_worker_until = row.max_wait_at = Instant::never();
  row.time_to_live_at = channel->live ? now() + channel->time_to_live : Instant::never();
  row.transferred_from_sid = {};
  row.reason = Reason::none;
  row.disposition.clear();
  row.passed_over.clear();
  row.held = false;
  row.held_until = Instant::never();
  row.entry_open = false;
  TaskRecord& t = make(row);
  // Where the first stood in its workflow.
  t.priority = first.priority;
  t.filter_index = first.filter_index;
  t.target_entered_at = first.target_entered_at;
  notify(Notice::Kind::transferred, first, c.reason, nullptr);
  now_.notices.back().new_task = t.sid;
  cancel(first, c.reason);
  begin_entry(t, *queue);
  prefer_last_worker(t, c.last_worker_for);
  return Outcome{t.sid.str(), {}};
}

#undef LIVE_TASK

}  // namespace carillon::routing::testing
