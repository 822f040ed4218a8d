#include "events/client_frame.h"

#include "http/parse/json_body.h"

namespace carillon::events {
namespace {

ClientTypes read_typing(http::Fields& frame) {
  ClientTypes typing;
  typing.conversation = frame.required_sid<ConversationId>("conversation_sid");
  typing.on = frame.optional_bool("typing").value_or(true);
  return typing;
}

ClientPhone read_offer(http::Fields& frame) {
  ClientPhone phone{frame.required_string("sdp", 1, kMaxSdp)};
  if (phone.sdp.size() > kMaxSdp) {
    frame.fault("sdp", ErrorCode::kTooLong, "found " + std::to_string(phone.sdp.size()) + " bytes",
                "at most " + std::to_string(kMaxSdp) + " bytes");
  }
  return phone;
}

}  // namespace

Result<ClientFrame> read_client_frame(std::string_view text) {
  auto parsed = http::parse_json(text, {});
  if (!parsed) return parsed.error();
  http::Fields frame(*parsed);
  static constexpr std::string_view kTypes[] = {"subscribe", "typing", "pong", "phone.connect", "phone.disconnect"};
  const std::size_t type = frame.required_choice("type", kTypes);
  if (!frame.ok()) return frame.faults().front();
  ClientFrame out = ClientIsThere{};
  if (type == 0) {
    auto wish = read_subscribe(frame);
    if (!wish) return wish.error();
    return ClientFrame(*std::move(wish));
  }
  if (type == 1) out = read_typing(frame);
  if (type == 3) out = read_offer(frame);
  if (type == 4) out = ClientPhone{};
  if (auto fine = frame.finish(); !fine) return fine.error();
  return out;
}

}  // namespace carillon::events
