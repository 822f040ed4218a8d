// Text of wire protocols: ASCII letters, blanks, numbers, pieces.
//
// Why:    SIP, SDP and ICE share these rules; the C library's follow the locale.
// Owns:   nothing; views into what the caller holds.
// Thread: any.
// Example:
//   std::string_view rest = "text/plain ; q=1";
//   std::string_view type = trim(take_until(rest, ';'));   // "text/plain", rest is " q=1"
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace carillon::voice {

constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }
constexpr bool is_space(char c) { return is_blank(c) || c == '\r' || c == '\n'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_alnum(char c) { return is_digit(c) || is_letter(c); }
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// 0-15, or -1 when it is no hex digit.
constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char l = lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

// Equal but for the case of ASCII letters.
constexpr bool iequals(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

constexpr bool istarts_with(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && iequals(text.substr(0, prefix.size()), prefix);
}

// Without blanks and line ends at both ends.
constexpr std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// What stands before `end`; `rest` is what follows it. Without `end` it is all, and `rest` is empty.
constexpr std::string_view take_until(std::string_view& rest, char end) {
  const std::size_t at = rest.find(end);
  const std::string_view taken = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
  return taken;
}

// One or more digits and nothing else, at most `most`.
constexpr std::optional<std::uint64_t> parse_number(std::string_view digits,
                                                    std::uint64_t most = std::numeric_limits<std::uint64_t>::max()) {
  if (digits.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : digits) {
    if (!is_digit(c)) return std::nullopt;
    const std::uint64_t digit = static_cast<std::uint64_t>(c - '0');
    if (value > (most - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value > most ? std::nullopt : std::optional(value);
}

std::string to_lower(std::string_view text);

// Appends the decimal digits of `number`.
void append_number(std::string& out, std::uint64_t number);

// Appends the low `digits` hex digits of `number`, lower case.
void append_hex(std::string& out, std::uint64_t number, int digits);

// The value of 1 to 16 hex digits and nothing else.
std::optional<std::uint64_t> parse_hex(std::string_view digits);

// Well-formed UTF-8 without U+0000.
bool is_utf8(std::string_view text);

}  // namespace carillon::voice
