// Alerts over HTTP: spec/paths/alerts.yaml. Their rows are written with the entry that raises them (runtime/derived_rows.h);
// here they are read and acknowledged.
//
// Thread: add_alert_routes() while the server is set up; handlers run on net threads.
#pragma once

#include "door/api.h"

namespace carillon::events {

void add_alert_routes(door::Api& api);

}  // namespace carillon::events
