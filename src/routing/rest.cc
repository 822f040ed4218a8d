#include "routing/rest.h"

namespace carillon::routing {

void add_routes(door::Api& api) {
  add_task_channel_routes(api);
  add_task_queue_routes(api);
  add_workflow_routes(api);
  add_check_routes(api);
  add_worker_routes(api);
  add_worker_list_routes(api);
  add_task_routes(api);
  add_task_command_routes(api);
  add_why_routes(api);
  add_reservation_routes(api);
  add_disposition_routes(api);
}

}  // namespace carillon::routing
