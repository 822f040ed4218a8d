// What is done with a task: cancel, wrap up, complete, disposition, transfer, move, re-evaluate.
#include "routing/dispositions.h"
#include "routing/rest.h"
#include "routing/task_command.h"
#include "runtime/json_out.h"

namespace carillon::routing {
namespace {

// A command without a body.
template <class Make>
door::Handler plain(Make make) {
  return [make](door::Call call) {
    auto sid = task_of_path(call);
    if (!sid) return call.fail(sid.error());
    command_task(std::move(call), *sid,
                 [make, who = call.who](const runtime::View&, const TaskRecord& task) -> Result<Command> {
                   return make(*who, task);
                 });
  };
}

// With a disposition: it must be there, and is noted as used in the same commit.
door::Answer using_disposition(WorkspaceId workspace, DispositionId disposition) {
  door::Answer answer;
  answer.companion = [workspace, disposition](const runtime::Applied&, runtime::Companion& companion) {
    companion.statements.push_back(use_disposition(workspace, disposition));
  };
  return answer;
}

void complete(door::Call call, TaskId sid, const std::optional<DispositionId>& disposition) {
  const auto make = [who = call.who, disposition](const runtime::View&, const TaskRecord& task) -> Result<Command> {
    return Command{CompleteTask{task.sid, disposition ? disposition->str() : "", reason_of(*who, task.worker_sid)}};
  };
  if (!disposition) return command_task(std::move(call), sid, make);
  door::with_reader(std::move(call), [sid, make, id = *disposition](door::Call held, store::Reader& reader) {
    if (auto fine = check_disposition(reader, held.workspace(), id); !fine) return held.fail(fine.error());
    auto answer = using_disposition(held.workspace(), id);
    command_task(std::move(held), sid, make, std::move(answer));
  });
}

void complete_task(door::Call call) {
  auto sid = task_of_path(call);
  if (!sid) return call.fail(sid.error());
  auto body = call.body();
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  const auto disposition = in.optional_sid<DispositionId>("disposition_sid");
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  complete(std::move(call), *sid, disposition);
}

// ---- transfer: two tasks in the answer ----

Result<door::Rendered> transferred_row(store::Reader& reader, WorkspaceId workspace, const std::string& new_sid) {
  const auto id = TaskId::parse(new_sid);
  auto made = id ? read_task(reader, workspace, *id) : Result<std::optional<TaskRecord>>(std::optional<TaskRecord>());
  if (!made) return made.error();
  if (!*made) return door::no_such("task", new_sid);
  auto first = read_task(reader, workspace, (*made)->transferred_from_sid);
  if (!first) return first.error();
  if (!*first) return door::no_such("task", (*made)->transferred_from_sid.str());
  const runtime::RowNames names(reader, workspace);
  door::Rendered out{.json = "{\"task\":", .version = 0};
  if (auto fine = append_task(out.json, reader, names, workspace, **first); !fine) return fine.error();
  out.json += ",\"new_task\":";
  if (auto fine = append_task(out.json, reader, names, workspace, **made); !fine) return fine.error();
  out.json += '}';
  return out;
}

void transfer_task(door::Call call) {
  auto sid = task_of_path(call);
  if (!sid) return call.fail(sid.error());
  auto body = call.body();
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  TransferTask command{.task_sid = *sid};
  command.task_queue_sid = in.optional_sid<QueueId>("task_queue_sid").value_or(QueueId{});
  command.worker_sid = in.optional_sid<WorkerId>("worker_sid").value_or(WorkerId{});
  command.boost = Duration::seconds(in.optional_int("boost_s", 0, 86'400).value_or(60));
  if (const auto attributes = in.optional_object("attributes"))
    command.attributes.text = boost::json::serialize(*attributes);
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  if (command.task_queue_sid.empty() == command.worker_sid.empty()) {
    return call.fail(Error(ErrorCode::kInvalidValue, "found not exactly one of task_queue_sid and worker_sid")
                         .at("/task_queue_sid")
                         .expecting("either a task queue or a worker"));
  }
  door::Answer answer{.row = transferred_row};
  answer.live = [first = *sid](const runtime::Applied& applied, door::Rendered& out) {
    const auto made = TaskId::parse(applied.effects.outcome->sid);
    out.json = "{\"task\":";
    if (!made || !render_task(applied, first, out.json)) return false;
    out.json += ",\"new_task\":";
    if (!render_task(applied, *made, out.json)) return false;
    out.json += '}';
    return true;
  };
  command_task(
      std::move(call), *sid,
      [command = std::move(command)](const runtime::View&, const TaskRecord&) -> Result<Command> {
        return Command{command};
      },
      std::move(answer));
}

void move_task(door::Call call) {
  auto sid = task_of_path(call);
  if (!sid) return call.fail(sid.error());
  auto body = call.body();
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  const auto queue = in.required_sid<QueueId>("task_queue_sid");
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  command_task(std::move(call), *sid, [queue](const runtime::View&, const TaskRecord& task) -> Result<Command> {
    return Command{MoveTask{task.sid, queue}};
  });
}

// ---- disposition, during talk or later ----

constexpr store::Sql kCorrectTask =
    "UPDATE tasks SET disposition = ?3, version = version + 1, updated_at = ?5 "
    "WHERE workspace_id = ?1 AND sid = ?2 AND version = ?4 AND ended_at <> 0";
constexpr store::Sql kCorrectReservation =
    "UPDATE reservations SET disposition = ?3, version = version + 1, updated_at = ?4 WHERE workspace_id = ?1 AND sid "
    "= ?2";

// Who sees the event: those who see the task.
runtime::EventDraft corrected(const TaskRecord& task, std::string json) {
  runtime::EventDraft out{
      .type = "task.updated", .resource_type = "task", .resource_sid = task.sid.str(), .refs = {}, .payload = {}};
  const auto refer = [&](const char* name, const auto& id) {
    if (!id.empty()) out.refs.emplace_back(name, id.str());
  };
  refer("task_sid", task.sid), refer("worker_sid", task.worker_sid), refer("task_queue_sid", task.task_queue_sid);
  refer("contact_sid", task.contact_sid), refer("conversation_sid", task.conversation_sid),
      refer("customer_sid", task.customer_sid);
  out.payload.emplace_back("task", std::move(json));
  return out;
}

// A finished task is nobody's state any more: its row is corrected.
void correct_ended(door::Call call, TaskId sid, std::string disposition) {
  door::with_reader(
      std::move(call), [sid, disposition = std::move(disposition)](door::Call held, store::Reader& reader) {
        const WorkspaceId workspace = held.workspace();
        auto found = read_task(reader, workspace, sid);
        if (!found) return held.fail(found.error());
        const auto only = only_of(held);
        if (!*found || (only && (*found)->worker_sid != *only)) return held.fail(door::no_such("task", sid.str()));
        TaskRecord task = **std::move(found);
        if (task.ended_at.us == 0)
          return held.fail(Error(ErrorCode::kStateForbids, "the task is with somebody else now").at("sid"));
        runtime::RecordChange record;
        record.workspace = workspace;
        record.sid = sid.str();
        const Instant now = held.services->clock.now();
        record.change.run_expecting(1, kCorrectTask, workspace, sid, disposition, task.version, now);
        if (task.reservation_sid)
          record.change.run(kCorrectReservation, workspace, task.reservation_sid, disposition, now);
        if (const auto id = DispositionId::parse(disposition))
          record.change.statements.push_back(use_disposition(workspace, *id));
        task.disposition = disposition;
        ++task.version;
        std::string json;
        const runtime::RowNames names(reader, workspace);
        if (auto fine = append_task(json, reader, names, workspace, task); !fine) return held.fail(fine.error());
        record.events.push_back(corrected(task, std::move(json)));
        door::change(std::move(held), std::move(record), {.row = task_row, .sid = sid.str()});
      });
}

void set_live_or_ended(door::Call call, TaskId sid, std::string disposition, door::Answer answer) {
  answer.refused = [sid, disposition](door::Call& held, Error& error) {
    if (error.code != ErrorCode::kNotFound) return false;
    correct_ended(std::move(held), sid, disposition);
    return true;
  };
  command_task(
      std::move(call), sid,
      [disposition](const runtime::View&, const TaskRecord& task) -> Result<Command> {
        return Command{SetDisposition{task.sid, disposition}};
      },
      std::move(answer));
}

void set_disposition(door::Call call) {
  auto sid = task_of_path(call);
  if (!sid) return call.fail(sid.error());
  auto body = call.body();
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  const auto disposition = in.nullable_sid<DispositionId>("disposition_sid");
  if (!in.has("disposition_sid"))
    in.fault("disposition_sid", ErrorCode::kMissingField, "\"disposition_sid\" is missing", "a sid, or null");
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  if (!disposition.value) return set_live_or_ended(std::move(call), *sid, "", {});
  door::with_reader(std::move(call), [sid = *sid, id = *disposition.value](door::Call held, store::Reader& reader) {
    if (auto fine = check_disposition(reader, held.workspace(), id); !fine) return held.fail(fine.error());
    auto answer = using_disposition(held.workspace(), id);
    set_live_or_ended(std::move(held), sid, id.str(), std::move(answer));
  });
}

}  // namespace

void add_task_command_routes(door::Api& api) {
  using door::Caller;
  api.on("cancel_task", plain([](const Caller& who, const TaskRecord& t) {
           return Command{CancelTask{t.sid, reason_of(who, t.worker_sid)}};
         }));
  api.on("wrap_up_task", plain([](const Caller& who, const TaskRecord& t) {
           return Command{WrapUpTask{t.sid, reason_of(who, t.worker_sid)}};
         }));
  api.on("extend_wrap_up", plain([](const Caller&, const TaskRecord& t) { return Command{ExtendWrapUp{t.sid}}; }));
  api.on("re_evaluate_task", plain([](const Caller&, const TaskRecord& t) { return Command{ReEvaluateTask{t.sid}}; }));
  api.on("complete_task", complete_task);
  api.on("transfer_task", transfer_task);
  api.on("move_task", move_task);
  api.on("set_task_disposition", set_disposition);
}

}  // namespace carillon::routing
