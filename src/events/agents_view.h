// What of the events agents are not told: who listens to their call unseen (LegRecord::unseen).
//
// Why:    events are rendered once for everybody and kept; what differs is taken out where they are handed to an agent. The same
//         rule over rows is calls::seen_by_agents().
// Thread: any; pure. Errors: none; what cannot be read is not handed out.
// Example:
//   if (!has_unseen(entry, event)) append_event(frame, entry, event);
//   else if (const auto seen = seen_by_agents(entry, event)) append_event(frame, entry, *seen);
#pragma once

#include <optional>

#include "runtime/events.h"

namespace carillon::events {

// Quick; true where seen_by_agents() must be asked.
bool has_unseen(const runtime::PublishedEntry& entry, const runtime::PublishedEvent& event);
// Nothing: the event is about who is not seen.
std::optional<runtime::PublishedEvent> seen_by_agents(const runtime::PublishedEntry& entry,
                                                      const runtime::PublishedEvent& event);

}  // namespace carillon::events
