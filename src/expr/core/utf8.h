// Characters of UTF-8 text (RFC 3629). Inside the module only.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace carillon::expr {

// The character at `at` and how many bytes it takes; 0 bytes when it is malformed, overlong, a surrogate or cut off.
struct Character {
  char32_t code = 0;
  std::size_t bytes = 0;
};
Character character_at(std::string_view text, std::size_t at);

// Byte where the text stops being UTF-8, or its size.
std::size_t valid_utf8_bytes(std::string_view text);

// Number of characters in valid UTF-8.
std::size_t count_characters(std::string_view text);

void append_character(char32_t code, std::string& out);

}  // namespace carillon::expr
