#include "channels/chat/tab_frame.h"

#include <limits>

#include "http/parse/fields.h"
#include "http/parse/json_body.h"

namespace carillon::chat {

namespace {

TabCalls read_call(http::Fields& frame, bool resumes) {
  TabCalls call{frame.required_string("sdp", 1, kMaxSdp), resumes};
  if (call.sdp.size() > kMaxSdp) {
    frame.fault("sdp", ErrorCode::kTooLong, "found " + std::to_string(call.sdp.size()) + " bytes",
                "at most " + std::to_string(kMaxSdp) + " bytes");
  }
  return call;
}

}  // namespace

Result<TabFrame> read_tab_frame(std::string_view text) {
  auto parsed = http::parse_json(text, {});
  if (!parsed) return parsed.error();
  http::Fields frame(*parsed);
  static constexpr std::string_view kTypes[] = {"typing", "read", "pong", "call.start", "call.resume", "call.hang_up"};
  const std::size_t type = frame.required_choice("type", kTypes);
  if (!frame.ok()) return frame.faults().front();
  TabFrame out = TabIsThere{};
  if (type == 0) out = TabTypes{frame.optional_bool("typing").value_or(true)};
  if (type == 1) out = TabRead{frame.required_int("index", 0, std::numeric_limits<std::int64_t>::max())};
  if (type == 3 || type == 4) out = read_call(frame, type == 4);
  if (type == 5) out = TabHangsUp{};
  if (auto fine = frame.finish(); !fine) return fine.error();
  return out;
}

}  // namespace carillon::chat
