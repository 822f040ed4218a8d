#include "http/parse/headers.h"

#include <span>

#include "base/check.h"

namespace carillon::http {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool is_token_char(char c) {
  if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
  return c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

// RFC 6265 section 4.1.1 cookie-octet.
bool is_cookie_octet(char c) {
  const auto u = static_cast<unsigned char>(c);
  return u > 0x20 && u < 0x7F && c != '"' && c != ',' && c != ';' && c != '\\';
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

bool Headers::is_token(std::string_view name) {
  if (name.empty()) return false;
  for (const char c : name) {
    if (!is_token_char(c)) return false;
  }
  return true;
}

bool Headers::is_safe_value(std::string_view value) {
  for (const char c : value) {
    const auto u = static_cast<unsigned char>(c);
    if ((u < 0x20 && c != '\t') || u == 0x7F) return false;
  }
  return true;
}

void Headers::add(std::string_view name, std::string_view value) {
  CARILLON_CHECK(is_token(name));
  CARILLON_CHECK(entries_.size() < kMaxFields);
  if (entries_.empty()) {
    // One allocation for an ordinary browser's header.
    entries_.reserve(12);
    block_.reserve(512);
  }
  Entry entry;
  entry.name_at = static_cast<std::uint32_t>(block_.size());
  entry.name_size = static_cast<std::uint32_t>(name.size());
  block_.append(name);
  entry.value_at = static_cast<std::uint32_t>(block_.size());
  entry.value_size = static_cast<std::uint32_t>(value.size());
  block_.append(value);
  if (!is_safe_value(value)) {
    for (char& c : std::span(block_).subspan(entry.value_at)) {
      if (!is_safe_value({&c, 1})) c = '?';
    }
  }
  entries_.push_back(entry);
}

void Headers::set(std::string_view name, std::string_view value) {
  remove(name);
  add(name, value);
}

void Headers::remove(std::string_view name) {
  std::erase_if(entries_, [&](const Entry& e) {
    return equals_ignoring_case(std::string_view(block_).substr(e.name_at, e.name_size), name);
  });
}

std::optional<std::string_view> Headers::get(std::string_view name) const {
  const std::string_view block = block_;
  for (const Entry& e : entries_) {
    if (e.name_size == name.size() && equals_ignoring_case(block.substr(e.name_at, e.name_size), name)) {
      return block.substr(e.value_at, e.value_size);
    }
  }
  return std::nullopt;
}

std::size_t Headers::count(std::string_view name) const {
  std::size_t n = 0;
  for (const Entry& e : entries_) {
    n += equals_ignoring_case(std::string_view(block_).substr(e.name_at, e.name_size), name);
  }
  return n;
}

std::pair<std::string_view, std::string_view> Headers::at(std::size_t i) const {
  CARILLON_CHECK(i < entries_.size());
  const Entry& e = entries_[i];
  const std::string_view block = block_;
  return {block.substr(e.name_at, e.name_size), block.substr(e.value_at, e.value_size)};
}

bool list_has_token(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    if (equals_ignoring_case(trim(list.substr(0, comma)), token)) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
  return false;
}

std::optional<std::string_view> find_cookie(std::string_view cookie_header, std::string_view name) {
  constexpr std::size_t kMaxBytes = 16 << 10;
  constexpr int kMaxPairs = 128;
  std::string_view rest = cookie_header.substr(0, kMaxBytes);
  for (int i = 0; i < kMaxPairs && !rest.empty(); ++i) {
    const std::size_t end = rest.find(';');
    const std::string_view pair = trim(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
    std::string_view value = pair.substr(equals + 1);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    for (const char c : value) {
      if (!is_cookie_octet(c)) return std::nullopt;
    }
    return value;
  }
  return std::nullopt;
}

}  // namespace carillon::http
