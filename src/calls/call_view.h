// Calls as they go out, and who may see them. Private to src/calls.
//
// Thread: what takes state runs on the brain; what takes a Reader on the pool. Errors: kNotFound, kStore.
#pragma once

#include <optional>
#include <string>

#include "calls/core/records.h"
#include "door/api.h"

namespace carillon::calls {

// The worker an agent is limited to; nothing for those who see everything. An agent without a worker sees nothing: the
// empty id is nobody's.
inline std::optional<WorkerId> only_of(const door::Call& call) {
  if (!call.who || !call.caller().is_agent_only()) return std::nullopt;
  return call.caller().worker;
}

// Agents are not told of everybody (seen_by_agents()).
inline bool is_agent(const door::Call& call) { return only_of(call).has_value(); }

// As the entry left it, whether it lives or has just ended. False: not known here.
bool render_call(const runtime::Applied& applied, CallId sid, bool for_agent, door::Rendered& out);
void render_one(std::string& out, WorkspaceId workspace, const CallRecord& call, bool for_agent);

// "(SELECT ...)": the contacts whose tasks were ever put before a worker; the arguments are names of parameters.
std::string contacts_of(const std::string& workspace, const std::string& worker);
// The condition on calls that these are theirs, internal ones included, which have no contact.
std::string calls_of(const std::string& workspace, const std::string& worker);

// Nothing where it is not there, or not for `only`.
Result<std::optional<CallRecord>> read_call(store::Reader& reader, WorkspaceId workspace, CallId sid,
                                            const std::optional<WorkerId>& only);
// The call of that sid, as a row that an operation answers with.
door::Row call_row(bool for_agent);

// The leg by which a worker is in the call; null where they are not, or are only being asked.
const LegRecord* leg_of(const CallRecord& call, WorkerId worker);

}  // namespace carillon::calls
