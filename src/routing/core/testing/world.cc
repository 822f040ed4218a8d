#include "routing/core/testing/world.h"

#include "base/check.h"

namespace carillon::routing::testing {

template <class Do>
auto World::run(Do what) {
  IdMaker ids(Seed{static_cast<std::uint64_t>(++entry), 42});
  events.clear();
  Context context{.now = now, .ids = ids, .events = events, .entry = entry};
  state.begin(context);
  auto result = what(context);
  state.settle(context);
  state.take_notices();
  state.check_invariants();
  return result;
}

World::World() {
  const auto add = [&](const char* name, std::int64_t cost, bool live, AssignMode assign) {
    TaskChannelRecord row;
    row.unique_name = name, row.friendly_name = name, row.cost = cost, row.live = live, row.assign = assign;
    must(PutTaskChannel{row});
  };
  add("default", 20, false, AssignMode::direct);
  add("voice", 100, true, AssignMode::offer);
  add("chat", 33, true, AssignMode::offer);
  add("email", 20, false, AssignMode::direct);
  edit_channel("email", [&](TaskChannelRecord& row) { row.interruptible_by = {channel("voice")}; });
  last_resort = queue("Everyone");
  configure([&](Settings& settings) { settings.last_resort_queue_sid = last_resort; });
}

Result<Outcome> World::apply(const Command& command) {
  return run([&](Context& context) {
    state.expire(context);
    return state.apply(context, command);
  });
}

Outcome World::must(const Command& command) {
  auto outcome = apply(command);
  if (!outcome) std::fprintf(stderr, "%s\n", outcome.error().message.c_str());
  CARILLON_CHECK(outcome.ok());
  return *outcome;
}

void World::pass(Duration time) {
  const Instant end = now + time;
  while (state.next_deadline() <= end) {
    now = std::max(now, state.next_deadline());
    run([&](Context& context) { return state.expire(context), 0; });
  }
  now = end;
}

void World::restart(Duration down_for) {
  Rows rows = state.rows();
  State fresh;
  CARILLON_CHECK(fresh.load(rows).ok());
  CARILLON_CHECK(fresh.rows() == rows);
  state = std::move(fresh);
  now = now + down_for;
  run([&](Context& context) {
    state.restarted(context, down_for);
    state.expire(context);
    return 0;
  });
}

WorkerId World::worker(const std::string& name, const std::string& attributes) {
  WorkerRecord row;
  row.friendly_name = name, row.attributes = {attributes};
  return *WorkerId::parse(must(PutWorker{row}).sid);
}

QueueId World::queue(const std::string& name, const std::string& expression) {
  TaskQueueRecord row;
  row.friendly_name = name, row.expression = expression;
  return queue(row);
}

QueueId World::queue(TaskQueueRecord row) { return *QueueId::parse(must(PutTaskQueue{row}).sid); }

WorkflowId World::workflow(const std::string& name, const std::string& document) {
  WorkflowRecord row;
  row.friendly_name = name, row.document = {document};
  return *WorkflowId::parse(must(PutWorkflow{row}).sid);
}

WorkflowId World::workflow_to(QueueId queue) {
  return workflow("to " + queue.str(), R"({"task_routing":{"default_filter":{"queue":")" + queue.str() + R"("}}})");
}

void World::available(WorkerId worker, bool available) {
  SetWorkerPresence command;
  command.worker_sid = worker, command.available = available, command.reachable = true;
  command.activity_sid = IdMaker(Seed{available ? 1u : 2u, 9}).next<ActivityId>();
  command.activity_name = available ? "Available" : "Break";
  must(command);
}

TaskId World::task(WorkflowId workflow, const std::string& attributes, const std::string& channel_name,
                   std::int64_t priority) {
  CreateTask command;
  command.workflow_sid = workflow, command.attributes = {attributes}, command.task_channel_sid = channel(channel_name);
  command.priority = priority;
  return *TaskId::parse(must(command).sid);
}

void World::edit_channel(const std::string& unique_name, const std::function<void(TaskChannelRecord&)>& edit) {
  TaskChannelRecord row = *state.task_channel(unique_name);
  edit(row);
  must(PutTaskChannel{row});
}

void World::configure(const std::function<void(Settings&)>& edit) {
  Settings settings = state.settings();
  edit(settings);
  must(Configure{settings});
}

const ReservationRecord* World::offer_of(TaskId task) const {
  const auto offers = state.pending_reservations(task);
  return offers.empty() ? nullptr : offers.front();
}

ReservationId World::accept(TaskId task) {
  CARILLON_CHECK(offer_of(task));
  const ReservationId sid = offer_of(task)->sid;
  must(AcceptReservation{sid});
  return sid;
}

ReservationId World::reject(TaskId task) {
  CARILLON_CHECK(offer_of(task));
  const ReservationId sid = offer_of(task)->sid;
  must(RejectReservation{sid});
  return sid;
}

bool World::has_event(events::EventType type) const {
  for (const auto& event : events) {
    if (event.type == type) return true;
  }
  return false;
}

std::vector<std::string> World::event_names() const {
  std::vector<std::string> out;
  for (const auto& event : events) {
    if (!events::is_internal(event.type)) out.emplace_back(events::event_name(event.type));
  }
  return out;
}

}  // namespace carillon::routing::testing
