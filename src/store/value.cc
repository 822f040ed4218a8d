#include "store/value.h"

#include <cstring>
#include <limits>
#include <new>
#include <utility>

#include "base/check.h"

namespace carillon::store {
namespace {
struct Span {
  const char* data;
  std::size_t size;
};
}  // namespace

const char* name_of(Kind kind) {
  constexpr const char* kNames[] = {"null", "integer", "real", "text", "blob"};
  return kNames[static_cast<int>(kind)];
}

Value::Value(double x) : kind_(Kind::kReal) { std::memcpy(room_, &x, sizeof x); }

Value::Value(From, std::int64_t n) : kind_(Kind::kInt) { std::memcpy(room_, &n, sizeof n); }

Value::Value(From, Kind kind, std::string_view bytes) : kind_(kind), hold_(Hold::kBorrowed) {
  const Span span{bytes.data(), bytes.size()};
  std::memcpy(room_, &span, sizeof span);
}

Value::Value(Kind kind, std::string&& bytes) {
  static_assert(sizeof(std::string) <= kInPlace && alignof(std::string) <= 8);
  if (bytes.size() <= kInPlace) {
    take(kind, std::string_view(bytes));
    return;
  }
  new (room_) std::string(std::move(bytes));
  kind_ = kind, hold_ = Hold::kString;
}

Value::Value(const Value& o) : length_(o.length_), kind_(o.kind_), hold_(o.hold_) {
  if (hold_ == Hold::kString) {
    new (room_) std::string(o.string());
  } else {
    std::memcpy(room_, o.room_, sizeof room_);
  }
}

Value::Value(Value&& o) noexcept : length_(o.length_), kind_(o.kind_), hold_(o.hold_) {
  if (hold_ == Hold::kString) {
    new (room_) std::string(std::move(o.string()));
  } else {
    std::memcpy(room_, o.room_, sizeof room_);
  }
}

Value& Value::operator=(const Value& o) {
  if (this != &o) *this = Value(o);
  return *this;
}

Value& Value::operator=(Value&& o) noexcept {
  if (this == &o) return *this;
  if (hold_ == Hold::kString) drop();
  return *new (this) Value(std::move(o));
}

std::int64_t Value::integer() const {
  CARILLON_CHECK(kind_ == Kind::kInt);
  std::int64_t n;
  std::memcpy(&n, room_, sizeof n);
  return n;
}

double Value::real() const {
  CARILLON_CHECK(kind_ == Kind::kReal);
  double x;
  std::memcpy(&x, room_, sizeof x);
  return x;
}

std::string_view Value::bytes() const {
  CARILLON_CHECK(kind_ == Kind::kText || kind_ == Kind::kBlob);
  if (hold_ == Hold::kInPlace) return {reinterpret_cast<const char*>(room_), length_};
  if (hold_ == Hold::kString) return string();
  Span span;
  std::memcpy(&span, room_, sizeof span);
  return {span.data, span.size};
}

bool Value::operator==(const Value& o) const {
  if (kind_ != o.kind_) return false;
  switch (kind_) {
    case Kind::kNull:
      return true;
    case Kind::kInt:
      return integer() == o.integer();
    case Kind::kReal:
      return real() == o.real();
    default:
      return bytes() == o.bytes();
  }
}

void Value::check_range(std::uint64_t n) {
  CARILLON_CHECK(n <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
}

void Value::take(Kind kind, std::string_view bytes) {
  kind_ = kind;
  if (bytes.size() <= kInPlace) {
    hold_ = Hold::kInPlace;
    length_ = static_cast<std::uint8_t>(bytes.size());
    if (!bytes.empty()) std::memcpy(room_, bytes.data(), bytes.size());
  } else {
    new (room_) std::string(bytes);
    hold_ = Hold::kString;
  }
}

void Value::drop() { string().~basic_string(); }

std::string& Value::string() { return *std::launder(reinterpret_cast<std::string*>(room_)); }
const std::string& Value::string() const { return *std::launder(reinterpret_cast<const std::string*>(room_)); }

}  // namespace carillon::store
