// Routing over HTTP: task channels, task queues, workflows, workers, tasks, reservations, dispositions (spec/paths).
//
// Rules:  an agent sees and changes only tasks and reservations of their own worker: others are not_found. Whoever is
//         finished is answered from rows: a command on it is state_forbids, and not_found is what never was.
// Thread: add_routes() while the server is set up; handlers run on net threads and never block.
// Example:
//   routing::add_routes(api);
#pragma once

#include "door/api.h"

namespace carillon::routing {

void add_task_channel_routes(door::Api& api);
void add_task_queue_routes(door::Api& api);
void add_workflow_routes(door::Api& api);
void add_check_routes(door::Api& api);
void add_worker_routes(door::Api& api);
void add_worker_list_routes(door::Api& api);
void add_task_routes(door::Api& api);
void add_task_command_routes(door::Api& api);
void add_why_routes(door::Api& api);
void add_reservation_routes(door::Api& api);
void add_disposition_routes(door::Api& api);

// All of them.
void add_routes(door::Api& api);

}  // namespace carillon::routing
