// One worker: made, read, changed, removed; activity, pending activity, Not Responding, what they take of a task channel.
#include "door/configuration.h"
#include "routing/caller_rules.h"
#include "routing/rest.h"
#include "runtime/resource_render.h"

namespace carillon::routing {
namespace {

constexpr const char* kPlace = "/api/v1/workers/";
constexpr store::Sql kMember = "SELECT 1 FROM memberships WHERE workspace_id = ?1 AND user_sid = ?2";

Result<door::Rendered> worker_row(const runtime::View& view, const std::string& sid) {
  const auto id = WorkerId::parse(sid);
  door::Rendered out;
  if (!id || !runtime::render_worker(out.json, view.state, *id)) return door::no_such("worker", sid);
  out.version = view.state.routing().worker(*id)->version;
  return out;
}

struct WorkerFields {
  std::optional<std::string> name;
  http::Nullable<UserId> user;
  std::optional<std::string> attributes;
  http::Nullable<std::int64_t> total_capacity;
  std::optional<bool> requires_connection;

  static WorkerFields read(http::Fields& in, bool is_new) {
    WorkerFields out;
    out.name = is_new ? in.required_string("friendly_name", 1, 64) : in.optional_string("friendly_name", 1, 64);
    if (is_new) out.user = in.nullable_sid<UserId>("user_sid");
    if (const auto object = in.optional_object("attributes")) out.attributes = boost::json::serialize(*object);
    out.total_capacity = in.nullable_int("total_capacity", 1, 1000);
    out.requires_connection = in.optional_bool("requires_connection");
    return out;
  }

