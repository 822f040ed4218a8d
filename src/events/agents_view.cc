#include "events/agents_view.h"

#include <algorithm>

#include <boost/json.hpp>

namespace carillon::events {
namespace {

constexpr std::string_view kMark = "\"unseen\":true";

const std::string& text_of(const runtime::PublishedEntry& entry, const runtime::PayloadPart& part) {
  return part.resource < 0 ? part.text : entry.resources[static_cast<std::size_t>(part.resource)];
}

bool is_unseen(const boost::json::value& leg) {
  const auto* object = leg.if_object();
  const auto* mark = object ? object->if_contains("unseen") : nullptr;
  return mark && mark->is_bool() && mark->get_bool();
}

// The sids of the legs that are taken out of a call; nothing when this is no call.
std::optional<std::vector<std::string>> take_out(boost::json::value& call) {
  auto* object = call.if_object();
  auto* found = object ? object->if_contains("legs") : nullptr;
  auto* legs = found ? found->if_array() : nullptr;
  if (!legs) return std::nullopt;
  std::vector<std::string> gone;
  for (auto it = legs->begin(); it != legs->end();) {
    if (!is_unseen(*it)) {
      ++it;
      continue;
    }
    if (const auto* sid = it->get_object().if_contains("sid"); sid && sid->is_string()) {
      gone.emplace_back(sid->get_string());
    }
    it = legs->erase(it);
  }
  return gone;
}

}  // namespace

bool has_unseen(const runtime::PublishedEntry& entry, const runtime::PublishedEvent& event) {
  if (event.resource_type != "call") return false;
  return std::any_of(event.payload.begin(), event.payload.end(),
                     [&](const auto& part) { return text_of(entry, part).find(kMark) != std::string::npos; });
}

std::optional<runtime::PublishedEvent> seen_by_agents(const runtime::PublishedEntry& entry,
                                                      const runtime::PublishedEvent& event) {
  runtime::PublishedEvent out = event;
  for (runtime::PayloadPart& part : out.payload) {
    const std::string& text = text_of(entry, part);
    if (text.find(kMark) == std::string::npos) continue;
    boost::json::error_code failed;
    boost::json::value call = boost::json::parse(text, failed);
    if (failed) return std::nullopt;
    const auto gone = take_out(call);
    if (!gone) return std::nullopt;
    for (const std::string& sid : *gone) {
      if (std::find(event.refs.begin(), event.refs.end(), sid) != event.refs.end()) return std::nullopt;
    }
    part = {part.name, -1, boost::json::serialize(call)};
  }
  return out;
}

}  // namespace carillon::events
