// The sample shop's widget and dispositions.
#include <future>

#include "app/demo.h"
#include "app/server_parts.h"
#include "secrets/secrets.h"

namespace carillon::app {

Result<WidgetId> demo_widget(Server::Parts& p, WorkspaceId workspace) {
  const auto widgets = p.widgets->of(workspace);
  return widgets.empty() ? WidgetId{} : widgets.front()->sid;
}

Result<WidgetId> furnish_widget(Server::Parts& p, WorkspaceId workspace, WorkflowId workflow) {
  chat::Widget widget;
  widget.sid = secrets::random_id<WidgetId>();
  widget.workspace = workspace;
  widget.friendly_name = "Shop";
  widget.workflow = workflow;
  widget.title = "Ask Lumen & Co.";
  widget.greeting = "Hello! Somebody from the shop is here for you. What can we do?";
  widget.ask_name = true;
  widget.accent_color = "#b4541a";
  widget.identity_secret = secrets::random_token();
  widget.created_at = widget.updated_at = p.clock.now();
  std::promise<Result<chat::WidgetPtr>> promise;
  auto made = promise.get_future();
  chat::create_widget(*p.runtime, *p.widgets, widget,
                      [&promise](Result<chat::WidgetPtr> done) { promise.set_value(std::move(done)); });
  auto done = made.get();
  if (!done) return done.error();
  return (*done)->sid;
}

}  // namespace carillon::app
