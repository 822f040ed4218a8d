#include "http/net/counters.h"

namespace carillon::http {

void RouteCounters::count(int status, std::chrono::steady_clock::duration took) {
  std::size_t at = 0;
  while (at + 1 < kCountedStatuses.size() && kCountedStatuses[at] != status) ++at;
  statuses[at].add();
  const double seconds = std::chrono::duration<double>(took).count();
  std::size_t bucket = 0;
  while (bucket < ServerMetrics::kBoundsSeconds.size() && seconds > ServerMetrics::kBoundsSeconds[bucket]) ++bucket;
  buckets[bucket].add();
  micros.add(static_cast<std::uint64_t>(seconds * 1e6));
}

}  // namespace carillon::http
