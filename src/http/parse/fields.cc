#include "http/parse/fields.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>

#include "http/parse/json_body.h"
#include "http/parse/pointer.h"
#include "http/parse/utf8.h"

namespace carillon::http {
namespace json = boost::json;
namespace {

std::string kind_of(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return "null";
    case json::kind::bool_:
      return "a boolean";
    case json::kind::int64:
    case json::kind::uint64:
      return "an integer";
    case json::kind::double_:
      return "a number with fraction or exponent";
    case json::kind::string:
      return "a string";
    case json::kind::array:
      return "an array";
    case json::kind::object:
      return "an object";
  }
  return "a value";
}

std::string number_text(double value) {
  char out[40];
  return std::string(out, std::to_chars(out, out + sizeof out, value).ptr);
}

std::string span_text(std::size_t min, std::size_t max, const char* unit) {
  if (min == max) return std::to_string(min) + " " + unit;
  if (min == 0) return "at most " + std::to_string(max) + " " + unit;
  return std::to_string(min) + " to " + std::to_string(max) + " " + unit;
}

std::string string_rule(TextBounds b) { return "a string of " + span_text(b.min, b.max, "characters"); }

std::string int_rule(std::int64_t min, std::int64_t max) {
  return "an integer from " + std::to_string(min) + " to " + std::to_string(max);
}

std::string word_rule(std::span<const std::string_view> words) {
  std::string out = words.size() == 1 ? "" : "one of ";
  for (std::size_t i = 0; i < words.size(); ++i) {
    out += (i ? ", \"" : "\"") + std::string(words[i]) + "\"";
  }
  return out;
}

// The compact size without building the text; an upper bound that escapes may exceed by a factor, which is fine for a limit.
std::size_t compact_size(const json::value& value, std::size_t stop_at) {
  std::size_t n = 2;
  if (const auto* object = value.if_object()) {
    for (const auto& member : *object) {
      n += member.key().size() + 4 + compact_size(member.value(), stop_at);
      if (n > stop_at) return n;
    }
  } else if (const auto* array = value.if_array()) {
    for (const auto& item : *array) {
      n += 1 + compact_size(item, stop_at);
      if (n > stop_at) return n;
    }
  } else if (const auto* string = value.if_string()) {
    n += string->size();
  } else {
    n = json::serialize(value).size();
  }
  return n;
}

}  // namespace

struct Fields::Node {
  const json::object* object = nullptr;  // null: hollow, its fault was noted already
  std::string pointer;
  std::vector<std::string_view> known;
};

struct Fields::State {
  std::vector<Node> nodes;
  std::vector<Error> faults;
  bool finished = false;
};

Fields::Fields(const json::value& root) : state_(std::make_shared<State>()) {
  state_->nodes.push_back({root.if_object(), "", {}});
  if (!root.is_object()) {
    fault_at("", ErrorCode::kWrongType, "the body is " + kind_of(root) + "; expected an object", "an object");
  }
}

std::string Fields::pointer_to(std::string_view name) const {
  return state_->nodes[node_].pointer + "/" + pointer_token(name);
}

void Fields::fault_at(std::string pointer, ErrorCode code, std::string message, std::string expected) {
  if (state_->faults.size() >= kMaxFaults) return;
  state_->faults.push_back(Error(code, std::move(message)).at(std::move(pointer)).expecting(std::move(expected)));
}

void Fields::fault(std::string_view name, ErrorCode code, std::string message, std::string expected) {
  fault_at(name.empty() ? state_->nodes[node_].pointer : pointer_to(name), code, std::move(message),
           std::move(expected));
}

Fields::Found Fields::find(std::string_view name, Presence presence) {
  Node& node = state_->nodes[node_];
  node.known.push_back(name);
  if (!node.object) return {};
  const json::value* value = node.object->if_contains(name);
  if (!value) {
    if (presence == Presence::kRequired) {
      fault(name, ErrorCode::kMissingField, "\"" + std::string(name) + "\" is missing");
    }
    return {};
  }
  if (!value->is_null()) return {true, value};
  if (presence != Presence::kNullable) {
    fault(name, ErrorCode::kWrongType,
          "\"" + std::string(name) + "\" is null; give a value" +
              (presence == Presence::kOptional ? " or leave it out" : ""));
  }
  return {true, nullptr};
}

Fields Fields::nest(std::string pointer, const json::value* value) {
  state_->nodes.push_back({value ? value->if_object() : nullptr, std::move(pointer), {}});
  return Fields(state_, state_->nodes.size() - 1);
}

// --- values of one kind --------------------------------------------------------------------------------------------------------

