// Widgets: chat on web pages, as configured: which sites may show it, how it looks, where its chats go.
//
// What:    rows, and a copy of all in memory: every request of a visitor asks whether its page may, on a net thread.
// Owns:    its copies; immutable once handed out. One process writes these rows (law 7). Thread: any; short shared locks.
// Errors:  of load(): kStore.
// Limits:  50 origins a widget.
// Example:
//   auto widgets = Widgets::load(store);
//   WidgetPtr widget = widgets->find(sid);
//   if (widget && widget->allows("https://shop.example")) ...
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "runtime/runtime.h"
#include "store/store.h"

namespace carillon::chat {

struct Widget {
  WidgetId sid;
  WorkspaceId workspace;
  std::string friendly_name;
  std::vector<std::string> allowed_origins;
  WorkflowId workflow;
  std::int64_t priority = 0;
  std::string attributes = "{}";  // of every task that starts here
  std::string title;
  std::string greeting;
  bool ask_name = false;
  bool ask_email = false;
  std::string accent_color = "#2f6fde";
  std::string side = "right";
  std::string scheme = "auto";
  bool enabled = true;
  NumberId number;  // where calls from the page go; empty: none
  std::string identity_secret;
  std::int64_t version = 1;
  Instant created_at;
  Instant updated_at;

  bool allows(std::string_view origin) const;
};
using WidgetPtr = std::shared_ptr<const Widget>;

class Widgets {
 public:
  // Blocks.
  static Result<std::unique_ptr<Widgets>> load(store::Store& store);

  WidgetPtr find(WidgetId sid) const;
  std::vector<WidgetPtr> of(WorkspaceId workspace) const;  // by name
  // Whether any enabled widget allows this site: all a preflight can be asked.
  bool allows_anywhere(std::string_view origin) const;

  // What was committed; an older version than the present is ignored.
  void put(Widget widget);
  void remove(WidgetId sid);

 private:
  mutable std::shared_mutex mutex_;
  std::unordered_map<WidgetId, WidgetPtr> by_sid_;
};

// `where` begins with " WHERE" or is empty.
Result<std::vector<Widget>> read_widgets(store::Reader& reader, std::string_view where, const store::Params& params);
store::Statement insert_widget(const Widget& widget);
// Expects the version before.
store::Statement update_widget(const Widget& widget, std::int64_t version_before);

// The contract's Widget and PublicWidget.
void render(std::string& out, const Widget& widget);
// `calls`: somebody can be called from the page.
void render_public(std::string& out, const Widget& widget, bool open, bool calls);

// Makes a widget within the process (the demo's). done: kNameTaken, kStore.
void create_widget(runtime::Runtime& runtime, Widgets& widgets, Widget widget,
                   std::function<void(Result<WidgetPtr>)> done);

}  // namespace carillon::chat
