// How requests in a dialog find the peer, and what a call says of itself. Inner to the stack.
//
// Thread: any.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "voice/sip/leg.h"

namespace carillon::voice::sip {

// Fills routes, next_hop and, for a strict router, target (RFC 3261 section 12.2.1.1). `routes` are in our order.
void set_route(Peer& peer, const std::vector<std::string>& routes);

// The flow that leads to this target when its host is an address; nothing when it has to be resolved. With `behind_nat` a
// target at another address than the one it came from is taken for one behind a NAT, and the source is used.
std::optional<Flow> direct_flow(const std::string& target, const Flow& from, bool behind_nat);

// Caller, called and all that stands in an INVITE beside its description. `trunk` is where it came from, or nullptr.
void fill_call(IncomingCall& call, const Message& invite, const Trunk* trunk, const Settings& settings);

}  // namespace carillon::voice::sip
