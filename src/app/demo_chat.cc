// The sample shop's widget and dispositions.
#include <future>

#include "app/demo.h"
#include "app/server_parts.h"
#include "routing/dispositions.h"
#include "secrets/secrets.h"

namespace carillon::app {
namespace {

enum class Of : std::uint8_t { orders, technical, both };

struct Outcome {
  const char* name;
  Of of;
};
// In the order in which they are offered.
constexpr Outcome kOutcomes[] = {
    {"Order status given", Of::orders},
    {"Delivery problem", Of::orders},
    {"Order changed", Of::orders},
    {"Return arranged", Of::orders},
    {"Advice before buying", Of::orders},
    {"Explained and solved", Of::technical},
    {"Spare part sent", Of::technical},
    {"Repair arranged", Of::technical},
    {"Product defect", Of::technical},
    {"Customer gets back to us", Of::both},
    {"Not for us", Of::both},
};

}  // namespace

Result<void> furnish_dispositions(Server::Parts& p, WorkspaceId workspace, QueueId orders, QueueId technical) {
  runtime::RecordChange change;
  change.workspace = workspace;
  std::int64_t rank = 0;
  for (const Outcome& outcome : kOutcomes) {
    routing::DispositionRecord row;
    row.sid = secrets::random_id<DispositionId>();
    row.friendly_name = outcome.name;
    if (outcome.of != Of::both) row.task_queue_sids.push_back(outcome.of == Of::orders ? orders : technical);
    row.rank = rank += 10;
    change.change.statements.push_back(routing::insert_disposition(workspace, row, p.clock.now()));
  }
  std::promise<Result<runtime::Committed>> promise;
  auto made = promise.get_future();
  change.reply = [&promise](Result<runtime::Committed> done) { promise.set_value(std::move(done)); };
  p.runtime->commit(std::move(change));
  auto done = made.get();
  if (!done) return done.error();
  return {};
}

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

Result<void> call_from_widget(Server::Parts& p, WidgetId sid, NumberId number) {
  const auto present = p.widgets->find(sid);
  if (!present || !present->number.empty() || number.empty()) return {};
  chat::Widget widget = *present;
  widget.number = number;
  const std::int64_t before = widget.version++;
  widget.updated_at = p.clock.now();
  runtime::RecordChange change;
  change.workspace = widget.workspace;
  change.sid = widget.sid.str();
  change.change.statements.push_back(chat::update_widget(widget, before));
  std::promise<Result<runtime::Committed>> promise;
  auto made = promise.get_future();
  change.reply = [&promise](Result<runtime::Committed> done) { promise.set_value(std::move(done)); };
  p.runtime->commit(std::move(change));
  auto done = made.get();
  if (!done) return done.error();
  p.widgets->put(std::move(widget));
  return {};
}

}  // namespace carillon::app
