// The visitor's WebSocket: who may open one, and its callbacks handed to the hub.
#include "channels/chat/rest.h"
#include "channels/chat/visitor_frames.h"

namespace carillon::chat {

// The socket's callbacks come on net threads and are posted to the hub, in their order.
class VisitorSession final : public http::WebSocketHandler {
 public:
  VisitorSession(VisitorHub& hub, VisitorHub::StreamPtr stream) : hub_(hub), stream_(std::move(stream)) {}

  void on_open(std::shared_ptr<http::WebSocket> socket) override {
    stream_->socket = std::move(socket);
    hub_.post([this_hub = &hub_, stream = stream_] { this_hub->opened(stream); });
  }
  void on_message(http::WebSocket&, std::string_view text) override {
    hub_.post([this_hub = &hub_, stream = stream_, held = std::string(text)] { this_hub->message(stream, held); });
  }
  void on_close(http::WebSocket&, std::uint16_t, std::string_view) override {
    hub_.post([this_hub = &hub_, stream = stream_] { this_hub->closed(stream); });
  }

 private:
  VisitorHub& hub_;
  VisitorHub::StreamPtr stream_;
};

void VisitorHub::add_routes(door::Api& api) {
  const door::Operation* operation = api.contract().find("stream_visitor");
  CARILLON_CHECK(operation != nullptr);
  http::WebSocketOptions options;
  options.subprotocols = {"carillon.v1"};
  options.rate_class = operation->rate_class;
  // Which sites are this visitor's is seen once we know whose visitor it is.
  options.origin_allowed = [this](const http::Request&, std::string_view origin) {
    return chat_.widgets.allows_anywhere(origin);
  };
  api.router().websocket(
      operation->path, options, [this, operation](http::Request request, http::WebSocketDecision decide) {
        const auto refuse = [&](const Error& error) { decide.refuse(http::Response::problem(error, request.path)); };
        auto caller = authenticator_.authenticate(request);
        if (!caller) return refuse(caller.error());
        if (auto fine = door::check_rights(*operation, caller->get()); !fine) return refuse(fine.error());
        http::QueryFields query(request.query);
        const auto named = query.optional_sid<WidgetId>("widget");
        if (auto fine = query.finish(); !fine) return refuse(fine.error());
        if (named && *named != (*caller)->widget) {
          return refuse(Error(ErrorCode::kForbidden, "the token is of another widget than the one named").at("widget"));
        }
        door::Call call;
        call.request = std::move(request);
        call.who = *caller;
        auto who = viewer_of(call, chat_.widgets);
        request = std::move(call.request);
        if (!who) return refuse(who.error());
        auto stream = std::make_shared<Stream>();
        stream->who = *who;
        stream->request = std::move(request);
        decide.accept(std::make_shared<VisitorSession>(*this, std::move(stream)));
      });
  api.served_elsewhere("stream_visitor");
}

}  // namespace carillon::chat
