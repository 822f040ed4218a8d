// Reflection: described structs to and from JSON text, and the list of their fields for SQL.
//
// What:   a struct described with BOOST_DESCRIBE_STRUCT is a journal command, a row and a checkpoint line at once.
//         Ids become their text, instants and durations integers (microseconds), enums their enumerator's name.
//         Fields with the value of a default-made struct are left out, missing ones keep it: newer engines read
//         older journals.
// Errors: decode() returns kInvalidValue naming the field. Encoding cannot fail.
// Thread: any; no state.
// Example:
//   std::string text = encode(task_record);
//   Result<TaskRecord> back = decode<TaskRecord>(text);
#pragma once

#include <boost/describe.hpp>
#include <boost/json.hpp>
#include <boost/mp11.hpp>
#include <charconv>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

namespace carillon {

// Text that is JSON (attributes, documents). Written as a string, so that it comes back byte for byte.
struct JsonText {
  std::string text;
  bool operator==(const JsonText&) const = default;
};

namespace codec {

template <class T>
using Members = boost::describe::describe_members<T, boost::describe::mod_any_access>;

template <class T>
concept Described = boost::describe::has_describe_members<T>::value && !std::is_union_v<T>;

template <class T>
inline constexpr bool is_id = false;
template <char A, char B>
inline constexpr bool is_id<Id<A, B>> = true;
template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class T>
inline constexpr bool is_variant = false;
template <class... T>
inline constexpr bool is_variant<std::variant<T...>> = true;
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

void append_json_string(std::string& out, std::string_view text);

// Enumerator name without a trailing underscore (which keeps C++ keywords usable: default_, new_).
template <class E>
std::string_view enum_name(E value) {
  std::string_view name = boost::describe::enum_to_string(value, "");
  if (!name.empty() && name.back() == '_') name.remove_suffix(1);
  return name;
}

template <class E>
std::optional<E> enum_from(std::string_view text) {
  std::optional<E> found;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
    std::string_view name = d.name;
    if (!name.empty() && name.back() == '_') name.remove_suffix(1);
    if (name == text) found = d.value;
  });
  return found;
}

template <class T>
void append(std::string& out, const T& value);

template <class T>
const T& default_of() {
  static const T made{};
  return made;
}

template <class T>
void append_object(std::string& out, const T& value, bool first) {
  boost::mp11::mp_for_each<Members<T>>([&](auto d) {
    const auto& member = value.*d.pointer;
    if (member == default_of<T>().*d.pointer) return;
    if (!first) out += ',';
    first = false;
    out += '"';
    out += d.name;
    out += "\":";
    append(out, member);
  });
}

template <class T>
void append(std::string& out, const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    out += value ? "true" : "false";
  } else if constexpr (std::is_same_v<T, std::string>) {
    append_json_string(out, value);
  } else if constexpr (std::is_same_v<T, JsonText>) {
    append_json_string(out, value.text);
  } else if constexpr (is_id<T>) {
    out += '"';
    if (!value.empty()) {
      char text[34] = {T::kPrefix[0], T::kPrefix[1]};
      detail::format_hex128(value.hi, value.lo, text + 2);
      out.append(text, sizeof text);
    }
    out += '"';
  } else if constexpr (std::is_same_v<T, Instant> || std::is_same_v<T, Duration>) {
    append(out, value.us);
  } else if constexpr (std::is_enum_v<T>) {
    out += '"';
    out += enum_name(value);
    out += '"';
  } else if constexpr (std::is_integral_v<T>) {
    char buffer[24];
    out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
  } else if constexpr (std::is_floating_point_v<T>) {
    char buffer[40];
    out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
  } else if constexpr (is_optional<T>) {
    if (value) {
      append(out, *value);
    } else {
      out += "null";
    }
  } else if constexpr (is_vector<T>) {
    out += '[';
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (i) out += ',';
      append(out, value[i]);
    }
    out += ']';
  } else if constexpr (is_variant<T>) {
    // {"is":"routing.CreateTask",...}: the alternative's kName, then its fields.
    std::visit(
        [&](const auto& alternative) {
          using A = std::decay_t<decltype(alternative)>;
          if constexpr (is_variant<A>) {
            append(out, alternative);
          } else {
            out += "{\"is\":\"";
            out += A::kName;
            out += '"';
            append_object(out, alternative, false);
            out += '}';
          }
        },
        value);
  } else {
    static_assert(Described<T>);
    out += '{';
    append_object(out, value, true);
    out += '}';
  }
}

template <class T>
bool read(const boost::json::value& from, T& to, std::string& fault);

inline bool fault_at(std::string& fault, std::string_view expected) {
  if (fault.empty()) fault = expected;
  return false;
}

