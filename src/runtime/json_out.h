// JsonOut: appends one JSON object to a string, member by member.
//
// Why:    a busy workspace renders tens of thousands of resources a second; nothing is built that is thrown away.
// Thread: any. Texts are escaped; raw() is trusted to be JSON.
// Example:
//   JsonOut json(out);
//   json.id("sid", task.sid).text("status", "pending").time("ended_at", task.ended_at);
//   json.end();
#pragma once

#include <charconv>
#include <string>
#include <string_view>

#include "base/codec.h"
#include "base/ids.h"
#include "base/time.h"

namespace carillon::runtime {

class JsonOut {
 public:
  explicit JsonOut(std::string& out) : out_(out) { out_ += '{'; }
  void end() { out_ += '}'; }

  JsonOut& raw(std::string_view name, std::string_view json) {
    key(name);
    out_ += json;
    return *this;
  }
  JsonOut& text(std::string_view name, std::string_view value) {
    key(name);
    codec::append_json_string(out_, value);
    return *this;
  }
  JsonOut& text_or_null(std::string_view name, std::string_view value) {
    return value.empty() ? raw(name, "null") : text(name, value);
  }
  template <class E>
  JsonOut& word(std::string_view name, E value) {
    key(name);
    out_ += '"', out_ += codec::enum_name(value), out_ += '"';
    return *this;
  }
  // The enumerator `none` is null.
  template <class E>
  JsonOut& word_or_null(std::string_view name, E value) {
    return value == E::none ? raw(name, "null") : word(name, value);
  }
  JsonOut& flag(std::string_view name, bool value) { return raw(name, value ? "true" : "false"); }
  JsonOut& number(std::string_view name, std::int64_t value) {
    char digits[24];
    return raw(name, {digits, std::to_chars(digits, digits + sizeof digits, value).ptr});
  }
  JsonOut& real(std::string_view name, double value) {
    char digits[40];
    return raw(name, {digits, std::to_chars(digits, digits + sizeof digits, value).ptr});
  }
  // 0 is null where 0 means "no limit".
  JsonOut& number_or_null(std::string_view name, std::int64_t value) {
    return value == 0 ? raw(name, "null") : number(name, value);
  }
  JsonOut& seconds(std::string_view name, Duration value) { return number(name, value.us / 1'000'000); }
  JsonOut& seconds_or_null(std::string_view name, Duration value) { return number_or_null(name, value.us / 1'000'000); }
  // No id is null.
  template <char A, char B>
  JsonOut& id(std::string_view name, const Id<A, B>& value) {
    if (value.empty()) return raw(name, "null");
    key(name);
    codec::append(out_, value);
    return *this;
  }
  template <class IdType>
  JsonOut& ids(std::string_view name, const std::vector<IdType>& values) {
    key(name);
    codec::append(out_, values);
    return *this;
  }
  // 0 and never() are null: it has not happened, or will not.
  JsonOut& time(std::string_view name, Instant value) {
    if (value.us == 0 || value.is_never()) return raw(name, "null");
    key(name);
    out_ += '"', append_rfc3339(out_, value), out_ += '"';
    return *this;
  }
  // Writes the name, for a value the caller appends to the string.
  JsonOut& key(std::string_view name) {
    out_ += first_ ? "\"" : ",\"";
    first_ = false;
    out_ += name, out_ += "\":";
    return *this;
  }

 private:
  std::string& out_;
  bool first_ = true;
};

}  // namespace carillon::runtime
