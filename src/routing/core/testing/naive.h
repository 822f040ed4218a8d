// A second routing core, naive on purpose: the rules of ../README.md said once more, in the slowest obvious way.
//
// What:   the same public shape as routing::State. No index, no timer heap, no running sums: every decision looks at all
//         tasks and all workers, capacity is added up from reservations, deadlines are found by scanning the rows.
// Why:    differential_test.cc runs both on random commands and compares every effect. What one of them forgot shows.
// Owns:   plain vectors of rows in order of seq. A refused command is undone by restoring a copy of everything.
// Thread: one at a time.
// Limits: a few hundred tasks and workers; it is far too slow for more.
// Example:
//   Naive twin;
//   twin.begin(entry), twin.expire(entry);
//   Result<Outcome> outcome = twin.apply(entry, command);
//   twin.settle(entry);
//   EXPECT_EQ(twin.rows(), state.rows());
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "expr/core/expr.h"
#include "expr/core/order_by.h"
#include "routing/core/state.h"
#include "routing/core/workflow_document.h"

namespace carillon::routing::testing {

class Naive {
 public:
  void load(Rows rows);
  Rows rows() const;  // live ones, by seq

  void begin(const Context& entry);
  void expire(Context& entry);
  Result<Outcome> apply(Context& entry, const Command& command);
  void settle(Context& entry);
  void restarted(Context& entry, Duration down_for);

  Instant next_deadline() const;
  std::vector<Notice> take_notices();

  // What ended in this entry; valid until the next begin().
  std::vector<TaskRecord> ended_tasks() const;
  std::vector<ReservationRecord> ended_reservations() const;
  const std::vector<QueueEntryRecord>& ended_entries() const { return now_.queue_entries; }

 private:
  // Everything that decides, so that a refused command is undone by `now_ = before`.
  struct World {
    Settings settings;
    std::deque<TaskChannelRecord> task_channels;
    std::deque<TaskQueueRecord> task_queues;
    std::deque<WorkflowRecord> workflows;
    std::deque<WorkerRecord> workers;
    std::deque<TaskRecord> tasks;  // ended tasks and reservations stay until the next begin()
    std::deque<ReservationRecord> reservations;
    std::int64_t counter = 0;
    std::vector<Notice> notices;
    std::vector<QueueEntryRecord> queue_entries;
    std::vector<TaskId> enterings;  // tasks that entered a target and wait for the look at skip_if, oldest first
    // By command or status: a new version even when in the end all is as before.
    std::vector<TaskId> updated;
    std::vector<ReservationId> updated_reservations;
    TaskId being_made;  // its task.created has not been said yet
  };

  // One task and one worker, looked at this instant.
  struct Pair {
    bool eligible = false;
    bool responding = false;
    bool has_offer = false;
    bool passed_over = false;  // may not be offered it now
    int tier = 0;
    bool fits = false;
    std::vector<ReservationId> victims;  // it may interrupt these; empty: it may not
  };
  using Table = std::vector<std::vector<Pair>>;  // [task][worker], as in now_

  // ---- naive.cc: entries, timers, looking things up by scanning ----
  Instant now() const { return entry_->now; }
  std::int64_t next_seq() { return (entry_->entry << 20) + ++now_.counter; }
  TaskRecord* find(TaskId);
  ReservationRecord* find(ReservationId);
  WorkerRecord* find(WorkerId);
  TaskQueueRecord* find(QueueId);
  WorkflowRecord* find(WorkflowId);
  TaskChannelRecord* find(TaskChannelId);
  const TaskQueueRecord* queue_of(const TaskRecord&);
  const TaskChannelRecord& channel_of(const TaskRecord&);
  std::vector<ReservationRecord*> offers_of(TaskId);
  std::vector<ReservationRecord*> live_reservations_of(WorkerId);
  void count_versions();
  events::Event& emit(events::EventType);
  events::Event& emit(events::EventType, const TaskRecord&);
  events::Event& emit(events::EventType, const ReservationRecord&);
  events::Event& emit(events::EventType, const WorkerRecord&);
  void notify(Notice::Kind, const TaskRecord&, Reason, const ReservationRecord*);

  enum class Due { time_to_live, max_wait, target, ring, last_worker, passed_over, offer, wrap_up, suspended };
  std::vector<std::pair<Instant, Due>> deadlines(const TaskRecord&) const;
  std::vector<std::pair<Instant, Due>> deadlines(const ReservationRecord&) const;
  bool run_one_timer();
  void run(TaskRecord&, Due);
  void run(ReservationRecord&, Due);
  void set_not_responding(WorkerRecord&, TaskChannelId);

  // ---- naive_match.cc: who may be offered what ----
  std::int64_t total_of(const WorkerRecord&) const;
  std::optional<std::int64_t> own_capacity(const WorkerRecord&, TaskChannelId) const;
  std::int64_t capacity_of(const WorkerRecord&, const TaskChannelRecord&) const;
  bool never_takes(const WorkerRecord&, const TaskChannelRecord&) const;
  std::int64_t cost_of(const WorkerRecord&, const TaskChannelRecord&) const;
  std::int64_t held_by(const ReservationRecord&) const;
  std::int64_t held(const WorkerRecord&) const;
  std::int64_t held_on(const WorkerRecord&, TaskChannelId) const;
  bool fits(const WorkerRecord&, const TaskChannelRecord&) const;
  std::int64_t load_share(const WorkerRecord&, const TaskChannelRecord&) const;
  std::int64_t available_capacity(const WorkerRecord&, const TaskChannelRecord&) const;
  std::vector<ReservationId> victims_of(const WorkerRecord&, const TaskChannelRecord&) const;
  expr::WorkerFacts facts_of(const WorkerRecord&, const std::string& sid, std::vector<expr::ChannelFacts>&) const;
  bool wants_offers(const TaskRecord&);
  bool is_eligible(const TaskRecord&, const WorkerRecord&);
  Pair look_at(const TaskRecord&, const WorkerRecord&);
  Duration service_level_of(const TaskRecord&);
  Instant key_of(const TaskRecord&);
  bool stands_before(const TaskRecord&, const TaskRecord&);
  bool stands_before_in_queue(const TaskRecord&, const TaskRecord&, QueueOrder);
  bool is_held_back(std::size_t task, std::size_t worker, const Table&);
  bool is_matchable(std::size_t task, std::size_t worker, const Table&);
  std::optional<std::size_t> best_worker(std::size_t task, const Table&);
  std::vector<std::size_t> presented(const Table&);
  bool match_one();
  bool look_at_one_skip_if();
  bool is_to_be_skipped(const TaskRecord&, const Target&);

