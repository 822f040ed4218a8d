// A whole center simulated from one seed: customers, agents with habits, accidents; invariants after every step.
//
// What:    builds a workspace by chance (queues, workflows, capacity model, agents), then lives for some simulated hours:
//          customers arrive, write, lose patience; agents accept, reject, miss, accept too late, transfer, take breaks, lose
//          their connection; queues and workflows are edited; the server restarts from its rows; the clock jumps. At the end
//          nobody new arrives, everybody works, and all work must get done.
// Why:     rare cases meet here long before they meet in production, and a seed replays them exactly.
// Thread:  one; simulated time only. A year runs in minutes.
// Errors:  a broken rule ends the run and is told in Result::wrong, with the simulated time.
// Example:
//   Lived lived = simulate({.seed = 7, .length = Duration::hours(2)});
//   if (!lived.wrong.empty()) puts(lived.wrong.c_str());
#pragma once

#include <cstdint>
#include <string>

#include "simulation/watch.h"

namespace carillon::simulation {

struct Life {
  std::uint64_t seed = 1;
  Duration length = Duration::hours(1);
  bool replay = true;  // afterwards, the journal in a fresh state must give the same state
};

struct Lived {
  std::string wrong;  // empty: all rules held
  std::string hash;   // of the state at the end
  std::int64_t entries = 0;
  std::int64_t restarts = 0;
  std::int64_t jumps = 0;
  Tally tally;
};

Lived simulate(const Life& life);

// One paragraph for people.
std::string to_text(const Lived& lived);

}  // namespace carillon::simulation
