// Rules for what people type: usernames, names, addresses, passwords.
//
// Errors:  kMissingField, kTooLong, kInvalidValue, kOutOfRange, with the field as JSON pointer.
// Thread:  any; pure. Texts are UTF-8 (the edge refuses what is not).
// Example:
//   if (auto fine = check_username(name, "/username"); !fine) return fine.error();
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace carillon::users {

inline constexpr std::size_t kLeastPasswordCharacters = 10;
inline constexpr std::size_t kMostPasswordBytes = 1024;

// 1 to 128 characters, none of them a blank or a control character.
Result<void> check_username(std::string_view username, std::string_view field);
// 1 to 128 characters without control characters.
Result<void> check_display_name(std::string_view name, std::string_view field);
// "" is none; else 3 to 254 characters without blanks and control characters.
Result<void> check_email(std::string_view email, std::string_view field);
// 10 characters to 1,024 bytes.
Result<void> check_new_password(std::string_view password, std::string_view field);

// A-Z made small, the rest as it is: what makes two usernames the same, and what searching compares.
std::string folded(std::string_view text);

}  // namespace carillon::users