  // ---- naive_targets.cc: walking a workflow ----
  const WorkflowDocument* document_of(const TaskRecord&);
  const Target* target_of(const TaskRecord&);
  void start_walk(TaskRecord&);
  void enter_target(TaskRecord&, Reason why);
  void next_target(TaskRecord&, Reason why);
  void leave_targets(TaskRecord&, std::int64_t filter_index);
  void to_default(TaskRecord&, Reason why);
  void to_last_resort(TaskRecord&, Reason why);
  bool into_queue(TaskRecord&, const TaskQueueRecord&, Reason why, bool may_be_full);
  void begin_entry(TaskRecord&, const TaskQueueRecord&);
  void end_entry(TaskRecord&, Bucket);
  void end_entry_for(TaskRecord&, Reason why);
  void set_ring(TaskRecord&);
  void wait_in_queue(TaskRecord&);
  std::int64_t waiting_in(const TaskQueueRecord&, const TaskRecord* without);
  WaitEstimate estimate(const TaskQueueRecord&, const TaskRecord& task);

  // ---- naive_offers.cc: reservations ----
  void offer(TaskRecord&, WorkerRecord&, const std::vector<ReservationId>& victims);
  void accept(ReservationRecord&);
  void mark_answered(TaskRecord&);
  void end_offer(ReservationRecord&, ReservationStatus, Reason);
  void end_offers(TaskRecord&, ReservationStatus, Reason);
  void offers_ended(TaskRecord&, Reason);
  void suspend(ReservationRecord& victim, const ReservationRecord& by);
  void resume_victims_of(const ReservationRecord&);
  ReservationRecord* forget_victim(const ReservationRecord& gone);
  void wrap_up(TaskRecord&, Reason);
  void complete(TaskRecord&, Reason);
  void cancel(TaskRecord&, Reason);
  void requeue(TaskRecord&, Reason);
  void wait_again(TaskRecord&, Reason);
  void end_segment(ReservationRecord&, ReservationStatus, Reason);
  void become(TaskRecord&, TaskStatus);
  void set_status(ReservationRecord&, ReservationStatus);
  void end_worker_time(WorkerRecord&);

  // ---- naive_tasks.cc and naive_config.cc: one overload a command ----
  TaskRecord& make(TaskRecord);
  void wait_without_workflow(TaskRecord&, const TaskQueueRecord*, Reason why);
  void re_evaluate(TaskRecord&);
  void prefer_last_worker(TaskRecord&, Duration lasts);
  void end_offers_of(const WorkerRecord&, Reason);
  Result<Outcome> on(const Configure&);
  Result<Outcome> on(const PutTaskChannel&);
  Result<Outcome> on(const DeleteTaskChannel&);
  Result<Outcome> on(const PutTaskQueue&);
  Result<Outcome> on(const DeleteTaskQueue&);
  Result<Outcome> on(const PutWorkflow&);
  Result<Outcome> on(const DeleteWorkflow&);
  Result<Outcome> on(const PutWorker&);
  Result<Outcome> on(const DeleteWorker&);
  Result<Outcome> on(const SetWorkerPresence&);
  Result<Outcome> on(const WorkerLost&);
  Result<Outcome> on(const ClearNotResponding&);
  Result<Outcome> on(const CreateTask&);
  Result<Outcome> on(const UpdateTask&);
  Result<Outcome> on(const CancelTask&);
  Result<Outcome> on(const WrapUpTask&);
  Result<Outcome> on(const CompleteTask&);
  Result<Outcome> on(const ExtendWrapUp&);
  Result<Outcome> on(const SetDisposition&);
  Result<Outcome> on(const TransferTask&);
  Result<Outcome> on(const MoveTask&);
  Result<Outcome> on(const ReEvaluateTask&);
  Result<Outcome> on(const MarkAnswered&);
  Result<Outcome> on(const ConnectFailed&);
  Result<Outcome> on(const EndContactTasks&);
  Result<Outcome> on(const AcceptReservation&);
  Result<Outcome> on(const RejectReservation&);
  Result<Outcome> on(const HoldTask&);
  Result<Outcome> on(const ReplaceTask&);

  World now_;
  World at_begin_;  // rows as the last entry left them: a row that differs from them has a new version
  Context* entry_ = nullptr;
};

// Parsing is a function of the text alone, so its answers are kept; nothing else is.
const boost::json::value& parsed(const std::string& attributes);
const expr::Expression& queue_expression(const std::string& text);
const WorkflowDocument& workflow_document(const std::string& text);

inline bool is_live(TaskStatus s) { return s != TaskStatus::completed && s != TaskStatus::canceled; }
inline bool is_live(ReservationStatus s) {
  return s == ReservationStatus::pending || s == ReservationStatus::accepted || s == ReservationStatus::suspended ||
         s == ReservationStatus::wrapping;
}

}  // namespace carillon::routing::testing
