// UTF-8 checks (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
//
// Thread: any.
#pragma once

#include <cstddef>
#include <string_view>

namespace carillon::http {

bool is_utf8(std::string_view text);
// How many bytes from the front are valid; text.size() when all are.
std::size_t utf8_valid_prefix(std::string_view text);
// Code points of valid UTF-8.
std::size_t utf8_length(std::string_view text);
// At most max_bytes of valid UTF-8, never half a code point.
std::string_view utf8_cut(std::string_view text, std::size_t max_bytes);

}  // namespace carillon::http
