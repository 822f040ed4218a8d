// Is this expression, is this workflow document right? Nothing is saved.
#include "door/configuration.h"
#include "door/words.h"
#include "expr/core/warnings.h"
#include "routing/document_check.h"
#include "routing/rest.h"
#include "routing/worker_rows.h"
#include "runtime/json_out.h"

namespace carillon::routing {
namespace {

constexpr store::Sql kTaskAttributes =
    "SELECT attributes FROM tasks WHERE workspace_id = ?1 ORDER BY created_at DESC, sid DESC LIMIT 500";
constexpr store::Sql kQueues = "SELECT sid FROM task_queues WHERE workspace_id = ?1 AND deleted_at IS NULL";

const http::EnumName<expr::Scope> kPlaces[] = {{"task_queue", expr::Scope::kQueue},
                                               {"workflow_filter", expr::Scope::kFilter},
                                               {"workflow_target", expr::Scope::kTarget},
                                               {"skip_if", expr::Scope::kSkipIf}};

void render_fault(std::string& out, const Error& fault) {
  runtime::JsonOut json(out);
  json.text("code", info(fault.code).code).text("field", fault.field).number_or_null("column", fault.column);
  json.text("message", fault.message).text("expected", fault.expected);
  json.end();
}

void render_texts(std::string& out, const std::vector<std::string>& texts) { codec::append(out, texts); }

// What attributes workers and the newest tasks have.
struct SeenInRows {
  expr::AttributesSeen workers, tasks;
  expr::Seen seen() const { return {.worker = &workers, .task = &tasks}; }

  Result<void> read(store::Reader& reader, WorkspaceId workspace, const std::function<void(const WorkerLine&)>& visit) {
    auto read = each_worker_line(reader, workspace, [&](WorkerLine&& worker) {
      workers.add(worker.attributes);
      visit(worker);
    });
    if (!read) return read;
    return reader.each(kTaskAttributes, {workspace}, [&](const store::Row& row) -> Result<void> {
      auto attributes = parse_trusted_json(row.text(0).empty() ? "{}" : row.text(0));
      if (!attributes) return attributes.error();
      tasks.add(*attributes);
      return {};
    });
  }
};

Result<http::Response> answer_expression(store::Reader& reader, WorkspaceId workspace, const std::string& text,
                                         expr::Scope place) {
  const auto expression = expr::parse(text, place);
  std::int64_t matching = 0;
  SeenInRows rows;
  const bool counts = expression && place == expr::Scope::kQueue;
  auto read = rows.read(reader, workspace,
                        [&](const WorkerLine& worker) { matching += counts && matches(*expression, worker); });
  if (!read) return read.error();
  std::string body;
  runtime::JsonOut json(body);
  json.flag("valid", expression.ok()).key("fault");
  if (expression) {
    body += "null";
  } else {
    Error fault = expression.error();
    fault.field = "/expression";
    render_fault(body, fault);
  }
  json.key("warnings");
  render_texts(body, expression ? expr::warnings(*expression, rows.seen()) : std::vector<std::string>());
  expression ? json.text("canonical", expression->canonical()) : json.raw("canonical", "null");
  counts ? json.number("matching_workers", matching) : json.raw("matching_workers", "null");
  json.end();
  return http::Response::json_text(200, std::move(body));
}

void check_expression(door::Call call) {
  auto body = call.body();
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  const std::string text = in.required_string("expression", 0, 4096);
  const expr::Scope place = in.required_enum("place", kPlaces);
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  door::read(std::move(call), [text, place](store::Reader& reader, const door::Call& held) {
    return answer_expression(reader, held.workspace(), text, place);
  });
}

Result<http::Response> answer_document(store::Reader& reader, WorkspaceId workspace, const DocumentCheck& check) {
  auto rows = reader.query(kQueues, {workspace});
  if (!rows) return rows.error();
  std::vector<QueueId> queues;
  for (const store::Row row : *rows) queues.push_back(row.id<QueueId>(0));
  std::sort(queues.begin(), queues.end());
  const auto faults = check.faults([&](QueueId sid) { return std::binary_search(queues.begin(), queues.end(), sid); });
  std::vector<std::string> warnings;
  if (const WorkflowDocument* document = check.compiled()) {
    SeenInRows seen;
    if (auto read = seen.read(reader, workspace, [](const WorkerLine&) {}); !read) return read.error();
    warnings = document->warnings;
    const auto look_at = [&](const expr::Expression& expression) {
      for (std::string& text : expr::warnings(expression, seen.seen())) warnings.push_back(std::move(text));
    };
    for (const Filter& filter : document->filters) {
      look_at(filter.expression);
      for (const Target& target : filter.targets) look_at(target.expression);
    }
  }
  std::string body;
  runtime::JsonOut json(body);
  json.flag("valid", faults.empty()).key("faults");
  body += '[';
  for (std::size_t i = 0; i < faults.size(); ++i) {
    if (i) body += ',';
    render_fault(body, faults[i]);
  }
  body += ']';
  json.key("warnings");
  render_texts(body, warnings);
  json.end();
  return http::Response::json_text(200, std::move(body));
}

void check_workflow(door::Call call) {
  auto body = call.body();
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  auto document = in.required_object("document", {.max_depth = 32, .max_bytes = 256 << 10});
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  door::read(std::move(call),
             [document = std::move(document)](store::Reader& reader, const door::Call& held) -> Result<http::Response> {
               const DocumentCheck check(document);
               if (!check.faults_of_form().empty()) return check.faults_of_form().front();
               return answer_document(reader, held.workspace(), check);
             });
}

}  // namespace

void add_check_routes(door::Api& api) {
  api.on("check_expression", check_expression);
  api.on("check_workflow", check_workflow);
}

}  // namespace carillon::routing
