// QueryFields: reads query parameters as Fields reads a JSON object.
//
// What:   every parameter is named once; unknown and doubled parameters are faults; values are checked and bounded.
// Owns:   nothing: the QueryParams and the names (use literals) must outlive it.
// Thread: one thread. Pure.
// Errors: as Fields; Error::field is the parameter's name.
// Example:
//   QueryFields q(request.query);
//   std::int64_t size = q.optional_int("page_size", 1, 200).value_or(50);
//   std::optional<QueueId> queue = q.optional_sid<QueueId>("queue_sid");
//   if (auto ok = q.finish(); !ok) return reply(Response::problem(ok.error()));
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "http/parse/fields.h"
#include "http/parse/query.h"

namespace carillon::http {

class QueryFields {
 public:
  explicit QueryFields(const QueryParams& query) : query_(query) {}

  std::string required_string(std::string_view name, std::size_t min = 0, std::size_t max = 256);
  std::optional<std::string> optional_string(std::string_view name, std::size_t min = 0, std::size_t max = 256);
  std::int64_t required_int(std::string_view name, std::int64_t min, std::int64_t max);
  std::optional<std::int64_t> optional_int(std::string_view name, std::int64_t min, std::int64_t max);
  std::optional<bool> optional_bool(std::string_view name);  // true, false
  std::optional<Instant> optional_time(std::string_view name);
  std::optional<std::size_t> optional_choice(std::string_view name, std::span<const std::string_view> words);
  // The parameter given several times, in order.
  std::vector<std::string> strings(std::string_view name, std::size_t max_items, std::size_t max_length = 256);

  template <class E, std::size_t N>
  std::optional<E> optional_enum(std::string_view name, const EnumName<E> (&table)[N]) {
    std::vector<std::string_view> words;
    for (const auto& entry : table) words.push_back(entry.name);
    const auto i = optional_choice(name, words);
    return i ? std::optional<E>(table[*i].value) : std::nullopt;
  }
  template <class IdType>
  std::optional<IdType> optional_sid(std::string_view name) {
    const auto text = find(name, false);
    if (!text) return std::nullopt;
    const auto id = IdType::parse(*text);
    if (!id) sid_fault(name, *text, IdType::kPrefix);
    return id;
  }
  template <class IdType>
  IdType required_sid(std::string_view name) {
    if (!find(name, true)) return {};
    return optional_sid<IdType>(name).value_or(IdType{});
  }

  bool has(std::string_view name) const { return query_.count(name) > 0; }
  void ignore(std::string_view name) { known_.push_back(name); }
  void fault(std::string_view name, ErrorCode code, std::string message, std::string expected = {});
  bool ok() const { return faults_.empty(); }
  const std::vector<Error>& faults() const { return faults_; }
  Result<void> finish();

 private:
  std::optional<std::string_view> find(std::string_view name, bool required);
  void sid_fault(std::string_view name, std::string_view found, std::string_view prefix);

  const QueryParams& query_;
  std::vector<std::string_view> known_;
  std::vector<Error> faults_;
  bool finished_ = false;
};

}  // namespace carillon::http
