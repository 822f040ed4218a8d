#include "routing/document_check.h"

#include "http/parse/fields.h"

namespace carillon::routing {
namespace {

namespace json = boost::json;
using Queues = std::vector<std::pair<std::string, QueueId>>;

const json::object* object_at(const json::object& of, std::string_view key) {
  const auto* found = of.if_contains(key);
  return found ? found->if_object() : nullptr;
}
const json::array* array_at(const json::object& of, std::string_view key) {
  const auto* found = of.if_contains(key);
  return found ? found->if_array() : nullptr;
}

void add_queue(const json::object& of, const std::string& pointer, Queues& out) {
  const auto* found = of.if_contains("queue");
  const auto* text = found ? found->if_string() : nullptr;
  if (!text) return;
  if (const auto id = QueueId::parse(*text)) out.emplace_back(pointer + "/queue", *id);
}

void add_overflow(const json::object& of, const std::string& pointer, Queues& out) {
  const auto* carillon = object_at(of, "carillon");
  const auto* overflow = carillon ? object_at(*carillon, "overflow") : nullptr;
  if (overflow) add_queue(*overflow, pointer + "/carillon/overflow", out);
}

Queues queues_named(const json::object& document) {
  Queues out;
  const auto* routing = object_at(document, "task_routing");
  if (!routing) return out;
  const std::string top = "/document/task_routing";
  if (const auto* filters = array_at(*routing, "filters")) {
    for (std::size_t i = 0; i < filters->size(); ++i) {
      const auto* filter = (*filters)[i].if_object();
      if (!filter) continue;
      const std::string place = top + "/filters/" + std::to_string(i);
      add_overflow(*filter, place, out);
      const auto* targets = array_at(*filter, "targets");
      for (std::size_t n = 0; targets && n < targets->size(); ++n) {
        const auto* target = (*targets)[n].if_object();
        if (!target) continue;
        const std::string where = place + "/targets/" + std::to_string(n);
        add_queue(*target, where, out);
        add_overflow(*target, where, out);
      }
    }
  }
  if (const auto* last = object_at(*routing, "default_filter")) add_queue(*last, top + "/default_filter", out);
  return out;
}

// What the contract asks of the form and compile_workflow takes as absent.
std::vector<Error> form_faults_of(const json::object& document) {
  const json::value whole(document);
  http::Fields in(whole);
  http::Fields routing = in.required_fields("task_routing");
  routing.required_list("filters", 0, 200);
  const auto* held = object_at(document, "task_routing");
  const auto* last = held ? held->if_contains("default_filter") : nullptr;
  if (last && !last->is_null()) {
    if (auto fields = routing.optional_fields("default_filter")) {
      fields->required_sid<QueueId>("queue");
      fields->optional_int("priority", 0, 2'147'483'647);
    }
  }
  return in.faults();
}

}  // namespace

DocumentCheck::DocumentCheck(const json::object& document)
    : text_(json::serialize(document)), form_(form_faults_of(document)), queues_(queues_named(document)) {
  if (form_.empty()) {
    auto compiled = compile_workflow(text_);
    if (compiled) {
      compiled_ = *std::move(compiled);
    } else {
      faults_.push_back(std::move(compiled).error());
    }
  }
  for (auto* list : {&form_, &faults_}) {
    for (Error& fault : *list) fault.field = "/document" + (fault.field == "/" ? std::string() : fault.field);
  }
}

std::vector<Error> DocumentCheck::faults(const std::function<bool(QueueId)>& is_there) const {
  std::vector<Error> out = form_.empty() ? faults_ : form_;
  for (const auto& [pointer, queue] : queues_) {
    if (is_there(queue)) continue;
    out.push_back(Error(ErrorCode::kWorkflowFault,
                        pointer + ": found no task queue " + queue.str() + "; list them with GET /api/v1/task-queues")
                      .at(pointer)
                      .expecting("the sid of a task queue of this workspace"));
  }
  return out;
}

}  // namespace carillon::routing
