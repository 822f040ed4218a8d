// Numbers of this instant: queues, a workflow, workers, the workspace.
#include "door/name_page.h"
#include "metrics/statistics_call.h"
#include "runtime/json_out.h"

namespace carillon::metrics {
namespace {

using runtime::JsonOut;

std::int64_t age_s(Instant now, Instant since) {
  return since.is_never() ? 0 : std::max<std::int64_t>(0, (now - since).us / 1'000'000);
}

void append_queue(std::string& out, const LiveLook& look, const QueueLook& queue, const Today& today) {
  JsonOut json(out);
  json.time("at", look.now)
      .number("position", look.position)
      .id("task_queue_sid", queue.sid)
      .key("activity_statistics");
  append_activity_statistics(out, look, queue.activities);
  json.number("longest_task_waiting_age", age_s(look.now, queue.tasks.waiting_since))
      .id("longest_task_waiting_sid", queue.tasks.waiting_sid);
  json.number("longest_relative_task_age_in_queue", age_s(look.now, queue.tasks.entered_at));
  json.id("longest_relative_task_sid_in_queue", queue.tasks.entered_sid).key("tasks_by_priority");
  append_tasks_by_priority(out, queue.tasks);
  json.key("tasks_by_status");
  append_tasks_by_status(out, queue.tasks);
  json.number("total_available_workers", queue.now.staffed_workers)
      .number("total_eligible_workers", queue.now.eligible_workers);
  json.number("total_tasks", queue.tasks.total()).key("now");
  append_queue_now(out, queue, today.of(queue.sid), today.quarter_of(queue.sid));
  json.end();
}

void get_queue(door::Call call) {
  auto sid = call.request.sid<QueueId>("sid");
  if (!sid) return call.fail(sid.error());
  with_look(std::move(call), {.queue = *sid, .workers = false},
            [id = *sid](store::Reader& reader, const door::Call& held, const LiveLook& look) -> Result<http::Response> {
              const QueueLook* queue = look.find_queue(id);
              if (!queue) return door::no_such("task queue", id.str());
              auto today = read_today(reader, held.workspace(), look, {.queue = id});
              if (!today) return today.error();
              std::string body;
              append_queue(body, look, *queue, *today);
              return http::Response::json_text(200, std::move(body));
            });
}

void list_queues(door::Call call) {
  http::QueryFields query(call.request.query);
  std::vector<QueueId> only;
  for (const std::string& text : query.strings("task_queue_sid", 50, 64)) {
    const auto sid = QueueId::parse(text);
    if (sid) only.push_back(*sid);
    if (!sid)
      query.fault("task_queue_sid", ErrorCode::kInvalidValue, "this is no id of a task queue", "WQ and 32 hex digits");
  }
  door::NamePage page;
  if (auto fine = page.read(query); !fine) return call.fail(fine.error());
  if (auto fine = query.finish(); !fine) return call.fail(fine.error());
  with_look(
      std::move(call), {.workers = false},
      [page, only](store::Reader& reader, const door::Call& held, const LiveLook& look) -> Result<http::Response> {
        auto today = read_today(reader, held.workspace(), look, {});
        if (!today) return today.error();
        std::vector<const QueueLook*> wanted;
        for (const QueueLook& queue : look.queues) {
          if (only.empty() || std::find(only.begin(), only.end(), queue.sid) != only.end()) wanted.push_back(&queue);
        }
        return page.write(
            wanted, [](const QueueLook& q) -> std::string_view { return q.friendly_name; },
            [&](std::string& out, const QueueLook& q) { append_queue(out, look, q, *today); });
      });
}

void append_tasks(std::string& out, JsonOut& json, const LiveLook& look, const TaskCounts& tasks) {
  json.number("longest_task_waiting_age", age_s(look.now, tasks.waiting_since))
      .id("longest_task_waiting_sid", tasks.waiting_sid);
  json.key("tasks_by_priority");
  append_tasks_by_priority(out, tasks);
  json.key("tasks_by_status");
  append_tasks_by_status(out, tasks);
  json.number("total_tasks", tasks.total());
}

void get_workflow(door::Call call) {
  auto sid = call.request.sid<WorkflowId>("sid");
  if (!sid) return call.fail(sid.error());
  with_look(std::move(call), {.workflow = *sid, .queues = false, .workers = false},
            [id = *sid](store::Reader&, const door::Call&, const LiveLook& look) -> Result<http::Response> {
              if (!look.workflow) return door::no_such("workflow", id.str());
              std::string body;
              JsonOut json(body);
              json.id("workflow_sid", id).time("at", look.now).number("position", look.position);
              append_tasks(body, json, look, *look.workflow);
              json.end();
              return http::Response::json_text(200, std::move(body));
            });
}

std::map<ActivityId, std::int64_t> workers_by_activity(const LiveLook& look) {
  std::map<ActivityId, std::int64_t> out;
  for (const WorkerLook& worker : look.workers) ++out[worker.activity_sid];
  return out;
}

void get_workspace(door::Call call) {
  with_look(std::move(call), {.queues = false},
            [](store::Reader& reader, const door::Call& held, const LiveLook& look) -> Result<http::Response> {
              auto today = read_today(reader, held.workspace(), look, {.center = true});
              if (!today) return today.error();
              std::string body;
              JsonOut json(body);
              json.time("at", look.now).number("position", look.position).key("activity_statistics");
              append_activity_statistics(body, look, workers_by_activity(look));
              append_tasks(body, json, look, look.tasks);
              json.number("total_workers", static_cast<std::int64_t>(look.workers.size())).key("now");
              append_workspace_now(body, look, today->center);
              json.end();
              return http::Response::json_text(200, std::move(body));
            });
}

void get_workers(door::Call call) {
  with_look(std::move(call), {.queues = false},
            [](store::Reader&, const door::Call&, const LiveLook& look) -> Result<http::Response> {
              std::string body;
              JsonOut json(body);
              json.time("at", look.now).number("position", look.position).key("activity_statistics");
              append_activity_statistics(body, look, workers_by_activity(look));
              json.number("total_workers", static_cast<std::int64_t>(look.workers.size()));
              json.end();
              return http::Response::json_text(200, std::move(body));
            });
}

}  // namespace

void add_real_time_routes(door::Api& api) {
  api.on("list_task_queue_real_time_statistics", list_queues);
  api.on("get_task_queue_real_time_statistics", get_queue);
  api.on("get_workflow_real_time_statistics", get_workflow);
  api.on("get_workspace_real_time_statistics", get_workspace);
  api.on("get_workers_real_time_statistics", get_workers);
}

}  // namespace carillon::metrics
