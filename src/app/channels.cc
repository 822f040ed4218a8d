// The explicit list of channels: one block a channel. Deleting one is deleting its folder and its block here.
#include "app/server_parts.h"

namespace carillon::app {

Result<void> make_channels(Server::Parts& p) {
  auto files = files::FileStore::open(p.data->files_path());
  if (!files) return files.error();
  p.files = std::move(*files);

  // Web chat.
  auto widgets = chat::Widgets::load(*p.store);
  if (!widgets) return widgets.error();
  p.widgets = std::move(*widgets);
  p.chat_world = std::make_unique<chat::ChatWorld>(chat::ChatWorld{*p.runtime, *p.store, *p.pool, p.clock, *p.widgets});
  p.visitors = std::make_unique<chat::VisitorHub>(*p.chat_world, *p.authentication);
  p.visitors->on_typing(
      [&p](WorkspaceId workspace, const std::string& conversation, const conversations::Speaker& who, bool typing) {
        p.streams->typing(workspace, conversation, {who.type, who.sid, who.display_name}, typing);
      });
  p.streams->on_typing([&p](WorkspaceId workspace, const std::string& conversation, const events::Typist& who,
                            bool typing) { p.visitors->typing(workspace, conversation, who.display_name, typing); });
  p.chat = std::make_unique<chat::ChatChannel>(*p.visitors);
  p.deliveries.add(*p.chat);
  p.listeners.add(p.deliveries);
  p.listeners.add(*p.visitors);
  p.visitors->start();
  return {};
}

void stop_channels(Server::Parts& p) {
  if (p.visitors) p.visitors->stop();
}

}  // namespace carillon::app
