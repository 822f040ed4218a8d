// The furnished center of `serve --demo`: what a visitor of the product sees in the first two minutes.
//
// What:    furnish_demo() makes a workspace with two queues, five agents, a supervisor, an admin and a shop's widget, once;
//          DemoTraffic lets simulated customers and agents work in it, so that boards move.
// Why:     an empty center teaches nothing. It is refused on real data (the instance row says which it is).
// Thread:  furnish_demo: main, blocks. DemoTraffic has a thread of its own.
// Example: auto doors = furnish_demo(parts);
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/server.h"
#include "base/ids.h"
#include "base/result.h"
#include "users/rest.h"

namespace carillon::app {

using users::DemoAccount;
using users::DemoDoors;

class DemoTraffic {
 public:
  virtual ~DemoTraffic() = default;
};

// The shop's widget: of an existing demo, or made (demo_chat.cc).
Result<WidgetId> demo_widget(Server::Parts& parts, WorkspaceId workspace);
Result<WidgetId> furnish_widget(Server::Parts& parts, WorkspaceId workspace, WorkflowId workflow);
// Whoever is on its page may call this number, unless it calls one already.
Result<void> call_from_widget(Server::Parts& parts, WidgetId widget, NumberId number);
// What may be said to have come of a contact, a few for each queue and some for both.
Result<void> furnish_dispositions(Server::Parts& parts, WorkspaceId workspace, QueueId orders, QueueId technical);

// Of the demo's simulated agents; a bot that somebody else made is none of them.
std::vector<WorkerId> simulated_workers(const Server::Parts& parts, WorkspaceId workspace);

Result<DemoDoors> furnish_demo(Server::Parts& parts);
std::unique_ptr<DemoTraffic> start_traffic(Server::Parts& parts);
void print_demo(const Server::Parts& parts);
void stop_channels(Server::Parts& parts);

}  // namespace carillon::app
