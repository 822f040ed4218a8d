// Fields: reads a JSON object field by field and collects every fault, each with its JSON pointer and what is expected.
//
// Why:    the edge validates, calls, serialises; a REST handler names its fields once, in code, and gets for free that a wrong
//         type, a missing, a too long and an unknown field are answered by name.
// How:    required_x() gives the value, or a default and a fault; optional_x() gives nothing when absent; nullable_x() also
//         tells null apart (PATCH). finish() reports the first fault, or the first field nobody asked for.
// Owns:   nothing: the JSON value and the names (use literals) must outlive it. Copies of one Fields share their faults.
// Thread: one thread. Pure.
// Errors: kMissingField, kWrongType, kTooLong, kOutOfRange, kInvalidValue, kUnknownField; at most kMaxFaults are kept.
// Example:
//   Fields in(*doc);
//   std::string name = in.required_string("friendly_name", 1, 64);
//   std::int64_t priority = in.optional_int("priority", 0, 1000).value_or(0);
//   QueueId queue = in.required_sid<QueueId>("queue_sid");
//   if (auto ok = in.finish(); !ok) return reply(Response::problem(ok.error()));
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

namespace carillon::http {

// Absent, null, or a value: what a PATCH needs.
template <class T>
struct Nullable {
  bool present = false;
  std::optional<T> value;  // nothing with present == true: the client sent null

  bool is_null() const { return present && !value; }
};

// One word of an enum on the wire. A table of these is a static array.
template <class E>
struct EnumName {
  std::string_view name;
  E value;
};

struct JsonBounds {
  std::size_t max_depth = 8;
  std::size_t max_bytes = 16 << 10;  // of the compact text
};

struct TextBounds {
  std::size_t min = 0;    // code points
  std::size_t max = 256;  // code points
};

class Fields {
 public:
  static constexpr std::size_t kMaxFaults = 32;

  // `root` should be an object; what is not is one fault (kWrongType).
  explicit Fields(const boost::json::value& root);

  // Strings: lengths in code points.
  std::string required_string(std::string_view name, std::size_t min = 0, std::size_t max = 256);
  std::optional<std::string> optional_string(std::string_view name, std::size_t min = 0, std::size_t max = 256);
  Nullable<std::string> nullable_string(std::string_view name, std::size_t min = 0, std::size_t max = 256);

  // Integers: JSON numbers without fraction or exponent.
  std::int64_t required_int(std::string_view name, std::int64_t min, std::int64_t max);
  std::optional<std::int64_t> optional_int(std::string_view name, std::int64_t min, std::int64_t max);
  Nullable<std::int64_t> nullable_int(std::string_view name, std::int64_t min, std::int64_t max);

  double required_number(std::string_view name, double min, double max);
  std::optional<double> optional_number(std::string_view name, double min, double max);

  bool required_bool(std::string_view name);
  std::optional<bool> optional_bool(std::string_view name);

  // RFC 3339 date-time.
  Instant required_time(std::string_view name);
  std::optional<Instant> optional_time(std::string_view name);
  Nullable<Instant> nullable_time(std::string_view name);

  // One of the words; the index of the one that was found (0 with a fault).
  std::size_t required_choice(std::string_view name, std::span<const std::string_view> words);
  std::optional<std::size_t> optional_choice(std::string_view name, std::span<const std::string_view> words);

  template <class E>
  E required_enum(std::string_view name, std::span<const EnumName<E>> table) {
    return table[required_choice(name, words_of(table))].value;
  }
  template <class E, std::size_t N>
  E required_enum(std::string_view name, const EnumName<E> (&table)[N]) {
    return required_enum(name, std::span<const EnumName<E>>(table));
  }
  template <class E>
  std::optional<E> optional_enum(std::string_view name, std::span<const EnumName<E>> table) {
    const auto i = optional_choice(name, words_of(table));
    return i ? std::optional<E>(table[*i].value) : std::nullopt;
  }
  template <class E, std::size_t N>
  std::optional<E> optional_enum(std::string_view name, const EnumName<E> (&table)[N]) {
    return optional_enum(name, std::span<const EnumName<E>>(table));
  }

  // Ids: the prefix is part of the type.
  template <class IdType>
  IdType required_sid(std::string_view name) {
    return sid_of<IdType>(name, find(name, Presence::kRequired).value).value_or(IdType{});
  }
  template <class IdType>
  std::optional<IdType> optional_sid(std::string_view name) {
    return sid_of<IdType>(name, find(name, Presence::kOptional).value);
  }
  template <class IdType>
  Nullable<IdType> nullable_sid(std::string_view name) {
    const Found found = find(name, Presence::kNullable);
    return {found.present, sid_of<IdType>(name, found.value)};
  }
  template <class IdType>
  std::optional<std::vector<IdType>> optional_sids(std::string_view name, std::size_t min_items,
                                                   std::size_t max_items) {
    return sids_of<IdType>(name, find(name, Presence::kOptional).value, min_items, max_items);
  }
  template <class IdType>
  std::vector<IdType> required_sids(std::string_view name, std::size_t min_items, std::size_t max_items) {
    return sids_of<IdType>(name, find(name, Presence::kRequired).value, min_items, max_items)
        .value_or(std::vector<IdType>{});
  }

  std::vector<std::string> required_strings(std::string_view name, std::size_t min_items, std::size_t max_items,
                                            TextBounds each = {});
  std::optional<std::vector<std::string>> optional_strings(std::string_view name, std::size_t min_items,
                                                           std::size_t max_items, TextBounds each = {});

