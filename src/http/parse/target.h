// The request target (RFC 9112 section 3.2) and a few small header values.
//
// Thread: any. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace carillon::http {

struct Target {
  std::string_view path;   // encoded, begins with '/'; "*" for OPTIONS *
  std::string_view query;  // behind '?', "" when none
};

// Origin form and absolute form. kMalformedRequest for anything else.
Result<Target> parse_target(std::string_view target);

// Range (RFC 9110 section 14.2), one range of bytes.
struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;  // inclusive, below size
};
// Nothing: send the whole (absent, malformed, other units, several ranges). kRangeNotSatisfiable: it begins behind the end.
Result<std::optional<ByteRange>> parse_range(std::string_view header, std::uint64_t size);

// If-None-Match (section 13.1.2) by weak comparison; `etag` with its quotes.
bool etag_matches(std::string_view if_none_match, std::string_view etag);

// Whether Accept-Encoding (section 12.5.3) takes gzip with a weight above zero.
bool accepts_gzip(std::string_view accept_encoding);

}  // namespace carillon::http
