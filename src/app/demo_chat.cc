#include "app/demo.h"
#include "app/server_parts.h"

namespace carillon::app {

Result<WidgetId> demo_widget(Server::Parts&, WorkspaceId) { return WidgetId{}; }
Result<WidgetId> furnish_widget(Server::Parts&, WorkspaceId, WorkflowId) { return WidgetId{}; }
std::unique_ptr<DemoTraffic> start_traffic(Server::Parts&) { return nullptr; }
void stop_channels(Server::Parts&) {}

}  // namespace carillon::app
