// Queueing theory that the routing core is held against: Erlang-C (M/M/n) and Erlang-A (M/M/n+M).
//
// What:    stationary answers for Poisson arrivals, exponential handle times and, for Erlang-A, exponential patience.
//          All waits are means over all arrivals, those who wait nothing and those who give up included.
// Source:  A. K. Erlang (1917) for C; C. Palm (1946), Garnett, Mandelbaum, Reiman (2002) for A. Computed from the
//          birth-death chain itself: state k has birth rate `arrivals` and death rate min(k, n) services plus, in Erlang-A,
//          (k - n)+ times the rate of giving up.
// Thread:  any; pure functions.
// Limits:  Erlang-C needs arrivals * handle_time < agents.
// Example:
//   Answer a = erlang_a({.arrivals_per_s = 0.8, .handle_time_s = 60, .patience_s = 120, .agents = 50});
//   // a.abandoned 0.031, a.wait_s 3.7, a.occupancy 0.93
#pragma once

namespace carillon::simulation {

struct Load {
  double arrivals_per_s = 0;
  double handle_time_s = 0;
  double patience_s = 0;  // mean; unused by Erlang-C
  int agents = 0;
};

struct Answer {
  double abandoned = 0;  // share of all arrivals
  double wait_s = 0;     // mean over all arrivals, until served or given up
  double occupancy = 0;  // mean share of agents at work
  double delayed = 0;    // share of arrivals who find nobody free
};

Answer erlang_c(const Load& load);
Answer erlang_a(const Load& load);

}  // namespace carillon::simulation
