// Words of the wire from described enums: one list of words for C++, SQL and JSON.
//
// Thread: any. Words are the enumerators' names, without a trailing underscore (break_ is "break").
// Example:
//   row.task_order = required_word<QueueOrder>(in, "task_order");
//   auto mode = optional_word<AssignMode>(in, "assign", {AssignMode::inherit});   // all words but these
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/codec.h"
#include "http/parse/fields.h"
#include "http/parse/query_fields.h"

namespace carillon::door {

template <class E>
std::vector<http::EnumName<E>> words_but(std::initializer_list<E> without) {
  std::vector<http::EnumName<E>> out;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
    for (const E one : without) {
      if (one == d.value) return;
    }
    out.push_back({codec::enum_name(d.value), d.value});
  });
  return out;
}

template <class E>
std::optional<E> optional_word(http::Fields& in, std::string_view name, std::initializer_list<E> without = {}) {
  const auto words = words_but<E>(without);
  return in.optional_enum(name, std::span<const http::EnumName<E>>(words));
}

template <class E>
E required_word(http::Fields& in, std::string_view name, std::initializer_list<E> without = {}) {
  const auto words = words_but<E>(without);
  return in.required_enum(name, std::span<const http::EnumName<E>>(words));
}

// A query parameter given once or several times; each must be a word of E.
template <class E>
std::vector<std::string> words_of_query(http::QueryFields& query, std::string_view name) {
  std::vector<std::string> found = query.strings(name, 50, 64);
  std::string all;
  for (const auto& word : words_but<E>({})) all += (all.empty() ? "one of " : ", ") + std::string(word.name);
  for (const std::string& word : found) {
    if (!codec::enum_from<E>(word))
      query.fault(name, ErrorCode::kInvalidValue, "\"" + word.substr(0, 64) + "\" is not known here", all);
  }
  return found;
}

}  // namespace carillon::door
