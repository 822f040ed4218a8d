// What one event stream wants: event types, resources, and whether only what concerns its own worker.
//
// What:   reads the subscribe frame and the query of the contract; says of a published event whether it passes by type and
//         resource. Whose event it is (own) is the hub's to know.
// Thread: any; immutable after reading. Errors: as Fields.
// Limits: 100 types, 200 resources.
// Example:
//   auto wish = read_subscribe(frame);
//   if (wish->filter.passes(event)) ...
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "http/parse/fields.h"
#include "http/parse/query_fields.h"
#include "runtime/events.h"

namespace carillon::events {

struct StreamFilter {
  std::vector<std::string> types;             // "task.*", "reservation.created"; empty: all
  std::unordered_set<std::string> resources;  // sids; empty: all
  bool own = false;
  bool numbers = false;

  bool wants_type(std::string_view type) const;
  // Whether a snapshot of this resource type is wanted.
  bool wants_resource_type(std::string_view resource_type) const;
  bool passes(const runtime::PublishedEvent& event) const;
};

struct Subscription {
  StreamFilter filter;
  std::optional<std::int64_t> after;
  bool snapshot = false;
};

Result<Subscription> read_subscribe(http::Fields& frame);
// Nothing when the query names no subscription.
Result<std::optional<Subscription>> read_subscribe_query(http::QueryFields& query);

}  // namespace carillon::events
