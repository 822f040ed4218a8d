// UTF-8 checks (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
//
// Thread: any.
#pragma once

#include <cstddef>
#include <string_view>

namespace carillon::http {

bool is_utf8(std::string_view text);
// Code points of valid UTF-8.
std::size_t utf8_length(std::string_view text);

}  // namespace carillon::http
