#include "channels/chat/widgets.h"

#include <algorithm>

#include "base/codec.h"
#include "files/files.h"
#include "runtime/json_out.h"
#include "secrets/secrets.h"

namespace carillon::chat {
namespace {

constexpr store::Sql kInsert =
    "INSERT INTO widgets (workspace_id, sid, friendly_name, allowed_origins, workflow_sid, priority, attributes, "
    "title, greeting, "
    "ask_name, ask_email, accent_color, side, scheme, enabled, identity_secret, version, created_at, updated_at, "
    "number_sid) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)";
constexpr store::Sql kUpdate =
    "UPDATE widgets SET friendly_name = ?3, allowed_origins = ?4, workflow_sid = ?5, priority = ?6, attributes = ?7, "
    "title = ?8, "
    "greeting = ?9, ask_name = ?10, ask_email = ?11, accent_color = ?12, side = ?13, scheme = ?14, enabled = ?15, "
    "identity_secret = ?16, version = ?17, updated_at = ?18, number_sid = ?20 WHERE workspace_id = ?1 AND sid = ?2 AND "
    "version = ?19";
constexpr const char* kSelect =
    "SELECT workspace_id, sid, friendly_name, allowed_origins, workflow_sid, priority, attributes, title, greeting, "
    "ask_name, "
    "ask_email, accent_color, side, scheme, enabled, identity_secret, version, created_at, updated_at, number_sid "
    "FROM widgets";

void render_theme(std::string& out, const Widget& w) {
  runtime::JsonOut json(out);
  json.text("accent_color", w.accent_color).text("side", w.side).text("scheme", w.scheme);
  json.end();
}

}  // namespace

bool Widget::allows(std::string_view origin) const {
  return std::find(allowed_origins.begin(), allowed_origins.end(), origin) != allowed_origins.end();
}

Result<std::vector<Widget>> read_widgets(store::Reader& reader, std::string_view where, const store::Params& params) {
  std::vector<Widget> out;
  auto read = reader.each(store::Sql::dynamic(std::string(kSelect) + std::string(where)), params,
                          [&](const store::Row& row) -> Result<void> {
                            auto origins = decode<std::vector<std::string>>(row.text(3));
                            if (!origins) return origins.error();
                            out.push_back({.sid = row.id<WidgetId>(1),
                                           .workspace = row.id<WorkspaceId>(0),
                                           .friendly_name = row.str(2),
                                           .allowed_origins = *std::move(origins),
                                           .workflow = row.id<WorkflowId>(4),
                                           .priority = row.integer(5),
                                           .attributes = row.str(6),
                                           .title = row.str(7),
                                           .greeting = row.str(8),
                                           .ask_name = row.flag(9),
                                           .ask_email = row.flag(10),
                                           .accent_color = row.str(11),
                                           .side = row.str(12),
                                           .scheme = row.str(13),
                                           .enabled = row.flag(14),
                                           .number = row.id<NumberId>(19),
                                           .identity_secret = row.str(15),
                                           .version = row.integer(16),
                                           .created_at = row.instant(17),
                                           .updated_at = row.instant(18)});
                            return {};
                          });
  if (!read) return read.error();
  return out;
}

store::Statement insert_widget(const Widget& w) {
  return {kInsert, store::Params::of(w.workspace, w.sid, w.friendly_name, encode(w.allowed_origins), w.workflow,
                                     w.priority, w.attributes, w.title, w.greeting, w.ask_name ? 1 : 0,
                                     w.ask_email ? 1 : 0, w.accent_color, w.side, w.scheme, w.enabled ? 1 : 0,
                                     w.identity_secret, w.version, w.created_at, w.updated_at, w.number)};
}

store::Statement update_widget(const Widget& w, std::int64_t version_before) {
  return {kUpdate,
          store::Params::of(w.workspace, w.sid, w.friendly_name, encode(w.allowed_origins), w.workflow, w.priority,
                            w.attributes, w.title, w.greeting, w.ask_name ? 1 : 0, w.ask_email ? 1 : 0, w.accent_color,
                            w.side, w.scheme, w.enabled ? 1 : 0, w.identity_secret, w.version, w.updated_at,
                            version_before, w.number),
          store::Expect::exactly(1)};
}

Result<std::unique_ptr<Widgets>> Widgets::load(store::Store& store) {
  auto reader = store.readers().lease();
  if (!reader) return reader.error();
  auto all = read_widgets(**reader, "", {});
  if (!all) return all.error();
  auto out = std::make_unique<Widgets>();
  for (Widget& widget : *all) out->put(std::move(widget));
  return out;
}

WidgetPtr Widgets::find(WidgetId sid) const {
  std::shared_lock held(mutex_);
  const auto it = by_sid_.find(sid);
  return it == by_sid_.end() ? nullptr : it->second;
}

std::vector<WidgetPtr> Widgets::of(WorkspaceId workspace) const {
  std::vector<WidgetPtr> out;
  {
    std::shared_lock held(mutex_);
    for (const auto& [sid, widget] : by_sid_) {
      if (widget->workspace == workspace) out.push_back(widget);
    }
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
    return a->friendly_name != b->friendly_name ? a->friendly_name < b->friendly_name : a->sid < b->sid;
  });
  return out;
}

