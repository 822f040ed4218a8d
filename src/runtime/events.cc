#include "runtime/events.h"

namespace carillon::runtime {

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

}  // namespace carillon::runtime
