// One figure of a benchmark as a JSON line on stdout; words for people go to stderr.
//
// Example:
//   print_figure("routing.lifecycles_per_s", 212'345, "1/s");
#pragma once

#include <cstdio>
#include <string_view>

namespace carillon::bench {

inline void print_figure(std::string_view name, double value, std::string_view unit) {
  std::printf("{\"name\": \"%.*s\", \"value\": %.6g, \"unit\": \"%.*s\"}\n", static_cast<int>(name.size()), name.data(),
              value, static_cast<int>(unit.size()), unit.data());
  std::fflush(stdout);
}

}  // namespace carillon::bench
