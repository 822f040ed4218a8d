// Header fields of a request or a response, in order, names compared without case.
//
// Why:    one text block and a list of offsets: two allocations a message, whatever the number of fields.
// Owns:   copies of all names and values. Views returned live until the next change.
// Thread: any, one at a time.
// Limits: kMaxFields fields and 4 GiB of text; the wire reader stops far earlier (16 KiB).
// Errors: a name that is no token breaks an invariant (names are ours, or the wire reader checked them). Control characters in a
//         value become '?': outside text in a Location or a file name can never split a message.
// Example:
//   Headers h;  h.add("Content-Type", "application/json");
//   if (auto type = h.get("content-type")) ...
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace carillon::http {

bool equals_ignoring_case(std::string_view a, std::string_view b);

class Headers {
 public:
  static constexpr std::size_t kMaxFields = 128;

  void add(std::string_view name, std::string_view value);
  // Replaces every field of that name.
  void set(std::string_view name, std::string_view value);
  void remove(std::string_view name);

  // The first value of that name; nothing when absent.
  std::optional<std::string_view> get(std::string_view name) const;
  // get() or "".
  std::string_view value(std::string_view name) const { return get(name).value_or(std::string_view{}); }
  bool has(std::string_view name) const { return get(name).has_value(); }
  std::size_t count(std::string_view name) const;

  std::size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }
  std::pair<std::string_view, std::string_view> at(std::size_t i) const;

  // RFC 9110 section 5.6.2 token and 5.5 field value, without CR, LF and NUL.
  static bool is_token(std::string_view name);
  static bool is_safe_value(std::string_view value);

 private:
  struct Entry {
    std::uint32_t name_at, name_size, value_at, value_size;
  };
  std::string block_;
  std::vector<Entry> entries_;
};

// Whether a comma-separated list such as Connection's names the token, without case.
bool list_has_token(std::string_view list, std::string_view token);

// The value of one cookie in a Cookie header (RFC 6265 section 5.4): the first of that name, quotes removed.
// Nothing when absent or when the value holds bytes a cookie may not hold. Reads at most 16 KiB, 128 pairs.
std::optional<std::string_view> find_cookie(std::string_view cookie_header, std::string_view name);

}  // namespace carillon::http
