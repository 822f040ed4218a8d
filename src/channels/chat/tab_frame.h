// What a visitor's tab may say on its stream (spec/schemas/stream.yaml, VisitorClientFrame), read.
//
// Thread: any. Errors: of http::parse_json and http::Fields; the frame then counts as not sent.
// Example:
//   auto frame = read_tab_frame(text);
//   if (!frame) return refuse(frame.error());
//   if (const auto* seen = std::get_if<TabRead>(&*frame)) mark_read(party, seen->index);
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"

namespace carillon::chat {

struct TabTypes {
  bool on = true;
};
struct TabRead {
  std::int64_t index = 0;  // 0 or more
};
struct TabIsThere {};  // pong
struct TabCalls {
  std::string sdp;  // what the browser offers
  bool resumes = false;
};
struct TabHangsUp {};
inline constexpr std::size_t kMaxSdp = 16 << 10;
using TabFrame = std::variant<TabTypes, TabRead, TabIsThere, TabCalls, TabHangsUp>;

Result<TabFrame> read_tab_frame(std::string_view text);

}  // namespace carillon::chat
