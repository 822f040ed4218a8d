// Relays over HTTP (spec/paths/turn.yaml): what a browser gives to its connection before it calls.
//
// Rules:  whoever has a phone: agents, supervisors, admins, visitors. Each answer has credentials of its own.
// Owns:   nothing. Thread: add_routes() while the server is set up; handlers run on net threads and never block.
// Example:
//   turn::add_routes(api, relays, chat::cors_policy(widgets));
#pragma once

#include <memory>
#include <vector>

#include "door/api.h"
#include "turn/turn.h"

namespace carillon::turn {

// `cors`: which other sites' pages may ask, for visitors.
void add_routes(door::Api& api, std::vector<Relay> relays, std::shared_ptr<const http::CorsPolicy> cors);

}  // namespace carillon::turn
