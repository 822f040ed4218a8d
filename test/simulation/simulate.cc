// Simulates centers by hand: simulate [--seed N] [--seeds COUNT] [--hours H]. Prints one paragraph a seed; 1 when a rule broke.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "simulation/simulator.h"

int main(int argc, char** argv) {
  using namespace carillon;
  simulation::Life life;
  std::uint64_t seeds = 1;
  for (int i = 1; i + 1 < argc; i += 2) {
    const auto value = std::strtoull(argv[i + 1], nullptr, 10);
    if (std::strcmp(argv[i], "--seed") == 0) {
      life.seed = value;
    } else if (std::strcmp(argv[i], "--seeds") == 0) {
      seeds = value;
    } else if (std::strcmp(argv[i], "--hours") == 0) {
      life.length = Duration::hours(static_cast<std::int64_t>(value));
    } else {
      std::fprintf(stderr, "simulate [--seed N] [--seeds COUNT] [--hours H]\n");
      return 2;
    }
  }
  bool broken = false;
  for (const std::uint64_t last = life.seed + seeds; life.seed < last; ++life.seed) {
    const simulation::Lived lived = simulation::simulate(life);
    std::printf("seed %llu: %s\n", static_cast<unsigned long long>(life.seed), simulation::to_text(lived).c_str());
    broken = broken || !lived.wrong.empty();
  }
  return broken ? 1 : 0;
}
