// Routing's machine: live tasks, workers, queues, workflows; who is offered what, and when.
//
// What:   apply() takes one command at one instant; timers are data (next_deadline, expire). The rules are in ../README.md.
// Why:    pure, so that a year of a center runs in seconds and any production case replays.
// Owns:   all live objects of one workspace. Finished tasks leave it at the end of the entry.
// Thread: one at a time (the workspace's strand).
// Errors: a command that is refused changes nothing; a broken invariant throws BrokenInvariant inside InvariantScope.
// Limits: 10,000 timers an entry; 64 task channels; 1,000 queues and 10,000 workers are ordinary.
// Example:
//   State state;
//   Context entry{.now = now, .ids = ids, .events = events, .entry = 17};
//   state.begin(entry);
//   state.expire(entry);
//   Result<Outcome> outcome = state.apply(entry, CreateTask{.workflow_sid = w, .attributes = {"{}"}});
//   state.settle(entry);
//   const Changes& changes = state.changes();   // valid until the next begin()
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "events/core/event.h"
#include "routing/core/commands.h"
#include "routing/core/records.h"

namespace carillon::routing {

// One journal entry's givens. Outlives the calls that take it.
struct Context {
  Instant now;
  IdMaker& ids;
  events::Events& events;
  std::int64_t entry = 0;
};

// What a command made or touched.
struct Outcome {
  std::string sid;                    // the object made or touched
  std::vector<std::string> warnings;  // save-time warnings of expressions and workflows
};

// What other machines of the workspace want to know; dispatched within the same entry.
struct Notice {
  enum class Kind : std::uint8_t { task_assigned, task_requeued, task_wrapping, task_ended, worker_idle, transferred };
  Kind kind = Kind::task_ended;
  Reason reason = Reason::none;
  TaskId task;
  TaskId new_task;  // transferred
  WorkerId worker;
  ReservationId reservation;
  ConversationId conversation;
  ContactId contact;
};

// Rows touched in this entry, each once; pointers into the state, valid until the next begin().
struct Changes {
  std::vector<const TaskRecord*> tasks;
  std::vector<const ReservationRecord*> reservations;
  std::vector<const WorkerRecord*> workers;
  std::vector<const TaskQueueRecord*> task_queues;
  std::vector<const WorkflowRecord*> workflows;
  std::vector<const TaskChannelRecord*> task_channels;
  std::vector<QueueEntryRecord> queue_entries;  // ended ones
  std::vector<WorkerId> deleted_workers;
  std::vector<QueueId> deleted_task_queues;
  std::vector<WorkflowId> deleted_workflows;
  std::vector<TaskChannelId> deleted_task_channels;
  bool settings = false;
};

// All live rows: a checkpoint's content and what starting loads. Order is by seq.
struct Rows {
  Settings settings;
  std::vector<TaskChannelRecord> task_channels;
  std::vector<TaskQueueRecord> task_queues;
  std::vector<WorkflowRecord> workflows;
  std::vector<WorkerRecord> workers;
  std::vector<TaskRecord> tasks;                // live only
  std::vector<ReservationRecord> reservations;  // live only
  bool operator==(const Rows&) const = default;
};
BOOST_DESCRIBE_STRUCT(Rows, (), (settings, task_channels, task_queues, workflows, workers, tasks, reservations))

// An interval, said at queue entry and logged against what happened. Unknown when nobody is staffed.
struct WaitEstimate {
  bool known = false;
  Duration low;
  Duration high;
  std::int64_t position = 0;  // 1 is next
};

// Why a candidate does or does not get a task.
struct WhyCandidate {
  WorkerId worker_sid;
  std::string friendly_name;
  std::string
      verdict;  // offered, matchable, not_available, not_responding, not_eligible, capacity, passed_over, held_back, offered_elsewhere
  std::string detail;  // which term, which activity, how much capacity, until when
};
struct Why {
  TaskId task_sid;
  TaskStatus status = TaskStatus::pending;
  QueueId task_queue_sid;
  std::string target;  // "filter 'Sales', target 2 of 3, ring 1"
  Instant next_change_at = Instant::never();
  std::string next_change;    // what happens then
  std::int64_t eligible = 0;  // counts over all workers, not only those listed
  std::int64_t available = 0;
  std::vector<WhyCandidate> candidates;  // best first, at most the limit asked for
};

// A queue as it is this instant (TaskRouter's real-time statistics).
struct QueueNow {
  QueueId sid;
  std::int64_t waiting = 0;  // pending and reserved
  std::int64_t reserved = 0;
  std::int64_t assigned = 0;  // suspended included
  std::int64_t wrapping = 0;
  std::int64_t late = 0;  // waiting longer than T
  Instant longest_waiting_since = Instant::never();
  TaskId longest_waiting_task_sid;
  std::int64_t eligible_workers = 0;
  std::int64_t staffed_workers = 0;  // eligible and available
  std::int64_t idle_workers = 0;     // staffed and without any task
  WaitEstimate estimate;             // for a task entering now
};

struct WorkerChannelNow {
  TaskChannelId task_channel_sid;
  std::int64_t available_capacity = 0;  // how many more tasks fit
  std::int64_t assigned_tasks = 0;      // accepted and wrapping
  std::int64_t reserved_tasks = 0;      // offers
};
struct WorkerNow {
  WorkerId sid;
  std::int64_t held = 0;
  std::int64_t total = 0;
  std::vector<WorkerChannelNow> channels;
  std::vector<ReservationId> reservations;  // live ones, oldest first
};

class State {
 public:
  State();
  ~State();
  State(State&&) noexcept;
  State& operator=(State&&) noexcept;

