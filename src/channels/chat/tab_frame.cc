#include "channels/chat/tab_frame.h"

#include <limits>

#include "http/parse/fields.h"
#include "http/parse/json_body.h"

namespace carillon::chat {

Result<TabFrame> read_tab_frame(std::string_view text) {
  auto parsed = http::parse_json(text, {});
  if (!parsed) return parsed.error();
  http::Fields frame(*parsed);
  static constexpr std::string_view kTypes[] = {"typing", "read", "pong"};
  const std::size_t type = frame.required_choice("type", kTypes);
  if (!frame.ok()) return frame.faults().front();
  TabFrame out = TabIsThere{};
  if (type == 0) out = TabTypes{frame.optional_bool("typing").value_or(true)};
  if (type == 1) out = TabRead{frame.required_int("index", 0, std::numeric_limits<std::int64_t>::max())};
  if (auto fine = frame.finish(); !fine) return fine.error();
  return out;
}

}  // namespace carillon::chat
