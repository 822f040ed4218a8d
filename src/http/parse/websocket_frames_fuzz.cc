// Goal: no bytes make the frame decoder misbehave; how they are cut changes nothing; what it takes, it writes back the same.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "http/parse/utf8.h"
#include "http/parse/websocket_codec.h"

namespace carillon::http {
namespace {

constexpr std::size_t kMaxMessage = 1000;

struct Event {
  WsEvent::Kind kind;
  std::string payload;
  std::uint16_t code;
  bool operator==(const Event&) const = default;
};

std::vector<Event> decode(std::string_view bytes, std::size_t step) {
  WsDecoder decoder({.max_message_bytes = kMaxMessage});
  std::vector<Event> out;
  while (!bytes.empty()) {
    std::string_view piece = bytes.substr(0, step);
    bytes.remove_prefix(piece.size());
    for (WsEvent e = decoder.next(piece); e.kind != WsEvent::kNeedMore; e = decoder.next(piece)) {
      out.push_back({e.kind, std::string(e.payload), e.code});
    }
  }
  return out;
}

void check(const Event& e) {
  switch (e.kind) {
    case WsEvent::kText: {
      CARILLON_CHECK(e.payload.size() <= kMaxMessage && is_utf8(e.payload));
      std::string again;
      append_ws_frame(again, WsOpcode::kText, e.payload, 0xdeadbeef);
      const auto back = decode(again, again.size());
      CARILLON_CHECK(back.size() == 1 && back[0] == e);
      return;
    }
    case WsEvent::kPing:
    case WsEvent::kPong:
      CARILLON_CHECK(e.payload.size() <= 125);
      return;
    case WsEvent::kClose:
      CARILLON_CHECK(e.code == 1005 || is_sendable_ws_code(e.code));
      CARILLON_CHECK(is_utf8(e.payload));
      return;
    case WsEvent::kFault:
      CARILLON_CHECK(is_sendable_ws_code(e.code) && ws_close_payload(e.code, e.payload).size() <= 125);
      return;
    default:
      CARILLON_CHECK(false);
  }
}

}  // namespace
}  // namespace carillon::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = carillon::http::decode(bytes, bytes.size());
  CARILLON_CHECK(whole == carillon::http::decode(bytes, 1 + data[0] % 32));
  for (const auto& event : whole) carillon::http::check(event);
  return 0;
}
