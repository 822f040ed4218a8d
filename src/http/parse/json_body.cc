#include "http/parse/json_body.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "http/parse/pointer.h"
#include "http/parse/utf8.h"

namespace carillon::http {
namespace json = boost::json;
namespace {

// Builds the value and counts the keys, so that a key given twice shows afterwards.
struct Builder {
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = json::string::max_size();
  static constexpr std::size_t max_string_size = json::string::max_size();

  json::value_stack stack;
  std::size_t keys = 0;
  bool overflow = false;

  using Code = boost::system::error_code;
  using View = json::string_view;
  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code&) { return true; }
  bool on_object_end(std::size_t n, Code&) { return keys += n, stack.push_object(n), true; }
  bool on_array_begin(Code&) { return true; }
  bool on_array_end(std::size_t n, Code&) { return stack.push_array(n), true; }
  bool on_key_part(View s, std::size_t, Code&) { return stack.push_chars(s), true; }
  bool on_key(View s, std::size_t, Code&) { return stack.push_key(s), true; }
  bool on_string_part(View s, std::size_t, Code&) { return stack.push_chars(s), true; }
  bool on_string(View s, std::size_t, Code&) { return stack.push_string(s), true; }
  bool on_number_part(View, Code&) { return true; }
  bool on_int64(std::int64_t i, View, Code&) { return stack.push_int64(i), true; }
  bool on_uint64(std::uint64_t u, View, Code&) { return stack.push_uint64(u), true; }
  bool on_double(double d, View, Code& ec) {
    if (!std::isfinite(d)) {
      overflow = true;
      ec = json::error::exponent_overflow;
      return false;
    }
    return stack.push_double(d), true;
  }
  bool on_bool(bool b, Code&) { return stack.push_bool(b), true; }
  bool on_null(Code&) { return stack.push_null(), true; }
  bool on_comment_part(View, Code&) { return true; }
  bool on_comment(View, Code&) { return true; }
};

struct Place {
  std::size_t line = 1;
  std::size_t column = 1;
};

Place place_of(std::string_view text, std::size_t offset) {
  Place place;
  for (const char c : text.substr(0, offset)) {
    if (c == '\n') {
      ++place.line, place.column = 1;
    } else {
      place.column += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    }
  }
  return place;
}

std::string found_at(std::string_view text, std::size_t offset) {
  if (offset >= text.size()) return "the end";
  const auto c = static_cast<unsigned char>(text[offset]);
  if (c < 0x20) return "a control character";
  std::size_t end = offset + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
  return "'" + std::string(text.substr(offset, end - offset)) + "'";
}

Error fault_at(std::string_view text, std::size_t offset, ErrorCode code, const std::string& what) {
  const Place place = place_of(text, offset);
  return Error(code, what + " at line " + std::to_string(place.line) + ", column " + std::to_string(place.column))
      .in_column(static_cast<std::int64_t>(place.column));
}

struct Walk {
  std::size_t members = 0;            // of all objects
  std::optional<std::string> nul_at;  // pointer to a text with U+0000
};

// Depth is bounded by the parser, so recursion is.
void walk(const json::value& value, Walk& seen) {
  const auto has_nul = [](std::string_view s) { return s.find('\0') != std::string_view::npos; };
  if (const auto* object = value.if_object()) {
    seen.members += object->size();
    for (const auto& member : *object) {
      if (has_nul(member.key())) {
        seen.nul_at = "";
      } else {
        walk(member.value(), seen);
      }
      if (seen.nul_at) return prepend_pointer(*seen.nul_at, member.key());
    }
  } else if (const auto* array = value.if_array()) {
    for (std::size_t i = 0; i < array->size(); ++i) {
      walk((*array)[i], seen);
      if (seen.nul_at) return prepend_pointer(*seen.nul_at, std::to_string(i));
    }
  } else if (const auto* string = value.if_string()) {
    if (has_nul(*string)) seen.nul_at = "";
  }
}

Error parse_fault(std::string_view text, std::size_t offset, const boost::system::error_code& ec,
                  const Builder& builder, const JsonLimits& limits) {
  if (ec == json::error::too_deep) {
    return fault_at(text, offset, ErrorCode::kTooDeep,
                    "the document has more than " + std::to_string(limits.max_depth) + " levels of nesting");
  }
  if (builder.overflow || ec == json::error::exponent_overflow) {
    return fault_at(text, offset, ErrorCode::kMalformedJson, "a number is too large");
  }
  return fault_at(text, offset, ErrorCode::kMalformedJson,
                  "not JSON: found " + found_at(text, offset) + " (" + ec.message() + ")");
}

}  // namespace

Result<json::value> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return Error(ErrorCode::kBodyTooLarge, "the document has " + std::to_string(text.size()) + " bytes; at most " +
                                               std::to_string(limits.max_bytes) + " are taken");
  }
  if (const std::size_t valid = utf8_valid_prefix(text); valid != text.size()) {
    return fault_at(text, valid, ErrorCode::kInvalidUtf8, "not UTF-8");
  }
  json::parse_options options;
  options.max_depth = limits.max_depth;
  json::basic_parser<Builder> parser(options);
  boost::system::error_code ec;
  try {
    const std::size_t used = parser.write_some(false, text.data(), text.size(), ec);
    if (ec) return parse_fault(text, used, ec, parser.handler(), limits);
    const std::size_t rest = std::min(text.find_first_not_of(" \t\r\n", used), text.size());
    if (rest != text.size()) {
      return fault_at(text, rest, ErrorCode::kMalformedJson,
                      "not JSON: found " + found_at(text, rest) + " after the end of the value");
    }
    json::value value = parser.handler().stack.release();
    Walk seen;
    walk(value, seen);
    if (seen.nul_at) {
      return Error(ErrorCode::kInvalidValue, "a text holds U+0000, which cannot be stored; leave it out")
          .at(*seen.nul_at);
    }
    if (seen.members != parser.handler().keys) {
      return Error(ErrorCode::kMalformedJson, "a name stands twice in one object; give each field once");
    }
    return value;
  } catch (const std::exception& e) {
    return Error(ErrorCode::kMalformedJson, std::string("the document cannot be read: ") + e.what());
  }
}

std::size_t json_depth(const json::value& value) {
  std::size_t deepest = 0;
  if (const auto* object = value.if_object()) {
    for (const auto& member : *object) deepest = std::max(deepest, json_depth(member.value()));
    return deepest + 1;
  }
  if (const auto* array = value.if_array()) {
    for (const auto& item : *array) deepest = std::max(deepest, json_depth(item));
    return deepest + 1;
  }
  return 0;
}

bool is_unreadable(const Error& error) {
  return error.code == ErrorCode::kMalformedJson || error.code == ErrorCode::kTooDeep ||
         error.code == ErrorCode::kInvalidUtf8 || error.code == ErrorCode::kBodyTooLarge;
}

}  // namespace carillon::http
