#include "base/codec.h"

namespace carillon {
namespace codec {

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          char escaped[8];
          std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(static_cast<unsigned char>(c)));
          out += escaped;
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

}  // namespace codec

// For text we wrote ourselves (rows, journal): generous depth, no other limits.
Result<boost::json::value> parse_trusted_json(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = 256;
  boost::system::error_code failed;
  boost::json::value value = boost::json::parse(text, failed, {}, options);
  if (failed) return Error(ErrorCode::kMalformedJson, "found text that is not JSON: " + failed.message());
  return value;
}

}  // namespace carillon
