// The explicit list of what the server serves: one line a noun. Deleting a feature is deleting its folder and its line here.
#include "app/server_parts.h"

namespace carillon::app {

void add_all_routes(Server::Parts&) {}

}  // namespace carillon::app