template <class T>
bool read_object(const boost::json::object& from, T& to, std::string& fault) {
  bool ok = true;
  boost::mp11::mp_for_each<Members<T>>([&](auto d) {
    if (!ok) return;
    const auto* found = from.if_contains(d.name);
    if (!found) return;
    ok = read(*found, to.*d.pointer, fault);
    if (!ok) fault = std::string(d.name) + ": " + fault;
  });
  return ok;
}

// Finds the alternative (also within nested variants) whose kName is `name`.
template <class V>
bool read_variant(const boost::json::object& from, std::string_view name, V& to, std::string& fault, bool& matched) {
  bool ok = false;
  boost::mp11::mp_for_each<boost::mp11::mp_iota<boost::mp11::mp_size<V>>>([&](auto i) {
    using A = std::variant_alternative_t<i, V>;
    if (matched) return;
    if constexpr (is_variant<A>) {
      A inner;
      ok = read_variant(from, name, inner, fault, matched);
      if (matched) to = std::move(inner);
    } else if (name == A::kName) {
      matched = true;
      A alternative;
      ok = read_object(from, alternative, fault);
      to = std::move(alternative);
    }
  });
  return ok;
}

template <class T>
bool read(const boost::json::value& from, T& to, std::string& fault) {
  if constexpr (std::is_same_v<T, bool>) {
    if (!from.is_bool()) return fault_at(fault, "expected true or false");
    to = from.get_bool();
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (!from.is_string()) return fault_at(fault, "expected a string");
    to = std::string_view(from.get_string());
  } else if constexpr (std::is_same_v<T, JsonText>) {
    if (!from.is_string()) return fault_at(fault, "expected JSON as a string");
    to.text = std::string_view(from.get_string());
  } else if constexpr (is_id<T>) {
    if (!from.is_string()) return fault_at(fault, "expected an id");
    if (from.get_string().empty()) return to = T{}, true;
    auto id = T::parse(from.get_string());
    if (!id) return fault_at(fault, std::string("expected ") + T::kPrefix + " and 32 hex digits");
    to = *id;
  } else if constexpr (std::is_same_v<T, Instant> || std::is_same_v<T, Duration>) {
    return read(from, to.us, fault);
  } else if constexpr (std::is_enum_v<T>) {
    auto value = from.is_string() ? enum_from<T>(from.get_string()) : std::nullopt;
    if (!value) return fault_at(fault, "expected one of the known words");
    to = *value;
  } else if constexpr (std::is_integral_v<T>) {
    boost::system::error_code failed;
    to = from.to_number<T>(failed);
    if (failed) return fault_at(fault, "expected an integer");
  } else if constexpr (std::is_floating_point_v<T>) {
    boost::system::error_code failed;
    to = from.to_number<T>(failed);
    if (failed) return fault_at(fault, "expected a number");
  } else if constexpr (is_optional<T>) {
    if (from.is_null()) return to.reset(), true;
    return read(from, to.emplace(), fault);
  } else if constexpr (is_vector<T>) {
    if (!from.is_array()) return fault_at(fault, "expected a list");
    to.clear();
    for (const auto& item : from.get_array()) {
      if (!read(item, to.emplace_back(), fault)) return false;
    }
  } else if constexpr (is_variant<T>) {
    const auto* object = from.if_object();
    const auto* is = object ? object->if_contains("is") : nullptr;
    if (!is || !is->is_string()) return fault_at(fault, "expected an object with \"is\"");
    bool matched = false;
    const bool ok = read_variant(*object, is->get_string(), to, fault, matched);
    if (!matched) return fault_at(fault, "unknown kind " + std::string(std::string_view(is->get_string())));
    return ok;
  } else {
    static_assert(Described<T>);
    if (!from.is_object()) return fault_at(fault, "expected an object");
    return read_object(from.get_object(), to, fault);
  }
  return true;
}

}  // namespace codec

template <class T>
void encode_to(std::string& out, const T& value) {
  codec::append(out, value);
}

template <class T>
std::string encode(const T& value) {
  std::string out;
  codec::append(out, value);
  return out;
}

template <class T>
Result<T> decode_value(const boost::json::value& value) {
  T out{};
  std::string fault;
  if (!codec::read(value, out, fault)) return Error(ErrorCode::kInvalidValue, fault);
  return out;
}

Result<boost::json::value> parse_trusted_json(std::string_view text);

template <class T>
Result<T> decode(std::string_view text) {
  auto parsed = parse_trusted_json(text);
  if (!parsed) return parsed.error();
  return decode_value<T>(*parsed);
}

}  // namespace carillon
