#include "voice/net/websocket.h"

#include "voice/net/openssl.h"
#include "voice/wire/text.h"

namespace carillon::voice::net {
namespace {

constexpr std::size_t kMostRequest = 8192;

// Is `word` one of the values of a comma-separated field?
bool lists(std::string_view value, std::string_view word) {
  while (!value.empty()) {
    if (iequals(trim(take_until(value, ',')), word)) return true;
  }
  return false;
}

struct OpeningRequest {
  bool get = false, upgrade = false, connection = false, version = false, sip = false;
  std::string_view key;
};

OpeningRequest read_opening(std::string_view head) {
  OpeningRequest out;
  const std::string_view start = trim(take_until(head, '\n'));
  out.get = start.substr(0, 4) == "GET " && start.size() > 9 && start.substr(start.size() - 9) == " HTTP/1.1";
  while (!head.empty()) {
    std::string_view value = take_until(head, '\n');
    const std::string_view name = trim(take_until(value, ':'));
    value = trim(value);
    if (iequals(name, "Upgrade")) out.upgrade = lists(value, "websocket");
    if (iequals(name, "Connection")) out.connection = lists(value, "upgrade");
    if (iequals(name, "Sec-WebSocket-Version")) out.version = value == "13";
    if (iequals(name, "Sec-WebSocket-Key")) out.key = value;
    if (iequals(name, "Sec-WebSocket-Protocol")) out.sip = out.sip || lists(value, "sip");
  }
  return out;
}

}  // namespace

void WebSocketLine::feed(std::string_view bytes) {
  if (over_) return;
  if (open_) return read_frames(bytes);
  request_ += bytes;
  read_request();
}

void WebSocketLine::read_request() {
  const std::size_t end = request_.find("\r\n\r\n");
  if (end == std::string::npos) {
    if (request_.size() > kMostRequest) refuse("431 Request Header Fields Too Large");
    return;
  }
  if (end > kMostRequest) return refuse("431 Request Header Fields Too Large");
  const OpeningRequest opening = read_opening(std::string_view(request_).substr(0, end));
  if (!opening.get || !opening.upgrade || !opening.connection || opening.key.size() != 24) {
    return refuse("400 Bad Request");
  }
  if (!opening.version) return refuse("426 Upgrade Required\r\nSec-WebSocket-Version: 13");
  if (!opening.sip) return refuse("400 Bad Request");
  output_ += "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ";
  output_ += websocket_accept(opening.key);
  output_ += "\r\nSec-WebSocket-Protocol: sip\r\n\r\n";
  open_ = true;
  const std::string rest = request_.substr(end + 4);
  request_ = std::string();
  read_frames(rest);
}

void WebSocketLine::refuse(std::string_view status) {
  ((output_ += "HTTP/1.1 ") += status) += "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
  over_ = true;
}

void WebSocketLine::read_frames(std::string_view bytes) {
  using Kind = http::WsEvent;
  while (!over_) {
    const http::WsEvent event = decoder_.next(bytes);
    switch (event.kind) {
      case Kind::kNeedMore:
        return;
      case Kind::kText:
      case Kind::kBinary:
        messages_.emplace_back(event.payload);
        break;
      case Kind::kPing:
        http::append_ws_frame(output_, http::WsOpcode::kPong, event.payload);
        break;
      case Kind::kPong:
        break;
      case Kind::kClose:
      case Kind::kFault:
        http::append_ws_frame(output_, http::WsOpcode::kClose, http::ws_close_payload(event.code, {}));
        over_ = true;
    }
  }
}

std::optional<std::string> WebSocketLine::take_message() {
  if (messages_.empty()) return std::nullopt;
  std::string out = std::move(messages_.front());
  messages_.pop_front();
  return out;
}

std::string WebSocketLine::frame(std::string_view message) {
  std::string out;
  // SIP bodies need not be UTF-8, and a text frame must be (RFC 7118 section 5).
  http::append_ws_frame(out, is_utf8(message) ? http::WsOpcode::kText : http::WsOpcode::kBinary, message);
  return out;
}

}  // namespace carillon::voice::net
