// What an operator may ask of the runtime: the state of each workspace, and counts for /metrics.
//
// Thread: plain values.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/ids.h"

namespace carillon::runtime {

// loading: its rows are read at start; reloading: after a failed commit; quarantined: a broken invariant; stopped:
// another server has taken it over. Commands are answered in `running` only.
enum class WorkspaceStatus : std::uint8_t { loading, running, reloading, quarantined, stopped };

struct WorkspaceReport {
  WorkspaceId sid;
  WorkspaceStatus status = WorkspaceStatus::loading;
  std::string text;             // of a quarantine or a failed load
  std::int64_t last_entry = 0;  // applied
  std::int64_t position = 0;    // committed
  std::size_t waiting = 0;      // submissions and queries not yet answered
};

// Upper bounds in milliseconds of RuntimeStats::commit_ms; the last one has none.
inline constexpr std::array<std::int64_t, 7> kCommitBounds{1, 2, 5, 10, 20, 50, 200};

// Counts since start.
struct RuntimeStats {
  std::uint64_t submissions = 0, refused = 0, overloaded = 0, entries = 0, ticks = 0, queries = 0;
  std::uint64_t records = 0, records_refused = 0;
  std::uint64_t commits = 0, commits_failed = 0, statements = 0, rows_merged = 0;
  std::uint64_t reloads = 0, quarantines = 0;
  std::size_t waiting = 0, waiting_most = 0;  // answers owed now, and the most ever
  std::size_t records_waiting = 0, records_waiting_most = 0;
  std::uint64_t commit_us = 0, commit_us_most = 0;  // sum and longest
  std::array<std::uint64_t, kCommitBounds.size() + 1> commit_ms{};
  std::uint64_t brain_busy_us = 0;
};

// The same while it is counted; one for all threads of a runtime.
struct Counters {
  using Count = std::atomic<std::uint64_t>;
  Count submissions{0}, refused{0}, entries{0}, ticks{0}, queries{0}, records{0}, records_refused{0};
  Count commits{0}, commits_failed{0}, statements{0}, rows_merged{0}, reloads{0}, quarantines{0};
  Count commit_us{0}, commit_us_most{0}, brain_busy_us{0};
  std::array<Count, kCommitBounds.size() + 1> commit_ms{};
};
inline void count(Counters::Count& counter, std::uint64_t n = 1) { counter.fetch_add(n, std::memory_order_relaxed); }

}  // namespace carillon::runtime
