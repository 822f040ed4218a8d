#include "presence/activities_rest.h"

#include "door/configuration.h"
#include "door/words.h"
#include "runtime/resource_render.h"

namespace carillon::presence {
namespace {

struct ActivityKind {
  using Record = ActivityRecord;
  using IdType = ActivityId;
  static constexpr const char* kOne = "activity";
  static constexpr const char* kMany = "activities";
  static constexpr const char* kPlace = "/api/v1/activities/";
  static constexpr const char* kTitle = "activity";

  static const Record* find(const workspace::State& state, IdType sid) { return state.presence().activity(sid); }
  static std::vector<const Record*> all(const workspace::State& state) { return state.presence().activities(); }
  static std::string_view name(const Record& record) { return record.friendly_name; }
  static void render(std::string& out, const workspace::State& state, const Record& record) {
    runtime::render(out, state.workspace().sid, record);
  }
  static workspace::Command remove(IdType sid, std::int64_t version) { return Command{DeleteActivity{sid, version}}; }

  static door::Edit<Record> parse(http::Fields& in, bool is_new) {
    std::optional<std::string> name;
    std::optional<ActivityClass> activity_class;
    if (is_new) {
      name = in.required_string("friendly_name", 1, 64);
      activity_class = door::required_word<ActivityClass>(in, "activity_class");
    } else {
      name = in.optional_string("friendly_name", 1, 64);
      activity_class = door::optional_word<ActivityClass>(in, "activity_class");
    }
    const auto paid = in.optional_bool("paid");
    const auto maximum = in.nullable_int("maximum_s", 60, 86'400);
    const auto pickable_by = door::optional_word<PickableBy>(in, "pickable_by");
    return [=](const runtime::View&, Record record) -> Result<workspace::Command> {
      if (name) record.friendly_name = *name;
      if (activity_class) record.activity_class = *activity_class;
      if (paid) record.paid = *paid;
      if (maximum.present) record.maximum = Duration::seconds(maximum.value.value_or(0));
      if (pickable_by) record.pickable_by = *pickable_by;
      return workspace::Command(Command{PutActivity{std::move(record)}});
    };
  }
};

}  // namespace

void add_activity_routes(door::Api& api) { door::add_configuration<ActivityKind>(api); }

}  // namespace carillon::presence