  // Replaces everything by rows. Errors: kInternal when they contradict one another.
  Result<void> load(Rows rows);
  Rows rows() const;

  // One entry: begin, then expire, apply and settle as often as needed.
  void begin(const Context& entry);
  void expire(Context& entry);
  Result<Outcome> apply(Context& entry, const Command& command);
  void settle(Context& entry);
  // Moves every deadline but times to live by down_for; an offer's to max(old + down_for, now + 10 s).
  void restarted(Context& entry, Duration down_for);

  Instant next_deadline() const;
  const Changes& changes() const;
  std::vector<Notice> take_notices();

  // Queries; they change nothing.
  // What CreateTask would be refused for, just now.
  Result<void> could_create(const CreateTask& command) const;
  const Settings& settings() const;
  const TaskRecord* task(TaskId) const;
  const ReservationRecord* reservation(ReservationId) const;
  const WorkerRecord* worker(WorkerId) const;
  const TaskQueueRecord* task_queue(QueueId) const;
  const WorkflowRecord* workflow(WorkflowId) const;
  const TaskChannelRecord* task_channel(TaskChannelId) const;
  const TaskChannelRecord* task_channel(std::string_view unique_name) const;
  std::vector<const WorkerRecord*> workers() const;         // by seq
  std::vector<const TaskQueueRecord*> task_queues() const;  // by seq
  std::vector<const WorkflowRecord*> workflows() const;     // by seq
  std::vector<const TaskChannelRecord*> task_channels() const;
  std::vector<const TaskRecord*> tasks() const;  // by seq
  std::vector<const ReservationRecord*> reservations() const;
  std::vector<const ReservationRecord*> pending_reservations(TaskId) const;
  WaitEstimate estimate(TaskId) const;
  Result<Why> why(TaskId, Instant now, std::size_t limit) const;
  std::optional<QueueNow> queue_now(QueueId, Instant now) const;
  std::optional<WorkerNow> worker_now(WorkerId) const;
  // What is probably not meant in the expressions of a saved queue or workflow, by what attributes were seen so far.
  std::vector<std::string> warnings(QueueId) const;
  std::vector<std::string> warnings(WorkflowId) const;
  // All live tasks, in the order of their slots; for sums.
  void each_task(const std::function<void(const TaskRecord&)>& visit) const;
  // Every worker with every queue whose expression is true of them.
  void each_eligible(const std::function<void(QueueId, const WorkerRecord&)>& visit) const;

  // Checks all invariants (capacity, one accepted worker, indexes); for tests and the simulator. Throws BrokenInvariant.
  void check_invariants() const;

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace carillon::routing
