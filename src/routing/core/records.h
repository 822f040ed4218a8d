// The rows of routing: what is durable of tasks, workers, queues, workflows, task channels and reservations.
//
// What:   described plain structs; a field here is a column, a JSON key of journal and checkpoint, and a word of the
//         glossary. Everything that decides is here, so that the live state can be rebuilt from rows alone.
// Owns:   nothing but its values.
// Limits: friendly names 64 characters; max_reserved_workers 1..50; time to live up to 1,209,600 s; priority 0..2^31-1.
// Thread: any.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/codec.h"
#include "base/ids.h"
#include "base/time.h"
#include "events/core/event.h"

namespace carillon::routing {

using events::Bucket;
using events::Reason;

enum class CapacityModel : std::uint8_t { costed, per_channel };
BOOST_DESCRIBE_ENUM(CapacityModel, costed, per_channel)

// Who is called back waits for no time: the queue's longest wait is not theirs.
inline constexpr const char* kCallbackChannel = "callback";

// How a task reaches its worker: offered with a ring, assigned at once, or accepted for the worker by policy.
enum class AssignMode : std::uint8_t { inherit, offer, direct, auto_accept };
BOOST_DESCRIBE_ENUM(AssignMode, inherit, offer, direct, auto_accept)

enum class WrapUpMode : std::uint8_t { inherit, none, timed, required };
BOOST_DESCRIBE_ENUM(WrapUpMode, inherit, none, timed, required)

// When a task of a channel counts as answered.
enum class AnsweredOn : std::uint8_t { accept, reply, connect };
BOOST_DESCRIBE_ENUM(AnsweredOn, accept, reply, connect)

enum class QueueOrder : std::uint8_t { fifo, lifo };
BOOST_DESCRIBE_ENUM(QueueOrder, fifo, lifo)

enum class TaskStatus : std::uint8_t { pending, reserved, assigned, suspended, wrapping, completed, canceled };
BOOST_DESCRIBE_ENUM(TaskStatus, pending, reserved, assigned, suspended, wrapping, completed, canceled)

enum class ReservationStatus : std::uint8_t {
  pending,
  accepted,
  suspended,
  wrapping,
  completed,
  rejected,
  timeout,
  canceled,
  rescinded,
};
BOOST_DESCRIBE_ENUM(ReservationStatus, pending, accepted, suspended, wrapping, completed, rejected, timeout, canceled,
                    rescinded)

// Workspace-wide settings that routing reads; owned by the workspace, handed over by Configure.
struct Settings {
  CapacityModel capacity_model = CapacityModel::costed;
  std::int64_t total_capacity = 100;
  QueueId last_resort_queue_sid;
  Duration hold_back_after = Duration::seconds(30);  // an older task that does not fit holds younger ones back
  Duration passed_over_for = Duration::seconds(30);  // a worker who missed or rejected is passed over for so long
  bool operator==(const Settings&) const = default;
};
BOOST_DESCRIBE_STRUCT(Settings, (),
                      (capacity_model, total_capacity, last_resort_queue_sid, hold_back_after, passed_over_for))

struct TaskChannelRecord {
  TaskChannelId sid;
  std::string unique_name;  // voice, video, chat, email, fax, callback, default, ...; used in expressions
  std::string friendly_name;
  std::int64_t cost = 100;            // of the worker's total, in the costed model
  bool exclusive = false;             // needs the whole worker
  std::int64_t default_capacity = 1;  // tasks at once, in the per-channel model
  AssignMode assign = AssignMode::offer;
  AnsweredOn answered_on = AnsweredOn::accept;
  Duration offer_timeout = Duration::seconds(25);
  bool live = false;  // a customer waits on the line: has a time to live
  Duration time_to_live = Duration::seconds(86'400);
  std::vector<TaskChannelId> interruptible_by;
  Duration suspended_at_most = Duration::hours(1);
  WrapUpMode wrap_up = WrapUpMode::none;
  Duration wrap_up_time = Duration::seconds(60);
  std::int64_t wrap_up_extensions = 1;
  std::int64_t seq = 0;
  std::int64_t version = 1;
  bool operator==(const TaskChannelRecord&) const = default;
};
BOOST_DESCRIBE_STRUCT(TaskChannelRecord, (),
                      (sid, unique_name, friendly_name, cost, exclusive, default_capacity, assign, answered_on,
                       offer_timeout, live, time_to_live, interruptible_by, suspended_at_most, wrap_up, wrap_up_time,
                       wrap_up_extensions, seq, version))

struct TaskQueueRecord {
  QueueId sid;
  std::string friendly_name;
  std::string expression;  // over worker attributes; empty: everybody
  QueueOrder task_order = QueueOrder::fifo;
  std::int64_t max_reserved_workers = 1;
  Duration service_level = Duration::seconds(20);  // T
  Duration short_abandon = Duration::seconds(5);   // S
  std::int64_t max_size = 0;                       // 0: no limit
  Duration max_wait;                               // 0: no limit
  AssignMode assign = AssignMode::inherit;
  Duration offer_timeout;  // 0: the task channel's
  WrapUpMode wrap_up = WrapUpMode::inherit;
  Duration wrap_up_time;
  std::int64_t wrap_up_extensions = 0;
  std::int64_t handle_time_us = 0;  // moving average over finished segments, for the estimated wait
  std::int64_t handled = 0;         // segments in that average
  std::string pop_url;              // what an agent who accepts is shown; fields as in pop_url.h; empty: nothing
  bool pop_open = false;            // opened by itself, not only shown
  std::int64_t seq = 0;
  std::int64_t version = 1;
  bool operator==(const TaskQueueRecord&) const = default;
};
BOOST_DESCRIBE_STRUCT(TaskQueueRecord, (),
                      (sid, friendly_name, expression, task_order, max_reserved_workers, service_level, short_abandon,
                       max_size, max_wait, assign, offer_timeout, wrap_up, wrap_up_time, wrap_up_extensions,
                       handle_time_us, handled, pop_url, pop_open, seq, version))

// A document that waiting tasks still walk after an edit.
struct OlderDocument {
  std::int64_t version = 0;
  JsonText document;
  bool operator==(const OlderDocument&) const = default;
};
BOOST_DESCRIBE_STRUCT(OlderDocument, (), (version, document))

struct WorkflowRecord {
  WorkflowId sid;
  std::string friendly_name;
  JsonText document;                 // TaskRouter's JSON, returned unchanged
  std::vector<OlderDocument> older;  // those live tasks refer to; trimmed at the next edit
  std::int64_t seq = 0;
  std::int64_t version = 1;
  bool operator==(const WorkflowRecord&) const = default;
};
BOOST_DESCRIBE_STRUCT(WorkflowRecord, (), (sid, friendly_name, document, older, seq, version))

struct ChannelCapacity {
  TaskChannelId task_channel_sid;
  std::int64_t capacity = 1;  // per-channel model: tasks at once; 0 in either model: never
  bool operator==(const ChannelCapacity&) const = default;
};
BOOST_DESCRIBE_STRUCT(ChannelCapacity, (), (task_channel_sid, capacity))

struct NotResponding {
  TaskChannelId task_channel_sid;
  Instant since;
  bool operator==(const NotResponding&) const = default;
};
BOOST_DESCRIBE_STRUCT(NotResponding, (), (task_channel_sid, since))

struct WorkerRecord {
  WorkerId sid;
  std::string friendly_name;
  UserId user_sid;                  // empty for bots
  JsonText attributes;              // an object
  std::int64_t total_capacity = 0;  // costed model; 0: the workspace's
  std::vector<ChannelCapacity> channel_capacities;
  std::vector<NotResponding> not_responding;
  bool available = false;   // by presence: may get new work
  bool reachable = false;   // by presence: a device is there (or none is required)
  ActivityId activity_sid;  // by presence; here for the numbers and for worker.activity_name
  std::string activity_name;
  Instant idle_since;  // last assigned or released, breaks and internal work left out
  Instant unavailable_since;
  Instant state_since;  // begin of the open worker-time segment
  std::int64_t seq = 0;
  std::int64_t version = 1;
  bool operator==(const WorkerRecord&) const = default;
};
BOOST_DESCRIBE_STRUCT(WorkerRecord, (),
                      (sid, friendly_name, user_sid, attributes, total_capacity, channel_capacities, not_responding,
                       available, reachable, activity_sid, activity_name, idle_since, unavailable_since, state_since,
                       seq, version))

// A worker who missed or rejected the task.
struct PassedOver {
  WorkerId worker_sid;
  Instant at;
  bool operator==(const PassedOver&) const = default;
};
BOOST_DESCRIBE_STRUCT(PassedOver, (), (worker_sid, at))

struct TaskRecord {
  TaskId sid;
  TaskStatus status = TaskStatus::pending;
  Reason reason = Reason::none;
  TaskChannelId task_channel_sid;
  WorkflowId workflow_sid;
  std::int64_t workflow_version = 0;  // whose document it walks
  QueueId task_queue_sid;             // empty: a task without a queue (consult, direct, internal)
  WorkerId direct_worker_sid;         // tasks without a queue: the named worker
  JsonText attributes;                // an object
  std::int64_t priority = 0;          // in force
  std::int64_t own_priority = 0;      // as created; a target's priority overrides while it lasts
  Instant created_at;
  Instant virtual_start_time;  // waiting only: moved forward by time spent assigned
  Duration boost;              // a transfer's
  ConversationId conversation_sid;
  ContactId contact_sid;
  CustomerId customer_sid;
  TaskId transferred_from_sid;
  WorkerId last_worker_sid;  // preferred for a while when the target says so

