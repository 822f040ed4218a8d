#include "base/names.h"

#include <algorithm>

namespace carillon {

Result<void> check_name(std::string_view name, std::string_view field) {
  const std::string where(field);
  if (name.empty()) {
    return Error(ErrorCode::kMissingField, "found no name; expected 1 to 64 characters").at(where);
  }
  // Continuation bytes (10xxxxxx) do not begin a character.
  const auto characters = static_cast<std::size_t>(
      std::count_if(name.begin(), name.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
  if (characters > kMaxNameCharacters) {
    return Error(ErrorCode::kTooLong,
                 "found a name of " + std::to_string(characters) + " characters; expected at most 64; shorten it")
        .at(where);
  }
  const bool control = std::any_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7F;
  });
  if (control) {
    return Error(ErrorCode::kInvalidValue,
                 "found a control character in a name; expected letters, digits, signs, spaces")
        .at(where);
  }
  return {};
}

}  // namespace carillon