bool Widgets::allows_anywhere(std::string_view origin) const {
  std::shared_lock held(mutex_);
  return std::any_of(by_sid_.begin(), by_sid_.end(),
                     [&](const auto& one) { return one.second->enabled && one.second->allows(origin); });
}

void Widgets::put(Widget widget) {
  std::unique_lock held(mutex_);
  WidgetPtr& present = by_sid_[widget.sid];
  if (!present || present->version <= widget.version) present = std::make_shared<const Widget>(std::move(widget));
}

void Widgets::remove(WidgetId sid) {
  std::unique_lock held(mutex_);
  by_sid_.erase(sid);
}

void render(std::string& out, const Widget& w) {
  runtime::JsonOut json(out);
  json.id("sid", w.sid)
      .id("workspace_sid", w.workspace)
      .number("version", w.version)
      .text("friendly_name", w.friendly_name);
  json.raw("allowed_origins", encode(w.allowed_origins)).id("workflow_sid", w.workflow).number("priority", w.priority);
  json.raw("attributes", w.attributes).text("title", w.title).text("greeting", w.greeting).flag("ask_name", w.ask_name);
  json.flag("ask_email", w.ask_email).key("theme");
  render_theme(out, w);
  json.flag("enabled", w.enabled)
      .id("number_sid", w.number)
      .time("created_at", w.created_at)
      .time("updated_at", w.updated_at);
  json.end();
}

void render_public(std::string& out, const Widget& w, bool open, bool calls) {
  runtime::JsonOut json(out);
  json.id("widget_sid", w.sid).text("title", w.title).text("greeting", w.greeting).flag("ask_name", w.ask_name);
  json.flag("ask_email", w.ask_email).key("theme");
  render_theme(out, w);
  json.flag("open", open).flag("calls", calls).number("max_file_size", static_cast<std::int64_t>(files::kMaxFileBytes));
  json.end();
}

void create_widget(runtime::Runtime& runtime, Widgets& widgets, Widget widget,
                   std::function<void(Result<WidgetPtr>)> done) {
  if (!widget.sid) widget.sid = secrets::random_id<WidgetId>();
  if (widget.identity_secret.empty()) widget.identity_secret = secrets::random_token();
  runtime::RecordChange change;
  change.workspace = widget.workspace;
  change.sid = widget.sid.str();
  change.change.statements.push_back(insert_widget(widget));
  change.reply = [&widgets, widget, done = std::move(done)](Result<runtime::Committed> committed) {
    if (!committed) return done(committed.error());
    widgets.put(widget);
    done(widgets.find(widget.sid));
  };
  runtime.commit(std::move(change));
}

}  // namespace carillon::chat
