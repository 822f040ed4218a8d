// What a client of the event stream may say (spec/schemas/stream.yaml, StreamClientFrame), read.
//
// Thread: any. Errors: of http::parse_json and http::Fields; the frame then counts as not sent.
// Example:
//   auto frame = read_client_frame(text);
//   if (!frame) return stream->refuse(frame.error());
//   if (auto* wish = std::get_if<Subscription>(&*frame)) subscribe(stream, std::move(*wish));
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "base/ids.h"
#include "events/stream_filter.h"

namespace carillon::events {

struct ClientTypes {
  ConversationId conversation;
  bool on = true;
};
struct ClientIsThere {};  // pong
struct ClientPhone {
  std::string sdp;  // what the browser offers; empty: the phone is put down
};
inline constexpr std::size_t kMaxSdp = 16 << 10;
using ClientFrame = std::variant<Subscription, ClientTypes, ClientIsThere, ClientPhone>;

Result<ClientFrame> read_client_frame(std::string_view text);

}  // namespace carillon::events
