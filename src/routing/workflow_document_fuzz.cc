// Goal: no workflow document makes the check at saving time misbehave, and what passes it can be saved and lived with.
// Input: the document, 00, a task's attributes, 00, a worker's, 00, deeds: a byte each.
// Checks: a fault names a place of the document, and a column of the text there; what is accepted means the same when it is written
//         anew, names no queue unseen, is saved as it is, and routes tasks under the decider's invariants.
#include <charconv>

#include "base/check.h"
#include "base/testing/fuzz_input.h"
#include "http/parse/json_body.h"
#include "http/parse/utf8.h"
#include "routing/document_check.h"
#include "workspace/testing/center.h"
#include "workspace/testing/stand_ins.h"

namespace carillon::routing {
namespace {

namespace json = boost::json;
using workspace::testing::Center;

constexpr int kMostDeeds = 24;

// What stands at a pointer; null when nothing does. A name longer than a pointer shows is found by how it begins.
const json::value* find(const json::value& root, std::string_view pointer, bool& is_missing_member) {
  const json::value* at = &root;
  is_missing_member = false;
  while (!pointer.empty()) {
    CARILLON_CHECK(pointer.front() == '/' && at);
    pointer.remove_prefix(1);
    const std::size_t end = std::min(pointer.find('/'), pointer.size());
    std::string name(pointer.substr(0, end));
    pointer.remove_prefix(end);
    for (std::size_t i = 0; (i = name.find('~', i)) != std::string::npos; ++i) {
      CARILLON_CHECK(i + 1 < name.size() && (name[i + 1] == '0' || name[i + 1] == '1'));
      name.replace(i, 2, name[i + 1] == '0' ? "~" : "/");
    }
    const json::value* next = nullptr;
    if (const auto* object = at->if_object()) {
      for (const auto& member : *object) {
        const std::string_view key = member.key();
        if (key == name || (name.size() > 56 && key.starts_with(name))) next = &member.value();
      }
      is_missing_member = !next && pointer.empty();
    } else if (const auto* array = at->if_array()) {
      std::size_t i = 0;
      const auto read = std::from_chars(name.data(), name.data() + name.size(), i);
      if (read.ec == std::errc() && i < array->size()) next = &(*array)[i];
    }
    at = next;
    if (!at) CARILLON_CHECK(pointer.empty());  // only the last step may lead nowhere
  }
  return at;
}

void check_fault(const Error& fault, const json::value& document) {
  CARILLON_CHECK(fault.http_status() >= 400 && fault.http_status() < 500 && !fault.message.empty());
  CARILLON_CHECK(http::is_utf8(fault.message) && http::is_utf8(fault.field) && http::is_utf8(fault.expected));
  constexpr std::string_view kBody = "/document";
  CARILLON_CHECK(fault.field.starts_with(kBody));
  bool is_missing = false;
  const json::value* found = find(document, std::string_view(fault.field).substr(kBody.size()), is_missing);
  CARILLON_CHECK(found || is_missing);
  if (fault.column == 0) return;
  const auto* text = found ? found->if_string() : nullptr;
  CARILLON_CHECK(text && fault.column >= 1 && fault.column <= static_cast<std::int64_t>(text->size()) + 1);
}

// The whole meaning as text, to compare two documents.
std::string meaning(const Target& target) {
  std::string out = target.queue.str() + " p" + (target.priority ? std::to_string(*target.priority) : "-") + " t" +
                    std::to_string(target.timeout.us) + " " + target.expression.canonical() + " by " +
                    target.order_by.canonical() + " skip " + (target.skip_if ? target.skip_if->canonical() : "-");
  for (const Ring& ring : target.rings) out += " ring " + std::to_string(ring.after.us) + ring.expression.canonical();
  out += target.interrupt ? " i" : " -";
  if (target.overflow) {
    out += " over " + target.overflow->queue.str() + std::to_string(target.overflow->max_waiting.value_or(-1)) + " " +
           std::to_string(target.overflow->max_expected_wait.value_or(Duration{-1}).us);
  }
  return out + " last " + std::to_string(target.last_worker.us) + "\n";
}

std::string meaning(const WorkflowDocument& document) {
  std::string out = document.default_queue.str() + "\n";
  for (const Filter& filter : document.filters) {
    out += filter.friendly_name + ": " + filter.expression.canonical() + "\n";
    for (const Target& target : filter.targets) out += meaning(target);
  }
  for (const std::string& warning : document.warnings) out += warning + "\n";
  return out;
}

void check_limits(const WorkflowDocument& document, const json::value& written) {
  CARILLON_CHECK(document.filters.size() <= 1000 && document.warnings.size() <= 100);
  for (const Filter& filter : document.filters) {
    CARILLON_CHECK(!filter.targets.empty() && filter.targets.size() <= 50);
    for (const Target& target : filter.targets) {
      CARILLON_CHECK(target.queue && target.timeout >= Duration{} && target.timeout <= Duration::seconds(1'209'600));
      CARILLON_CHECK(!target.priority || (*target.priority >= 0 && *target.priority <= 2'147'483'647));
      CARILLON_CHECK(target.rings.size() <= 20 &&
                     std::is_sorted(target.rings.begin(), target.rings.end(),
                                    [](const Ring& a, const Ring& b) { return a.after < b.after; }));
    }
  }
  for (const std::string& warning : document.warnings) {
    const std::size_t end = warning.find(": not known here");
    CARILLON_CHECK(end != std::string::npos && http::is_utf8(warning));
    bool is_missing = false;
    CARILLON_CHECK(find(written, std::string_view(warning).substr(0, end), is_missing));
  }
}

std::string attributes_from(std::string_view text, const char* otherwise) {
  const auto value = http::parse_json(text, {.max_depth = 16});
  return value && value->is_object() ? json::serialize(*value) : otherwise;
}

void do_one(Center& center, std::uint8_t deed, WorkflowId workflow, const std::string& attributes) {
  const auto& routing = center.state->routing();
  const auto tasks = routing.tasks();
  const auto reservations = routing.reservations();
  const std::size_t n = deed / 8;
  switch (deed % 8) {
    case 0:
    case 1:
      (void)center.try_(CreateTask{.workflow_sid = workflow,
                                   .task_channel_sid = center.channel(n % 2 ? "chat" : "voice"),
                                   .attributes = {n % 4 == 3 ? "{}" : attributes},
                                   .priority = static_cast<std::int64_t>(n % 3),
                                   .last_worker_sid = routing.workers()[n % 2]->sid});
      return;
    case 2:
      if (!reservations.empty()) (void)center.try_(AcceptReservation{reservations[n % reservations.size()]->sid});
      return;
    case 3:
      if (!reservations.empty()) (void)center.try_(RejectReservation{reservations[n % reservations.size()]->sid});
      return;
    case 4:
      if (!tasks.empty()) (void)center.try_(CompleteTask{.task_sid = tasks[n % tasks.size()]->sid, .disposition = "d"});
      return;
    case 5:
      if (!tasks.empty()) (void)center.try_(ReEvaluateTask{tasks[n % tasks.size()]->sid});
      return;
    case 6:
      return center.advance(Duration::seconds(n < 28 ? static_cast<std::int64_t>(n) * 3 : 2000));
    default:
      return center.restart(Duration::seconds(static_cast<std::int64_t>(n)));
  }
}

// Every task has found its place: a why that says which.
void check_tasks(const Center& center) {
  for (const TaskRecord* task : center.state->routing().tasks()) {
    const auto why = center.state->routing().why(task->sid, center.now(), 3);
    CARILLON_CHECK(why.ok() && http::is_utf8(why->target) && http::is_utf8(why->next_change));
    for (const auto& candidate : why->candidates)
      CARILLON_CHECK(!candidate.verdict.empty() && http::is_utf8(candidate.detail));
  }
}

void live_with(Center& center, const DocumentCheck& document, carillon::testing::FuzzInput& input,
               const std::string& task_attributes, const std::string& worker_attributes) {
  WorkflowRecord row;
  row.friendly_name = "Fuzzed";
  row.document.text = document.text();
  const auto saved = center.try_(PutWorkflow{.workflow = std::move(row)});
  CARILLON_CHECK(saved.ok());
  const WorkflowId workflow = WorkflowId::parse(*saved).value();
  CARILLON_CHECK(center.state->routing().workflow(workflow)->document.text == document.text());
  center.add_worker("Ann", worker_attributes);
  center.add_worker("Bob", "{}");
  (void)center.try_(CreateTask{.workflow_sid = workflow, .attributes = {task_attributes}});
  for (int i = 0; i < kMostDeeds && !input.empty(); ++i) do_one(center, input.byte(), workflow, task_attributes);
  check_tasks(center);
  // Saved again it is another version, which waiting tasks walk only when they are told to.
  WorkflowRecord again = *center.state->routing().workflow(workflow);
  CARILLON_CHECK(center.try_(PutWorkflow{.workflow = again, .re_evaluate = true}).ok());
  CARILLON_CHECK(center.hash_of_replay() == center.state->hash());
}

void check(carillon::testing::FuzzInput input) {
  Center center(3);
  center.add_queue("Second", "level > 2");
  const std::string text = workspace::testing::with_real_sids(input.piece(), *center.state);
  const auto raw = compile_workflow(text);
  if (!raw) CARILLON_CHECK(raw.error().http_status() / 100 == 4 && !raw.error().message.empty());
  const auto parsed = http::parse_json(text, {.max_bytes = 256 << 10, .max_depth = 32});
  if (!parsed || !parsed->is_object()) return;
  const DocumentCheck document(parsed->get_object());
  const auto faults = document.faults([&](QueueId sid) { return center.state->routing().task_queue(sid) != nullptr; });
  for (const Error& fault : faults) check_fault(fault, *parsed);
  CARILLON_CHECK(document.faults_of_form().empty() || !document.compiled());
  if (!document.compiled()) {
    CARILLON_CHECK(!faults.empty());
    return;
  }
  check_limits(*document.compiled(), *parsed);
  CARILLON_CHECK(raw.ok() && meaning(*raw) == meaning(*document.compiled()));
  if (!faults.empty()) return;
  const std::string task = attributes_from(input.piece(), R"({"type":"sales","vip":true,"lang":"en","n":3})");
  const std::string worker = attributes_from(input.piece(), R"({"lang":["en","de"],"level":5})");
  live_with(center, document, input, task, worker);
}

}  // namespace
}  // namespace carillon::routing

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  carillon::routing::check({data, size});
  return 0;
}
