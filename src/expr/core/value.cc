#include "expr/core/value.h"

#include <charconv>
#include <cmath>
#include <cstring>

#include <boost/json/array.hpp>

#include "base/check.h"

namespace carillon::expr {
namespace {

constexpr double kTwo63 = 9223372036854775808.0;
constexpr double kTwo64 = 18446744073709551616.0;

std::strong_ordering flip(std::strong_ordering order) { return 0 <=> order; }

// A finite double against an integer, without rounding the integer.
std::strong_ordering compare_real(double a, std::int64_t b) {
  if (a >= kTwo63) return std::strong_ordering::greater;
  if (a < -kTwo63) return std::strong_ordering::less;
  const auto whole = static_cast<std::int64_t>(a);
  if (whole != b) return whole <=> b;
  const double rest = a - static_cast<double>(whole);
  return rest > 0 ? std::strong_ordering::greater : rest < 0 ? std::strong_ordering::less : std::strong_ordering::equal;
}

std::strong_ordering compare_real(double a, std::uint64_t b) {
  if (a >= kTwo64) return std::strong_ordering::greater;
  if (a < 0) return std::strong_ordering::less;
  const auto whole = static_cast<std::uint64_t>(a);
  if (whole != b) return whole <=> b;
  return a > static_cast<double>(whole) ? std::strong_ordering::greater : std::strong_ordering::equal;
}

std::strong_ordering compare_integers(const Value& a, const Value& b) {
  if (a.kind == b.kind) return a.kind == ValueKind::kInt64 ? a.int64 <=> b.int64 : a.uint64 <=> b.uint64;
  // A kUint64 is above every int64.
  return a.kind == ValueKind::kUint64 ? std::strong_ordering::greater : std::strong_ordering::less;
}

bool holds(CompareOp op, std::strong_ordering order) {
  switch (op) {
    case CompareOp::kEqual:
      return order == 0;
    case CompareOp::kNotEqual:
      return order != 0;
    case CompareOp::kGreater:
      return order > 0;
    case CompareOp::kGreaterEqual:
      return order >= 0;
    case CompareOp::kLess:
      return order < 0;
    case CompareOp::kLessEqual:
      return order <= 0;
  }
  return false;
}

bool any_equal(const Value& value, const Value& array) {
  if (array.kind == ValueKind::kList) {
    for (const Literal& element : *array.list) {
      if (equal(element.view(), value)) return true;
    }
    return false;
  }
  for (const boost::json::value& element : *array.array) {
    if (equal(Value::of(element), value)) return true;
  }
  return false;
}

bool fits_membership(const Value& value, const Value& array) {
  return value.is_scalar() && (array.kind == ValueKind::kArray || array.kind == ValueKind::kList);
}

}  // namespace

Value Value::of(bool value) {
  Value v;
  v.kind = ValueKind::kBoolean;
  v.boolean = value;
  return v;
}

Value Value::of(std::int64_t value) {
  Value v;
  v.kind = ValueKind::kInt64;
  v.int64 = value;
  return v;
}

Value Value::of(std::uint64_t value) {
  if (value <= static_cast<std::uint64_t>(INT64_MAX)) return of(static_cast<std::int64_t>(value));
  Value v;
  v.kind = ValueKind::kUint64;
  v.uint64 = value;
  return v;
}

Value Value::of(double value) {
  Value v;
  if (!std::isfinite(value)) return v;
  if (value >= -kTwo63 && value < kTwo64 && std::trunc(value) == value) {
    return value < kTwo63 ? of(static_cast<std::int64_t>(value)) : of(static_cast<std::uint64_t>(value));
  }
  v.kind = ValueKind::kDouble;
  v.real = value;
  return v;
}

Value Value::of(std::string_view value) {
  Value v;
  v.kind = ValueKind::kString;
  v.data = value.data();
  v.size = value.size();
  return v;
}

Value Value::of(const List& value) {
  Value v;
  v.kind = ValueKind::kList;
  v.list = &value;
  return v;
}

Value Value::of(const boost::json::value& value) {
  Value v;
  switch (value.kind()) {
    case boost::json::kind::bool_:
      return of(value.get_bool());
    case boost::json::kind::int64:
      return of(value.get_int64());
    case boost::json::kind::uint64:
      return of(value.get_uint64());
    case boost::json::kind::double_:
      return of(value.get_double());
    case boost::json::kind::string:
      return of(std::string_view(value.get_string()));
    case boost::json::kind::array:
      v.kind = ValueKind::kArray;
      v.array = &value.get_array();
      return v;
    case boost::json::kind::null:
    case boost::json::kind::object:
      return v;
  }
  return v;
}

Literal::Literal(const Value& scalar) : value(scalar) {
  CARILLON_CHECK(scalar.is_scalar());
  if (scalar.kind != ValueKind::kString) return;
  text = scalar.text();
  value.data = nullptr;
  value.size = 0;
}

std::strong_ordering compare_numbers(const Value& a, const Value& b) {
  if (a.kind == ValueKind::kDouble && b.kind == ValueKind::kDouble) {
    return a.real < b.real   ? std::strong_ordering::less
           : a.real > b.real ? std::strong_ordering::greater
                             : std::strong_ordering::equal;
  }
  if (a.kind == ValueKind::kDouble) {
    return b.kind == ValueKind::kInt64 ? compare_real(a.real, b.int64) : compare_real(a.real, b.uint64);
  }
  if (b.kind == ValueKind::kDouble) return flip(compare_numbers(b, a));
  return compare_integers(a, b);
}

bool equal(const Value& a, const Value& b) {
  if (a.kind == ValueKind::kString) return b.kind == ValueKind::kString && a.text() == b.text();
  if (a.kind == ValueKind::kBoolean) return b.kind == ValueKind::kBoolean && a.boolean == b.boolean;
  return a.is_number() && b.is_number() && compare_numbers(a, b) == 0;
}

bool compare(CompareOp op, const Value& a, const Value& b) {
  if (op == CompareOp::kEqual) return equal(a, b);
  if (a.is_number()) return b.is_number() && holds(op, compare_numbers(a, b));
  if (a.kind != b.kind) return false;
  if (a.kind == ValueKind::kString) return holds(op, a.text() <=> b.text());
  return a.kind == ValueKind::kBoolean && op == CompareOp::kNotEqual && a.boolean != b.boolean;
}

bool contains(const Value& text, const Value& part) {
  if (text.kind != ValueKind::kString || part.kind != ValueKind::kString) return false;
  // memmem takes linear time; std::string_view::find takes the product of both lengths when made to.
  return ::memmem(text.data, text.size, part.data, part.size) != nullptr;
}

bool is_member(const Value& value, const Value& array) {
  return fits_membership(value, array) && any_equal(value, array);
}

bool is_not_member(const Value& value, const Value& array) {
  return fits_membership(value, array) && !any_equal(value, array);
}

void append_quoted(std::string_view text, std::string& out) {
  constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte >= 0x20 && byte != 0x7f) {
      out += c;
    } else {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  out += '"';
}

void append_text(const Value& scalar, std::string& out) {
  char digits[64];
  std::to_chars_result end{digits, std::errc()};
  switch (scalar.kind) {
    case ValueKind::kBoolean:
      out += scalar.boolean ? "true" : "false";
      return;
    case ValueKind::kString:
      append_quoted(scalar.text(), out);
      return;
    case ValueKind::kInt64:
      end = std::to_chars(digits, std::end(digits), scalar.int64);
      break;
    case ValueKind::kUint64:
      end = std::to_chars(digits, std::end(digits), scalar.uint64);
      break;
    case ValueKind::kDouble:
      // What is an integer here is too large for one: the exponent says that it is a double.
      end = std::trunc(scalar.real) == scalar.real
                ? std::to_chars(digits, std::end(digits), scalar.real, std::chars_format::scientific)
                : std::to_chars(digits, std::end(digits), scalar.real);
      break;
    default:
      CARILLON_CHECK(false);
  }
  CARILLON_CHECK(end.ec == std::errc());
  out.append(digits, end.ptr);
}

}  // namespace carillon::expr