std::optional<std::string> Fields::text_of(const std::string& pointer, const json::value& value, TextBounds bounds) {
  const auto* text = value.if_string();
  if (!text) {
    fault_at(pointer, ErrorCode::kWrongType, "this is " + kind_of(value) + "; expected a string", string_rule(bounds));
    return std::nullopt;
  }
  const std::size_t length = utf8_length(*text);
  if (length > bounds.max) {
    fault_at(
        pointer, ErrorCode::kTooLong,
        "this text has " + std::to_string(length) + " characters; at most " + std::to_string(bounds.max) + " are taken",
        string_rule(bounds));
    return std::nullopt;
  }
  if (length < bounds.min) {
    fault_at(pointer, ErrorCode::kOutOfRange,
             length == 0 ? std::string("this text is empty")
                         : "this text has " + std::to_string(length) + " characters; at least " +
                               std::to_string(bounds.min) + " are needed",
             string_rule(bounds));
    return std::nullopt;
  }
  return std::string(*text);
}

std::optional<std::string> Fields::string_of(std::string_view name, const json::value* value, TextBounds bounds) {
  return value ? text_of(pointer_to(name), *value, bounds) : std::nullopt;
}

std::optional<std::int64_t> Fields::int_of(std::string_view name, const json::value* value, std::int64_t min,
                                           std::int64_t max) {
  if (!value) return std::nullopt;
  if (!value->is_int64() && !value->is_uint64()) {
    fault(name, ErrorCode::kWrongType, "this is " + kind_of(*value) + "; expected an integer", int_rule(min, max));
    return std::nullopt;
  }
  const bool huge = value->is_uint64() && value->get_uint64() > static_cast<std::uint64_t>(INT64_MAX);
  const std::int64_t number = huge                ? INT64_MAX
                              : value->is_int64() ? value->get_int64()
                                                  : static_cast<std::int64_t>(value->get_uint64());
  if (huge || number < min || number > max) {
    fault(name, ErrorCode::kOutOfRange, json::serialize(*value) + " is out of range", int_rule(min, max));
    return std::nullopt;
  }
  return number;
}

std::optional<double> Fields::number_of(std::string_view name, const json::value* value, double min, double max) {
  if (!value) return std::nullopt;
  const std::string rule = "a number from " + number_text(min) + " to " + number_text(max);
  if (!value->is_number()) {
    fault(name, ErrorCode::kWrongType, "this is " + kind_of(*value) + "; expected a number", rule);
    return std::nullopt;
  }
  const double number = value->to_number<double>();
  if (!(number >= min && number <= max)) {
    fault(name, ErrorCode::kOutOfRange, json::serialize(*value) + " is out of range", rule);
    return std::nullopt;
  }
  return number;
}

std::optional<bool> Fields::bool_of(std::string_view name, const json::value* value) {
  if (!value) return std::nullopt;
  if (const bool* flag = value->if_bool()) return *flag;
  fault(name, ErrorCode::kWrongType, "this is " + kind_of(*value) + "; expected true or false", "true or false");
  return std::nullopt;
}

std::optional<Instant> Fields::time_of(std::string_view name, const json::value* value) {
  if (!value) return std::nullopt;
  static constexpr const char* kRule = "an RFC 3339 time such as \"2026-03-01T09:00:15Z\"";
  const auto* text = value->if_string();
  if (!text) {
    fault(name, ErrorCode::kWrongType, "this is " + kind_of(*value) + "; expected a time", kRule);
    return std::nullopt;
  }
  const auto at = parse_rfc3339(*text);
  if (!at) fault(name, ErrorCode::kInvalidValue, "\"" + std::string(utf8_cut(*text, 64)) + "\" is not a time", kRule);
  return at;
}

std::optional<std::size_t> Fields::choice_of(std::string_view name, const json::value* value,
                                             std::span<const std::string_view> words) {
  if (!value) return std::nullopt;
  const auto* text = value->if_string();
  if (!text) {
    fault(name, ErrorCode::kWrongType, "this is " + kind_of(*value) + "; expected a string", word_rule(words));
    return std::nullopt;
  }
  const auto found = std::find(words.begin(), words.end(), std::string_view(*text));
  if (found == words.end()) {
    fault(name, ErrorCode::kInvalidValue, "\"" + std::string(utf8_cut(*text, 64)) + "\" is not known here",
          word_rule(words));
    return std::nullopt;
  }
  return static_cast<std::size_t>(found - words.begin());
}

bool Fields::within(std::string_view name, const json::value& value, const JsonBounds& bounds) {
  if (json_depth(value) > bounds.max_depth) {
    const std::string rule = "at most " + std::to_string(bounds.max_depth) + " levels of nesting";
    fault(name, ErrorCode::kTooDeep, "this is nested too deeply", rule);
    return false;
  }
  if (compact_size(value, bounds.max_bytes) > bounds.max_bytes) {
    const std::string rule = "at most " + std::to_string(bounds.max_bytes) + " bytes of JSON";
    fault(name, ErrorCode::kTooLong, "this is too large", rule);
    return false;
  }
  return true;
}

