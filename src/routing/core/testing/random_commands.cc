// The commands a random center throws at its routing.
#include <algorithm>
#include <numeric>

#include "routing/core/testing/random_center.h"

namespace carillon::routing::testing {
namespace {

template <class Row>
std::int64_t version_of(Dice& dice, const Row& row) {
  const double x = dice.fraction();
  return x < 0.6 ? 0 : x < 0.95 ? row.version : row.version + 1;
}

template <class Row>
auto sid_of(Dice& dice, const std::vector<Row>& rows) {
  using Id = decltype(rows.front().sid);
  return rows.empty() || dice.chance(0.02) ? Id{dice.next(), dice.next()} : dice.pick(rows).sid;
}

}  // namespace

QueueId RandomCenter::queue(const Rows& rows) { return sid_of(dice_, rows.task_queues); }
WorkerId RandomCenter::some_worker(const Rows& rows) { return sid_of(dice_, rows.workers); }
TaskChannelId RandomCenter::channel(const Rows& rows) { return sid_of(dice_, rows.task_channels); }

// Mostly a task in one of the wanted states, now and then any, a finished or an unknown one.
TaskId RandomCenter::task(const Rows& rows, std::initializer_list<TaskStatus> wanted) {
  std::vector<TaskId> fitting;
  for (const TaskRecord& t : rows.tasks) {
    if (std::find(wanted.begin(), wanted.end(), t.status) != wanted.end()) fitting.push_back(t.sid);
  }
  if (!fitting.empty() && !dice_.chance(0.07)) return dice_.pick(fitting);
  if (!old_tasks_.empty() && dice_.chance(0.3)) return dice_.pick(old_tasks_);
  return sid_of(dice_, rows.tasks);
}

ReservationId RandomCenter::reservation(const Rows& rows, ReservationStatus wanted) {
  std::vector<ReservationId> fitting;
  for (const ReservationRecord& r : rows.reservations) {
    if (r.status == wanted) fitting.push_back(r.sid);
  }
  if (!fitting.empty() && !dice_.chance(0.07)) return dice_.pick(fitting);
  if (!old_reservations_.empty() && dice_.chance(0.3)) return dice_.pick(old_reservations_);
  return sid_of(dice_, rows.reservations);
}

// Sensible commands by weight, as far as there is something to command; the illegal ones come on top.
Command RandomCenter::command(const Rows& rows) {
  const auto any = [&](auto wanted) { return std::any_of(rows.tasks.begin(), rows.tasks.end(), wanted); };
  const bool offered = any([](const TaskRecord& t) { return t.status == TaskStatus::reserved; });
  const bool room = rows.tasks.size() < tasks_at_most_;
  const int weights[] = {
      room ? 28 : 2, offered ? 60 : 1, rows.tasks.empty() ? 1 : 30, rows.workers.empty() ? 1 : 12, 4, 1, 1};
  int x = static_cast<int>(
      dice_.below(static_cast<std::size_t>(std::accumulate(std::begin(weights), std::end(weights), 0))));
  int kind = 0;
  while (x >= weights[kind]) x -= weights[kind++];
  switch (kind) {
    case 0:
      return create(rows);
    case 1:
      return about_reservation(rows);
    case 2:
      return about_task(rows);
    case 3:
      return about_worker(rows);
    case 4:
      return edit(rows);
    case 5:
      return removal(rows);
    default:
      return nonsense(rows);
  }
}

Command RandomCenter::create(const Rows& rows) {
  CreateTask c;
  const double x = dice_.fraction();
  if (x < 0.55 && !rows.workflows.empty()) {
    c.workflow_sid = sid_of(dice_, rows.workflows);
  } else if (x < 0.9) {
    c.task_queue_sid = queue(rows);
  } else {
    c.worker_sid = some_worker(rows);
  }
  if (dice_.chance(0.8)) c.task_channel_sid = channel(rows);
  c.attributes.text = dice_.chance(0.95) ? task_attributes(rows) : "";
  c.priority = dice_.chance(0.6) ? 0 : dice_.between(0, 10);
  if (dice_.chance(0.1)) c.time_to_live = Duration::seconds(dice_.between(1, 100));
  if (dice_.chance(0.2)) c.virtual_start_time = now_ - Duration::millis(dice_.between(0, 60'000));
  if (dice_.chance(0.1)) c.boost = Duration::seconds(dice_.between(0, 60));
  if (dice_.chance(0.5)) c.contact_sid = dice_.pick(contacts_);
  if (dice_.chance(0.3)) c.conversation_sid = {7, dice_.below(5) + 1};
  if (dice_.chance(0.3)) c.customer_sid = {8, dice_.below(5) + 1};
  if (dice_.chance(0.4)) c.last_worker_sid = some_worker(rows);
  if (dice_.chance(0.2)) c.last_worker_for = Duration::seconds(dice_.between(0, 30));
  return c;
}

Command RandomCenter::about_reservation(const Rows& rows) {
  const ReservationId offer = reservation(rows, ReservationStatus::pending);
  if (dice_.chance(0.8)) return AcceptReservation{offer};
  return RejectReservation{offer};
}

// Chooses a task first, then something that may be done with one in its state; task() still throws in wrong ones.
Command RandomCenter::about_task(const Rows& rows) {
  using enum TaskStatus;
  const TaskStatus status = rows.tasks.empty() ? pending : dice_.pick(rows.tasks).status;
  if (dice_.chance(0.12))
    return dice_.chance(0.2) ? Command(EndContactTasks{dice_.pick(contacts_), reason()}) : update(rows);
  if (dice_.chance(0.06)) return CancelTask{task(rows, {status}), reason()};
  if (dice_.chance(0.05)) return hold(rows, status);
  if (dice_.chance(0.02)) return replace(rows, status);
  const auto held = std::find_if(rows.tasks.begin(), rows.tasks.end(), [](const TaskRecord& t) { return t.held; });
  if (held != rows.tasks.end() && dice_.chance(0.2)) {
    HoldTask c{held->sid, false};
    c.to_the_end = dice_.chance(0.3);
    return c;
  }
  if (status == pending || status == reserved) {
    if (dice_.chance(0.4)) return ReEvaluateTask{task(rows, {pending, reserved})};
    return dice_.chance(0.5) ? Command(MoveTask{task(rows, {status}), queue(rows)}) : update(rows);
  }
  if (status == suspended) return MoveTask{task(rows, {suspended, assigned}), queue(rows)};
  const double x = dice_.fraction();
  if (status == wrapping) {
    if (x < 0.3) return ExtendWrapUp{task(rows, {wrapping})};
    if (x < 0.5) return SetDisposition{task(rows, {assigned, wrapping}), disposition()};
    return CompleteTask{task(rows, {wrapping}), disposition(), reason()};
  }
  if (x < 0.30) return CompleteTask{task(rows, {assigned}), disposition(), reason()};
  if (x < 0.55) return WrapUpTask{task(rows, {assigned}), reason()};
  if (x < 0.70) return transfer(rows);
  if (x < 0.76) return MoveTask{task(rows, {assigned, suspended}), queue(rows)};
  if (x < 0.90) return MarkAnswered{task(rows, {assigned})};
  if (x < 0.95) return ConnectFailed{task(rows, {assigned})};
  return SetDisposition{task(rows, {assigned, wrapping}), disposition()};
}

Command RandomCenter::hold(const Rows& rows, TaskStatus status) {
  HoldTask c{task(rows, {status}), true};
  if (dice_.chance(0.4)) c.until = now_ + Duration::seconds(dice_.between(1, 60)), c.reason = reason();
  return c;
}

Command RandomCenter::replace(const Rows& rows, TaskStatus status) {
  ReplaceTask c;
  c.task_sid = task(rows, {status});
  c.task_channel_sid = channel(rows);
  c.attributes.text = dice_.chance(0.95) ? task_attributes(rows) : "";
  c.reason = dice_.chance(0.5) ? Reason::callback_taken : reason();
  if (dice_.chance(0.3)) c.last_worker_sid = some_worker(rows);
  if (dice_.chance(0.3)) c.last_worker_for = Duration::seconds(dice_.between(0, 30));
  return c;
}

Reason RandomCenter::reason() {
  static constexpr Reason kReasons[] = {Reason::by_worker, Reason::by_supervisor, Reason::by_api,
                                        Reason::by_system, Reason::customer_left, Reason::idle,
                                        Reason::lost_by_us};
  return dice_.pick(kReasons);
}

std::string RandomCenter::disposition() {
  static constexpr const char* kDispositions[] = {"", "sold", "asked"};
  return dice_.pick(kDispositions);
}

Command RandomCenter::transfer(const Rows& rows) {
  TransferTask t{.task_sid = task(rows, {TaskStatus::assigned})};
  dice_.chance(0.5) ? void(t.task_queue_sid = queue(rows)) : void(t.worker_sid = some_worker(rows));
  if (dice_.chance(0.3)) t.boost = Duration::seconds(dice_.between(0, 100));
  if (dice_.chance(0.3)) t.attributes.text = task_attributes(rows);
  return t;
}

Command RandomCenter::update(const Rows& rows) {
  UpdateTask u{.task_sid = task(rows, {TaskStatus::pending, TaskStatus::reserved, TaskStatus::assigned})};
  if (dice_.chance(0.6)) u.attributes.text = task_attributes(rows);
  if (dice_.chance(0.5)) u.priority = dice_.between(0, 10);
  if (dice_.chance(0.2)) u.customer_sid = {8, dice_.below(5) + 1};
  for (const TaskRecord& t : rows.tasks) {
    if (t.sid != u.task_sid) continue;
    u.version = version_of(dice_, t);
    u.re_evaluate = dice_.chance(t.workflow_sid ? 0.4 : 0.1);
  }
  return u;
}

Command RandomCenter::about_worker(const Rows& rows) {
  WorkerId sid = some_worker(rows);
  for (const WorkerRecord& w : rows.workers) {
    if (!w.available && dice_.chance(0.3)) sid = w.sid;
  }
  const double x = dice_.fraction();
  if (x < 0.75) {
    SetWorkerPresence p{.worker_sid = sid};
    p.available = dice_.chance(0.85);
    p.reachable = p.available ? dice_.chance(0.9) : dice_.chance(0.5);
    p.activity_sid = {9, p.available ? 1u : 2u + dice_.below(2)};
    p.activity_name = p.available ? "Available" : "Break";
    return p;
  }
  if (x < 0.85) return WorkerLost{sid};
  return ClearNotResponding{sid, dice_.chance(0.5) ? TaskChannelId{} : channel(rows)};
}

Command RandomCenter::edit(const Rows& rows) {
  const double x = dice_.fraction();
  if (x < 0.25 && !rows.task_queues.empty()) {
    const TaskQueueRecord& old = dice_.pick(rows.task_queues);
    PutTaskQueue put{task_queue(rows, 0)};
    if (dice_.chance(0.3)) put.task_queue.expression = old.expression;
    put.task_queue.friendly_name = old.friendly_name, put.task_queue.sid = old.sid;
    put.task_queue.version = version_of(dice_, old);
    return put;
  }
  if (x < 0.5 && !rows.workers.empty()) {
    const WorkerRecord& old = dice_.pick(rows.workers);
    PutWorker put{worker(rows, 0)};
    put.worker.friendly_name = old.friendly_name, put.worker.sid = old.sid, put.worker.version = version_of(dice_, old);
    return put;
  }
  if (x < 0.75 && !rows.workflows.empty()) {
    const WorkflowRecord& old = dice_.pick(rows.workflows);
    PutWorkflow put{workflow(rows, 0), dice_.chance(0.4)};
    put.workflow.friendly_name = old.friendly_name, put.workflow.sid = old.sid;
    put.workflow.version = version_of(dice_, old);
    return put;
  }
  if (x < 0.9 && !rows.task_channels.empty()) {
    const TaskChannelRecord& old = dice_.pick(rows.task_channels);
    PutTaskChannel put{task_channel(rows, 0)};
    put.task_channel.unique_name = old.unique_name, put.task_channel.friendly_name = old.friendly_name;
    put.task_channel.sid = old.sid, put.task_channel.version = version_of(dice_, old);
    std::erase(put.task_channel.interruptible_by, old.sid);
    return put;
  }
  return Configure{settings(rows)};
}

Command RandomCenter::removal(const Rows& rows) {
  switch (dice_.below(4)) {
    case 0:
      return DeleteTaskQueue{queue(rows), 0};
    case 1:
      return DeleteWorker{some_worker(rows), 0};
    case 2:
      return DeleteWorkflow{sid_of(dice_, rows.workflows), 0};
    default:
      return DeleteTaskChannel{channel(rows), 0};
  }
}

// Commands that must be refused, each for another reason; refused ones change nothing.
Command RandomCenter::nonsense(const Rows& rows) {
  switch (dice_.below(10)) {
    case 0:
      return CreateTask{};
    case 1:
      return CreateTask{.task_queue_sid = queue(rows), .attributes = {"[1]"}};
    case 2:
      return CreateTask{.task_queue_sid = queue(rows), .attributes = {"{}"}, .priority = -1};
    case 3:
      return CreateTask{.task_queue_sid = queue(rows), .worker_sid = some_worker(rows), .attributes = {"{}"}};
    case 4:
      return PutTaskQueue{{.friendly_name = "Queue 0"}};
    case 5:
      return PutTaskQueue{{.friendly_name = "Odd", .expression = "level >"}};
    case 6:
      return PutWorker{{.friendly_name = "Worker 0", .attributes = {"{}"}}};
    case 7:
      return PutWorkflow{{.friendly_name = "Odd", .document = {"{}"}}, false};
    case 8:
      return TransferTask{.task_sid = task(rows, {TaskStatus::assigned})};
    default:
      return PutTaskChannel{{.unique_name = "default", .friendly_name = "Twice"}};
  }
}

}  // namespace carillon::routing::testing
