// The routing core against queueing theory, over five million arrivals each: Erlang-A (50 agents, 48 calls a minute, 60 s
// handle time, 120 s patience) and, without patience, Erlang-C. The reference is computed, not copied (test/simulation/erlang.h).
// Waits are means over all arrivals. Fails when a figure is more than 5 % off.
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "bench/figure.h"
#include "simulation/theory.h"

namespace {

using namespace carillon;

bool show(const char* name, double measured, double expected, const char* unit) {
  const double off = measured / expected - 1;
  bench::print_figure(name, measured, unit);
  std::fprintf(stderr, "  %-24s %9.4f %s, theory %9.4f, %+.2f %%\n", name, measured, unit, expected, 100 * off);
  return std::abs(off) <= 0.05;
}

}  // namespace

int main(int argc, char** argv) {
  const std::int64_t arrivals = argc > 1 ? std::atoll(argv[1]) : 5'000'000;
  const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  simulation::Load load{.arrivals_per_s = 0.8, .handle_time_s = 60, .patience_s = 120, .agents = 50};
  const simulation::Answer a = simulation::erlang_a(load);
  const simulation::Measured with_patience = simulation::run_theory(load, arrivals, seed);
  bool near = show("theory.abandon_pct", 100 * with_patience.abandoned, 100 * a.abandoned, "%");
  near = show("theory.wait_s", with_patience.wait_s, a.wait_s, "s") && near;
  near = show("theory.occupancy_pct", 100 * with_patience.occupancy, 100 * a.occupancy, "%") && near;
  load.patience_s = 0;
  const simulation::Answer c = simulation::erlang_c(load);
  const simulation::Measured without = simulation::run_theory(load, arrivals, seed);
  near = show("theory.erlang_c_wait_s", without.wait_s, c.wait_s, "s") && near;
  return near ? 0 : 1;
}
