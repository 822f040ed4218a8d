// Configuration and presence, as the naive twin takes them.
#include <algorithm>
#include <boost/json.hpp>

#include "routing/core/testing/naive.h"

namespace carillon::routing::testing {
namespace {

using events::EventType;

Error error(ErrorCode code, const char* what) { return Error(code, what); }

bool is_name(const std::string& name) { return !name.empty() && name.size() <= 256; }

template <class List, class Row>
bool name_taken(const List& list, const Row& row) {
  return std::any_of(list.begin(), list.end(), [&](const Row& other) {
    return other.sid != row.sid && other.friendly_name == row.friendly_name;
  });
}

template <class List, class IdType>
void remove(List& list, IdType sid) {
  std::erase_if(list, [&](const auto& row) { return row.sid == sid; });
}

}  // namespace

Result<Outcome> Naive::on(const Configure& c) {
  if (c.settings.total_capacity < 1 || c.settings.total_capacity > 1'000'000)
    return error(ErrorCode::kOutOfRange, "total capacity");
  if (c.settings.last_resort_queue_sid && !find(c.settings.last_resort_queue_sid))
    return error(ErrorCode::kInvalidValue, "queue");
  if (c.settings.capacity_model != now_.settings.capacity_model) {
    for (const ReservationRecord& r : now_.reservations) {
      if (is_live(r.status)) return error(ErrorCode::kInUse, "the capacity model");
    }
  }
  now_.settings = c.settings;
  return Outcome{};
}

// ---- task channels ----

Result<Outcome> Naive::on(const PutTaskChannel& c) {
  TaskChannelRecord row = c.task_channel;
  if (!is_name(row.unique_name)) return error(ErrorCode::kTooLong, "name");
  if (row.cost < 0 || row.cost > 1'000'000) return error(ErrorCode::kOutOfRange, "cost");
  if (row.default_capacity < 0 || row.default_capacity > 1000) return error(ErrorCode::kOutOfRange, "capacity");
  if (row.time_to_live.us < 0 || row.time_to_live > Duration::seconds(1'209'600))
    return error(ErrorCode::kOutOfRange, "time to live");
  for (const TaskChannelRecord& other : now_.task_channels) {
    if (other.sid != row.sid && other.unique_name == row.unique_name) return error(ErrorCode::kNameTaken, "name");
  }
  for (const TaskChannelId by : row.interruptible_by) {
    if (by != row.sid && !find(by)) return error(ErrorCode::kInvalidValue, "interruptible_by");
  }
  TaskChannelRecord* old = find(row.sid);
  if (row.sid && !old) return error(ErrorCode::kNotFound, "task channel");
  if (old && row.version != 0 && row.version != old->version) return error(ErrorCode::kVersionMismatch, "version");
  if (!old && now_.task_channels.size() >= 64) return error(ErrorCode::kLimit, "64 task channels");
  if (old) {
    row.seq = old->seq;
    row.version = old->version + 1;
    *old = row;
    emit(EventType::kTaskChannelUpdated).channel = row.sid;
  } else {
    row.sid = entry_->ids.next<TaskChannelId>();
    row.seq = next_seq();
    row.version = 1;
    now_.task_channels.push_back(row);
    emit(EventType::kTaskChannelCreated).channel = row.sid;
  }
  return Outcome{row.sid.str(), {}};
}

Result<Outcome> Naive::on(const DeleteTaskChannel& c) {
  const TaskChannelRecord* row = find(c.sid);
  if (!row) return error(ErrorCode::kNotFound, "task channel");
  if (c.version != 0 && c.version != row->version) return error(ErrorCode::kVersionMismatch, "version");
  if (row->unique_name == "default") return error(ErrorCode::kInUse, "default");
  for (const TaskRecord& t : now_.tasks) {
    if (is_live(t.status) && t.task_channel_sid == c.sid) return error(ErrorCode::kInUse, "task");
  }
  emit(EventType::kTaskChannelDeleted).channel = c.sid;
  remove(now_.task_channels, c.sid);
  return Outcome{c.sid.str(), {}};
}

// ---- task queues ----

Result<Outcome> Naive::on(const PutTaskQueue& c) {
  TaskQueueRecord row = c.task_queue;
  if (!is_name(row.friendly_name)) return error(ErrorCode::kTooLong, "name");
  if (row.max_reserved_workers < 1 || row.max_reserved_workers > 50)
    return error(ErrorCode::kOutOfRange, "max_reserved_workers");
  if (row.max_size < 0 || row.max_wait.us < 0 || row.service_level.us < 0 || row.short_abandon.us < 0 ||
      row.offer_timeout.us < 0 || row.wrap_up_time.us < 0) {
    return error(ErrorCode::kOutOfRange, "times");
  }
  if (auto expression = expr::parse(row.expression, expr::Scope::kQueue); !expression) return expression.error();
  if (name_taken(now_.task_queues, row)) return error(ErrorCode::kNameTaken, "name");
  TaskQueueRecord* old = find(row.sid);
  if (row.sid && !old) return error(ErrorCode::kNotFound, "task queue");
  if (old && row.version != 0 && row.version != old->version) return error(ErrorCode::kVersionMismatch, "version");
  if (old) {
    row.seq = old->seq;
    row.handle_time_us = old->handle_time_us;
    row.handled = old->handled;
    row.version = old->version + 1;
    *old = row;
    emit(EventType::kTaskQueueUpdated).queue = row.sid;
  } else {
    row.sid = entry_->ids.next<QueueId>();
    row.seq = next_seq();
    row.version = 1;
    row.handle_time_us = row.handled = 0;
    now_.task_queues.push_back(row);
    emit(EventType::kTaskQueueCreated).queue = row.sid;
  }
  return Outcome{row.sid.str(), {}};
}

Result<Outcome> Naive::on(const DeleteTaskQueue& c) {
  const TaskQueueRecord* row = find(c.sid);
  if (!row) return error(ErrorCode::kNotFound, "task queue");
  if (c.version != 0 && c.version != row->version) return error(ErrorCode::kVersionMismatch, "version");
  if (now_.settings.last_resort_queue_sid == c.sid) return error(ErrorCode::kInUse, "last resort");
  for (const WorkflowRecord& workflow : now_.workflows) {
    std::vector<JsonText> documents{workflow.document};
    for (const OlderDocument& older : workflow.older) documents.push_back(older.document);
    for (const JsonText& document : documents) {
      const auto named = workflow_document(document.text).queues();
      if (std::find(named.begin(), named.end(), c.sid) != named.end()) return error(ErrorCode::kInUse, "workflow");
    }
  }
  for (const TaskRecord& t : now_.tasks) {
    if (is_live(t.status) && t.task_queue_sid == c.sid) return error(ErrorCode::kInUse, "task");
  }
  emit(EventType::kTaskQueueDeleted).queue = c.sid;
  remove(now_.task_queues, c.sid);
  return Outcome{c.sid.str(), {}};
}

// ---- workflows ----

Result<Outcome> Naive::on(const PutWorkflow& c) {
  WorkflowRecord row = c.workflow;
  if (!is_name(row.friendly_name)) return error(ErrorCode::kTooLong, "name");
  const auto document = compile_workflow(row.document.text);
  if (!document) return document.error();
  for (const QueueId queue : document->queues()) {
    if (!find(queue)) return error(ErrorCode::kWorkflowFault, "queue");
  }
  if (name_taken(now_.workflows, row)) return error(ErrorCode::kNameTaken, "name");
  WorkflowRecord* old = find(row.sid);
  if (row.sid && !old) return error(ErrorCode::kNotFound, "workflow");
  if (old && row.version != 0 && row.version != old->version) return error(ErrorCode::kVersionMismatch, "version");
  row.older.clear();
  if (old) {
    std::vector<OlderDocument> all = old->older;
    all.push_back({old->version, old->document});
    for (const OlderDocument& older : all) {
      const bool walked = std::any_of(now_.tasks.begin(), now_.tasks.end(), [&](const TaskRecord& t) {
        return is_live(t.status) && t.workflow_sid == row.sid && t.workflow_version == older.version;
      });
      if (walked) row.older.push_back(older);
    }
    row.seq = old->seq;
    row.version = old->version + 1;
    *old = row;
    emit(EventType::kWorkflowUpdated).workflow = row.sid;
  } else {
    row.sid = entry_->ids.next<WorkflowId>();
    row.seq = next_seq();
    row.version = 1;
    now_.workflows.push_back(row);
    emit(EventType::kWorkflowCreated).workflow = row.sid;
  }
  for (std::size_t i = 0; c.re_evaluate && i < now_.tasks.size(); ++i) {
    TaskRecord& t = now_.tasks[i];
    const bool waits = t.status == TaskStatus::pending || t.status == TaskStatus::reserved;
    if (waits && t.workflow_sid == row.sid && t.filter_index != -3) re_evaluate(t);
  }
  return Outcome{row.sid.str(), {}};
}

Result<Outcome> Naive::on(const DeleteWorkflow& c) {
  const WorkflowRecord* row = find(c.sid);
  if (!row) return error(ErrorCode::kNotFound, "workflow");
  if (c.version != 0 && c.version != row->version) return error(ErrorCode::kVersionMismatch, "version");
  for (const TaskRecord& t : now_.tasks) {
    if (is_live(t.status) && t.workflow_sid == c.sid) return error(ErrorCode::kInUse, "task");
  }
  emit(EventType::kWorkflowDeleted).workflow = c.sid;
  remove(now_.workflows, c.sid);
  return Outcome{c.sid.str(), {}};
}

// ---- workers ----

Result<Outcome> Naive::on(const PutWorker& c) {
  WorkerRecord row = c.worker;
  if (!is_name(row.friendly_name)) return error(ErrorCode::kTooLong, "name");
  boost::system::error_code failed;
  if (row.attributes.text.empty()) row.attributes.text = "{}";
  const boost::json::value attributes = boost::json::parse(row.attributes.text, failed);
  if (failed || !attributes.is_object()) return error(ErrorCode::kInvalidValue, "attributes");
  if (row.total_capacity < 0 || row.total_capacity > 1'000'000) return error(ErrorCode::kOutOfRange, "total capacity");
  for (const ChannelCapacity& own : row.channel_capacities) {
    if (!find(own.task_channel_sid)) return error(ErrorCode::kInvalidValue, "task channel");
    if (own.capacity < 0 || own.capacity > 1000) return error(ErrorCode::kOutOfRange, "capacity");
  }
  if (name_taken(now_.workers, row)) return error(ErrorCode::kNameTaken, "name");
  WorkerRecord* old = find(row.sid);
  if (row.sid && !old) return error(ErrorCode::kNotFound, "worker");
  if (old && row.version != 0 && row.version != old->version) return error(ErrorCode::kVersionMismatch, "version");
  if (old) {
    old->friendly_name = row.friendly_name;
    old->user_sid = row.user_sid;
    old->attributes = row.attributes;
    old->total_capacity = row.total_capacity;
    old->channel_capacities = row.channel_capacities;
    ++old->version;
    emit(EventType::kWorkerUpdated, *old);
    return Outcome{row.sid.str(), {}};
  }
  WorkerRecord made;
  made.sid = entry_->ids.next<WorkerId>();
  made.seq = next_seq();
  made.friendly_name = row.friendly_name;
  made.user_sid = row.user_sid;
  made.attributes = row.attributes;
  made.total_capacity = row.total_capacity;
  made.channel_capacities = row.channel_capacities;
  made.idle_since = made.unavailable_since = made.state_since = now();
  now_.workers.push_back(made);
  emit(EventType::kWorkerCreated, made);
  return Outcome{made.sid.str(), {}};
}

Result<Outcome> Naive::on(const DeleteWorker& c) {
  WorkerRecord* w = find(c.sid);
  if (!w) return error(ErrorCode::kNotFound, "worker");
  if (c.version != 0 && c.version != w->version) return error(ErrorCode::kVersionMismatch, "version");
  if (!live_reservations_of(c.sid).empty()) return error(ErrorCode::kInUse, "reservation");
  for (const TaskRecord& t : now_.tasks) {
    if (is_live(t.status) && t.direct_worker_sid == c.sid) return error(ErrorCode::kInUse, "task");
  }
  end_worker_time(*w);
  emit(EventType::kWorkerDeleted, *w);
  for (TaskRecord& t : now_.tasks) {
    if (is_live(t.status) && t.last_worker_sid == c.sid) t.last_worker_until = Instant::never();  // nobody to wait for
  }
  remove(now_.workers, c.sid);
  return Outcome{c.sid.str(), {}};
}

Result<Outcome> Naive::on(const SetWorkerPresence& c) {
  WorkerRecord* w = find(c.worker_sid);
  if (!w) return error(ErrorCode::kNotFound, "worker");
  if (w->activity_sid != c.activity_sid) end_worker_time(*w);
  w->activity_sid = c.activity_sid;
  w->activity_name = c.activity_name;
  w->reachable = c.reachable;
  if (!w->available && c.available) w->idle_since = std::min(now(), w->idle_since + (now() - w->unavailable_since));
  if (w->available && !c.available) w->unavailable_since = now();
  w->available = c.available;
  if (!w->available) end_offers_of(*w, Reason::worker_unavailable);
  return Outcome{c.worker_sid.str(), {}};
}

void Naive::end_offers_of(const WorkerRecord& w, Reason reason) {
  for (ReservationRecord* r : live_reservations_of(w.sid)) {
    if (r->status != ReservationStatus::pending) continue;
    end_offer(*r, ReservationStatus::rescinded, reason);
    offers_ended(*find(r->task_sid), reason);
  }
}

// Offers first, then what is suspended (it would only be resumed to be taken back), what is in hand, what is wrapped up.
Result<Outcome> Naive::on(const WorkerLost& c) {
  const WorkerRecord* w = find(c.worker_sid);
  if (!w) return error(ErrorCode::kNotFound, "worker");
  end_offers_of(*w, Reason::worker_lost);
  for (const ReservationStatus status :
       {ReservationStatus::suspended, ReservationStatus::accepted, ReservationStatus::wrapping}) {
    for (ReservationRecord* r : live_reservations_of(w->sid)) {
      if (r->status != status) continue;
      TaskRecord& t = *find(r->task_sid);
      if (status == ReservationStatus::wrapping) {
        complete(t, Reason::worker_lost);
      } else {
        requeue(t, Reason::worker_lost);
        wait_again(t, Reason::worker_lost);
      }
    }
  }
  return Outcome{c.worker_sid.str(), {}};
}

Result<Outcome> Naive::on(const ClearNotResponding& c) {
  WorkerRecord* w = find(c.worker_sid);
  if (!w) return error(ErrorCode::kNotFound, "worker");
  const std::vector<NotResponding> before = std::exchange(w->not_responding, {});
  for (const NotResponding& n : before) {
    if (c.task_channel_sid && n.task_channel_sid != c.task_channel_sid) {
      w->not_responding.push_back(n);
    } else {
      emit(EventType::kWorkerResponding, *w).channel = n.task_channel_sid;
    }
  }
  return Outcome{c.worker_sid.str(), {}};
}

}  // namespace carillon::routing::testing
