// The story over HTTP: spec/paths/events.yaml but the stream.
//
// Limits: a page looks through at most kMostLookedThrough changes; with a filter that few events pass, it may hold fewer than
//         page_size, or none, and still name a next one.
// Thread: add_event_routes() while the server is set up; handlers run on net threads.
#pragma once

#include "door/api.h"

namespace carillon::events {

inline constexpr std::int64_t kMostLookedThrough = 20'000;

void add_event_routes(door::Api& api);

}  // namespace carillon::events
