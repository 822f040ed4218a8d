#include "channels/deliveries.h"

#include <boost/json.hpp>

namespace carillon::channels {
namespace {

std::string_view text_of(const boost::json::object& object, std::string_view name) {
  const auto* found = object.if_contains(name);
  return found && found->is_string() ? std::string_view(found->get_string()) : std::string_view();
}

template <class IdType>
IdType id_of(const boost::json::object& object, std::string_view name) {
  return IdType::parse(text_of(object, name)).value_or(IdType{});
}

// Nothing for notes and for what customers say.
std::optional<Outgoing> outgoing(const runtime::PublishedEntry& entry, const std::string& json, std::string& channel) {
  boost::system::error_code failed;
  const auto message = boost::json::parse(json, failed);
  if (failed || !message.is_object()) return std::nullopt;
  const auto& object = message.get_object();
  const auto* internal = object.if_contains("internal");
  const auto* author = object.if_contains("author");
  const auto* index = object.if_contains("index");
  const bool is_ours = author && author->is_object() && text_of(author->get_object(), "type") != "customer";
  if (!is_ours || !internal || !internal->is_bool() || internal->get_bool() || !index || !index->is_int64())
    return std::nullopt;
  channel = text_of(object, "channel");
  return Outgoing{.workspace = entry.workspace,
                  .position = entry.position,
                  .conversation = id_of<ConversationId>(object, "conversation_sid"),
                  .contact = id_of<ContactId>(object, "contact_sid"),
                  .message = id_of<MessageId>(object, "sid"),
                  .index = index->get_int64(),
                  .json = json};
}

}  // namespace

void Deliveries::committed(const runtime::PublishedEntryPtr& entry) {
  for (const runtime::PublishedEvent& event : entry->events) {
    if (event.type != "message.created" || event.payload.empty()) continue;
    const auto& part = event.payload.front();
    std::string channel;
    auto message = outgoing(
        *entry, part.resource >= 0 ? entry->resources[static_cast<std::size_t>(part.resource)] : part.text, channel);
    const auto found = message ? by_name_.find(channel) : by_name_.end();
    if (found == by_name_.end()) continue;
    found->second->deliver(*message, [](Delivery, const std::string&) {});
  }
}

}  // namespace carillon::channels
