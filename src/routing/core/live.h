// Routing's live objects and their indexes. Private to src/routing/core.
//
// What:   a row plus what is derived from it. Slots are indexes into tables that reuse room; ids point to slots.
//         A Lane is the heart: all waiting tasks of one queue and channel that the same workers may serve (same bound
//         expression, ring, order_by), in order; and those of the workers who could take one now, in order. A free
//         worker looks at the heads of their lanes; a new task looks at the first ready worker of its lane.
// Owns:   Impl owns everything; lanes and objects refer to one another by slot or by pointers into stable nodes.
// Thread: the workspace's strand.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <memory_resource>
#include <set>
#include <unordered_map>
#include <vector>

#include "expr/core/expr.h"
#include "expr/core/order_by.h"
#include "expr/core/warnings.h"
#include "routing/core/state.h"
#include "routing/core/table.h"
#include "routing/core/timers.h"
#include "routing/core/workflow_document.h"

namespace carillon::routing {

inline constexpr int kMaxTimersAnEntry = 10'000;

// Place of a task in its lane. LIFO queues store negated key and seq, so that ascending is always the order.
struct TaskPlace {
  std::int64_t minus_priority = 0;
  std::int64_t key = 0;
  std::int64_t seq = 0;
  Slot task = kNone;
  bool operator<(const TaskPlace& o) const {
    if (minus_priority != o.minus_priority) return minus_priority < o.minus_priority;
    return key != o.key ? key < o.key : seq < o.seq;
  }
};

// Rank of a worker who could take a task of the lane now. Less is better.
struct WorkerPlace {
  bool interrupts = false;
  expr::SortKey order;
  std::int64_t load_share = 0;
  std::int64_t idle_since = 0;
  std::int64_t seq = 0;
  Slot worker = kNone;
  bool operator<(const WorkerPlace& o) const {
    if (interrupts != o.interrupts) return !interrupts;
    if (const auto c = order <=> o.order; c != 0) return c < 0;
    if (load_share != o.load_share) return load_share < o.load_share;
    return idle_since != o.idle_since ? idle_since < o.idle_since : seq < o.seq;
  }
};

using TaskPlaces = std::pmr::set<TaskPlace>;
using WorkerPlaces = std::pmr::set<WorkerPlace>;

struct Lane {
  explicit Lane(std::pmr::memory_resource* memory) : waiting(memory), ready(memory) {}

