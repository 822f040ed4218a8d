// Why a task is where it is, as the contract's Why.
//
// Thread: runs on the brain: it looks at live state. Errors: none.
#pragma once

#include <string>

#include "routing/core/state.h"

namespace carillon::routing {

inline constexpr std::size_t kMostCandidates = 50;

void render_why(std::string& out, const State& state, const Why& why, Instant now, std::int64_t position);

}  // namespace carillon::routing
