#include "users/rules.h"

#include <algorithm>

#include "http/parse/utf8.h"

namespace carillon::users {
namespace {

Error wrong_length(ErrorCode code, std::string_view what, std::size_t found, std::string_view field,
                   std::string expected) {
  return Error(code,
               "found " + std::string(what) + " of " + std::to_string(found) + " characters; expected " + expected)
      .at(std::string(field))
      .expecting(std::move(expected));
}

Result<void> check_length(std::string_view text, std::size_t least, std::size_t most, std::string_view what,
                          std::string_view field) {
  const std::size_t length = http::utf8_length(text);
  const std::string expected = std::to_string(least) + " to " + std::to_string(most) + " characters";
  if (length < least) return wrong_length(ErrorCode::kOutOfRange, what, length, field, expected);
  if (length > most) return wrong_length(ErrorCode::kTooLong, what, length, field, expected);
  return {};
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

// White space beyond ASCII, as UTF-8: what looks like nothing must not tell two names apart.
constexpr std::string_view kBlanks[] = {"\u0020", "\u0085", "\u00A0", "\u1680", "\u2000", "\u2001", "\u2002",
                                        "\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009",
                                        "\u200A", "\u2028", "\u2029", "\u202F", "\u205F", "\u3000", "\uFEFF"};

bool has_blank(std::string_view text) {
  return std::any_of(std::begin(kBlanks), std::end(kBlanks),
                     [&](std::string_view blank) { return text.find(blank) != std::string_view::npos; });
}

}  // namespace

Result<void> check_username(std::string_view username, std::string_view field) {
  if (auto fine = check_length(username, 1, 128, "a username", field); !fine) return fine;
  if (has_control(username) || has_blank(username)) {
    return Error(ErrorCode::kInvalidValue, "found a blank or a control character in a username; write it in one word")
        .at(std::string(field))
        .expecting("1 to 128 characters without blanks");
  }
  return {};
}

Result<void> check_display_name(std::string_view name, std::string_view field) {
  if (auto fine = check_length(name, 1, 128, "a display name", field); !fine) return fine;
  if (has_control(name)) {
    return Error(ErrorCode::kInvalidValue, "found a control character in a display name; leave it out")
        .at(std::string(field));
  }
  return {};
}

Result<void> check_email(std::string_view email, std::string_view field) {
  if (email.empty()) return {};
  if (auto fine = check_length(email, 3, 254, "an email address", field); !fine) return fine;
  if (has_control(email) || has_blank(email)) {
    return Error(ErrorCode::kInvalidValue, "found a blank or a control character in an email address; leave it out")
        .at(std::string(field))
        .expecting("name@host");
  }
  return {};
}

Result<void> check_new_password(std::string_view password, std::string_view field) {
  const std::size_t length = http::utf8_length(password);
  const std::string expected = std::to_string(kLeastPasswordCharacters) + " characters to " +
                               std::to_string(kMostPasswordBytes) +
                               " bytes; a few words are easy to remember and hard to guess";
  if (length < kLeastPasswordCharacters)
    return wrong_length(ErrorCode::kOutOfRange, "a password", length, field, expected);
  if (password.size() > kMostPasswordBytes)
    return wrong_length(ErrorCode::kTooLong, "a password", length, field, expected);
  return {};
}

std::string folded(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace carillon::users
