#include "http/websocket.h"

namespace carillon::http {

WebSocketDecision::WebSocketDecision(std::shared_ptr<WebSocketUpgradePort> port, std::uint64_t ticket,
                                     std::string subprotocol)
    : port_(std::move(port)), ticket_(ticket), subprotocol_(std::move(subprotocol)) {}

WebSocketDecision& WebSocketDecision::operator=(WebSocketDecision&& other) noexcept {
  if (this != &other) {
    WebSocketDecision before = std::move(*this);  // undecided: its destructor refuses
    port_ = std::move(other.port_);
    ticket_ = other.ticket_;
    subprotocol_ = std::move(other.subprotocol_);
  }
  return *this;
}

WebSocketDecision::~WebSocketDecision() {
  if (port_) refuse(Response::problem(Error(ErrorCode::kInternal, "nobody decided about the WebSocket")));
}

void WebSocketDecision::accept(std::shared_ptr<WebSocketHandler> handler) {
  CARILLON_CHECK(port_ != nullptr && handler != nullptr);
  std::exchange(port_, nullptr)->accept(ticket_, std::move(handler), subprotocol_);
}

void WebSocketDecision::refuse(Response response) {
  CARILLON_CHECK(port_ != nullptr);
  std::exchange(port_, nullptr)->refuse(ticket_, std::move(response));
}

}  // namespace carillon::http
