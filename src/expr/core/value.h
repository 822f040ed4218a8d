// Values as the language sees them: what a key, a literal or a list is while comparing. Inside the module only.
//
// What:   Value is a view (owns nothing), Literal owns. Comparisons here are the whole meaning of ==, <, CONTAINS and
// HAS. Thread: any.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

namespace carillon::expr {

enum class ValueKind : std::uint8_t {
  kMissing,  // no such key, null, an object, or a number that is not finite: fits no comparison
  kBoolean,
  kInt64,
  kUint64,  // only when above the range of int64
  kDouble,  // only when not an integer in the range of the two above
  kString,
  kArray,  // of an attribute
  kList,   // of literals
};

struct Literal;
using List = std::vector<Literal>;

struct Value {
  ValueKind kind = ValueKind::kMissing;
  std::size_t size = 0;  // of kString
  union {
    bool boolean;
    std::int64_t int64 = 0;
    std::uint64_t uint64;
    double real;
    const char* data;
    const boost::json::array* array;
    const List* list;
  };

  static Value of(bool value);
  static Value of(std::int64_t value);
  static Value of(std::uint64_t value);
  static Value of(double value);
  static Value of(std::string_view value);
  static Value of(const List& value);
  static Value of(const boost::json::value& value);

  std::string_view text() const { return {data, size}; }
  bool is_number() const { return kind >= ValueKind::kInt64 && kind <= ValueKind::kDouble; }
  bool is_scalar() const { return kind >= ValueKind::kBoolean && kind <= ValueKind::kString; }
};

// A boolean, number or string that an expression carries.
struct Literal {
  Value value;       // of kString: data is not used, text is
  std::string text;  // of kString

  Literal() = default;
  explicit Literal(const Value& scalar);
  Value view() const { return value.kind == ValueKind::kString ? Value::of(std::string_view(text)) : value; }
};

enum class CompareOp : std::uint8_t { kEqual, kNotEqual, kGreater, kGreaterEqual, kLess, kLessEqual };

// Exact, whatever the representations; both must be numbers.
std::strong_ordering compare_numbers(const Value& a, const Value& b);

bool equal(const Value& a, const Value& b);                  // scalars of the same type and value
bool compare(CompareOp op, const Value& a, const Value& b);  // false between different types
bool contains(const Value& text, const Value& part);         // substring; false unless both are strings
bool is_member(const Value& value, const Value& array);      // false unless a scalar and an array or list
bool is_not_member(const Value& value, const Value& array);  // false unless a scalar and an array or list

// As an expression spells it: strings in "", numbers so that they read back as the same value.
void append_text(const Value& scalar, std::string& out);
void append_quoted(std::string_view text, std::string& out);

}  // namespace carillon::expr