std::optional<json::object> Fields::object_of(std::string_view name, const json::value* value,
                                              const JsonBounds& bounds) {
  if (!value) return std::nullopt;
  if (!value->is_object()) {
    fault(name, ErrorCode::kWrongType, "this is " + kind_of(*value) + "; expected an object", "an object");
    return std::nullopt;
  }
  if (!within(name, *value, bounds)) return std::nullopt;
  return value->get_object();
}

const json::array* Fields::array_of(std::string_view name, const json::value* value, std::size_t min_items,
                                    std::size_t max_items) {
  const std::string rule = "an array of " + span_text(min_items, max_items, "items");
  const auto* array = value->if_array();
  if (!array) {
    fault(name, ErrorCode::kWrongType, "this is " + kind_of(*value) + "; expected an array", rule);
    return nullptr;
  }
  if (array->size() < min_items || array->size() > max_items) {
    fault(name, ErrorCode::kOutOfRange, "this array has " + std::to_string(array->size()) + " items", rule);
    return nullptr;
  }
  return array;
}

std::optional<std::vector<std::string>> Fields::strings_of(std::string_view name, const json::value* value,
                                                           std::size_t min_items, std::size_t max_items,
                                                           TextBounds each) {
  const json::array* array = value ? array_of(name, value, min_items, max_items) : nullptr;
  if (!array) return std::nullopt;
  std::vector<std::string> out;
  for (std::size_t i = 0; i < array->size(); ++i) {
    auto text = text_of(pointer_to(name) + "/" + std::to_string(i), (*array)[i], each);
    if (text) out.push_back(std::move(*text));
  }
  return out;
}

std::optional<std::vector<Fields>> Fields::list_of(std::string_view name, const json::value* value,
                                                   std::size_t min_items, std::size_t max_items) {
  const json::array* array = value ? array_of(name, value, min_items, max_items) : nullptr;
  if (!array) return std::nullopt;
  std::vector<Fields> out;
  for (std::size_t i = 0; i < array->size(); ++i) {
    const json::value& item = (*array)[i];
    std::string pointer = pointer_to(name) + "/" + std::to_string(i);
    if (!item.is_object()) {
      fault_at(pointer, ErrorCode::kWrongType, "this is " + kind_of(item) + "; expected an object", "an object");
    }
    out.push_back(nest(std::move(pointer), &item));
  }
  return out;
}

std::optional<std::string_view> Fields::sid_text(const std::string& pointer, const json::value& value,
                                                 std::string_view prefix) {
  if (const auto* text = value.if_string()) return std::string_view(*text);
  fault_at(pointer, ErrorCode::kWrongType, "this is " + kind_of(value) + "; expected an id",
           "an id: " + std::string(prefix) + " and 32 hex digits");
  return std::nullopt;
}

void Fields::sid_fault(const std::string& pointer, std::string_view found, std::string_view prefix) {
  fault_at(pointer, ErrorCode::kInvalidValue, "\"" + std::string(utf8_cut(found, 64)) + "\" is not such an id",
           "an id: " + std::string(prefix) + " and 32 hex digits");
}

// --- the readers ---------------------------------------------------------------------------------------------------------------

std::string Fields::required_string(std::string_view name, std::size_t min, std::size_t max) {
  return string_of(name, find(name, Presence::kRequired).value, {min, max}).value_or("");
}
std::optional<std::string> Fields::optional_string(std::string_view name, std::size_t min, std::size_t max) {
  return string_of(name, find(name, Presence::kOptional).value, {min, max});
}
Nullable<std::string> Fields::nullable_string(std::string_view name, std::size_t min, std::size_t max) {
  const Found found = find(name, Presence::kNullable);
  return {found.present, string_of(name, found.value, {min, max})};
}

std::int64_t Fields::required_int(std::string_view name, std::int64_t min, std::int64_t max) {
  return int_of(name, find(name, Presence::kRequired).value, min, max).value_or(min);
}
std::optional<std::int64_t> Fields::optional_int(std::string_view name, std::int64_t min, std::int64_t max) {
  return int_of(name, find(name, Presence::kOptional).value, min, max);
}
Nullable<std::int64_t> Fields::nullable_int(std::string_view name, std::int64_t min, std::int64_t max) {
  const Found found = find(name, Presence::kNullable);
  return {found.present, int_of(name, found.value, min, max)};
}

double Fields::required_number(std::string_view name, double min, double max) {
  return number_of(name, find(name, Presence::kRequired).value, min, max).value_or(min);
}
std::optional<double> Fields::optional_number(std::string_view name, double min, double max) {
  return number_of(name, find(name, Presence::kOptional).value, min, max);
}

