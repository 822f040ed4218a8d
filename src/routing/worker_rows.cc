#include "routing/worker_rows.h"

namespace carillon::routing {
namespace {

constexpr store::Sql kWorkers =
    "SELECT sid, friendly_name, activity_sid, activity_name, available, attributes FROM workers "
    "WHERE workspace_id = ?1 AND deleted_at IS NULL";
constexpr store::Sql kQueue =
    "SELECT expression FROM task_queues WHERE workspace_id = ?1 AND sid = ?2 AND deleted_at IS NULL";

}  // namespace

Result<void> each_worker_line(store::Reader& reader, WorkspaceId workspace,
                              const std::function<void(WorkerLine&&)>& visit) {
  return reader.each(kWorkers, {workspace}, [&](const store::Row& row) -> Result<void> {
    auto attributes = parse_trusted_json(row.text(5).empty() ? "{}" : row.text(5));
    if (!attributes) return attributes.error();
    visit({row.id<WorkerId>(0), row.str(1), row.id<ActivityId>(2), row.str(3), row.flag(4), *std::move(attributes)});
    return {};
  });
}

bool matches(const expr::Expression& expression, const WorkerLine& worker) {
  const std::string sid = worker.sid.str();
  const expr::WorkerFacts facts{.sid = sid,
                                .friendly_name = worker.friendly_name,
                                .activity_name = worker.activity_name,
                                .available = worker.available,
                                .channels = {}};
  return expr::evaluate(
      expression, {.task = nullptr, .worker = &worker.attributes, .worker_facts = &facts, .queue_facts = nullptr});
}

Result<std::optional<expr::Expression>> expression_of_queue(store::Reader& reader, WorkspaceId workspace,
                                                            QueueId queue) {
  auto rows = reader.query(kQueue, {workspace, queue});
  if (!rows) return rows.error();
  if (rows->empty()) return std::optional<expr::Expression>();
  auto parsed = expr::parse((*rows)[0].text(0), expr::Scope::kQueue);
  if (!parsed) return parsed.error();
  return std::optional<expr::Expression>(*parsed);
}

}  // namespace carillon::routing
