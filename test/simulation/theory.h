// A call center simple enough for theory, run through the routing core.
//
// What:    Poisson arrivals into one FIFO queue, identical agents who take one task each, assigned without an offer,
//          exponential handle times and, when patience is given, customers who give up after an exponential time.
// Why:     the numbers of such a center are known exactly (erlang.h). A core that loses tasks, idles agents or breaks the
//          order would show it here.
// Thread:  one; pure of clocks: simulated time only.
// Example:
//   Measured m = run_theory({.arrivals_per_s = 0.8, .handle_time_s = 60, .patience_s = 120, .agents = 50}, 200'000, 7);
#pragma once

#include <cstdint>

#include "simulation/erlang.h"

namespace carillon::simulation {

struct Measured {
  std::int64_t arrivals =
      0;                 // counted ones; the first twentieth (at most 20,000) fill the empty center and are left out
  double abandoned = 0;  // share of arrivals
  double wait_s = 0;     // mean over all arrivals
  double occupancy = 0;
};

// patience_s = 0: nobody gives up.
Measured run_theory(const Load& load, std::int64_t arrivals, std::uint64_t seed);

}  // namespace carillon::simulation
