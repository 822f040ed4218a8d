// Statistics over HTTP: spec/paths/statistics.yaml, and those of queues, workflows and workers.
//
// What:    of this instant from live state, of periods from interval rows (and, for TaskRouter's fields, from rows of tasks),
//          with what is still open added. Looks at live state go out at once: they are of the moment anyway.
// Rules:   a period counts whole quarters of an hour: those that begin in [start_time rounded down, end_time). An agent sees
//          their own numbers.
// Thread:  add_statistics_routes() while the server is set up; handlers run on net threads.
#pragma once

#include <functional>
#include <string>

#include "door/api.h"

namespace carillon::metrics {

void add_statistics_routes(door::Api& api);

// What a numbers frame of the event stream holds: "workspace":{..},"task_queues":[..] for who sees everything, "worker":{..}
// for a worker's own. "" when it cannot be told now. `done` from any thread.
using NumbersDone = std::function<void(std::string members, std::int64_t position)>;
void tell_numbers(door::Services& services, WorkspaceId workspace, WorkerId worker, bool everything, NumbersDone done);

}  // namespace carillon::metrics
