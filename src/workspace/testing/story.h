// Effects as text, so that tests can say "the same effects" of two states and show where they differ.
//
// Thread: any; no state.
// Example:
//   EXPECT_EQ(story(a.apply(entry, command)), story(b.apply(entry, command)));
#pragma once

#include <string>

#include "workspace/core/state.h"

namespace carillon::workspace::testing {

// One line an event: its name and every field that is not empty.
std::string story(const events::Event& event);
// Outcome, events, changed rows, metric deltas: everything that Effects says.
std::string story(const Effects& effects);

}  // namespace carillon::workspace::testing
