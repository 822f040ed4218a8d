#include "events/client_frame.h"

#include "http/parse/json_body.h"

namespace carillon::events {

Result<ClientFrame> read_client_frame(std::string_view text) {
  auto parsed = http::parse_json(text, {});
  if (!parsed) return parsed.error();
  http::Fields frame(*parsed);
  static constexpr std::string_view kTypes[] = {"subscribe", "typing", "pong"};
  const std::size_t type = frame.required_choice("type", kTypes);
  if (!frame.ok()) return frame.faults().front();
  if (type == 0) {
    auto wish = read_subscribe(frame);
    if (!wish) return wish.error();
    return ClientFrame(*std::move(wish));
  }
  ClientTypes typing;
  if (type == 1) {
    typing.conversation = frame.required_sid<ConversationId>("conversation_sid");
    typing.on = frame.optional_bool("typing").value_or(true);
  }
  if (auto fine = frame.finish(); !fine) return fine.error();
  return type == 1 ? ClientFrame(typing) : ClientFrame(ClientIsThere{});
}

}  // namespace carillon::events
