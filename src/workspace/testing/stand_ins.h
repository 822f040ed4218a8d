// Stand-ins: ids that a written text may name without knowing them, "WT" + 30 zeros + "02" for the third live task.
//
// Why:    seeds of fuzzers are texts in files; the ids of a center are made by its entries.
// Limits: the first 254 of each kind; "ff" and kinds of which nothing lives stay as they are: ids of nothing.
// Thread: one at a time.
// Example:
//   center.apply(*decode<Command>(with_real_sids(R"({"is":"routing.CancelTask","task_sid":"WT0..00"})", *center.state)));
#pragma once

#include <string>
#include <string_view>

#include "workspace/core/state.h"

namespace carillon::workspace::testing {

std::string with_real_sids(std::string_view text, const State& state);

}  // namespace carillon::workspace::testing
