// Customers who call from a web page: a page that is loaded again, a network that stumbles.
#include <algorithm>

#include "calls/core/state.h"

namespace carillon::calls {

// Nobody is told to go: the agent sees that the customer is away, and waits as long as the customer would for them.
Result<std::string> State::on(Context& entry, const GuestLost& c) {
  auto found = live_call(c.call_sid);
  if (!found) return found.error();
  Live& live = **found;
  LegRecord& customer = live.row.legs.front();
  if (customer.sid != c.leg_sid || customer.status == LegStatus::ended) {
    return Error(ErrorCode::kNotFound, "found no live leg " + c.leg_sid.str() + " of a customer in this call")
        .at("leg_sid");
  }
  if (customer.status == LegStatus::connecting) return customer.sid.str();
  touch(live);
  customer.status = LegStatus::connecting;
  customer.connect_by = entry.now + kComeBackWithin;
  arm(live);
  auto told = event(events::EventType::kCallUpdated, live.row);
  told.leg = customer.sid;
  entry.events.push_back(told);
  return customer.sid.str();
}

const CallRecord* State::call_from(std::string_view identity) const {
  const CallRecord* newest = nullptr;
  if (identity.empty()) return newest;
  for (const auto& [sid, live] : calls_) {
    const CallRecord& row = live.row;
    if (row.identity != identity || row.status == CallStatus::ended) continue;
    if (!newest || newest->seq < row.seq) newest = &row;
  }
  return newest;
}

}  // namespace carillon::calls
