// Value: what is bound to a parameter: null, 64-bit integer, double, text (UTF-8) or blob.
//
// Owns:   its bytes; up to 37 of them in place, so that ids cost no allocation. borrow_text() and borrow_blob() own
//         nothing: the bytes must live until commit() or query() has returned.
// Errors: none here. commit() and query() refuse U+0000 and malformed UTF-8 in text (kInvalidUtf8), and NaN and
//         infinities (kInvalidValue), because the drivers would disagree about them.
// Thread: any, not shared.
// Meaning of our own types: bool is 0 or 1; Instant and Duration are microseconds; an empty Id is NULL.
// Example:
//   Params params = Params::of(task.id, task.priority, task.created_at, std::move(attributes));
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"

namespace carillon::store {

enum class Kind : std::uint8_t { kNull, kInt, kReal, kText, kBlob };
const char* name_of(Kind kind);

class Value {
 public:
  static constexpr std::size_t kInPlace = 37;

  Value() = default;
  Value(std::nullptr_t) {}
  Value(std::nullopt_t) {}
  template <std::integral T>
  Value(T n) : Value(From::kInteger, checked(n)) {}
  Value(double x);
  Value(std::string_view text) : Value(Kind::kText, text) {}
  Value(const char* text) : Value(Kind::kText, std::string_view(text)) {}
  Value(const std::string& text) : Value(Kind::kText, std::string_view(text)) {}
  Value(std::string&& text) : Value(Kind::kText, std::move(text)) {}
  Value(Instant at) : Value(at.us) {}
  Value(Duration d) : Value(d.us) {}
  template <char A, char B>
  Value(const Id<A, B>& id) {
    if (id) take(Kind::kText, id.str());
  }
  template <class T>
  Value(const std::optional<T>& maybe) {
    if (maybe) *this = Value(*maybe);
  }
  static Value blob(std::string_view bytes) { return Value(Kind::kBlob, bytes); }
  static Value blob(std::string&& bytes) { return Value(Kind::kBlob, std::move(bytes)); }
  static Value blob(const char* bytes) { return Value(Kind::kBlob, std::string_view(bytes)); }
  static Value borrow_text(std::string_view text) { return Value(From::kBorrowed, Kind::kText, text); }
  static Value borrow_blob(std::string_view bytes) { return Value(From::kBorrowed, Kind::kBlob, bytes); }

  Value(const Value& o);
  Value(Value&& o) noexcept;
  Value& operator=(const Value& o);
  Value& operator=(Value&& o) noexcept;
  ~Value() {
    if (hold_ == Hold::kString) drop();
  }

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::kNull; }
  // The accessors check the kind.
  std::int64_t integer() const;
  double real() const;
  std::string_view bytes() const;  // of text or blob

  bool operator==(const Value& o) const;

 private:
  enum class Hold : std::uint8_t { kInPlace, kString, kBorrowed };
  enum class From : std::uint8_t { kInteger, kBorrowed };
  Value(From, std::int64_t n);
  Value(From, Kind kind, std::string_view bytes);
  Value(Kind kind, std::string_view bytes) { take(kind, bytes); }
  Value(Kind kind, std::string&& bytes);
  template <std::integral T>
  static std::int64_t checked(T n) {
    if constexpr (sizeof(T) == 8 && std::unsigned_integral<T>) check_range(n);
    return static_cast<std::int64_t>(n);
  }
  static void check_range(std::uint64_t n);
  void take(Kind kind, std::string_view bytes);
  void drop();
  std::string& string();
  const std::string& string() const;

  alignas(8) unsigned char room_[kInPlace] = {};
  std::uint8_t length_ = 0;
  Kind kind_ = Kind::kNull;
  Hold hold_ = Hold::kInPlace;
};
static_assert(sizeof(Value) == 40);

// The values of ?1..?N, in that order. of() moves what it can, where an initializer list would copy.
struct Params : std::vector<Value> {
  using std::vector<Value>::vector;
  template <class... Args>
  static Params of(Args&&... args) {
    Params params;
    params.reserve(sizeof...(args));
    (params.emplace_back(std::forward<Args>(args)), ...);
    return params;
  }
};

}  // namespace carillon::store
