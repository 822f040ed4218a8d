#include "door/configuration.h"
#include "door/words.h"
#include "routing/rest.h"
#include "routing/wrap_up_field.h"
#include "runtime/resource_render.h"

namespace carillon::routing {
namespace {

// "[a-z][a-z0-9_-]*": a name for programs.
bool is_unique_name(std::string_view name) {
  if (name.empty() || name.front() < 'a' || name.front() > 'z') return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; });
}

std::string read_unique_name(http::Fields& in) {
  std::string name = in.required_string("unique_name", 1, 64);
  if (!name.empty() && !is_unique_name(name)) {
    in.fault("unique_name", ErrorCode::kInvalidValue, "this is no name for programs",
             "a lower-case letter, then letters, digits, '_' and '-'");
  }
  return name;
}

Error taken(std::string_view field, const std::string& name) {
  return Error(ErrorCode::kNameTaken, "another task channel is called '" + name + "'; choose another name")
      .at(std::string(field));
}

Result<void> check_names(const workspace::State& state, const TaskChannelRecord& wanted) {
  for (const TaskChannelRecord* other : state.routing().task_channels()) {
    if (other->sid == wanted.sid) continue;
    if (other->unique_name == wanted.unique_name) return taken("unique_name", wanted.unique_name);
    if (other->friendly_name == wanted.friendly_name) return taken("friendly_name", wanted.friendly_name);
  }
  return {};
}

struct TaskChannelKind {
  using Record = TaskChannelRecord;
  using IdType = TaskChannelId;
  static constexpr const char* kOne = "task_channel";
  static constexpr const char* kMany = "task_channels";
  static constexpr const char* kPlace = "/api/v1/task-channels/";
  static constexpr const char* kTitle = "task channel";

  static const Record* find(const workspace::State& state, IdType sid) { return state.routing().task_channel(sid); }
  static std::vector<const Record*> all(const workspace::State& state) { return state.routing().task_channels(); }
  static std::string_view name(const Record& record) { return record.friendly_name; }
  static void render(std::string& out, const workspace::State& state, const Record& record) {
    runtime::render(out, state.workspace().sid, record);
  }
  static workspace::Command remove(IdType sid, std::int64_t version) {
    return Command{DeleteTaskChannel{sid, version}};
  }

  static door::Edit<Record> parse(http::Fields& in, bool is_new) {
    std::optional<std::string> unique_name, name;
    if (is_new) unique_name = read_unique_name(in);
    name = is_new ? in.required_string("friendly_name", 1, 64) : in.optional_string("friendly_name", 1, 64);
    const auto cost = in.optional_int("cost", 0, 1000);
    const auto exclusive = in.optional_bool("exclusive");
    const auto capacity = in.optional_int("default_capacity", 0, 100);
    const auto assign = door::optional_word<AssignMode>(in, "assign", {AssignMode::inherit});
    const auto answered_on = door::optional_word<AnsweredOn>(in, "answered_on");
    const auto offer_timeout = in.optional_int("offer_timeout_s", 1, 3600);
    const auto is_live = in.optional_bool("live");
    const auto time_to_live = in.optional_int("time_to_live_s", 1, 1'209'600);
    const auto interruptible_by = in.optional_sids<TaskChannelId>("interruptible_by", 0, 32);
    const auto suspended = in.optional_int("suspended_at_most_s", 60, 86'400);
    const auto wrap_up = read_wrap_up(in, {WrapUpMode::inherit});
    return [=](const runtime::View& view, Record record) -> Result<workspace::Command> {
      if (unique_name) record.unique_name = *unique_name;
      if (name) record.friendly_name = *name;
      if (cost) record.cost = *cost;
      if (exclusive) record.exclusive = *exclusive;
      if (capacity) record.default_capacity = *capacity;
      if (assign) record.assign = *assign;
      if (answered_on) record.answered_on = *answered_on;
      if (offer_timeout) record.offer_timeout = Duration::seconds(*offer_timeout);
      if (is_live) record.live = *is_live;
      if (time_to_live) record.time_to_live = Duration::seconds(*time_to_live);
      if (interruptible_by) record.interruptible_by = *interruptible_by;
      if (suspended) record.suspended_at_most = Duration::seconds(*suspended);
      put_wrap_up(record, wrap_up);
      if (auto fine = check_names(view.state, record); !fine) return fine.error();
      return workspace::Command(Command{PutTaskChannel{std::move(record)}});
    };
  }
};

}  // namespace

void add_task_channel_routes(door::Api& api) { door::add_configuration<TaskChannelKind>(api); }

}  // namespace carillon::routing
