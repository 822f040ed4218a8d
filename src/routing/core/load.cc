// From rows to live objects and back.
#include <algorithm>

#include "routing/core/live.h"

namespace carillon::routing {

Result<boost::json::value> parse_attributes(std::string_view text, std::string_view field) {
  constexpr std::size_t kMaxBytes = 64 * 1024;
  if (text.empty()) return boost::json::value(boost::json::object());
  if (text.size() > kMaxBytes) {
    return Error(ErrorCode::kTooLong,
                 "found attributes of " + std::to_string(text.size()) + " bytes, expected at most 65536")
        .at(std::string(field));
  }
  boost::json::parse_options options;
  options.max_depth = 16;
  boost::system::error_code failed;
  boost::json::value value = boost::json::parse(text, failed, {}, options);
  if (failed || !value.is_object()) {
    return Error(ErrorCode::kInvalidValue,
                 "found attributes that are not a JSON object" + (failed ? ": " + failed.message() : ""))
        .at(std::string(field))
        .expecting("a JSON object such as {\"language\":\"en\"}, at most 16 levels deep");
  }
  return value;
}

Slot State::Impl::make_task(TaskRecord row, boost::json::value attributes) {
  const Slot slot = tasks.add();
  LiveTask& task = tasks[slot];
  task.row = std::move(row);
  task.attributes = std::move(attributes);
  task.slot = slot;
  task.live = true;
  task.channel = channels.find(task.row.task_channel_sid);
  tasks.enter(slot);
  if (task.row.contact_sid) tasks_of_contact[task.row.contact_sid].push_back(slot);
  return slot;
}

Slot State::Impl::make_reservation(ReservationRecord row, Slot task, Slot worker_slot) {
  const Slot slot = reservations.add();
  LiveReservation& reservation = reservations[slot];
  reservation.row = std::move(row);
  reservation.task = task;
  reservation.worker = worker_slot;
  reservation.channel = channels.find(reservation.row.task_channel_sid);
  reservation.slot = slot;
  reservation.live = true;
  reservations.enter(slot);
  if (reservation.row.status != ReservationStatus::pending) {
    tasks[task].segment = slot;
    tasks[task].worker = worker_slot;
  }
  LiveWorker& worker = workers[worker_slot];
  if (worker.reservations.empty()) count_idle(worker, -1);
  worker.reservations.push_back(slot);
  add_counts(slot, +1);
  hold(slot);
  return slot;
}

Result<void> State::Impl::add_channel(TaskChannelRecord row) {
  if (channels.by_id.size() >= 64)
    return Error(ErrorCode::kLimit, "found 64 task channels already, expected at most 64");
  const Slot slot = channels.add();
  channels[slot].row = std::move(row);
  channels.enter(slot);
  channels[slot].live = true;
  return {};
}

Result<void> State::Impl::add_queue(TaskQueueRecord row) {
  auto expression = expr::parse(row.expression, expr::Scope::kQueue);
  if (!expression) return expression.error();
  const Slot slot = queues.add();
  LiveQueue& queue = queues[slot];
  queue = LiveQueue{};
  queue.row = std::move(row);
  queue.slot = slot;
  queues.enter(slot);
  queue.expression = *expression;
  queue.live = true;
  return {};
}

Result<void> State::Impl::add_workflow(WorkflowRecord row) {
  const Slot slot = workflows.add();
  workflows[slot] = LiveWorkflow{};
  LiveWorkflow& workflow = workflows[slot];
  const auto compile = [&](std::int64_t version, const std::string& text) -> Result<void> {
    auto document = compile_workflow(text);
    if (!document) return document.error();
    workflow.documents[version] = std::make_shared<const WorkflowDocument>(*std::move(document));
    return {};
  };
  if (auto done = compile(row.version, row.document.text); !done) return done.error();
  for (const OlderDocument& older : row.older) {
    if (auto done = compile(older.version, older.document.text); !done) return done.error();
  }
  workflow.row = std::move(row);
  workflows.enter(slot);
  workflow.live = true;
  return {};
}

void State::Impl::set_worker_channels(LiveWorker& worker) {
  for (ChannelUse& use : worker.channels) use.capacity = -1, use.responding = true;
  for (const ChannelCapacity& own : worker.row.channel_capacities) {
    const Slot channel = channels.find(own.task_channel_sid);
    if (channel != kNone) use_of(worker, channel).capacity = own.capacity;
  }
  for (const NotResponding& flag : worker.row.not_responding) {
    const Slot channel = channels.find(flag.task_channel_sid);
    if (channel != kNone) use_of(worker, channel).responding = false;
  }
}

Result<void> State::Impl::add_worker(WorkerRecord row) {
  auto attributes = parse_attributes(row.attributes.text, "attributes");
  if (!attributes) return attributes.error();
  const Slot slot = workers.add();
  LiveWorker& worker = workers[slot];
  worker = LiveWorker{};
  worker.sid_text = row.sid.str();
  worker.row = std::move(row);
  worker.slot = slot;
  workers.enter(slot);
  worker.attributes = *std::move(attributes);
  seen_workers.add(worker.attributes);
  worker.live = true;
  set_worker_channels(worker);
  index_worker(slot);
  return {};
}

Result<void> State::Impl::load(Rows rows) {
  const auto broken = [](const std::string& what) {
    return Error(ErrorCode::kInternal, "rows contradict one another: " + what);
  };
  Seed seed;
  IdMaker ids(seed);
  events::Events ignored;
  Context c{.now = Instant{0}, .ids = ids, .events = ignored, .entry = 0};
  begin(c);
  at(c);
  settings = rows.settings;
  for (auto& row : rows.task_channels) {
    if (auto done = add_channel(std::move(row)); !done) return done.error();
  }
  for (auto& row : rows.task_queues) {
    if (auto done = add_queue(std::move(row)); !done) return done.error();
  }
  for (auto& row : rows.workflows) {
    if (auto done = add_workflow(std::move(row)); !done) return done.error();
  }
  for (auto& row : rows.workers) {
    if (auto done = add_worker(std::move(row)); !done) return done.error();
  }
  std::vector<Slot> loaded;
  for (auto& row : rows.tasks) {
    auto attributes = parse_attributes(row.attributes.text, "attributes");
    if (!attributes) return attributes.error();
    const Slot slot = make_task(std::move(row), *std::move(attributes));
    LiveTask& task = tasks[slot];
    task.announced = true;
    seen_tasks.add(task.attributes);
    if (task.channel == kNone) return broken("task " + task.row.sid.str() + " names a task channel that is not there");
    if (task.row.task_queue_sid) {
      task.queue = queues.find(task.row.task_queue_sid);
      if (task.queue == kNone) return broken("task " + task.row.sid.str() + " names a queue that is not there");
    }
    if (task.row.workflow_sid) {
      const Slot w = workflows.find(task.row.workflow_sid);
      if (w != kNone && workflows[w].documents.contains(task.row.workflow_version)) {
        task.document = workflows[w].documents[task.row.workflow_version];
      }
    }
    count(task, +1);
    loaded.push_back(slot);
  }
  for (auto& row : rows.reservations) {
    const Slot task = tasks.find(row.task_sid), worker = workers.find(row.worker_sid);
    if (task == kNone || worker == kNone) return broken("reservation " + row.sid.str() + " names what is not there");
    const bool pending = row.status == ReservationStatus::pending;
    const Slot slot = make_reservation(std::move(row), task, worker);
    if (pending) tasks[task].offers.push_back(slot);
    arm_reservation(slot);
  }
  for (const Slot slot : loaded) {
    if (wants_offers(tasks[slot])) enlist(slot);
    arm(slot);
  }
  // At the end of an entry nothing is matchable, so nothing has to be looked at: only the indexes are filled.
  for (const Slot slot : stale_workers) refresh(slot);
  for (LiveWorker& worker : workers.slots) worker.dirty = worker.stale = worker.changed = false;
  for (LiveTask& task : tasks.slots) task.dirty = task.changed = false;
  for (LiveReservation& reservation : reservations.slots) reservation.changed = false;
  for (LiveQueue& queue : queues.slots) queue.changed = false;
  stale_workers.clear(), dirty_workers.clear(), dirty_tasks.clear(), entering.clear();
  changed_tasks.clear(), changed_reservations.clear(), changed_workers.clear(), changed_queues.clear();
  return {};
}

Rows State::Impl::rows() const {
  Rows out;
  out.settings = settings;
  const auto take = [](const auto& table, auto& rows) {
    for (const auto& live : table.slots) {
      if (live.live) rows.push_back(live.row);
    }
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.seq < b.seq; });
  };
  take(channels, out.task_channels);
  take(queues, out.task_queues);
  take(workflows, out.workflows);
  take(workers, out.workers);
  take(tasks, out.tasks);
  take(reservations, out.reservations);
  return out;
}

}  // namespace carillon::routing
