// The parties of a call: whose leg is whose. Private to src/calls.
//
// Thread: any; plain functions over rows.
// Example:
//   if (LegRecord* mine = agent_leg(row, worker)) mine->muted = true;
#pragma once

#include "base/result.h"
#include "calls/core/records.h"

namespace carillon::calls {

inline bool is_live(const LegRecord& leg) { return leg.status != LegStatus::ended; }
// In the call, or about to be: who is only being asked is not.
inline bool takes_part(const LegRecord& leg) {
  return leg.status == LegStatus::connected || leg.status == LegStatus::connecting;
}

// Null in an internal call, which has none.
LegRecord* customer_of(CallRecord& call);
// Live ones only; null where there is none.
LegRecord* find_leg(CallRecord& call, LegId sid);
LegRecord* agent_leg(CallRecord& call, WorkerId worker);
// Who takes part; an invited worker who was not there yet does not.
bool has_agent(const CallRecord& call, bool connected_only);
bool has_other_agent(const CallRecord& call, const LegRecord& than);
// Connected ones.
bool has_outside(const CallRecord& call);
// Another leg is more than a call may have.
bool is_crowded(const CallRecord& call);

Error no_leg(const std::string& who);
Error forbids(std::string found, const char* field);

}  // namespace carillon::calls
