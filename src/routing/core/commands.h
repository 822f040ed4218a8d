// What routing can be told. Each is a journal entry's content, so a field once written is read for ever.
//
// Errors: kNotFound for an id that is not live, kStateForbids where the state tables (state.h) have no such edge,
//         kInvalidValue, kNameTaken, kInUse for configuration.
// Thread: plain values; applied on the brain.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "routing/core/records.h"

namespace carillon::routing {

#define CARILLON_COMMAND(Name)                      \
  static constexpr char kName[] = "routing." #Name; \
  bool operator==(const Name&) const = default

// ---- configuration: Put creates (empty sid) or replaces (sid given; version must match unless 0) ----
struct Configure {
  Settings settings;
  CARILLON_COMMAND(Configure);
};
BOOST_DESCRIBE_STRUCT(Configure, (), (settings))

struct PutTaskChannel {
  TaskChannelRecord task_channel;
  CARILLON_COMMAND(PutTaskChannel);
};
BOOST_DESCRIBE_STRUCT(PutTaskChannel, (), (task_channel))

struct DeleteTaskChannel {
  TaskChannelId sid;
  std::int64_t version = 0;
  CARILLON_COMMAND(DeleteTaskChannel);
};
BOOST_DESCRIBE_STRUCT(DeleteTaskChannel, (), (sid, version))

struct PutTaskQueue {
  TaskQueueRecord task_queue;
  CARILLON_COMMAND(PutTaskQueue);
};
BOOST_DESCRIBE_STRUCT(PutTaskQueue, (), (task_queue))

struct DeleteTaskQueue {
  QueueId sid;
  std::int64_t version = 0;
  CARILLON_COMMAND(DeleteTaskQueue);
};
BOOST_DESCRIBE_STRUCT(DeleteTaskQueue, (), (sid, version))

struct PutWorkflow {
  WorkflowRecord workflow;
  bool re_evaluate = false;  // also walk the tasks that wait in it anew
  CARILLON_COMMAND(PutWorkflow);
};
BOOST_DESCRIBE_STRUCT(PutWorkflow, (), (workflow, re_evaluate))

struct DeleteWorkflow {
  WorkflowId sid;
  std::int64_t version = 0;
  CARILLON_COMMAND(DeleteWorkflow);
};
BOOST_DESCRIBE_STRUCT(DeleteWorkflow, (), (sid, version))

// Only sid, friendly_name, user_sid, attributes, total_capacity, channel_capacities and version are taken.
struct PutWorker {
  WorkerRecord worker;
  CARILLON_COMMAND(PutWorker);
};
BOOST_DESCRIBE_STRUCT(PutWorker, (), (worker))

struct DeleteWorker {
  WorkerId sid;
  std::int64_t version = 0;
  CARILLON_COMMAND(DeleteWorker);
};
BOOST_DESCRIBE_STRUCT(DeleteWorker, (), (sid, version))

// ---- from presence, through the workspace ----
struct SetWorkerPresence {
  WorkerId worker_sid;
  bool available = false;
  bool reachable = false;
  ActivityId activity_sid;
  std::string activity_name;
  CARILLON_COMMAND(SetWorkerPresence);
};
BOOST_DESCRIBE_STRUCT(SetWorkerPresence, (), (worker_sid, available, reachable, activity_sid, activity_name))

// The worker's connection is gone for good (or they were signed out): their tasks go back.
struct WorkerLost {
  WorkerId worker_sid;
  CARILLON_COMMAND(WorkerLost);
};
BOOST_DESCRIBE_STRUCT(WorkerLost, (), (worker_sid))

struct ClearNotResponding {
  WorkerId worker_sid;
  TaskChannelId task_channel_sid;  // empty: all
  CARILLON_COMMAND(ClearNotResponding);
};
BOOST_DESCRIBE_STRUCT(ClearNotResponding, (), (worker_sid, task_channel_sid))

// ---- tasks ----
// Exactly one of workflow_sid, task_queue_sid, worker_sid.
struct CreateTask {
  WorkflowId workflow_sid;
  QueueId task_queue_sid;
  WorkerId worker_sid;
  TaskChannelId task_channel_sid;  // empty: the channel named "default"
  JsonText attributes;
  std::int64_t priority = 0;
  Duration time_to_live;       // 0: the channel's
  Instant virtual_start_time;  // 0: now; never in the future
  Duration boost;
  ConversationId conversation_sid;
  ContactId contact_sid;
  CustomerId customer_sid;
  TaskId transferred_from_sid;
  WorkerId last_worker_sid;
  Duration last_worker_for;  // so long only last_worker_sid is offered it, if available; 0: as the target says
  bool claimed = false;      // worker_sid asked for it: theirs at once; kStateForbids where they have no room
  CARILLON_COMMAND(CreateTask);
};
BOOST_DESCRIBE_STRUCT(CreateTask, (),
                      (workflow_sid, task_queue_sid, worker_sid, task_channel_sid, attributes, priority, time_to_live,
                       virtual_start_time, boost, conversation_sid, contact_sid, customer_sid, transferred_from_sid,
                       last_worker_sid, last_worker_for, claimed))

struct UpdateTask {
  TaskId task_sid;
  JsonText attributes;  // empty: unchanged
  std::optional<std::int64_t> priority;
  std::int64_t version = 0;  // 0: any
  bool re_evaluate = false;
  CustomerId customer_sid;  // empty: unchanged
  CARILLON_COMMAND(UpdateTask);
};
BOOST_DESCRIBE_STRUCT(UpdateTask, (), (task_sid, attributes, priority, version, re_evaluate, customer_sid))

struct CancelTask {
  TaskId task_sid;
  Reason reason = Reason::by_api;
  CARILLON_COMMAND(CancelTask);
};
BOOST_DESCRIBE_STRUCT(CancelTask, (), (task_sid, reason))

// assigned -> wrapping (or completed where there is no wrap-up).
struct WrapUpTask {
  TaskId task_sid;
  Reason reason = Reason::by_worker;
  CARILLON_COMMAND(WrapUpTask);
};
BOOST_DESCRIBE_STRUCT(WrapUpTask, (), (task_sid, reason))

// assigned or wrapping -> completed. In wrap-up mode `required` a disposition must be there by then.
struct CompleteTask {
  TaskId task_sid;
  std::string disposition;
  Reason reason = Reason::by_worker;
  CARILLON_COMMAND(CompleteTask);
};
BOOST_DESCRIBE_STRUCT(CompleteTask, (), (task_sid, disposition, reason))

struct ExtendWrapUp {
  TaskId task_sid;
  CARILLON_COMMAND(ExtendWrapUp);
};
BOOST_DESCRIBE_STRUCT(ExtendWrapUp, (), (task_sid))

struct SetDisposition {
  TaskId task_sid;
  std::string disposition;
  CARILLON_COMMAND(SetDisposition);
};
BOOST_DESCRIBE_STRUCT(SetDisposition, (), (task_sid, disposition))

// Exactly one of task_queue_sid, worker_sid. Makes a new task of the same contact (its id is the outcome's sid).
struct TransferTask {
  TaskId task_sid;
  QueueId task_queue_sid;
  WorkerId worker_sid;
  Duration boost = Duration::seconds(60);
  JsonText attributes;  // empty: the first task's
  CARILLON_COMMAND(TransferTask);
};
BOOST_DESCRIBE_STRUCT(TransferTask, (), (task_sid, task_queue_sid, worker_sid, boost, attributes))

// A supervisor moves a pending, reserved, assigned or suspended task into a queue; it leaves its workflow.
struct MoveTask {
  TaskId task_sid;
  QueueId task_queue_sid;
  CARILLON_COMMAND(MoveTask);
};
BOOST_DESCRIBE_STRUCT(MoveTask, (), (task_sid, task_queue_sid))

// pending or reserved tasks walk their workflow anew.
struct ReEvaluateTask {
  TaskId task_sid;
  CARILLON_COMMAND(ReEvaluateTask);
};
BOOST_DESCRIBE_STRUCT(ReEvaluateTask, (), (task_sid))

// The first human reply, or media connected: ends the queue entry as answered.
struct MarkAnswered {
  TaskId task_sid;
  CARILLON_COMMAND(MarkAnswered);
};
BOOST_DESCRIBE_STRUCT(MarkAnswered, (), (task_sid))

// assigned -> pending: the worker's media never connected.
struct ConnectFailed {
  TaskId task_sid;
  CARILLON_COMMAND(ConnectFailed);
};
BOOST_DESCRIBE_STRUCT(ConnectFailed, (), (task_sid))

// The customer's side of a contact has ended: waiting tasks are canceled, assigned ones go to wrap-up.
struct EndContactTasks {
  ContactId contact_sid;
  Reason reason = Reason::customer_left;
  CARILLON_COMMAND(EndContactTasks);
};
BOOST_DESCRIBE_STRUCT(EndContactTasks, (), (contact_sid, reason))

// From calls, through the workspace: the customer is away for a moment, or is back. A held task keeps its place and counts as
// waiting; it is not offered, and whoever had it has not any more. Not while wrapping.
struct HoldTask {
  TaskId task_sid;
  bool held = true;
  Instant until = Instant::never();   // when it will be let go, where that is known; for whoever asks why
  bool to_the_end = false;            // let go: its place is lost, it waits as if it came now
  Reason reason = Reason::by_system;  // why whoever has it has it no more
  CARILLON_COMMAND(HoldTask);
};
BOOST_DESCRIBE_STRUCT(HoldTask, (), (task_sid, held, until, to_the_end, reason))

// From calls, through the workspace: a further task of the contact, on another task channel, takes the place of one that waits (or
// goes back for it): same queue, same step of its workflow, same waiting so far. The first is canceled for the reason. Its id is
// the outcome's sid. kStateForbids while wrapping, and for tasks without a queue.
struct ReplaceTask {
  TaskId task_sid;
  TaskChannelId task_channel_sid;
  JsonText attributes;
  Reason reason = Reason::callback_taken;
  WorkerId last_worker_sid;  // empty: as the first's
  Duration last_worker_for;  // so long only they are offered it, if available
  CARILLON_COMMAND(ReplaceTask);
};
BOOST_DESCRIBE_STRUCT(ReplaceTask, (),
                      (task_sid, task_channel_sid, attributes, reason, last_worker_sid, last_worker_for))

// ---- reservations ----
struct AcceptReservation {
  ReservationId reservation_sid;
  CARILLON_COMMAND(AcceptReservation);
};
BOOST_DESCRIBE_STRUCT(AcceptReservation, (), (reservation_sid))

struct RejectReservation {
  ReservationId reservation_sid;
  CARILLON_COMMAND(RejectReservation);
};
BOOST_DESCRIBE_STRUCT(RejectReservation, (), (reservation_sid))

#undef CARILLON_COMMAND

using Command = std::variant<Configure, PutTaskChannel, DeleteTaskChannel, PutTaskQueue, DeleteTaskQueue, PutWorkflow,
                             DeleteWorkflow, PutWorker, DeleteWorker, SetWorkerPresence, WorkerLost, ClearNotResponding,
                             CreateTask, UpdateTask, CancelTask, WrapUpTask, CompleteTask, ExtendWrapUp, SetDisposition,
                             TransferTask, MoveTask, ReEvaluateTask, MarkAnswered, ConnectFailed, EndContactTasks,
                             AcceptReservation, RejectReservation, HoldTask, ReplaceTask>;

}  // namespace carillon::routing
