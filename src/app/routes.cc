// The explicit list of what the server serves: one line a noun. Deleting a feature is deleting its folder and its line here.
#include "app/server_parts.h"
#include "presence/activities_rest.h"
#include "routing/rest.h"

namespace carillon::app {

void add_all_routes(Server::Parts& p) {
  p.users->add_routes(*p.api);
  presence::add_activity_routes(*p.api);
  routing::add_routes(*p.api);
}

}  // namespace carillon::app
