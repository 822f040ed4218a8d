// Result: a value or an Error from the one catalogue (base/errors.def).
//
// Why:    errors are answers, not exceptions; one fault has one code in REST, WebSocket, log and docs.
// Errors: the message says what was found, what is expected and what to do.
// Thread: any.
// Example:
//   Result<TaskId> id = create(...);
//   if (!id) return id.error();
//   use(*id);
//   return Error(ErrorCode::kNotFound, "no queue WQ..; list them with GET /api/v1/queues").at("queue_sid");
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/check.h"

namespace carillon {

enum class ErrorCode : std::uint16_t {
#define CARILLON_ERROR(name, code, status, title) name,
#include "base/errors.def"
#undef CARILLON_ERROR
};

// What the catalogue says of a code: stable text code, HTTP status, short title.
struct ErrorInfo {
  std::string_view code;
  int http_status;
  std::string_view title;
};
const ErrorInfo& info(ErrorCode code);
std::optional<ErrorCode> error_code_from(std::string_view code);

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;      // what was found, what is expected, what to do
  std::string field;        // JSON pointer or parameter name, "" when none
  std::string expected;     // what would be right, "" when the message says it all
  std::int64_t column = 0;  // 1-based place in an expression or document, 0 when none

  Error() = default;
  Error(ErrorCode c, std::string m) : code(c), message(std::move(m)) {}
  Error&& at(std::string f) && { return field = std::move(f), std::move(*this); }
  Error&& expecting(std::string e) && { return expected = std::move(e), std::move(*this); }
  Error&& in_column(std::int64_t c) && { return column = c, std::move(*this); }
  int http_status() const { return info(code).http_status; }
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : held_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return held_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() & { return CARILLON_CHECK(ok()), std::get<0>(held_); }
  const T& value() const& { return CARILLON_CHECK(ok()), std::get<0>(held_); }
  T&& value() && { return CARILLON_CHECK(ok()), std::get<0>(std::move(held_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const Error& error() const& { return CARILLON_CHECK(!ok()), std::get<1>(held_); }
  Error&& error() && { return CARILLON_CHECK(!ok()), std::get<1>(std::move(held_)); }

 private:
  std::variant<T, Error> held_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }
  const Error& error() const& { return CARILLON_CHECK(!ok()), *error_; }
  Error&& error() && { return CARILLON_CHECK(!ok()), *std::move(error_); }

 private:
  std::optional<Error> error_;
};

}  // namespace carillon
