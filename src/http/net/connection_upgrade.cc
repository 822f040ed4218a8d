// From a connection to a WebSocket.
#include "http/net/connection.h"
#include "http/net/websocket_session.h"

namespace carillon::http {

void Connection::accept(std::uint64_t ticket, std::shared_ptr<WebSocketHandler> handler, std::string subprotocol) {
  auto take = [self = shared_from_this(), ticket, h = std::move(handler), p = std::move(subprotocol)]() mutable {
    self->take_accept(ticket, std::move(h), std::move(p));
  };
  if (loop_->in_thread()) return take();
  loop_->post(std::move(take));
}

void Connection::take_accept(std::uint64_t ticket, std::shared_ptr<WebSocketHandler> handler, std::string subprotocol) {
  if (phase_ != Phase::kHandling || ticket != ticket_) return;  // the client has gone
  if (shared_.draining.load()) {
    return take_answer(ticket, Response::problem(Error(ErrorCode::kUnavailable, "the server is stopping"), now_.path));
  }
  now_.status = 101;
  loop_->counters().by_route[now_.decision.metric].count(101, std::chrono::steady_clock::now() - now_.began);
  log_request(LogLevel::kDebug, "websocket_opened", "");
  WebSocketSession::Opening opening;
  opening.transport = std::move(transport_);
  opening.handler = std::move(handler);
  opening.options = now_.decision.route->websocket;
  opening.subprotocol = std::move(subprotocol);
  opening.key = std::move(websocket_key_);
  opening.request_id = now_.id;
  opening.remote = remote_;
  opening.path = now_.path;
  opening.early_bytes = std::string(unread());
  leave();
  std::make_shared<WebSocketSession>(loop_, std::move(opening))->start();
}

}  // namespace carillon::http
