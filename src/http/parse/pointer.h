// JSON pointers (RFC 6901), built from names that came from outside: bounded.
//
// Thread: any. Pure.
#pragma once

#include <string>
#include <string_view>

namespace carillon::http {

// "a/b" -> "a~1b"; names longer than 64 bytes are cut, for a pointer is read by people.
std::string pointer_token(std::string_view name);
// pointer = "/" + token(name) + pointer
void prepend_pointer(std::string& pointer, std::string_view name);

}  // namespace carillon::http
