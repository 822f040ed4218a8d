// Why is this task where it is, and why is nobody ringing for this queue?
#include "door/configuration.h"
#include "routing/rest.h"
#include "routing/why_view.h"
#include "runtime/json_out.h"

namespace carillon::routing {
namespace {

// The committed position is taken when looking: what is told is at least as new.
void answer_with_position(door::Call call,
                          std::function<Result<http::Response>(const runtime::View&, std::int64_t)> render) {
  door::live(std::move(call), [render = std::move(render)](const runtime::View& view, const door::Call& held) {
    return render(view, held.services->runtime.events().position(held.workspace()));
  });
}

void why_task(door::Call call) {
  auto sid = call.request.sid<TaskId>("sid");
  if (!sid) return call.fail(sid.error());
  answer_with_position(std::move(call),
                       [id = *sid](const runtime::View& view, std::int64_t position) -> Result<http::Response> {
                         auto why = view.state.routing().why(id, view.now, kMostCandidates);
                         if (!why) return door::no_such("live task", id.str());
                         std::string body;
                         render_why(body, view.state.routing(), *why, view.now, position);
                         return http::Response::json_text(200, std::move(body));
                       });
}

// Which task of the queue would be offered first: highest priority, then its place in the queue's order.
const TaskRecord* first_waiting(const State& state, const TaskQueueRecord& queue) {
  const TaskRecord* first = nullptr;
  const auto place = [&](const TaskRecord& task) {
    const std::int64_t key = task.virtual_start_time.us - task.boost.us;
    const bool is_reserved = task.status == TaskStatus::reserved;  // rings already
    return std::tuple(is_reserved, -task.priority, queue.task_order == QueueOrder::lifo ? -key : key, task.seq);
  };
  state.each_task([&](const TaskRecord& task) {
    if (task.task_queue_sid != queue.sid || (task.status != TaskStatus::pending && task.status != TaskStatus::reserved))
      return;
    if (!first || place(task) < place(*first)) first = &task;
  });
  return first;
}

struct Verdict {
  std::string_view word;
  std::string_view summary;
};

// By the candidate that comes nearest; candidates come best first.
Verdict verdict_of(const Why& why) {
  const std::string best = why.candidates.empty() ? "not_eligible" : why.candidates.front().verdict;
  if (best == "assigned" || best == "offered" || best == "offered_elsewhere" || best == "matchable") {
    return {"offering", "The first waiting task is being offered."};
  }
  if (best == "held_back")
    return {"held_back", "Free workers are kept for an older or larger task that does not fit yet."};
  if (best == "passed_over") return {"passed_over", "Who could take the first task has just missed or rejected it."};
  if (best == "capacity" || best == "not_responding") {
    return {"nobody_free",
            "Everybody who may serve it and is available has no room, or missed an offer and has not come back."};
  }
  if (best == "not_available")
    return {"nobody_available", "There are workers who may serve it, but none of them is available."};
  return {"no_worker_matches", "No worker matches what the task and its queue ask for."};
}

Result<http::Response> idle_answer(const runtime::View& view, QueueId sid, std::int64_t position) {
  const State& state = view.state.routing();
  const TaskQueueRecord* queue = state.task_queue(sid);
  const auto now = state.queue_now(sid, view.now);
  if (!queue || !now) return door::no_such("task queue", sid.str());
  const TaskRecord* first = first_waiting(state, *queue);
  auto why = first ? state.why(first->sid, view.now, kMostCandidates) : Result<Why>(Error(ErrorCode::kNotFound, ""));
  const Verdict verdict = why ? verdict_of(*why) : Verdict{"nothing_waiting", "Nothing waits in this queue."};
  std::string body;
  runtime::JsonOut json(body);
  json.id("task_queue_sid", sid).text("task_queue_friendly_name", queue->friendly_name).time("at", view.now);
  json.number("position", position)
      .text("verdict", verdict.word)
      .text("summary", verdict.summary)
      .number("waiting", now->waiting);
  json.number("eligible_workers", now->eligible_workers).number("staffed_workers", now->staffed_workers);
  json.number("idle_workers", now->idle_workers).key("first_task");
  if (why) {
    render_why(body, state, *why, view.now, position);
  } else {
    body += "null";
  }
  json.end();
  return http::Response::json_text(200, std::move(body));
}

void why_idle(door::Call call) {
  auto sid = call.request.sid<QueueId>("sid");
  if (!sid) return call.fail(sid.error());
  answer_with_position(std::move(call), [id = *sid](const runtime::View& view, std::int64_t position) {
    return idle_answer(view, id, position);
  });
}

}  // namespace

void add_why_routes(door::Api& api) {
  api.on("why_task", why_task);
  api.on("why_idle", why_idle);
}

}  // namespace carillon::routing
