#include "http/parse/target.h"

#include <algorithm>
#include <charconv>

#include "http/parse/headers.h"

namespace carillon::http {
namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

Result<Target> parse_target(std::string_view target) {
  if (target == "*") return Target{target, {}};
  for (const std::string_view scheme : {std::string_view("http://"), std::string_view("https://")}) {
    if (target.size() < scheme.size() || !equals_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
    target.remove_prefix(scheme.size());
    const std::size_t end = target.find_first_of("/?");
    if (end == std::string_view::npos) return Target{"/", {}};
    if (target[end] == '?') return Target{"/", target.substr(end + 1)};
    target.remove_prefix(end);
    break;
  }
  if (target.empty() || target.front() != '/') {
    return Error(ErrorCode::kMalformedRequest, "the address in the request line does not begin with '/'");
  }
  if (target.find('#') != std::string_view::npos) {
    return Error(ErrorCode::kMalformedRequest, "the address in the request line has a '#'; leave the fragment out");
  }
  const std::size_t mark = target.find('?');
  if (mark == std::string_view::npos) return Target{target, {}};
  return Target{target.substr(0, mark), target.substr(mark + 1)};
}

Result<std::optional<ByteRange>> parse_range(std::string_view header, std::uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  const std::optional<ByteRange> whole;
  if (header.size() < kUnit.size() || !equals_ignoring_case(header.substr(0, kUnit.size()), kUnit)) return whole;
  const std::string_view spec = trim(header.substr(kUnit.size()));
  const std::size_t dash = spec.find('-');
  if (dash == std::string_view::npos || spec.find(',') != std::string_view::npos) return whole;
  const std::string_view from = trim(spec.substr(0, dash));
  const std::string_view to = trim(spec.substr(dash + 1));
  const Error outside(ErrorCode::kRangeNotSatisfiable,
                      "the range begins behind the end; the file has " + std::to_string(size) + " bytes");
  if (from.empty()) {
    const auto last_n = number(to);
    if (!last_n) return whole;
    if (*last_n == 0 || size == 0) return outside;
    return std::optional(ByteRange{size - std::min(*last_n, size), size - 1});
  }
  const auto first = number(from);
  const auto last = to.empty() ? std::optional<std::uint64_t>(UINT64_MAX) : number(to);
  if (!first || !last || *last < *first) return whole;
  if (*first >= size) return outside;
  return std::optional(ByteRange{*first, std::min(*last, size - 1)});
}

bool etag_matches(std::string_view if_none_match, std::string_view etag) {
  if (trim(if_none_match) == "*") return true;
  const auto strong = [](std::string_view tag) { return tag.starts_with("W/") ? tag.substr(2) : tag; };
  std::string_view rest = if_none_match;
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    if (strong(trim(rest.substr(0, comma))) == strong(etag)) return true;
    if (comma == std::string_view::npos) return false;
    rest.remove_prefix(comma + 1);
  }
  return false;
}

bool accepts_gzip(std::string_view accept_encoding) {
  std::string_view rest = accept_encoding;
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    const std::string_view item = trim(rest.substr(0, comma));
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    const std::size_t semicolon = item.find(';');
    if (!equals_ignoring_case(trim(item.substr(0, semicolon)), "gzip")) continue;
    if (semicolon == std::string_view::npos) return true;
    const std::string_view weight = trim(item.substr(semicolon + 1));
    // "q=0", "q=0.0", ... refuse it; anything else with a digit above zero takes it.
    return weight.find_first_of("123456789") != std::string_view::npos;
  }
  return false;
}

}  // namespace carillon::http
