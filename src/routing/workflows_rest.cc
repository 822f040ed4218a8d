#include "door/configuration.h"
#include "routing/document_check.h"
#include "routing/rest.h"
#include "runtime/resource_render.h"

namespace carillon::routing {
namespace {

struct WorkflowKind {
  using Record = WorkflowRecord;
  using IdType = WorkflowId;
  static constexpr const char* kOne = "workflow";
  static constexpr const char* kMany = "workflows";
  static constexpr const char* kPlace = "/api/v1/workflows/";
  static constexpr const char* kTitle = "workflow";

  static const Record* find(const workspace::State& state, IdType sid) { return state.routing().workflow(sid); }
  static std::vector<const Record*> all(const workspace::State& state) { return state.routing().workflows(); }
  static std::string_view name(const Record& record) { return record.friendly_name; }
  static void render(std::string& out, const workspace::State& state, const Record& record) {
    runtime::render(out, state.workspace().sid, record, state.routing().warnings(record.sid));
  }
  static workspace::Command remove(IdType sid, std::int64_t version) { return Command{DeleteWorkflow{sid, version}}; }

  static door::Edit<Record> parse(http::Fields& in, bool is_new) {
    const std::optional<std::string> name =
        is_new ? in.required_string("friendly_name", 1, 64) : in.optional_string("friendly_name", 1, 64);
    // Deeper than this is too_deep at the door; compile_workflow bounds the bytes as well.
    const http::JsonBounds bounds{.max_depth = 32, .max_bytes = 256 << 10};
    std::shared_ptr<const DocumentCheck> document;
    if (is_new) {
      const auto object = in.required_object("document", bounds);
      if (in.ok()) document = std::make_shared<const DocumentCheck>(object);
    } else if (const auto object = in.optional_object("document", bounds)) {
      document = std::make_shared<const DocumentCheck>(*object);
    }
    const bool re_evaluate = is_new ? false : in.optional_bool("re_evaluate").value_or(false);
    return [=](const runtime::View& view, Record record) -> Result<workspace::Command> {
      if (name) record.friendly_name = *name;
      if (document) {
        const auto faults =
            document->faults([&](QueueId sid) { return view.state.routing().task_queue(sid) != nullptr; });
        if (!faults.empty()) return faults.front();
        record.document.text = document->text();
      }
      return workspace::Command(Command{PutWorkflow{std::move(record), re_evaluate}});
    };
  }
};

}  // namespace

void add_workflow_routes(door::Api& api) { door::add_configuration<WorkflowKind>(api); }

}  // namespace carillon::routing