  std::int64_t filter_index = -1;  // -1: default filter; -2: last resort; -3: given queue, no workflow
  std::int64_t target_index = 0;
  Instant workflow_entered_at;
  std::int64_t ring_index = -1;
  bool overflowed = false;  // the target's overflow queue is in force
  Instant target_entered_at;
  Instant target_deadline = Instant::never();
  Instant next_ring_at = Instant::never();
  Instant last_worker_until = Instant::never();
  Instant time_to_live_at = Instant::never();
  Instant max_wait_at = Instant::never();
  bool max_wait_alerted = false;

  QueueEntryId queue_entry_sid;  // the open or last entry
  Instant queue_entered_at;
  bool entry_open = false;                     // not yet in a bucket
  Duration estimated_wait_low = Duration{-1};  // said at entry; -1: unknown
  Duration estimated_wait_high = Duration{-1};

  std::vector<PassedOver> passed_over;
  ReservationId reservation_sid;  // the accepted, suspended or wrapping one
  WorkerId worker_sid;            // its worker
  Instant assigned_at;
  Instant answered_at;  // us = 0: not answered
  std::string disposition;
  Instant ended_at;
  bool held = false;  // keeps its place and counts as waiting, but is not offered: its customer is away for a moment
  Instant held_until = Instant::never();  // where it is known; whoever holds it lets it go
  std::int64_t seq = 0;
  std::int64_t version = 1;
  bool operator==(const TaskRecord&) const = default;
};
BOOST_DESCRIBE_STRUCT(TaskRecord, (),
                      (sid, status, reason, task_channel_sid, workflow_sid, workflow_version, task_queue_sid,
                       direct_worker_sid, attributes, priority, own_priority, created_at, virtual_start_time, boost,
                       conversation_sid, contact_sid, customer_sid, transferred_from_sid, last_worker_sid, filter_index,
                       target_index, workflow_entered_at, ring_index, overflowed, target_entered_at, target_deadline,
                       next_ring_at, last_worker_until, time_to_live_at, max_wait_at, max_wait_alerted, queue_entry_sid,
                       queue_entered_at, entry_open, estimated_wait_low, estimated_wait_high, passed_over,
                       reservation_sid, worker_sid, assigned_at, answered_at, disposition, ended_at, held, held_until,
                       seq, version))

struct ReservationRecord {
  ReservationId sid;
  ReservationStatus status = ReservationStatus::pending;
  Reason reason = Reason::none;
  TaskId task_sid;
  WorkerId worker_sid;
  QueueId task_queue_sid;
  TaskChannelId task_channel_sid;
  ContactId contact_sid;
  Instant created_at;
  Instant expires_at = Instant::never();  // offers only
  bool auto_accept = false;               // the desktop accepts by itself when its device is healthy
  Instant accepted_at;
  std::int64_t cost = 0;                      // of capacity; held as the state table says
  std::int64_t released_by_interruption = 0;  // capacity that its accept releases or has released
  std::vector<ReservationId> interrupts;      // to be suspended by accept, then suspended by it
  ReservationId interrupted_by_sid;           // while suspended
  Instant suspended_at;
  Duration suspended_total;
  Instant suspended_until = Instant::never();
  WrapUpMode wrap_up = WrapUpMode::none;  // decided at creation
  Instant wrapping_at;
  Instant wrap_up_deadline = Instant::never();
  bool wrap_up_overdue = false;
  std::int64_t extensions_used = 0;
  std::string disposition;
  Instant ended_at;
  std::int64_t seq = 0;
  std::int64_t version = 1;
  bool operator==(const ReservationRecord&) const = default;
};
BOOST_DESCRIBE_STRUCT(ReservationRecord, (),
                      (sid, status, reason, task_sid, worker_sid, task_queue_sid, task_channel_sid, contact_sid,
                       created_at, expires_at, auto_accept, accepted_at, cost, released_by_interruption, interrupts,
                       interrupted_by_sid, suspended_at, suspended_total, suspended_until, wrap_up, wrapping_at,
                       wrap_up_deadline, wrap_up_overdue, extensions_used, disposition, ended_at, seq, version))

// One entry of a task into a queue; a row is written when it ends. While open it lives in the task's fields.
struct QueueEntryRecord {
  QueueEntryId sid;
  TaskId task_sid;
  QueueId task_queue_sid;
  TaskChannelId task_channel_sid;
  ContactId contact_sid;
  WorkerId worker_sid;
  Instant entered_at;
  Instant ended_at;
  Bucket bucket = Bucket::none;
  bool within_service_level = false;
  Duration estimated_wait_low = Duration{-1};
  Duration estimated_wait_high = Duration{-1};
  bool operator==(const QueueEntryRecord&) const = default;
};
BOOST_DESCRIBE_STRUCT(QueueEntryRecord, (),
                      (sid, task_sid, task_queue_sid, task_channel_sid, contact_sid, worker_sid, entered_at, ended_at,
                       bucket, within_service_level, estimated_wait_low, estimated_wait_high))

}  // namespace carillon::routing
