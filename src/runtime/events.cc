#include "runtime/events.h"

#include <boost/json.hpp>

#include "base/codec.h"

namespace carillon::runtime {
namespace {

Error not_ours() { return Error(ErrorCode::kInternal, "found an events row whose body is not ours; restore a backup"); }

// The members of an object, without its braces.
std::string members_of(const boost::json::object& object) {
  const std::string text = boost::json::serialize(object);
  return text.substr(1, text.size() - 2);
}

bool names_resource(std::string_view key) {
  return key.size() > 4 && key.substr(key.size() - 4) == "_sid" && key != "workspace_sid";
}

bool decode_event(const boost::json::object& from, std::size_t resources, PublishedEvent& to) {
  const auto* payload = from.if_contains("payload");
  if (!payload || !payload->is_object()) return false;
  boost::json::object head;
  for (const auto& [key, value] : from) {
    if (key == "payload") continue;
    head.emplace(key, value);
    if (!value.is_string()) continue;
    const std::string_view text = value.get_string();
    if (key == "type") to.type = text;
    if (key == "resource_type") to.resource_type = text;
    if (key == "resource_sid") to.resource_sid = text;
    if (names_resource(key) && std::find(to.refs.begin(), to.refs.end(), text) == to.refs.end()) {
      to.refs.emplace_back(text);
    }
  }
  to.head = members_of(head);
  for (const auto& [name, index] : payload->get_object()) {
    if (!index.is_int64() || index.get_int64() < 0 || static_cast<std::size_t>(index.get_int64()) >= resources) return false;
    to.payload.push_back({std::string(name), static_cast<std::int32_t>(index.get_int64()), {}});
  }
  return true;
}

}  // namespace

void append_event(std::string& out, const PublishedEntry& entry, const PublishedEvent& event) {
  out += "{\"position\":";
  out += std::to_string(entry.position);
  out += ',', out += entry.common, out += ',', out += event.head;
  out += ",\"payload\":{";
  bool first = true;
  for (const PayloadPart& part : event.payload) {
    if (!first) out += ',';
    first = false;
    out += '"', out += part.name, out += "\":";
    out += part.resource >= 0 ? entry.resources[static_cast<std::size_t>(part.resource)] : part.text;
  }
  out += "}}";
}

std::string encode_body(const PublishedEntry& entry) {
  std::string events;
  std::string resources;
  std::size_t count = 0;
  const auto add_resource = [&](const std::string& text) {
    if (count) resources += ',';
    resources += text;
    return count++;
  };
  for (const std::string& text : entry.resources) add_resource(text);
  for (const PublishedEvent& event : entry.events) {
    if (!events.empty()) events += ',';
    events += '{', events += event.head, events += ",\"payload\":{";
    bool first = true;
    for (const PayloadPart& part : event.payload) {
      if (!first) events += ',';
      first = false;
      const std::size_t index = part.resource >= 0 ? static_cast<std::size_t>(part.resource) : add_resource(part.text);
      events += '"', events += part.name, events += "\":", events += std::to_string(index);
    }
    events += "}}";
  }
  std::string body;
  body.reserve(entry.common.size() + resources.size() + events.size() + 64);
  body += "{\"common\":{", body += entry.common, body += "},\"resources\":[", body += resources;
  body += "],\"events\":[", body += events, body += "]}";
  return body;
}

Result<void> decode_body(std::string_view body, PublishedEntry& entry) {
  auto parsed = parse_trusted_json(body);
  if (!parsed || !parsed->is_object()) return not_ours();
  const boost::json::object& object = parsed->get_object();
  const auto* common = object.if_contains("common");
  const auto* resources = object.if_contains("resources");
  const auto* events = object.if_contains("events");
  if (!common || !common->is_object() || !resources || !resources->is_array() || !events || !events->is_array()) {
    return not_ours();
  }
  entry.common = members_of(common->get_object());
  for (const auto& one : resources->get_array()) entry.resources.push_back(boost::json::serialize(one));
  for (const auto& one : events->get_array()) {
    if (!one.is_object()) return not_ours();
    if (!decode_event(one.get_object(), entry.resources.size(), entry.events.emplace_back())) return not_ours();
  }
  return {};
}

}  // namespace carillon::runtime
