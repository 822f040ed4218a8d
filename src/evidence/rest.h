// Evidence of calls over HTTP (spec/paths/evidence.yaml): all that is known of a call as JSON, its SIP as a packet capture.
//
// Rules:  supervisors, admins and programs. Of a call that goes on, what there is so far.
// Owns:   nothing. Thread: add_routes() while the server is set up; handlers run on net threads and never block.
// Example:
//   evidence::add_routes(api, {keeper, [&board](auto workspace, auto call, auto done) { board.evidence(workspace, call, done); }});
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "door/api.h"
#include "evidence/keeper.h"

namespace carillon::evidence {

struct RestGiven {
  std::shared_ptr<Keeper> keeper;
  // What is held in memory of a call that goes on or has just ended; nothing of others. `done` on any thread. Null: no voice here.
  std::function<void(WorkspaceId, CallId, std::function<void(std::optional<Record>)>)> live;
};

void add_routes(door::Api& api, const RestGiven& given);

}  // namespace carillon::evidence
