// Tasks: made, read, listed, changed.
#include "door/words.h"
#include "routing/rest.h"
#include "routing/task_command.h"
#include "runtime/tables.h"

namespace carillon::routing {
namespace {

constexpr std::int64_t kMostPriority = 2'147'483'647;

struct NewTask {
  CreateTask command;
  std::string channel_name;
};

Result<NewTask> read_new_task(const boost::json::value& body, Instant now) {
  http::Fields in(body);
  NewTask out;
  CreateTask& c = out.command;
  c.workflow_sid = in.optional_sid<WorkflowId>("workflow_sid").value_or(WorkflowId{});
  c.task_queue_sid = in.optional_sid<QueueId>("task_queue_sid").value_or(QueueId{});
  c.worker_sid = in.optional_sid<WorkerId>("worker_sid").value_or(WorkerId{});
  c.task_channel_sid = in.optional_sid<TaskChannelId>("task_channel_sid").value_or(TaskChannelId{});
  out.channel_name = in.optional_string("task_channel_unique_name", 1, 64).value_or("");
  const auto attributes = in.optional_object("attributes");
  c.priority = in.optional_int("priority", 0, kMostPriority).value_or(0);
  c.time_to_live = Duration::seconds(in.optional_int("time_to_live_s", 1, 1'209'600).value_or(0));
  c.virtual_start_time = in.optional_time("virtual_start_time").value_or(Instant{});
  if (auto fine = in.finish(); !fine) return fine.error();
  c.attributes.text = attributes ? boost::json::serialize(*attributes) : "{}";
  const int ways = !c.workflow_sid.empty() + !c.task_queue_sid.empty() + !c.worker_sid.empty();
  if (ways != 1) {
    in.fault(ways == 0      ? "workflow_sid"
             : c.worker_sid ? "worker_sid"
                            : "task_queue_sid",
             ErrorCode::kInvalidValue, "found " + std::to_string(ways) + " of workflow_sid, task_queue_sid, worker_sid",
             "exactly one of them");
  }
  if (c.task_channel_sid && !out.channel_name.empty()) {
    in.fault("task_channel_unique_name", ErrorCode::kInvalidValue, "found a task channel by sid and by name",
             "one of them");
  }
  if (c.virtual_start_time > now) {
    in.fault("virtual_start_time", ErrorCode::kOutOfRange, "found a time that has not come yet",
             "a time not after now");
  }
  if (!in.ok()) return in.faults().front();
  return out;
}

void create_task(door::Call call) {
  auto body = call.body();
  if (!body) return call.fail(body.error());
  auto wanted = read_new_task(*body, call.services->clock.now());
  if (!wanted) return call.fail(wanted.error());
  door::Answer answer{.status = 201, .row = task_row, .location = "/api/v1/tasks/"};
  answer.live = [](const runtime::Applied& applied, door::Rendered& out) {
    const auto sid = TaskId::parse(applied.effects.outcome->sid);
    return sid && render_task(applied, *sid, out.json, &out.version);
  };
  if (!wanted->channel_name.empty()) {
    answer.prepare = [name = wanted->channel_name](const runtime::View& view,
                                                   workspace::Command& command) -> Result<void> {
      const auto* channel = view.state.routing().task_channel(name);
      if (!channel) {
        return Error(ErrorCode::kInvalidValue,
                     "found no task channel called '" + name + "'; list them with GET /api/v1/task-channels")
            .at("/task_channel_unique_name");
      }
      std::get<CreateTask>(std::get<Command>(command)).task_channel_sid = channel->sid;
      return {};
    };
  }
  door::change(std::move(call), Command{std::move(wanted->command)}, std::move(answer));
}

void get_task(door::Call call) {
  auto sid = call.request.sid<TaskId>("sid");
  if (!sid) return call.fail(sid.error());
  const auto only = only_of(call);
  door::read_one(
      std::move(call),
      [only, id = *sid](store::Reader& reader, WorkspaceId workspace,
                        const std::string& text) -> Result<door::Rendered> {
        if (only) {
          auto task = read_task(reader, workspace, id);
          if (!task) return task.error();
          auto theirs = *task ? was_task_of(reader, workspace, **task, *only) : Result<bool>(false);
          if (!theirs) return theirs.error();
          if (!*theirs) return door::no_such("task", text);
        }
        return task_row(reader, workspace, text);
      },
      sid->str());
}

bool is_live_status(const std::string& word) { return word != "completed" && word != "canceled"; }

template <class IdType>
void filter(door::ListSql& list, http::QueryFields& query, std::string_view name, std::string_view condition) {
  if (const auto sid = query.optional_sid<IdType>(name)) list.where(condition, *sid);
}

Result<door::ListSql> read_list(const door::Call& call) {
  http::QueryFields query(call.request.query);
  door::ListSql list("SELECT " + std::string(runtime::columns_of<TaskRecord>()) + " FROM tasks", "created_at", "sid",
                     true);
  list.where("workspace_id = ", call.workspace());
  const auto statuses = door::words_of_query<TaskStatus>(query, "status");
  list.where_in("status", statuses);
  // Few live ones, whatever the history: their own index finds them.
  if (!statuses.empty() && std::all_of(statuses.begin(), statuses.end(), is_live_status)) list.where("ended_at = 0");
  filter<QueueId>(list, query, "task_queue_sid", "task_queue_sid = ");
  filter<WorkflowId>(list, query, "workflow_sid", "workflow_sid = ");
  filter<WorkerId>(list, query, "worker_sid", "worker_sid = ");
  filter<ContactId>(list, query, "contact_sid", "contact_sid = ");
  filter<ConversationId>(list, query, "conversation_sid", "conversation_sid = ");
  filter<CustomerId>(list, query, "customer_sid", "customer_sid = ");
  if (const auto from = query.optional_time("created_from")) list.where("created_at >= ", *from);
  if (const auto to = query.optional_time("created_to")) list.where("created_at < ", *to);
  if (const auto only = only_of(call)) {
    const std::string workspace = list.bind(call.workspace());
    const std::string worker = list.bind(only->str());
    list.where("(direct_worker_sid = " + worker +
               " OR sid IN (SELECT task_sid FROM reservations WHERE workspace_id = " + workspace +
               " AND worker_sid = " + worker + "))");
  }
  if (auto fine = list.page(query); !fine) return fine.error();
  if (auto fine = query.finish(); !fine) return fine.error();
  return list;
}

void list_tasks(door::Call call) {
  auto list = read_list(call);
  if (!list) return call.fail(list.error());
  door::read(std::move(call),
             [list = *std::move(list)](store::Reader& reader, const door::Call& held) -> Result<http::Response> {
               auto rows = reader.query(list.sql(), list.params());
               if (!rows) return rows.error();
               const runtime::RowNames names(reader, held.workspace());
               door::PageWriter page(list);
               for (const store::Row row : *rows) {
                 auto task = runtime::read_row<TaskRecord>(row);
                 if (!task) return task.error();
                 std::string text;
                 if (auto fine = append_task(text, reader, names, held.workspace(), *task); !fine) return fine.error();
                 if (!page.add(task->created_at.us, task->sid.str(), [&](std::string& out) { out += text; })) break;
               }
               return page.finish();
             });
}

void update_task(door::Call call) {
  auto sid = task_of_path(call);
  if (!sid) return call.fail(sid.error());
  auto body = door::patch_body(call);
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  UpdateTask command{.task_sid = *sid, .attributes = {}, .priority = in.optional_int("priority", 0, kMostPriority)};
  if (const auto attributes = in.optional_object("attributes"))
    command.attributes.text = boost::json::serialize(*attributes);
  command.re_evaluate = in.optional_bool("re_evaluate").value_or(false);
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  auto version = call.version();
  command_task(std::move(call), *sid,
               [command = std::move(command), version = std::move(version)](const runtime::View&,
                                                                            const TaskRecord& task) -> Result<Command> {
                 if (auto fine = door::check_version(version, task.version); !fine) return fine.error();
                 return Command{command};
               });
}

}  // namespace

void add_task_routes(door::Api& api) {
  api.on("create_task", create_task);
  api.on("get_task", get_task);
  api.on("list_tasks", list_tasks);
  api.on("update_task", update_task);
}

}  // namespace carillon::routing