  Slot queue = kNone;  // kNone: tasks without a queue
  Slot channel = kNone;
  Slot only = kNone;  // direct or last worker
  bool interrupt = true;
  bool lifo = false;
  std::string canonical;
  expr::Expression fixed;  // changes only with attributes
  expr::Expression changing;
  bool dynamic = false;
  expr::OrderBy order_by;
  TaskPlaces waiting;
  WorkerPlaces ready;
  std::vector<Slot> eligible;  // workers for whom `fixed` is true
  std::uint32_t index = 0;     // in Impl::lanes
};

struct LiveTask {
  TaskRecord row;
  Slot slot = kNone;
  boost::json::value attributes;
  std::shared_ptr<const WorkflowDocument> document;
  Slot queue = kNone;
  Slot channel = kNone;
  Slot segment = kNone;  // its accepted, suspended or wrapping reservation
  Slot worker = kNone;   // whose that is
  Lane* lane = nullptr;  // while it wants offers
  TaskPlaces::iterator place;
  std::vector<Slot> offers;       // pending reservations, oldest first
  std::size_t waiting_place = 0;  // in its queue's waiting_tasks
  bool live = false;
  bool announced = false;  // task.created was said
  bool entering = false;   // waits for its look at skip_if
  bool dirty = false;
  bool changed = false;
};

struct LiveReservation {
  ReservationRecord row;
  Slot slot = kNone;
  Slot task = kNone;
  Slot worker = kNone;
  Slot channel = kNone;
  std::int64_t held = 0;  // what it holds of capacity now
  bool live = false;
  bool changed = false;
};

struct Membership {
  Lane* lane = nullptr;
  WorkerPlaces::iterator place;
  bool ready = false;
};

struct ChannelUse {
  std::int64_t held = 0;       // per-channel model
  std::int64_t assigned = 0;   // accepted and wrapping
  std::int64_t reserved = 0;   // offers
  std::int64_t capacity = -1;  // of channel_capacities; -1: the default
  bool responding = true;
};

struct LiveWorker {
  WorkerRecord row;
  Slot slot = kNone;
  std::string sid_text;
  boost::json::value attributes;
  std::vector<Membership> lanes;     // by lane queue, then lane index
  std::vector<Slot> queues;          // whose expression is true of them
  std::vector<Slot> reservations;    // live, oldest first
  std::vector<ChannelUse> channels;  // by channel slot
  std::int64_t held = 0;             // costed model
  int handling = 0;                  // accepted, suspended or wrapping
  int busy = 0;                      // accepted or wrapping: "at least one task" for the numbers
  int suspended = 0;
  int interrupting = 0;  // pending, accepted or wrapping ones that interrupt
  int ready_lanes = 0;
  bool dynamic = false;  // some lane of theirs is dynamic
  bool live = false;
  bool dirty = false;  // could match more than before
  bool stale = false;  // places in lanes are out of date
  bool changed = false;
};

struct LiveQueue {
  TaskQueueRecord row;
  Slot slot = kNone;
  expr::Expression expression;
  std::vector<Lane*> lanes;
  std::map<std::int64_t, std::int64_t> waiting_by_priority;
  std::vector<Slot> waiting_tasks;  // pending and reserved, in no order
  std::int64_t waiting = 0;
  std::int64_t reserved = 0;
  std::int64_t assigned = 0;  // suspended included
  std::int64_t wrapping = 0;
  std::int64_t members = 0;
  std::int64_t staffed = 0;  // members who are available
  std::int64_t idle = 0;     // staffed and holding nothing
  bool live = false;
  bool changed = false;
};

struct LiveWorkflow {
  WorkflowRecord row;
  std::map<std::int64_t, std::shared_ptr<const WorkflowDocument>> documents;  // by version
  bool live = false;
  bool changed = false;
};

struct LiveChannel {
  TaskChannelRecord row;
  bool live = false;
  bool changed = false;
};

struct State::Impl {
  Impl();

  // ---- given for the entry ----
  Instant now;
  std::int64_t entry = 0;
  std::int64_t next_in_entry = 0;
  Context* context = nullptr;

  // ---- owned ----
  std::pmr::unsynchronized_pool_resource memory;
  Settings settings;
  Table<LiveTask, TaskId> tasks;
  Table<LiveReservation, ReservationId> reservations;
  Table<LiveWorker, WorkerId> workers;
  Table<LiveQueue, QueueId> queues;
  Table<LiveWorkflow, WorkflowId> workflows;
  Table<LiveChannel, TaskChannelId> channels;
  std::unordered_map<ContactId, std::vector<Slot>> tasks_of_contact;
  std::vector<std::unique_ptr<Lane>> lanes;
  std::unordered_map<std::string, Lane*> lane_by_canonical;
  std::unordered_map<std::string, Lane*> lane_by_key;  // cache in front of it
  std::size_t empty_lanes_bound = 2000;
  Timers task_timers, reservation_timers;  // item: the slot
  expr::AttributesSeen seen_workers, seen_tasks;
  expr::Seen seen() const;
  std::vector<std::string> warnings_of(const WorkflowDocument& document) const;
  std::string key_buffer;

  // ---- state of the entry ----
  Changes changes;
  bool settings_changed = false;
  std::vector<Notice> notices;
  std::vector<Slot> dirty_tasks, dirty_workers, stale_workers, entering;
  std::vector<Slot> dead_tasks, dead_reservations;
  std::vector<Slot> changed_tasks, changed_reservations, changed_workers, changed_queues, changed_workflows,
      changed_channels;
  std::int64_t partial_workers = 0;  // available, holding something but not everything