bool Fields::required_bool(std::string_view name) {
  return bool_of(name, find(name, Presence::kRequired).value).value_or(false);
}
std::optional<bool> Fields::optional_bool(std::string_view name) {
  return bool_of(name, find(name, Presence::kOptional).value);
}

Instant Fields::required_time(std::string_view name) {
  return time_of(name, find(name, Presence::kRequired).value).value_or(Instant{});
}
std::optional<Instant> Fields::optional_time(std::string_view name) {
  return time_of(name, find(name, Presence::kOptional).value);
}
Nullable<Instant> Fields::nullable_time(std::string_view name) {
  const Found found = find(name, Presence::kNullable);
  return {found.present, time_of(name, found.value)};
}

std::size_t Fields::required_choice(std::string_view name, std::span<const std::string_view> words) {
  return choice_of(name, find(name, Presence::kRequired).value, words).value_or(0);
}
std::optional<std::size_t> Fields::optional_choice(std::string_view name, std::span<const std::string_view> words) {
  return choice_of(name, find(name, Presence::kOptional).value, words);
}

std::vector<std::string> Fields::required_strings(std::string_view name, std::size_t min_items, std::size_t max_items,
                                                  TextBounds each) {
  return strings_of(name, find(name, Presence::kRequired).value, min_items, max_items, each)
      .value_or(std::vector<std::string>{});
}
std::optional<std::vector<std::string>> Fields::optional_strings(std::string_view name, std::size_t min_items,
                                                                 std::size_t max_items, TextBounds each) {
  return strings_of(name, find(name, Presence::kOptional).value, min_items, max_items, each);
}

json::object Fields::required_object(std::string_view name, const JsonBounds& bounds) {
  return object_of(name, find(name, Presence::kRequired).value, bounds).value_or(json::object{});
}
std::optional<json::object> Fields::optional_object(std::string_view name, const JsonBounds& bounds) {
  return object_of(name, find(name, Presence::kOptional).value, bounds);
}
Nullable<json::object> Fields::nullable_object(std::string_view name, const JsonBounds& bounds) {
  const Found found = find(name, Presence::kNullable);
  return {found.present, object_of(name, found.value, bounds)};
}
std::optional<json::value> Fields::optional_json(std::string_view name, const JsonBounds& bounds) {
  const Found found = find(name, Presence::kNullable);
  if (found.present && !found.value) return json::value(nullptr);
  if (!found.value || !within(name, *found.value, bounds)) return std::nullopt;
  return *found.value;
}

Fields Fields::required_fields(std::string_view name) {
  const json::value* value = find(name, Presence::kRequired).value;
  if (value && !value->is_object()) {
    fault(name, ErrorCode::kWrongType, "this is " + kind_of(*value) + "; expected an object", "an object");
  }
  return nest(pointer_to(name), value);
}
std::optional<Fields> Fields::optional_fields(std::string_view name) {
  const json::value* value = find(name, Presence::kOptional).value;
  if (!value) return std::nullopt;
  if (!value->is_object()) {
    fault(name, ErrorCode::kWrongType, "this is " + kind_of(*value) + "; expected an object", "an object");
  }
  return nest(pointer_to(name), value);
}
std::vector<Fields> Fields::required_list(std::string_view name, std::size_t min_items, std::size_t max_items) {
  return list_of(name, find(name, Presence::kRequired).value, min_items, max_items).value_or(std::vector<Fields>{});
}
std::optional<std::vector<Fields>> Fields::optional_list(std::string_view name, std::size_t min_items,
                                                         std::size_t max_items) {
  return list_of(name, find(name, Presence::kOptional).value, min_items, max_items);
}

bool Fields::has(std::string_view name) const {
  const json::object* object = state_->nodes[node_].object;
  return object && object->contains(name);
}

void Fields::ignore(std::string_view name) { state_->nodes[node_].known.push_back(name); }

bool Fields::ok() const { return state_->faults.empty(); }
const std::vector<Error>& Fields::faults() const { return state_->faults; }

Result<void> Fields::finish() {
  if (!state_->finished) {
    state_->finished = true;
    for (const Node& node : state_->nodes) {
      if (!node.object) continue;
      for (const auto& member : *node.object) {
        const std::string_view key = member.key();
        if (std::find(node.known.begin(), node.known.end(), key) != node.known.end()) continue;
        fault_at(node.pointer + "/" + pointer_token(key), ErrorCode::kUnknownField,
                 "\"" + std::string(utf8_cut(key, 64)) + "\" is not known here",
                 node.known.empty() ? "no fields" : word_rule(node.known));
      }
    }
  }
  if (state_->faults.empty()) return {};
  return state_->faults.front();
}

}  // namespace carillon::http
