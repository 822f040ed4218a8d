// Numbers over a period: a queue, a workflow, the workspace, workers; TaskRouter's fields and ours.
#include "metrics/statistics_call.h"
#include "runtime/json_out.h"
#include "runtime/row_names.h"

namespace carillon::metrics {
namespace {

using runtime::JsonOut;

double seconds(std::int64_t us) { return static_cast<double>(us) / 1e6; }

void append_waits(std::string& out, const WaitSums& waits) {
  JsonOut json(out);
  json.real("avg", waits.count ? seconds(waits.total_us) / static_cast<double>(waits.count) : 0);
  json.real("min", seconds(waits.min_us)).real("max", seconds(waits.max_us)).real("total", seconds(waits.total_us));
  json.end();
}

void append_split(std::string& out, const TaskSums& tasks) {
  JsonOut json(out);
  for (const SplitSums& split : tasks.split) {
    json.key(std::to_string(split.seconds));
    JsonOut both(out);
    const auto half = [&](std::string_view name, std::int64_t canceled, std::int64_t accepted) {
      both.key(name);
      JsonOut one(out);
      one.number("tasks_canceled", canceled).number("reservations_accepted", accepted);
      one.end();
    };
    half("above", tasks.canceled.count - split.canceled_below, tasks.accepted.count - split.accepted_below);
    half("below", split.canceled_below, split.accepted_below);
    both.end();
  }
  json.end();
}

void append_reservations(JsonOut& json, const QueueInterval& sums) {
  json.number("reservations_created", sums.reservations_created)
      .number("reservations_accepted", sums.reservations_accepted);
  json.number("reservations_rejected", sums.reservations_rejected)
      .number("reservations_timed_out", sums.reservations_timed_out);
  json.number("reservations_canceled", sums.reservations_canceled)
      .number("reservations_rescinded", sums.reservations_rescinded);
}

struct Cumulative {
  Period period;
  TaskSumsOf of;
  TaskSums tasks;
  QueueInterval numbers;
  std::int64_t late = 0;
};

http::Response answer_cumulative(const Cumulative& c) {
  std::string body;
  JsonOut json(body);
  json.time("start_time", c.period.from).time("end_time", c.period.to);
  if (c.of.queue) json.id("task_queue_sid", *c.of.queue);
  if (c.of.workflow) json.id("workflow_sid", *c.of.workflow);
  const WaitSums& accepted = c.tasks.accepted;
  if (accepted.count > 0) {
    json.real("avg_task_acceptance_time", seconds(accepted.total_us) / static_cast<double>(accepted.count));
  } else {
    json.raw("avg_task_acceptance_time", "null");
  }
  append_reservations(json, c.numbers);
  json.key("split_by_wait_time");
  append_split(body, c.tasks);
  json.key("wait_duration_until_accepted");
  append_waits(body, accepted);
  json.key("wait_duration_until_canceled");
  append_waits(body, c.tasks.canceled);
  json.key("wait_duration_in_queue_until_accepted");
  append_waits(body, c.tasks.accepted_in_queue);
  if (!c.of.queue) json.number("tasks_created", c.tasks.entered);
  json.number("tasks_entered", c.tasks.entered).number("tasks_canceled", c.tasks.canceled.count);
  json.number("tasks_completed", c.tasks.completed);
  json.number("tasks_moved", c.of.queue ? c.tasks.moved : c.numbers.moved).key("numbers");
  append_numbers(body, c.numbers, c.late);
  json.end();
  return http::Response::json_text(200, std::move(body));
}

// Those who wait past T and came in the period.
std::int64_t late_in(const TaskCounts& tasks, Period period) {
  return std::count_if(tasks.late.begin(), tasks.late.end(),
                       [&](Instant at) { return at >= period.from && at < period.to; });
}

Result<http::Response> cumulative(store::Reader& reader, WorkspaceId workspace, const LiveLook& look,
                                  const Asked& asked, TaskSumsOf of, const TaskCounts& live) {
  auto period = asked.period(look);
  if (!period) return period.error();
  auto channel = asked.channel_of(look);
  if (!channel) return channel.error();
  of.period = *period;
  of.channel = *channel;
  of.split_s = asked.split_s;
  Cumulative out{.period = *period, .of = of, .tasks = {}, .numbers = {}, .late = late_in(live, *period)};
  auto tasks = sum_tasks(reader, workspace, of);
  if (!tasks) return tasks.error();
  out.tasks = *std::move(tasks);
  if (of.workflow) {
    auto numbers = sum_workflow(reader, workspace, of);
    if (!numbers) return numbers.error();
    out.numbers = *numbers;
  } else {
    auto queues = sum_queues(reader, workspace, *period, {.queue = of.queue, .channel = of.channel});
    if (!queues) return queues.error();
    out.numbers = total_of(*queues);
  }
  return answer_cumulative(out);
}

void get_queue(door::Call call) {
  auto sid = call.request.sid<QueueId>("sid");
  if (!sid) return call.fail(sid.error());
  auto asked = Asked::read(call.request.query);
  if (!asked) return call.fail(asked.error());
  with_look(std::move(call), {.queue = *sid, .workers = false},
            [id = *sid, asked = *asked](store::Reader& reader, const door::Call& held,
                                        const LiveLook& look) -> Result<http::Response> {
              const QueueLook* queue = look.find_queue(id);
              if (!queue) return door::no_such("task queue", id.str());
              TaskSumsOf of;
              of.queue = id;
              return cumulative(reader, held.workspace(), look, asked, of, queue->tasks);
            });
}

void get_workflow(door::Call call) {
  auto sid = call.request.sid<WorkflowId>("sid");
  if (!sid) return call.fail(sid.error());
  auto asked = Asked::read(call.request.query);
  if (!asked) return call.fail(asked.error());
  with_look(std::move(call), {.workflow = *sid, .queues = false, .workers = false},
            [id = *sid, asked = *asked](store::Reader& reader, const door::Call& held,
                                        const LiveLook& look) -> Result<http::Response> {
              if (!look.workflow) return door::no_such("workflow", id.str());
              TaskSumsOf of;
              of.workflow = id;
              return cumulative(reader, held.workspace(), look, asked, of, *look.workflow);
            });
}

void get_workspace(door::Call call) {
  auto asked = Asked::read(call.request.query);
  if (!asked) return call.fail(asked.error());
  with_look(std::move(call), {.queues = false, .workers = false},
            [asked = *asked](store::Reader& reader, const door::Call& held, const LiveLook& look) {
              return cumulative(reader, held.workspace(), look, asked, {}, look.tasks);
            });
}

// ---- workers ----

struct OfWorkers {
  std::optional<WorkerId> worker;
  std::string friendly_name;
  Period period;
  std::vector<StaySums> stays;
  QueueInterval reservations;
  WorkerSums numbers;
};

void append_durations(std::string& out, store::Reader& reader, WorkspaceId workspace, const LiveLook& look,
                      const std::vector<StaySums>& stays) {
  const runtime::RowNames names(reader, workspace);
  out += '[';
  for (std::size_t i = 0; i < stays.size(); ++i) {
    if (i) out += ',';
    const auto* activity = look.find_activity(stays[i].activity_sid);
    const WaitSums& sums = stays[i].stays;
    JsonOut json(out);
    json.id("activity_sid", stays[i].activity_sid);
    json.text("friendly_name", activity ? activity->friendly_name : names.activity(stays[i].activity_sid));
    json.real("avg", sums.count ? seconds(sums.total_us) / static_cast<double>(sums.count) : 0)
        .real("min", seconds(sums.min_us));
    json.real("max", seconds(sums.max_us)).real("total", seconds(sums.total_us));
    json.end();
  }
  out += ']';
}

Result<OfWorkers> read_workers(store::Reader& reader, WorkspaceId workspace, const LiveLook& look, const Asked& asked,
                               std::optional<WorkerId> worker) {
  auto period = asked.period(look);
  if (!period) return period.error();
  auto channel = asked.channel_of(look);
  if (!channel) return channel.error();
  OfWorkers out{
      .worker = worker, .friendly_name = {}, .period = *period, .stays = {}, .reservations = {}, .numbers = {}};
  const Period until_now{period->from, std::min(period->to, look.now)};
  auto stays = sum_stays(reader, workspace, worker, until_now);
  if (!stays) return stays.error();
  out.stays = *std::move(stays);
  if (worker) {
    auto reservations = sum_reservations(reader, workspace, *worker, *period, *channel);
    if (!reservations) return reservations.error();
    out.reservations = *reservations;
  } else {
    auto queues = sum_queues(reader, workspace, *period, {.queue = {}, .channel = *channel});
    if (!queues) return queues.error();
    out.reservations = total_of(*queues);
  }
  auto rows = sum_workers(reader, workspace, *period, worker);
  if (!rows) return rows.error();
  std::map<WorkerId, const WorkerLook*> all;
  for (const auto& [sid, parts] : *rows) all.emplace(sid, nullptr);
  for (const WorkerLook& one : look.workers) all[one.sid] = &one;
  for (const auto& [sid, live] : all) add(worker_sums((*rows)[sid], live, *period, look), out.numbers);
  return out;
}

Result<http::Response> answer_workers(store::Reader& reader, WorkspaceId workspace, const LiveLook& look,
                                      const Asked& asked, const WorkerLook* worker) {
  auto found =
      read_workers(reader, workspace, look, asked, worker ? std::optional<WorkerId>(worker->sid) : std::nullopt);
  if (!found) return found.error();
  std::string body;
  JsonOut json(body);
  json.time("start_time", found->period.from).time("end_time", found->period.to);
  json.id("worker_sid", worker ? worker->sid : WorkerId{})
      .text_or_null("friendly_name", worker ? worker->friendly_name : "");
  json.key("activity_durations");
  append_durations(body, reader, workspace, look, found->stays);
  append_reservations(json, found->reservations);
  json.key("numbers");
  append_worker_numbers(body, found->numbers);
  json.end();
  return http::Response::json_text(200, std::move(body));
}

void get_workers(door::Call call) {
  auto asked = Asked::read(call.request.query);
  if (!asked) return call.fail(asked.error());
  with_look(std::move(call), {.queues = false},
            [asked = *asked](store::Reader& reader, const door::Call& held, const LiveLook& look) {
              return answer_workers(reader, held.workspace(), look, asked, nullptr);
            });
}

void get_worker(door::Call call) {
  auto sid = call.request.sid<WorkerId>("sid");
  if (!sid) return call.fail(sid.error());
  if (call.caller().is_agent_only() && call.caller().worker != *sid) {
    return call.fail(Error(ErrorCode::kForbidden, "these are the numbers of another worker; an agent sees their own"));
  }
  auto asked = Asked::read(call.request.query);
  if (!asked) return call.fail(asked.error());
  with_look(std::move(call), {.worker = *sid, .queues = false},
            [id = *sid, asked = *asked](store::Reader& reader, const door::Call& held,
                                        const LiveLook& look) -> Result<http::Response> {
              const WorkerLook* worker = look.find_worker(id);
              if (!worker) return door::no_such("worker", id.str());
              return answer_workers(reader, held.workspace(), look, asked, worker);
            });
}

}  // namespace

void add_cumulative_routes(door::Api& api) {
  api.on("get_task_queue_cumulative_statistics", get_queue);
  api.on("get_workflow_cumulative_statistics", get_workflow);
  api.on("get_workspace_cumulative_statistics", get_workspace);
  api.on("get_workers_cumulative_statistics", get_workers);
  api.on("get_worker_cumulative_statistics", get_worker);
}

}  // namespace carillon::metrics