  // state.cc
  Context& at(Context& c) { return context = &c, c; }
  void begin(const Context& c);
  void collect_changes();
  std::int64_t draw_seq() { return (entry << 20) + ++next_in_entry; }
  events::Event& emit(events::EventType type);
  events::Event& emit(events::EventType type, const LiveTask& task);
  events::Event& emit(events::EventType type, const LiveReservation& reservation);
  events::Event& emit(events::EventType type, const LiveWorker& worker);
  void touch(LiveTask& task);
  void touch(LiveReservation& reservation);
  void touch(LiveWorker& worker);
  void touch(LiveQueue& queue);

  // lanes.cc: which workers may serve, and the indexes of that
  Lane* lane_for(LiveTask& task);
  Lane* find_or_make_lane(const expr::Expression& all, const expr::OrderBy& order_by, Slot queue, Slot channel,
                          Slot only, bool interrupt);
  void fill_lane(Lane& lane);
  bool statically_eligible(const Lane& lane, const LiveWorker& worker, Slot slot) const;
  bool eligible_now(const Lane& lane, const LiveWorker& worker, Slot slot) const;
  void drop_empty_lanes();
  void drop_lane(Lane* lane);
  void drop_lanes_of(Slot queue);
  void index_worker(Slot worker);  // lanes and queues anew, after attributes changed
  void unindex_worker(Slot worker);
  void refresh(Slot worker);  // places in the ready sets anew
  void make_dirty(Slot worker);
  void make_stale(Slot worker);
  void make_stale_or_dirty(Slot worker);
  void make_task_dirty(Slot task);
  void enlist(Slot task);  // into its lane: it wants offers
  void delist(Slot task);
  void relist(Slot task);
  std::int64_t key_of(const LiveTask& task) const;

  // capacity.cc: who can hold what
  std::int64_t total_of(const LiveWorker& worker) const;
  std::int64_t cost_of(const LiveWorker& worker, Slot channel) const;
  std::int64_t channel_capacity(const LiveWorker& worker, Slot channel) const;
  bool could_ever_fit(const LiveWorker& worker, Slot channel) const;
  bool fits(const LiveWorker& worker, Slot channel) const;
  // Victims that would make room; empty when none would do.
  std::vector<Slot> victims(const LiveWorker& worker, Slot channel) const;
  bool may_interrupt(const LiveWorker& worker, Slot channel) const;
  bool takes_one_more(const LiveWorker& worker, Slot channel) const;
  std::int64_t load_share(const LiveWorker& worker, Slot channel) const;
  std::int64_t available_capacity(const LiveWorker& worker, Slot channel) const;
  void hold(Slot reservation);                                  // recomputes what it holds
  void set_status(Slot reservation, ReservationStatus status);  // with all counts of its worker
  void add_counts(Slot reservation, int by);
  ChannelUse& use_of(LiveWorker& worker, Slot channel);
  bool is_partial(const LiveWorker& worker) const;

  // match.cc
  void settle();
  void match_until_quiet();
  Slot best_worker(Slot task);
  Slot first_task_for(Slot worker);
  bool match_one_general();
  enum class Passed : std::uint8_t { no, others_tried, yes };
  Passed passed_over(const LiveTask& task, WorkerId worker) const;
  bool has_offer(const LiveTask& task, Slot worker) const;
  std::optional<TaskPlace> blocker_of(const LiveWorker& worker) const;
  bool takes_room(const LiveWorker& worker, const Lane& lane) const;
  bool wants_offers(const LiveTask& task) const;
  void look_at_skip_if(Slot task);

  // targets.cc: workflow walking, queue entries, estimates
  void start_walk(Slot task);
  void enter_target(Slot task, Reason why);
  void advance(Slot task, Reason why);
  bool into_queue(Slot task, Slot queue, Reason why, bool may_be_full);
  void to_last_resort(Slot task, Reason why);
  void begin_queue_entry(LiveTask& task, Slot queue);
  void end_queue_entry(LiveTask& task, Bucket bucket);
  void end_entry_for(LiveTask& task, Reason why);
  void wait_in_queue(Slot task);
  void leave_targets(LiveTask& task, std::int64_t filter_index);
  void to_default(Slot task, Reason why);
  void set_status(LiveTask& task, TaskStatus status);
  void set_priority(LiveTask& task, std::int64_t priority);
  void count(LiveTask& task, int by);
  const Target* target_of(const LiveTask& task) const;
  WaitEstimate estimate_for(Slot queue, Slot channel, std::int64_t priority) const;
  WaitEstimate estimate_at(Slot queue, Slot channel, std::int64_t position) const;
  std::int64_t position_in_queue(const LiveTask& task) const;
  std::pair<Instant, Slot> oldest_waiting(Slot queue) const;
  void set_ring(LiveTask& task);
  void alert(const LiveTask& task, Reason reason);

