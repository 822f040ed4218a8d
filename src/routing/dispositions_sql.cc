#include "base/codec.h"
#include "routing/dispositions.h"

namespace carillon::routing {
namespace {

constexpr store::Sql kAll =
    "SELECT sid, friendly_name, task_queue_sids, rank, retired, used, version FROM dispositions "
    "WHERE workspace_id = ?1 AND deleted_at IS NULL";
constexpr store::Sql kOne =
    "SELECT sid, friendly_name, task_queue_sids, rank, retired, used, version FROM dispositions "
    "WHERE workspace_id = ?1 AND sid = ?2 AND deleted_at IS NULL";
constexpr store::Sql kInsert =
    "INSERT INTO dispositions (workspace_id, sid, friendly_name, task_queue_sids, rank, retired, used, version, "
    "created_at, "
    "updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?8, ?8)";
constexpr store::Sql kUpdate =
    "UPDATE dispositions SET friendly_name = ?3, task_queue_sids = ?4, rank = ?5, retired = ?6, version = ?7, "
    "updated_at = ?9 "
    "WHERE workspace_id = ?1 AND sid = ?2 AND version = ?8 AND deleted_at IS NULL";
constexpr store::Sql kDelete =
    "UPDATE dispositions SET deleted_at = ?4 WHERE workspace_id = ?1 AND sid = ?2 AND version = ?3 AND used = 0 "
    "AND deleted_at IS NULL";
constexpr store::Sql kUse = "UPDATE dispositions SET used = 1 WHERE workspace_id = ?1 AND sid = ?2 AND used = 0";

Result<DispositionRecord> record_of(const store::Row& row) {
  auto queues = decode<std::vector<QueueId>>(row.text(2));
  if (!queues) return queues.error();
  return DispositionRecord{row.id<DispositionId>(0),
                           row.str(1),
                           *std::move(queues),
                           row.integer(3),
                           row.flag(4),
                           row.flag(5),
                           row.integer(6)};
}

}  // namespace

Result<std::vector<DispositionRecord>> read_dispositions(store::Reader& reader, WorkspaceId workspace) {
  std::vector<DispositionRecord> out;
  auto read = reader.each(kAll, {workspace}, [&](const store::Row& row) -> Result<void> {
    auto record = record_of(row);
    if (!record) return record.error();
    out.push_back(*std::move(record));
    return {};
  });
  if (!read) return read.error();
  return out;
}

Result<std::optional<DispositionRecord>> read_disposition(store::Reader& reader, WorkspaceId workspace,
                                                          DispositionId sid) {
  auto rows = reader.query(kOne, {workspace, sid});
  if (!rows) return rows.error();
  if (rows->empty()) return std::optional<DispositionRecord>();
  auto record = record_of((*rows)[0]);
  if (!record) return record.error();
  return std::optional<DispositionRecord>(*std::move(record));
}

store::Statement insert_disposition(WorkspaceId workspace, const DispositionRecord& d, Instant now) {
  return {kInsert, store::Params::of(workspace, d.sid, d.friendly_name, encode(d.task_queue_sids), d.rank, d.retired,
                                     d.version, now)};
}

store::Statement update_disposition(WorkspaceId workspace, const DispositionRecord& d, std::int64_t version,
                                    Instant now) {
  return {kUpdate,
          store::Params::of(workspace, d.sid, d.friendly_name, encode(d.task_queue_sids), d.rank, d.retired, d.version,
                            version, now),
          store::Expect::exactly(1)};
}

store::Statement delete_disposition(WorkspaceId workspace, DispositionId sid, std::int64_t version, Instant now) {
  return {kDelete, store::Params::of(workspace, sid, version, now), store::Expect::exactly(1)};
}

store::Statement use_disposition(WorkspaceId workspace, DispositionId sid) {
  return {kUse, store::Params::of(workspace, sid)};
}

Result<void> check_disposition(store::Reader& reader, WorkspaceId workspace, DispositionId sid) {
  auto found = read_disposition(reader, workspace, sid);
  if (!found) return found.error();
  if (*found) return {};
  return Error(ErrorCode::kInvalidValue,
               "found no disposition " + sid.str() + "; list them with GET /api/v1/dispositions")
      .at("/disposition_sid")
      .expecting("the sid of a disposition of this workspace");
}

}  // namespace carillon::routing
