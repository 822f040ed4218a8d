// Friendly names: the one rule for what people may call things.
//
// Limits: 1 to 64 characters (Unicode code points, not bytes), no control characters. The text is UTF-8 already (the edge
//         refuses what is not). Comparison of names is case-sensitive and byte by byte.
// Errors: kMissingField when empty, kTooLong, kInvalidValue; the field is set.
// Thread: any.
// Example:
//   if (auto ok = check_name(queue.friendly_name); !ok) return ok.error();
#pragma once

#include <string_view>

#include "base/result.h"

namespace carillon {

inline constexpr std::size_t kMaxNameCharacters = 64;

Result<void> check_name(std::string_view name, std::string_view field = "friendly_name");

}  // namespace carillon
