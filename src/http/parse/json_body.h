// Reads a JSON document that came from outside.
//
// What:   RFC 8259 through Boost.JSON, and stricter: bounded size and depth, valid UTF-8, no U+0000 (SQL and C texts do not
//         take it), no name twice in one object, no number beyond double.
// Errors: kMalformedJson (message says line, column and what was found; Error::column is the column), kTooDeep,
//         kInvalidUtf8, kBodyTooLarge, kInvalidValue (U+0000; field is the JSON pointer).
// Thread: any. Pure.
// Example:
//   Result<boost::json::value> doc = parse_json(request.body, {.max_depth = 16});
#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <string_view>

#include "base/result.h"

namespace carillon::http {

struct JsonLimits {
  std::size_t max_bytes = 1 << 20;
  std::size_t max_depth = 32;
};

Result<boost::json::value> parse_json(std::string_view text, const JsonLimits& limits = {});

// Whether parse_json() could make nothing of the text, rather than something in it being wrong.
bool is_unreadable(const Error& error);

// Levels of nesting: 0 for a scalar, 1 for [] and {}.
std::size_t json_depth(const boost::json::value& value);

}  // namespace carillon::http