  // offers.cc
  void reserve(Slot task, Slot worker);
  void accept(Slot reservation);
  void end_offer(Slot reservation, ReservationStatus status, Reason reason);
  void offers_ended(Slot task, Reason reason);
  void mark_answered(LiveTask& task);
  void drop_from_worker(Slot reservation);
  void bury(Slot reservation);
  void end_offers(Slot task, ReservationStatus status, Reason reason);
  void suspend(Slot reservation, Slot by);
  void resume_victims(Slot reservation);
  Slot forget_victim(Slot victim);
  void rescind_if_too_much(Slot reservation);

  // ending.cc
  void fetch_for_end(const LiveTask& task) const;
  void fetch_lists(const LiveWorker& worker) const;
  void wrap_up(Slot task, Reason reason);
  void complete(Slot task, Reason reason);
  void cancel(Slot task, Reason reason);
  void requeue(Slot task, Reason reason);  // then rejoin, or into another queue
  void rejoin(Slot task, Reason reason);
  void end_segment(Slot reservation, ReservationStatus status, Reason reason);
  void finish(Slot task, TaskStatus status, Reason reason);
  void notify(Notice::Kind kind, const LiveTask& task, Reason reason, const LiveReservation* reservation = nullptr);

  // workers.cc
  void worker_time(LiveWorker& worker);            // ends the open segment of worker time
  void count_staffed(LiveWorker& worker, int by);  // and idle
  void count_idle(LiveWorker& worker, int by);
  void set_not_responding(LiveWorker& worker, Slot channel);

  // timing.cc
  void arm(Slot task);
  void arm_reservation(Slot reservation);
  Instant next_deadline() const;
  void fire_task(Slot task);
  void fire_reservation(Slot reservation);
  Instant task_deadline(const LiveTask& task) const;
  Instant reservation_deadline(const LiveReservation& reservation) const;
  void restarted(Duration down_for);
  void expire();

  // shared by commands
  Result<Slot> live_task(TaskId sid) const;
  Slot default_channel() const;
  Slot channel_of(const CreateTask& command) const;
  Result<boost::json::value> check_new(const CreateTask& command) const;
  void reindex_queue(Slot worker, Slot queue);
  bool queue_has(const LiveQueue& queue, const LiveWorker& worker) const;
  void drop_lanes_only_for(Slot worker);
  Slot create(TaskRecord row, boost::json::value attributes, std::shared_ptr<const WorkflowDocument> document);
  Result<void> check_name(std::string_view name) const;
  void re_evaluate(Slot task);
  void prefer_last_worker(Slot task, Duration lasts);
  void set_worker_channels(LiveWorker& worker);
  void refresh_everything();

  // commands, one overload each
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
  Result<Outcome> on(const ReplaceTask&);  // replacing.cc

  // load.cc
  Result<void> load(Rows rows);
  Rows rows() const;
  Result<void> add_channel(TaskChannelRecord row);
  Result<void> add_queue(TaskQueueRecord row);
  Result<void> add_workflow(WorkflowRecord row);
  Result<void> add_worker(WorkerRecord row);
  Slot make_task(TaskRecord row, boost::json::value attributes);
  Slot make_reservation(ReservationRecord row, Slot task, Slot worker);
  void drop_dead();
};

// Attributes of tasks and workers: an object, at most 64 KiB of text, 16 levels.
Result<boost::json::value> parse_attributes(std::string_view text, std::string_view field);

}  // namespace carillon::routing
