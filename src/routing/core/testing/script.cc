#include "routing/core/testing/script.h"

namespace carillon::routing::testing {

std::string to_json(const Script& script) {
  std::string out = "[";
  for (const Step& step : script) {
    out += out.size() > 1 ? ",\n " : "\n ";
    encode_to(out, step);
  }
  return out += "\n]\n";
}

Result<Script> script_from_json(std::string_view text) { return decode<Script>(text); }

}  // namespace carillon::routing::testing
