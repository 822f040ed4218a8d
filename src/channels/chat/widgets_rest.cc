// Widgets as an admin configures them.
#include <boost/json.hpp>

#include "channels/chat/origin.h"
#include "channels/chat/rest.h"
#include "door/configuration.h"
#include "door/versioned.h"
#include "runtime/json_out.h"
#include "secrets/secrets.h"

namespace carillon::chat {
namespace {

using door::Call;

constexpr std::string_view kSides[] = {"left", "right"};
constexpr std::string_view kSchemes[] = {"auto", "light", "dark"};

Error no_such_widget(std::string_view sid) {
  return Error(ErrorCode::kNotFound, "found no widget " + std::string(sid)).at("sid");
}

bool is_color(std::string_view text) {
  return text.size() == 7 && text.front() == '#' &&
         text.find_first_not_of("0123456789abcdefABCDEF", 1) == std::string_view::npos;
}

void read_theme(http::Fields theme, Widget& widget) {
  widget.accent_color = theme.required_string("accent_color", 0, 64);
  if (theme.ok() && !is_color(widget.accent_color))
    theme.fault("accent_color", ErrorCode::kInvalidValue, "found \"" + widget.accent_color + "\"", "#rrggbb");
  widget.side = kSides[theme.required_choice("side", kSides)];
  widget.scheme = kSchemes[theme.required_choice("scheme", kSchemes)];
}

void read_origins(http::Fields& in, const std::vector<std::string>& found, Widget& widget) {
  widget.allowed_origins.clear();
  for (std::size_t i = 0; i < found.size(); ++i) {
    auto origin = normalized_origin(found[i]);
    if (!origin) {
      in.fault("allowed_origins/" + std::to_string(i), ErrorCode::kInvalidValue, "found \"" + found[i] + "\"",
               "scheme, host and port: https://shop.example");
      continue;
    }
    widget.allowed_origins.push_back(*std::move(origin));
  }
}

// What create and update have in common; what is not named stays.
void read_optional(http::Fields& in, Widget& widget) {
  if (auto value = in.optional_int("priority", 0, 2'147'483'647)) widget.priority = *value;
  if (auto value = in.optional_object("attributes")) widget.attributes = boost::json::serialize(*value);
  if (auto value = in.optional_string("title", 0, 64)) widget.title = *std::move(value);
  if (auto value = in.optional_string("greeting", 0, 500)) widget.greeting = *std::move(value);
  if (auto value = in.optional_bool("ask_name")) widget.ask_name = *value;
  if (auto value = in.optional_bool("ask_email")) widget.ask_email = *value;
  if (auto value = in.optional_bool("enabled")) widget.enabled = *value;
  if (const auto number = in.nullable_sid<NumberId>("number_sid"); number.present) {
    widget.number = number.value.value_or(NumberId{});
  }
  if (auto theme = in.optional_fields("theme")) read_theme(*theme, widget);
}

Result<void> check_workflow(store::Reader& reader, const Widget& widget) {
  auto rows = reader.query("SELECT 1 FROM workflows WHERE workspace_id = ?1 AND sid = ?2 AND deleted_at IS NULL",
                           {widget.workspace, widget.workflow});
  if (!rows) return rows.error();
  if (!rows->empty()) return {};
  return Error(ErrorCode::kInvalidValue, "found no workflow " + widget.workflow.str())
      .at("/workflow_sid")
      .expecting("the sid of a workflow of this workspace; list them with GET /api/v1/workflows");
}

Result<void> check_number(store::Reader& reader, const Widget& widget) {
  if (widget.number.empty()) return {};
  auto rows = reader.query("SELECT 1 FROM numbers WHERE workspace_id = ?1 AND sid = ?2 AND deleted_at IS NULL",
                           {widget.workspace, widget.number});
  if (!rows) return rows.error();
  if (!rows->empty()) return {};
  return Error(ErrorCode::kInvalidValue, "found no number " + widget.number.str())
      .at("/number_sid")
      .expecting("the sid of a number of this workspace, or null; list them with GET /api/v1/numbers");
}

// The committed row, which the copy in memory takes over before the answer goes out.
Result<Widget> committed_widget(store::Reader& reader, Widgets& widgets, WorkspaceId workspace,
                                const std::string& sid) {
  auto found = read_widgets(reader, " WHERE workspace_id = ?1 AND sid = ?2", {workspace, sid});
  if (!found) return found.error();
  if (found->empty()) return no_such_widget(sid);
  widgets.put(found->front());
  return std::move(found->front());
}

door::Row widget_row(Widgets& widgets) {
  return [&widgets](store::Reader& reader, WorkspaceId workspace, const std::string& sid) -> Result<door::Rendered> {
    auto widget = committed_widget(reader, widgets, workspace, sid);
    if (!widget) return widget.error();
    door::Rendered out;
    render(out.json, *widget);
    out.version = widget->version;
    return out;
  };
}

// The one time that the secret is shown.
door::Row created_row(Widgets& widgets) {
  return [&widgets](store::Reader& reader, WorkspaceId workspace, const std::string& sid) -> Result<door::Rendered> {
    auto widget = committed_widget(reader, widgets, workspace, sid);
    if (!widget) return widget.error();
    door::Rendered out;
    runtime::JsonOut json(out.json);
    json.key("widget");
    render(out.json, *widget);
    json.text("identity_secret", widget->identity_secret);
    json.end();
    return out;
  };
}

// A taken name: 409 where the contract has it, else a fault of the field.
std::function<bool(Call&, Error&)> name_refused(bool as_conflict) {
  return [as_conflict](Call&, Error& error) {
    if (error.code != ErrorCode::kNameTaken) return false;
    error = Error(as_conflict ? ErrorCode::kNameTaken : ErrorCode::kInvalidValue, "another widget has this name")
                .at("/friendly_name")
                .expecting("a name of its own");
    return false;
  };
}

WidgetPtr find_own(const Call& call, const Widgets& widgets, WidgetId sid) {
  WidgetPtr widget = widgets.find(sid);
  return widget && widget->workspace == call.workspace() ? widget : nullptr;
}

void list_widgets(Call call, const Widgets& widgets) {
  http::QueryFields query(call.request.query);
  door::NamePage page;
  if (auto fine = page.read(query); !fine) return call.fail(fine.error());
  if (auto fine = query.finish(); !fine) return call.fail(fine.error());
  const auto all = widgets.of(call.workspace());
  std::vector<const Widget*> list;
  for (const WidgetPtr& one : all) list.push_back(one.get());
  const std::int64_t position = call.services->runtime.events().position(call.workspace());
  call.answer(door::with_position(page.write(
                                      list, [](const Widget& w) -> std::string_view { return w.friendly_name; },
                                      [](std::string& out, const Widget& w) { render(out, w); }),
                                  position));
}

void get_widget(Call call, const Widgets& widgets) {
  auto sid = call.request.sid<WidgetId>("sid");
  if (!sid) return call.fail(sid.error());
  const WidgetPtr widget = find_own(call, widgets, *sid);
  if (!widget) return call.fail(no_such_widget(sid->str()));
  std::string json;
  render(json, *widget);
  const std::int64_t position = call.services->runtime.events().position(call.workspace());
  call.answer(door::with_position(http::Response::json_text(200, std::move(json)).etag(widget->version), position));
}

void create_widget_route(Call call, Widgets& widgets) {
  auto body = call.body();
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  Widget widget;
  widget.friendly_name = in.required_string("friendly_name", 1, 64);
  read_origins(in, in.required_strings("allowed_origins", 0, 50, {.min = 1, .max = 256}), widget);
  widget.workflow = in.required_sid<WorkflowId>("workflow_sid");
  read_optional(in, widget);
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  widget.sid = secrets::random_id<WidgetId>();
  widget.workspace = call.workspace();
  widget.identity_secret = secrets::random_token();
  widget.created_at = widget.updated_at = call.services->clock.now();
  door::with_reader(std::move(call), [widget, &widgets](Call held, store::Reader& reader) {
    if (auto fine = check_workflow(reader, widget); !fine) return held.fail(fine.error());
    if (auto fine = check_number(reader, widget); !fine) return held.fail(fine.error());
    runtime::RecordChange change;
    change.workspace = widget.workspace;
    change.sid = widget.sid.str();
    change.change.statements.push_back(insert_widget(widget));
    door::change(
        std::move(held), std::move(change),
        {.status = 201, .row = created_row(widgets), .location = "/api/v1/widgets/", .refused = name_refused(true)});
  });
}

void update_widget_route(Call call, Widgets& widgets) {
  auto sid = call.request.sid<WidgetId>("sid");
  if (!sid) return call.fail(sid.error());
  auto body = door::patch_body(call);
  if (!body) return call.fail(body.error());
  const WidgetPtr present = find_own(call, widgets, *sid);
  Widget widget = present ? *present : Widget{};
  http::Fields in(*body);
  if (auto value = in.optional_string("friendly_name", 1, 64)) widget.friendly_name = *std::move(value);
  if (auto value = in.optional_strings("allowed_origins", 0, 50, {.min = 1, .max = 256}))
    read_origins(in, *value, widget);
  if (auto value = in.optional_sid<WorkflowId>("workflow_sid")) widget.workflow = *value;
  read_optional(in, widget);
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  if (!present) return call.fail(no_such_widget(sid->str()));
  if (auto fine = door::check_version(call.version(), present->version); !fine)
    return door::fail_version(std::move(call), fine.error(), present->version);
  widget.version = present->version + 1;
  widget.updated_at = call.services->clock.now();
  door::with_reader(std::move(call), [widget, present, &widgets](Call held, store::Reader& reader) {
    if (widget.workflow != present->workflow) {
      if (auto fine = check_workflow(reader, widget); !fine) return held.fail(fine.error());
    }
    if (widget.number != present->number) {
      if (auto fine = check_number(reader, widget); !fine) return held.fail(fine.error());
    }
    runtime::RecordChange change;
    change.workspace = widget.workspace;
    change.sid = widget.sid.str();
    change.change.statements.push_back(update_widget(widget, present->version));
    door::change(
        std::move(held), std::move(change),
        door::versioned({.row = widget_row(widgets), .sid = widget.sid.str(), .refused = name_refused(false)}));
  });
}

void delete_widget_route(Call call, Widgets& widgets) {
  auto sid = call.request.sid<WidgetId>("sid");
  if (!sid) return call.fail(sid.error());
  const WidgetPtr present = find_own(call, widgets, *sid);
  if (!present) return call.fail(no_such_widget(sid->str()));
  if (auto fine = door::check_version(call.version(), present->version); !fine)
    return door::fail_version(std::move(call), fine.error(), present->version);
  auto held = std::make_shared<Call>(std::move(call));
  runtime::RecordChange change;
  change.workspace = present->workspace;
  change.sid = sid->str();
  change.actor = held->caller().actor();
  change.change.run_expecting(1, "DELETE FROM widgets WHERE workspace_id = ?1 AND sid = ?2 AND version = ?3",
                              present->workspace, present->sid, present->version);
  // Its pages stop at once: with the commit, before the answer.
  change.reply = [held, present, &widgets](Result<runtime::Committed> done) {
    if (!done && done.error().code == ErrorCode::kStoreConflict) {
      return held->fail(
          Error(ErrorCode::kVersionMismatch, "it was changed while you removed it; read it again").at("If-Match"));
    }
    if (!done) return held->fail(done.error());
    widgets.remove(present->sid);
    held->answer(door::with_position(http::Response::no_content(), done->position));
  };
  held->services->runtime.commit(std::move(change));
}

void rotate_secret(Call call, Widgets& widgets) {
  auto sid = call.request.sid<WidgetId>("sid");
  if (!sid) return call.fail(sid.error());
  const WidgetPtr present = find_own(call, widgets, *sid);
  if (!present) return call.fail(no_such_widget(sid->str()));
  Widget widget = *present;
  widget.identity_secret = secrets::random_token();
  ++widget.version;
  widget.updated_at = call.services->clock.now();
  runtime::RecordChange change;
  change.workspace = widget.workspace;
  change.sid = widget.sid.str();
  change.change.statements.push_back(update_widget(widget, present->version));
  door::change(std::move(call), std::move(change), {.row = created_row(widgets), .sid = widget.sid.str()});
}

}  // namespace

void add_widget_routes(door::Api& api, const RestGiven& given) {
  Widgets& widgets = given.world.widgets;
  api.on("list_widgets", [&widgets](Call call) { list_widgets(std::move(call), widgets); });
  api.on("get_widget", [&widgets](Call call) { get_widget(std::move(call), widgets); });
  api.on("create_widget", [&widgets](Call call) { create_widget_route(std::move(call), widgets); });
  api.on("update_widget", [&widgets](Call call) { update_widget_route(std::move(call), widgets); });
  api.on("delete_widget", [&widgets](Call call) { delete_widget_route(std::move(call), widgets); });
  api.on("rotate_identity_secret", [&widgets](Call call) { rotate_secret(std::move(call), widgets); });
}

}  // namespace carillon::chat
