#include "runtime/live_rows.h"

#include "runtime/tables.h"

namespace carillon::runtime {
namespace {

constexpr store::Sql kHead =
    "SELECT workspace_id, epoch, last_entry, last_now, position FROM workspace_heads WHERE workspace_id = ?1";
constexpr store::Sql kHeads =
    "SELECT workspace_id, epoch, last_entry, last_now, position FROM workspace_heads ORDER BY workspace_id";

Head head_of(const store::Row& row) {
  return {row.id<WorkspaceId>(0), row.integer(1), row.integer(2), row.instant(3), row.integer(4)};
}

// Reads several record types one after the other; the first error stays.
class LiveReader {
 public:
  LiveReader(store::Reader& reader, WorkspaceId workspace) : reader_(reader), workspace_(workspace) {}

  template <class T>
  void read(std::vector<T>& into) {
    if (error_) return;
    auto found = read_live<T>(reader_, workspace_);
    if (found) {
      into = std::move(*found);
    } else {
      error_ = found.error();
    }
  }
  // A table with one row a workspace.
  template <class T>
  bool read_one(T& into) {
    std::vector<T> found;
    read(found);
    if (!found.empty()) into = std::move(found.front());
    return !found.empty();
  }
  const std::optional<Error>& error() const { return error_; }

 private:
  store::Reader& reader_;
  WorkspaceId workspace_;
  std::optional<Error> error_;
};

}  // namespace

Result<std::optional<Head>> read_head(store::Reader& reader, WorkspaceId workspace) {
  auto found = reader.query(kHead, {workspace});
  if (!found) return found.error();
  if (found->empty()) return std::optional<Head>();
  return std::optional<Head>(head_of((*found)[0]));
}

Result<std::vector<Head>> read_heads(store::Reader& reader) {
  auto found = reader.query(kHeads);
  if (!found) return found.error();
  std::vector<Head> heads;
  for (store::Row row : *found) heads.push_back(head_of(row));
  return heads;
}

Result<Loaded> read_workspace(store::Reader& reader, WorkspaceId workspace) {
  auto head = read_head(reader, workspace);
  if (!head) return head.error();
  if (!*head) return Error(ErrorCode::kNotFound, "found no workspace " + workspace.str());
  Loaded loaded{**head, {}};
  workspace::Rows& rows = loaded.rows;
  LiveReader live(reader, workspace);
  live.read_one(rows.workspace);
  live.read_one(rows.routing.settings);
  live.read_one(rows.conversations.settings);
  live.read(rows.routing.task_channels);
  live.read(rows.routing.task_queues);
  live.read(rows.routing.workflows);
  live.read(rows.routing.workers);
  live.read(rows.routing.tasks);
  live.read(rows.routing.reservations);
  live.read(rows.presence.activities);
  live.read(rows.presence.presences);
  live.read(rows.conversations.conversations);
  live.read(rows.conversations.contacts);
  live.read(rows.calls.numbers);
  live.read(rows.calls.calls);
  live.read(rows.calls.callbacks);
  live.read_one(rows.calls.dialling);
  if (live.error()) return *live.error();
  rows.last_entry = loaded.head.last_entry;
  rows.last_now = loaded.head.last_now;
  return loaded;
}

}  // namespace carillon::runtime
