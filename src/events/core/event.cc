#include "events/core/event.h"

#include <array>

namespace carillon::events {
namespace {
constexpr std::string_view kNames[] = {
#define CARILLON_EVENT(name, text) text,
#include "events/core/events.def"
#undef CARILLON_EVENT
};
}  // namespace

std::string_view event_name(EventType type) { return kNames[static_cast<std::size_t>(type)]; }

std::optional<EventType> event_type_from(std::string_view name) {
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    if (kNames[i] == name && kNames[i].front() != '~') return static_cast<EventType>(i);
  }
  return std::nullopt;
}

bool is_internal(EventType type) { return event_name(type).front() == '~'; }

}  // namespace carillon::events
