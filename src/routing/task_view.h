// Tasks and reservations as they go out: from live state right after a command, from rows at any other time.
//
// Thread: what takes state runs on the brain; what takes a Reader on the pool.
// Errors: kNotFound, kStore.
// Example:
//   answer.live = [](const Applied& applied, Rendered& out) { return render_task(applied, task_sid, out); };
#pragma once

#include <string>
#include <vector>

#include "door/api.h"
#include "routing/core/records.h"
#include "runtime/row_names.h"

namespace carillon::routing {

// As the entry left it, whether it lives or has just ended. False: not known here.
bool render_task(const runtime::Applied& applied, TaskId sid, std::string& out, std::int64_t* version = nullptr);
bool render_reservation(const runtime::Applied& applied, ReservationId sid, std::string& out,
                        std::int64_t* version = nullptr);

Result<std::optional<TaskRecord>> read_task(store::Reader& reader, WorkspaceId workspace, TaskId sid);
Result<std::optional<ReservationRecord>> read_reservation(store::Reader& reader, WorkspaceId workspace,
                                                          ReservationId sid);
// The task with what its own reservation adds.
Result<void> append_task(std::string& out, store::Reader& reader, const runtime::Names& names, WorkspaceId workspace,
                         const TaskRecord& task);

Result<door::Rendered> task_row(store::Reader& reader, WorkspaceId workspace, const std::string& sid);
Result<door::Rendered> reservation_row(store::Reader& reader, WorkspaceId workspace, const std::string& sid);

// Whether the worker ever had a reservation of the task, or it was made for them: what an agent may look at.
Result<bool> was_task_of(store::Reader& reader, WorkspaceId workspace, const TaskRecord& task, WorkerId worker);

// Why a command on a task that is not live is refused: state_forbids when it has ended, not_found when it never was or is
// not the agent's. Takes the call over.
void refuse_ended_task(door::Call& call, TaskId sid);
void refuse_ended_reservation(door::Call& call, ReservationId sid);

}  // namespace carillon::routing
