// Percent-decoding and query parameters (RFC 3986 sections 2.1 and 3.4; '+' in a query is a space, as forms send it).
//
// Errors: kInvalidValue for a bad %XX, kInvalidUtf8, kInvalidValue for U+0000, kLimit for too many parameters.
// Thread: any.
// Limits: kMaxParameters parameters; the request line bounds the bytes.
// Example:
//   Result<QueryParams> q = QueryParams::parse("page_size=50&after=WT0f%2B");
//   q->get("page_size");  q->count("page_size");
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace carillon::http {

// Decodes %XX. Refuses broken escapes, U+0000 and what is not UTF-8. `plus_is_space` for query parameters only.
Result<std::string> percent_decode(std::string_view text, bool plus_is_space = false);
// Encodes everything but unreserved characters (RFC 3986 section 2.3).
std::string percent_encode(std::string_view text);

class QueryParams {
 public:
  struct Param {
    std::string name;
    std::string value;
  };
  static constexpr std::size_t kMaxParameters = 64;

  // `query` is what stands behind '?', or "".
  static Result<QueryParams> parse(std::string_view query);

  // The first value; count() tells whether there are more.
  std::optional<std::string_view> get(std::string_view name) const;
  std::vector<std::string_view> all(std::string_view name) const;
  std::size_t count(std::string_view name) const;
  const std::vector<Param>& params() const { return params_; }

 private:
  std::vector<Param> params_;
};

}  // namespace carillon::http
