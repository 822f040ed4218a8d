// Transferring the task one has in a conversation.
#include <algorithm>

#include "conversations/rest.h"
#include "conversations/seen.h"
#include "conversations/task_rows.h"
#include "door/configuration.h"
#include "runtime/json_out.h"
#include "runtime/row_names.h"

namespace carillon::conversations {
namespace {

using door::Call;

struct Transfer {
  ConversationId conversation;
  TaskId task;
  QueueId queue;
  WorkerId worker;
  Duration boost;
};

Result<Transfer> read_transfer(const Call& call) {
  auto sid = call.request.sid<ConversationId>("sid");
  if (!sid) return sid.error();
  auto body = call.body();
  if (!body) return body.error();
  http::Fields in(*body);
  Transfer out;
  out.conversation = *sid;
  out.queue = in.optional_sid<QueueId>("task_queue_sid").value_or(QueueId{});
  out.worker = in.optional_sid<WorkerId>("worker_sid").value_or(WorkerId{});
  out.task = in.optional_sid<TaskId>("task_sid").value_or(TaskId{});
  out.boost =
      Duration::seconds(in.optional_int("boost_s", 0, 86'400).value_or(routing::TransferTask{}.boost.us / 1'000'000));
  if (in.ok() && out.queue.empty() == out.worker.empty()) {
    in.fault("task_queue_sid", out.queue ? ErrorCode::kInvalidValue : ErrorCode::kMissingField,
             out.queue ? "found both task_queue_sid and worker_sid" : "found neither task_queue_sid nor worker_sid",
             "exactly one of task_queue_sid and worker_sid");
  }
  if (auto fine = in.finish(); !fine) return fine.error();
  return out;
}

// The task that is meant: the one named, the caller's own, or for a supervisor the only one there is.
Result<TaskId> task_meant(const runtime::View& view, const door::Caller& caller, const Transfer& wanted) {
  std::vector<TaskId> own, all;
  for (const ContactRecord* contact : view.state.conversations().contacts()) {
    if (contact->conversation_sid != wanted.conversation) continue;
    for (const ContactTask& task : contact->tasks) {
      if (task.wrapping || (wanted.task && task.task_sid != wanted.task)) continue;
      all.push_back(task.task_sid);
      if (caller.worker && task.worker_sid == caller.worker) own.push_back(task.task_sid);
    }
  }
  const std::vector<TaskId>& candidates = caller.is_agent_only() || !own.empty() ? own : all;
  if (wanted.task && all.empty()) {
    return Error(ErrorCode::kNotFound, "found no live task " + wanted.task.str() + " in this conversation")
        .at("/task_sid");
  }
  if (candidates.empty())
    return Error(ErrorCode::kStateForbids, "you have no task in this conversation that could be transferred");
  if (candidates.size() > 1) {
    return Error(ErrorCode::kStateForbids,
                 "found " + std::to_string(candidates.size()) + " tasks; say which one with task_sid");
  }
  return candidates.front();
}

Result<void> prepare_transfer(const runtime::View& view, const door::Caller& caller, const Transfer& wanted,
                              workspace::Command& command) {
  auto task = task_meant(view, caller, wanted);
  if (!task) return task.error();
  command = routing::Command{routing::TransferTask{.task_sid = *task,
                                                   .task_queue_sid = wanted.queue,
                                                   .worker_sid = wanted.worker,
                                                   .boost = wanted.boost,
                                                   .attributes = {}}};
  return {};
}

// The outcome's sid is the new task's.
bool transferred_live(const runtime::Applied& applied, door::Rendered& out) {
  const auto made = TaskId::parse(applied.effects.outcome->sid);
  const auto* fresh = made ? applied.state.routing().task(*made) : nullptr;
  if (!fresh) return false;
  runtime::JsonOut json(out.json);
  json.key("task");
  if (!append_task_live(out.json, applied, fresh->transferred_from_sid)) return out.json.clear(), false;
  json.key("new_task");
  if (!append_task_live(out.json, applied, *made)) return out.json.clear(), false;
  json.end();
  return true;
}

Result<door::Rendered> transferred_row(store::Reader& reader, WorkspaceId workspace, const std::string& sid) {
  auto from =
      reader.query("SELECT transferred_from_sid FROM tasks WHERE workspace_id = ?1 AND sid = ?2", {workspace, sid});
  if (!from) return from.error();
  if (from->empty()) return Error(ErrorCode::kNotFound, "found no task " + sid);
  const runtime::RowNames names(reader, workspace);
  door::Rendered out;
  runtime::JsonOut json(out.json);
  json.key("task");
  if (auto done = append_task_row(out.json, reader, names, workspace, (*from)[0].id<TaskId>(0)); !done)
    return done.error();
  json.key("new_task");
  if (auto done = append_task_row(out.json, reader, names, workspace, *TaskId::parse(sid)); !done) return done.error();
  json.end();
  return out;
}

}  // namespace

void add_transfer_route(door::Api& api) {
  api.on("transfer_conversation", [](Call call) {
    auto wanted = read_transfer(call);
    if (!wanted) return call.fail(wanted.error());
    door::with_reader(std::move(call), [wanted = *wanted](Call held, store::Reader& reader) {
      auto seen = seen_conversation(reader, held, wanted.conversation);
      if (!seen) return held.fail(seen.error());
      door::Answer answer{.row = transferred_row, .live = transferred_live};
      answer.prepare = [wanted, who = held.who](const runtime::View& view, workspace::Command& command) {
        return prepare_transfer(view, *who, wanted, command);
      };
      door::change(std::move(held), workspace::Tick{}, std::move(answer));
    });
  });
}

}  // namespace carillon::conversations
