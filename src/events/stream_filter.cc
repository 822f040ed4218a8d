#include "events/stream_filter.h"

#include "base/ids.h"
#include "http/parse/utf8.h"

namespace carillon::events {
namespace {

constexpr std::size_t kMostTypes = 100;
constexpr std::size_t kMostResources = 200;

bool is_type_pattern(std::string_view text) {
  if (text.empty() || text.size() > 64 || text.front() == '.' || text.front() == '-') return false;
  return text.find_first_not_of("abcdefghijklmnopqrstuvwxyz.*-") == std::string_view::npos;
}

// `in` reads a frame or a query; both have the same rules.
template <class Reader>
void take_types(Reader& in, std::vector<std::string> types, StreamFilter& filter) {
  if (types.size() > kMostTypes) {
    in.fault("types", ErrorCode::kOutOfRange, "found " + std::to_string(types.size()) + " types",
             "at most " + std::to_string(kMostTypes));
  }
  for (const std::string& type : types) {
    if (!is_type_pattern(type))
      in.fault("types", ErrorCode::kInvalidValue, "found '" + std::string(http::utf8_cut(type, 64)) + "'",
               "event types such as task.created or task.*");
  }
  filter.types = std::move(types);
}

template <class Reader>
void take_resources(Reader& in, std::vector<std::string> sids, StreamFilter& filter) {
  if (sids.size() > kMostResources) {
    in.fault("resources", ErrorCode::kOutOfRange, "found " + std::to_string(sids.size()) + " ids",
             "at most " + std::to_string(kMostResources));
  }
  for (std::string& sid : sids) {
    if (!is_sid(sid))
      in.fault("resources", ErrorCode::kInvalidValue, "found '" + std::string(http::utf8_cut(sid, 64)) + "'",
               "ids: two letters and 32 hex digits");
    filter.resources.insert(std::move(sid));
  }
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto comma = text.find(',');
    out.emplace_back(text.substr(0, comma));
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  return out;
}

bool pattern_fits(std::string_view pattern, std::string_view type) {
  if (pattern == "*") return true;
  if (pattern.ends_with(".*")) return type.starts_with(pattern.substr(0, pattern.size() - 1));
  return pattern == type;
}

}  // namespace

bool StreamFilter::wants_type(std::string_view type) const {
  if (types.empty()) return true;
  for (const std::string& pattern : types) {
    if (pattern_fits(pattern, type)) return true;
  }
  return false;
}

bool StreamFilter::wants_resource_type(std::string_view resource_type) const {
  if (types.empty()) return true;
  const std::string prefix = std::string(resource_type) + ".";
  for (const std::string& pattern : types) {
    if (pattern == "*" || pattern.starts_with(prefix)) return true;
  }
  return false;
}

bool StreamFilter::passes(const runtime::PublishedEvent& event) const {
  if (!wants_type(event.type)) return false;
  if (resources.empty()) return true;
  for (const std::string& ref : event.refs) {
    if (resources.contains(ref)) return true;
  }
  return false;
}

Result<Subscription> read_subscribe(http::Fields& frame) {
  Subscription out;
  frame.ignore("type");
  if (const auto after = frame.optional_int("after", 0, std::numeric_limits<std::int64_t>::max())) out.after = *after;
  out.snapshot = frame.optional_bool("snapshot").value_or(false);
  if (auto types = frame.optional_strings("types", 0, kMostTypes, {.min = 1, .max = 64}))
    take_types(frame, *std::move(types), out.filter);
  if (auto sids = frame.optional_strings("resources", 0, kMostResources, {.min = 0, .max = 64}))
    take_resources(frame, *std::move(sids), out.filter);
  out.filter.own = frame.optional_bool("own").value_or(false);
  out.filter.numbers = frame.optional_bool("numbers").value_or(false);
  if (auto fine = frame.finish(); !fine) return fine.error();
  return out;
}

Result<std::optional<Subscription>> read_subscribe_query(http::QueryFields& query) {
  Subscription out;
  bool any = false;
  for (const char* name : {"after", "types", "resources", "own", "numbers", "snapshot"}) any = any || query.has(name);
  query.ignore("session");
  query.ignore("workspace");
  if (const auto after = query.optional_int("after", 0, std::numeric_limits<std::int64_t>::max())) out.after = *after;
  out.snapshot = query.optional_bool("snapshot").value_or(false);
  if (const auto types = query.optional_string("types", 0, 2000)) take_types(query, split(*types), out.filter);
  if (const auto sids = query.optional_string("resources", 0, 8000)) take_resources(query, split(*sids), out.filter);
  out.filter.own = query.optional_bool("own").value_or(false);
  out.filter.numbers = query.optional_bool("numbers").value_or(false);
  if (auto fine = query.finish(); !fine) return fine.error();
  if (!any) return std::optional<Subscription>();
  return std::optional<Subscription>(std::move(out));
}

}  // namespace carillon::events
