// What of many measurements is told.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

namespace carillon::bench {

// The smallest value that at least `share` of all reach or stay below (nearest rank); 0 of none.
inline double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  const double rank = std::ceil(share * static_cast<double>(values.size()));
  const auto index = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(index), values.end());
  return values[index];
}

}  // namespace carillon::bench
