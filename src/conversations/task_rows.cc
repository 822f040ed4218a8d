#include "conversations/task_rows.h"

namespace carillon::conversations {

Result<bool> append_task_row(std::string& out, store::Reader& reader, const runtime::Names& names,
                             WorkspaceId workspace, TaskId sid) {
  auto tasks = read_where<routing::TaskRecord>(reader, "workspace_id = ?1 AND sid = ?2", {workspace, sid});
  if (!tasks) return tasks.error();
  if (tasks->empty()) return false;
  const routing::TaskRecord& task = tasks->front();
  std::vector<routing::ReservationRecord> own;
  if (task.reservation_sid) {
    auto found = read_where<routing::ReservationRecord>(reader, "workspace_id = ?1 AND sid = ?2",
                                                        {workspace, task.reservation_sid});
    if (!found) return found.error();
    own = *std::move(found);
  }
  runtime::render(out, names, workspace, task, own.empty() ? nullptr : &own.front());
  return true;
}

bool append_task_live(std::string& out, const runtime::Applied& applied, TaskId sid) {
  const auto& routing = applied.state.routing();
  const routing::Changes* changes = applied.effects.routing;
  const auto among = [](const auto& list, const auto& id) {
    for (const auto* one : list) {
      if (one->sid == id) return one;
    }
    return decltype(list.front())(nullptr);
  };
  const routing::TaskRecord* task = routing.task(sid);
  if (!task && changes) task = among(changes->tasks, sid);
  if (!task) return false;
  const routing::ReservationRecord* own = task->reservation_sid ? routing.reservation(task->reservation_sid) : nullptr;
  if (!own && changes && task->reservation_sid) own = among(changes->reservations, task->reservation_sid);
  runtime::FilterNames filters;
  const runtime::StateNames names(applied.state, filters);
  runtime::render(out, names, applied.state.workspace().sid, *task, own);
  return true;
}

}  // namespace carillon::conversations