  void put_into(WorkerRecord& record) const {
    if (name) record.friendly_name = *name;
    if (user.present) record.user_sid = user.value.value_or(UserId{});
    if (attributes) record.attributes.text = *attributes;
    if (total_capacity.present) record.total_capacity = total_capacity.value.value_or(0);
  }
};

Error is_worker_already(const WorkerRecord& worker) {
  return Error(ErrorCode::kInUse,
               "this user is worker '" + worker.friendly_name + "' (" + worker.sid.str() + ") already")
      .at("/user_sid");
}

void make_worker(door::Call call, WorkerFields fields) {
  door::Answer answer{.status = 201, .location = kPlace, .live_row = worker_row};
  answer.prepare = [fields = std::move(fields)](const runtime::View& view,
                                                workspace::Command& command) -> Result<void> {
    WorkerRecord record;
    fields.put_into(record);
    for (const WorkerRecord* other : view.state.routing().workers()) {
      if (record.user_sid && other->user_sid == record.user_sid) return is_worker_already(*other);
    }
    const bool needs_connection = fields.requires_connection.value_or(!record.user_sid.empty());
    command = workspace::PutWorker{std::move(record), needs_connection};
    return {};
  };
  door::change(std::move(call), workspace::Tick{}, std::move(answer));
}

void create_worker(door::Call call) {
  auto body = call.body();
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  WorkerFields fields = WorkerFields::read(in, true);
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  if (!fields.user.value) return make_worker(std::move(call), std::move(fields));
  door::with_reader(std::move(call), [fields = std::move(fields)](door::Call held, store::Reader& reader) {
    auto found = reader.query(kMember, {held.workspace(), *fields.user.value});
    if (!found) return held.fail(found.error());
    if (found->empty()) {
      return held.fail(
          Error(ErrorCode::kInvalidValue, "found no member " + fields.user.value->str() + " of this workspace")
              .at("/user_sid")
              .expecting("a user with a membership here; make it with POST /api/v1/memberships"));
    }
    make_worker(std::move(held), fields);
  });
}

void get_worker(door::Call call) {
  auto sid = call.request.sid<WorkerId>("sid");
  if (!sid) return call.fail(sid.error());
  door::live_one(std::move(call), worker_row, sid->str());
}

// What a change does to the worker's record, and whether a desktop must be there.
using Merge = std::function<Result<void>(const runtime::View&, WorkerRecord&, bool& requires_connection)>;

void put_worker(door::Call call, WorkerId sid, Result<std::int64_t> version, Merge merge) {
  door::Answer answer{.sid = sid.str(), .live_row = worker_row};
  answer.prepare = [sid, version = std::move(version), merge = std::move(merge)](
                       const runtime::View& view, workspace::Command& command) -> Result<void> {
    const WorkerRecord* present = view.state.routing().worker(sid);
    const auto* presence = view.state.presence().presence(sid);
    if (!present || !presence) return door::no_such("worker", sid.str());
    if (auto fine = door::check_version(version, present->version); !fine) return fine;
    workspace::PutWorker put{*present, presence->requires_connection};
    if (auto fine = merge(view, put.worker, put.requires_connection); !fine) return fine;
    command = std::move(put);
    return {};
  };
  door::change(std::move(call), workspace::Tick{}, std::move(answer));
}

void update_worker(door::Call call) {
  auto sid = call.request.sid<WorkerId>("sid");
  if (!sid) return call.fail(sid.error());
  auto body = door::patch_body(call);
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  WorkerFields fields = WorkerFields::read(in, false);
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  auto version = call.version();
  put_worker(std::move(call), *sid, std::move(version),
             [fields = std::move(fields)](const runtime::View&, WorkerRecord& record,
                                          bool& requires_connection) -> Result<void> {
               fields.put_into(record);
               requires_connection = fields.requires_connection.value_or(requires_connection);
               return {};
             });
}

void update_worker_channel(door::Call call) {
  auto sid = call.request.sid<WorkerId>("sid");
  if (!sid) return call.fail(sid.error());
  auto channel = call.request.sid<TaskChannelId>("task_channel_sid");
  if (!channel) return call.fail(channel.error());
  auto body = call.body();
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  const std::int64_t capacity = in.required_int("configured_capacity", 0, 1000);
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  put_worker(std::move(call), *sid, std::int64_t{0},
             [id = *channel, capacity](const runtime::View& view, WorkerRecord& record, bool&) -> Result<void> {
               if (!view.state.routing().task_channel(id)) return door::no_such("task channel", id.str());
               for (ChannelCapacity& own : record.channel_capacities) {
                 if (own.task_channel_sid == id) return own.capacity = capacity, Result<void>();
               }
               record.channel_capacities.push_back({id, capacity});
               return {};
             });
}

void delete_worker(door::Call call) {
  auto sid = call.request.sid<WorkerId>("sid");
  if (!sid) return call.fail(sid.error());
  door::Answer answer{.status = 204, .sid = sid->str(), .live_row = worker_row};
  answer.prepare = [id = *sid, version = call.version()](const runtime::View& view,
                                                         workspace::Command& command) -> Result<void> {
    const WorkerRecord* present = view.state.routing().worker(id);
    if (!present) return door::no_such("worker", id.str());
    if (auto fine = door::check_version(version, present->version); !fine) return fine;
    command = workspace::DeleteWorker{id, present->version};
    return {};
  };
  door::change(std::move(call), workspace::Tick{}, std::move(answer));
}

// A command about one worker, which an agent may only give about themself.
void command_worker(door::Call call, WorkerId sid,
                    std::function<Result<workspace::Command>(const runtime::View&)> make) {
  const auto only = only_of(call);
  door::Answer answer{.sid = sid.str(), .live_row = worker_row};
  answer.prepare = [sid, only, make = std::move(make)](const runtime::View& view,
                                                       workspace::Command& command) -> Result<void> {
    if (!view.state.routing().worker(sid)) return door::no_such("worker", sid.str());
    if (only && *only != sid) {
      return Error(ErrorCode::kForbidden,
                   "this is another worker; an agent may do this for themself, a supervisor for everybody");
    }
    auto made = make(view);
    if (!made) return made.error();
    command = *std::move(made);
    return {};
  };
  door::change(std::move(call), workspace::Tick{}, std::move(answer));
}

void set_activity(door::Call call, bool when_idle) {
  auto sid = call.request.sid<WorkerId>("sid");
  if (!sid) return call.fail(sid.error());
  auto body = call.body();
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  const auto activity = in.required_sid<ActivityId>("activity_sid");
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  const bool by_supervisor = !call.caller().is_agent_only();
  command_worker(
      std::move(call), *sid,
      [id = *sid, activity, when_idle, by_supervisor](const runtime::View& view) -> Result<workspace::Command> {
        if (!view.state.presence().activity(activity)) {
          return Error(ErrorCode::kInvalidValue,
                       "found no activity " + activity.str() + "; list them with GET /api/v1/activities")
              .at("/activity_sid");
        }
        return workspace::Command(presence::Command{presence::SetActivity{id, activity, when_idle, by_supervisor}});
      });
}

void clear_pending_activity(door::Call call) {
  auto sid = call.request.sid<WorkerId>("sid");
  if (!sid) return call.fail(sid.error());
  command_worker(std::move(call), *sid, [id = *sid](const runtime::View& view) -> Result<workspace::Command> {
    const auto* presence = view.state.presence().presence(id);
    // Taking back what is not there is done already.
    if (!presence || !presence->pending_activity_sid) return workspace::Command(workspace::Tick{});
    return workspace::Command(presence::Command{presence::ClearPendingActivity{id}});
  });
}

void clear_not_responding(door::Call call) {
  auto sid = call.request.sid<WorkerId>("sid");
  if (!sid) return call.fail(sid.error());
  auto body = call.body();
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  const auto channel = in.optional_sid<TaskChannelId>("task_channel_sid").value_or(TaskChannelId{});
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  command_worker(std::move(call), *sid, [id = *sid, channel](const runtime::View& view) -> Result<workspace::Command> {
    if (channel && !view.state.routing().task_channel(channel)) {
      return Error(ErrorCode::kInvalidValue, "found no task channel " + channel.str()).at("/task_channel_sid");
    }
    return workspace::Command(Command{ClearNotResponding{id, channel}});
  });
}

}  // namespace

void add_worker_routes(door::Api& api) {
  api.on("create_worker", create_worker);
  api.on("get_worker", get_worker);
  api.on("update_worker", update_worker);
  api.on("delete_worker", delete_worker);
  api.on("update_worker_channel", update_worker_channel);
  api.on("set_worker_activity", [](door::Call call) { set_activity(std::move(call), false); });
  api.on("set_pending_activity", [](door::Call call) { set_activity(std::move(call), true); });
  api.on("clear_pending_activity", clear_pending_activity);
  api.on("clear_not_responding", clear_not_responding);
}

}  // namespace carillon::routing
