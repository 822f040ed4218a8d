// A script: journal entries for routing, written down so that a run can be repeated, shortened and shown.
//
// What:    each step carries its own entry number, instant and seed, so that leaving other steps out changes no id.
// Thread:  any; plain values.
// Example:
//   std::string text = to_json(script);           // one step a line
//   Result<Script> back = script_from_json(text);
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/codec.h"
#include "routing/core/commands.h"

namespace carillon::routing::testing {

enum class StepKind : std::uint8_t {
  command,
  tick,       // time only
  restarted,  // rows are loaded into a new state, then every deadline moves by down_for
};
BOOST_DESCRIBE_ENUM(StepKind, command, tick, restarted)

struct Step {
  StepKind kind = StepKind::tick;
  std::int64_t entry = 0;
  Instant now;
  std::int64_t seed = 0;  // of the entry's ids
  Duration down_for;
  std::vector<Command> command;  // mostly one; several as when the machines of a workspace talk within an entry
  bool settle_between = false;   // after each of them, not only after the last
  bool operator==(const Step&) const = default;
};
BOOST_DESCRIBE_STRUCT(Step, (), (kind, entry, now, seed, down_for, command, settle_between))

using Script = std::vector<Step>;

inline Seed ids_of(const Step& step) {
  return {static_cast<std::uint64_t>(step.seed), static_cast<std::uint64_t>(step.entry)};
}

std::string to_json(const Script& script);
Result<Script> script_from_json(std::string_view text);

}  // namespace carillon::routing::testing
