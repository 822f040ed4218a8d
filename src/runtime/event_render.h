// EventRender: the events of one journal entry, as clients see them, rendered on the brain from state.
//
// What:   each event names its resource as the entry left it. A resource is rendered once an entry, however many events
//         show it; what left the state with the entry is taken from its changes; what was deleted, from before.
// Owns:   a few names it would be dear to parse again. Thread: one (the brain).
// Words:  resource_type and payload names are those of spec/schemas/events.yaml.
// Example:
//   render.before(state, command);                  // remembers what the command deletes
//   std::shared_ptr<PublishedEntry> published = render.render({...});
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/events.h"
#include "runtime/resource_render.h"
#include "workspace/core/state.h"

namespace carillon::runtime {

struct RenderGiven {
  WorkspaceId workspace;
  const workspace::Entry& entry;
  const workspace::State& state;
  const workspace::Effects& effects;
  std::string_view command;  // its kind
  const Actor& actor;
  const std::vector<std::pair<std::string, std::string>>& resources;  // by sid: what the state does not hold
};

class EventRender {
 public:
  // To be called before a command is applied: keeps the JSON of what it deletes.
  void before(const workspace::State& state, const workspace::Command& command);
  std::shared_ptr<PublishedEntry> render(const RenderGiven& given);

 private:
  FilterNames filters_;
  std::string deleted_sid_, deleted_json_;
  std::string scratch_;  // for one text after the other
};

// "at":..,"workspace_sid":..,"actor":{..}[,"cause":..]: what all events of an entry share.
std::string common_members(WorkspaceId workspace, Instant at, const Actor& actor, std::string_view cause);

// The id of the index-th event of a change: derived, so that a replay names it alike. Its last 64 bits begin with the
// instant, so that the event is found without an index of its own (time_of_event).
EventId event_sid(Seed seed, Instant at, std::size_t index);
Instant time_of_event(EventId sid);

}  // namespace carillon::runtime
