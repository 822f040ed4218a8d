// Counters of one loop: written by its thread alone, read by anybody.
//
// Why:    no shared cache line and no locked instruction on the path of a request.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "http/server.h"

namespace carillon::http {

class Counter {
 public:
  void add(std::uint64_t n = 1) { value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed); }
  void sub(std::uint64_t n = 1) { value_.store(value_.load(std::memory_order_relaxed) - n, std::memory_order_relaxed); }
  std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// The statuses that are told apart; the last place is for all others.
inline constexpr std::array<int, 27> kCountedStatuses{101, 200, 201, 202, 204, 206, 302, 304, 400,
                                                      401, 403, 404, 405, 408, 409, 412, 413, 415,
                                                      416, 422, 426, 428, 429, 431, 500, 503, 0};

struct RouteCounters {
  std::array<Counter, kCountedStatuses.size()> statuses;
  std::array<Counter, ServerMetrics::kBoundsSeconds.size() + 1> buckets;
  Counter micros;

  void count(int status, std::chrono::steady_clock::duration took);
};

struct LoopCounters {
  explicit LoopCounters(std::size_t routes) : by_route(routes) {}

  std::vector<RouteCounters> by_route;
  Counter connections_open;
  Counter requests_running;
  Counter bad_requests;
  Counter timeouts;
  Counter bytes_in;
  Counter bytes_out;
  Counter websockets_open;
  Counter websocket_messages_in;
  Counter websocket_messages_out;
  Counter websocket_overflows;
};

}  // namespace carillon::http
