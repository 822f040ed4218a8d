// Activities over HTTP: spec/paths/activities.yaml.
//
// Thread: add_activity_routes() while the server is set up; handlers run on net threads.
#pragma once

#include "door/api.h"

namespace carillon::presence {

void add_activity_routes(door::Api& api);

}  // namespace carillon::presence
