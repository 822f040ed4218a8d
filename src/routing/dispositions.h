// Dispositions as rows: what may be said to have come of a task. No decision reads them.
//
// Errors: kStore. Thread: pool; blocks.
#pragma once

#include <string>
#include <vector>

#include "base/ids.h"
#include "door/api.h"
#include "store/reader.h"
#include "store/writer.h"

namespace carillon::routing {

struct DispositionRecord {
  DispositionId sid;
  std::string friendly_name;
  std::vector<QueueId> task_queue_sids;  // empty: every queue
  std::int64_t rank = 0;
  bool retired = false;  // kept for history, no longer offered
  bool used = false;     // a task was given it
  std::int64_t version = 1;
};

void render(std::string& out, WorkspaceId workspace, const DispositionRecord& disposition);

Result<std::vector<DispositionRecord>> read_dispositions(store::Reader& reader, WorkspaceId workspace);
Result<std::optional<DispositionRecord>> read_disposition(store::Reader& reader, WorkspaceId workspace,
                                                          DispositionId sid);

store::Statement insert_disposition(WorkspaceId workspace, const DispositionRecord& disposition, Instant now);
// Meet one row each only when the row still has this version (and, to delete it, was never used).
store::Statement update_disposition(WorkspaceId workspace, const DispositionRecord& changed, std::int64_t version,
                                    Instant now);
store::Statement delete_disposition(WorkspaceId workspace, DispositionId sid, std::int64_t version, Instant now);
// Notes that a task was given it; commits with the task's change.
store::Statement use_disposition(WorkspaceId workspace, DispositionId sid);

// kInvalidValue at /disposition_sid when there is none.
Result<void> check_disposition(store::Reader& reader, WorkspaceId workspace, DispositionId sid);

}  // namespace carillon::routing
