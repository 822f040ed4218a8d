#include "door/configuration.h"
#include "door/words.h"
#include "routing/rest.h"
#include "routing/wrap_up_field.h"
#include "runtime/resource_render.h"

namespace carillon::routing {
namespace {

struct TaskQueueKind {
  using Record = TaskQueueRecord;
  using IdType = QueueId;
  static constexpr const char* kOne = "task_queue";
  static constexpr const char* kMany = "task_queues";
  static constexpr const char* kPlace = "/api/v1/task-queues/";
  static constexpr const char* kTitle = "task queue";

  static const Record* find(const workspace::State& state, IdType sid) { return state.routing().task_queue(sid); }
  static std::vector<const Record*> all(const workspace::State& state) { return state.routing().task_queues(); }
  static std::string_view name(const Record& record) { return record.friendly_name; }
  static void render(std::string& out, const workspace::State& state, const Record& record) {
    runtime::render(out, state.workspace().sid, record, state.routing().warnings(record.sid));
  }
  static workspace::Command remove(IdType sid, std::int64_t version) { return Command{DeleteTaskQueue{sid, version}}; }

  static door::Edit<Record> parse(http::Fields& in, bool is_new) {
    const std::optional<std::string> name =
        is_new ? in.required_string("friendly_name", 1, 64) : in.optional_string("friendly_name", 1, 64);
    const auto expression = in.optional_string("expression", 0, 4096);
    const auto task_order = door::optional_word<QueueOrder>(in, "task_order");
    const auto max_reserved = in.optional_int("max_reserved_workers", 1, 50);
    std::optional<std::pair<Duration, Duration>> service_level;
    if (auto level = in.optional_fields("service_level")) {
      service_level.emplace(Duration::seconds(level->required_int("target_s", 1, 86'400)),
                            Duration::seconds(level->required_int("short_abandon_s", 0, 3600)));
    }
    const auto max_size = in.nullable_int("max_size", 1, 1'000'000);
    const auto max_wait = in.nullable_int("max_wait_s", 1, 1'209'600);
    const auto assign = door::optional_word<AssignMode>(in, "assign");
    const auto offer_timeout = in.nullable_int("offer_timeout_s", 1, 3600);
    const auto wrap_up = read_wrap_up(in, {});
    const auto pop_url = in.nullable_string("pop_url", 0, 2'000);
    const auto pop_open = in.optional_bool("pop_open");
    return [=](const runtime::View&, Record record) -> Result<workspace::Command> {
      if (name) record.friendly_name = *name;
      if (expression) record.expression = *expression;
      if (task_order) record.task_order = *task_order;
      if (max_reserved) record.max_reserved_workers = *max_reserved;
      if (service_level) record.service_level = service_level->first, record.short_abandon = service_level->second;
      if (max_size.present) record.max_size = max_size.value.value_or(0);
      if (max_wait.present) record.max_wait = Duration::seconds(max_wait.value.value_or(0));
      if (assign) record.assign = *assign;
      if (offer_timeout.present) record.offer_timeout = Duration::seconds(offer_timeout.value.value_or(0));
      put_wrap_up(record, wrap_up);
      if (pop_url.present) record.pop_url = pop_url.value.value_or("");
      if (pop_open) record.pop_open = *pop_open;
      return workspace::Command(Command{PutTaskQueue{std::move(record)}});
    };
  }
};

}  // namespace

void add_task_queue_routes(door::Api& api) { door::add_configuration<TaskQueueKind>(api); }

}  // namespace carillon::routing
