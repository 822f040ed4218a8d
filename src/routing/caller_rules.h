// Who may see and do what of routing: an agent their own, supervisors, admins and API keys everything.
//
// Thread: any. What is not an agent's own is not_found to them, as if it were not there.
#pragma once

#include "door/api.h"
#include "routing/core/records.h"

namespace carillon::routing {

// The worker an agent is limited to; nothing for those who see everything. An agent without a worker sees nothing: the
// empty id is nobody's.
inline std::optional<WorkerId> only_of(const door::Call& call) {
  if (!call.who || !call.caller().is_agent_only()) return std::nullopt;
  return call.caller().worker;
}

// Why a task ends or moves, by who asks: `worker` is whose it is.
inline Reason reason_of(const door::Caller& caller, WorkerId worker) {
  if (caller.kind == door::Caller::Kind::api_key) return Reason::by_api;
  return caller.worker && caller.worker == worker ? Reason::by_worker : Reason::by_supervisor;
}

// A task of a worker, while it lives: accepted by them, made for them, or ringing at them.
inline bool is_task_of(const State& state, const TaskRecord& task, WorkerId worker) {
  if (!worker) return false;
  if (task.worker_sid == worker || task.direct_worker_sid == worker) return true;
  for (const ReservationRecord* offer : state.pending_reservations(task.sid)) {
    if (offer->worker_sid == worker) return true;
  }
  return false;
}

}  // namespace carillon::routing