  // A JSON object taken as it is (attributes, documents), bounded. U+0000 and bad UTF-8 were refused by parse_json.
  boost::json::object required_object(std::string_view name, const JsonBounds& bounds = {});
  std::optional<boost::json::object> optional_object(std::string_view name, const JsonBounds& bounds = {});
  Nullable<boost::json::object> nullable_object(std::string_view name, const JsonBounds& bounds = {});
  // Any JSON value taken as it is, bounded; null counts as a value.
  std::optional<boost::json::value> optional_json(std::string_view name, const JsonBounds& bounds = {});

  // Nested objects, read by the same rules; finish() of the outermost covers them. After a fault the nested reader is hollow:
  // it gives defaults and adds no further faults.
  Fields required_fields(std::string_view name);
  std::optional<Fields> optional_fields(std::string_view name);
  std::vector<Fields> required_list(std::string_view name, std::size_t min_items, std::size_t max_items);
  std::optional<std::vector<Fields>> optional_list(std::string_view name, std::size_t min_items, std::size_t max_items);

  bool has(std::string_view name) const;
  // Takes the field out of the unknown-field check without reading it.
  void ignore(std::string_view name);

  // For a rule that spans fields; `name` "" is the object itself.
  void fault(std::string_view name, ErrorCode code, std::string message, std::string expected = {});

  bool ok() const;
  const std::vector<Error>& faults() const;
  // Looks for unknown fields (once) and gives the first fault. The problem document carries faults() too if you pass them.
  Result<void> finish();

 private:
  enum class Presence : std::uint8_t { kRequired, kOptional, kNullable };
  struct Found {
    bool present = false;                       // in the object, perhaps null
    const boost::json::value* value = nullptr;  // null when absent, null, or a fault was noted
  };
  struct Node;
  struct State;

  Fields(std::shared_ptr<State> state, std::size_t node) : state_(std::move(state)), node_(node) {}
  Found find(std::string_view name, Presence presence);
  std::string pointer_to(std::string_view name) const;
  void fault_at(std::string pointer, ErrorCode code, std::string message, std::string expected);
  Fields nest(std::string pointer, const boost::json::value* value);
  std::optional<std::string> text_of(const std::string& pointer, const boost::json::value& value, TextBounds bounds);
  const boost::json::array* array_of(std::string_view name, const boost::json::value* value, std::size_t min_items,
                                     std::size_t max_items);
  std::optional<std::string> string_of(std::string_view name, const boost::json::value* value, TextBounds bounds);
  std::optional<std::int64_t> int_of(std::string_view name, const boost::json::value* value, std::int64_t min,
                                     std::int64_t max);
  std::optional<double> number_of(std::string_view name, const boost::json::value* value, double min, double max);
  std::optional<bool> bool_of(std::string_view name, const boost::json::value* value);
  std::optional<Instant> time_of(std::string_view name, const boost::json::value* value);
  std::optional<std::size_t> choice_of(std::string_view name, const boost::json::value* value,
                                       std::span<const std::string_view> words);
  std::optional<boost::json::object> object_of(std::string_view name, const boost::json::value* value,
                                               const JsonBounds& bounds);
  bool within(std::string_view name, const boost::json::value& value, const JsonBounds& bounds);
  std::optional<std::vector<std::string>> strings_of(std::string_view name, const boost::json::value* value,
                                                     std::size_t min_items, std::size_t max_items, TextBounds each);
  std::optional<std::vector<Fields>> list_of(std::string_view name, const boost::json::value* value,
                                             std::size_t min_items, std::size_t max_items);
  // The text of a field that should hold an id; a fault when it is no string.
  std::optional<std::string_view> sid_text(const std::string& pointer, const boost::json::value& value,
                                           std::string_view prefix);
  void sid_fault(const std::string& pointer, std::string_view found, std::string_view prefix);

  template <class IdType>
  std::optional<IdType> parse_sid(const std::string& pointer, const boost::json::value& value) {
    const auto text = sid_text(pointer, value, IdType::kPrefix);
    if (!text) return std::nullopt;
    const auto id = IdType::parse(*text);
    if (!id) sid_fault(pointer, *text, IdType::kPrefix);
    return id;
  }
  template <class IdType>
  std::optional<IdType> sid_of(std::string_view name, const boost::json::value* value) {
    return value ? parse_sid<IdType>(pointer_to(name), *value) : std::nullopt;
  }
  template <class IdType>
  std::optional<std::vector<IdType>> sids_of(std::string_view name, const boost::json::value* value,
                                             std::size_t min_items, std::size_t max_items);
  template <class E>
  static std::vector<std::string_view> words_of(std::span<const EnumName<E>> table) {
    std::vector<std::string_view> words;
    for (const auto& entry : table) words.push_back(entry.name);
    return words;
  }

  std::shared_ptr<State> state_;
  std::size_t node_ = 0;
};

template <class IdType>
std::optional<std::vector<IdType>> Fields::sids_of(std::string_view name, const boost::json::value* value,
                                                   std::size_t min_items, std::size_t max_items) {
  const boost::json::array* array = value ? array_of(name, value, min_items, max_items) : nullptr;
  if (!array) return std::nullopt;
  std::vector<IdType> ids;
  for (std::size_t i = 0; i < array->size(); ++i) {
    const auto id = parse_sid<IdType>(pointer_to(name) + "/" + std::to_string(i), (*array)[i]);
    if (id) ids.push_back(*id);
  }
  return ids;
}

}  // namespace carillon::http
