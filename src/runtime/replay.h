// Replay: applies a workspace's journal anew, from a checkpoint, and says whether the same comes out.
//
// What:   streams entries from the database, applies them with this binary's engine, compares each entry's decision by
//         its digest and the final live state with the rows by hash (when it goes up to the newest entry).
// Why:    to prove that rows are what the journal says, to ask "why" about the past, and to see where a newer engine
//         decides otherwise.
// Thread: one; blocks for long (a tool, or the pool). Reads one snapshot of the database.
// Errors: kNotFound (no such workspace, no checkpoint before `from`), kStore, kInternal (a row that cannot be read).
// Example:
//   auto report = replay(reader, ws, {.to = 0});
//   if (report->verdict != ReplayReport::Verdict::same) print(report->differences);
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "store/reader.h"
#include "workspace/core/state.h"

namespace carillon::runtime {

struct ReplayOptions {
  std::int64_t from = 0;  // begin at the newest checkpoint at or before this entry; 0: the oldest one
  std::int64_t to = 0;    // stop after this entry; 0: the newest
  std::size_t differences_kept = 100;
  // Called after each entry, for "why" and tests; may be empty.
  std::function<void(const workspace::State&, const workspace::Effects&, const workspace::Entry&)> after_each;
};

struct ReplayDifference {
  std::int64_t entry = 0;
  std::string command;
  std::int64_t engine_version = 0;  // which decided first
};

struct ReplayReport {
  enum class Verdict : std::uint8_t {
    same,      // every decision, and the final state where it could be compared
    differs,   // see differences, or the hashes
    redacted,  // it differs, but entries on the way were redacted
  };
  Verdict verdict = Verdict::same;
  std::int64_t checkpoint = 0;  // entry it began after; 0: an empty workspace
  std::int64_t first = 0, last = 0, entries = 0;
  std::int64_t redacted = 0;
  std::int64_t different = 0;                 // entries decided otherwise
  std::vector<ReplayDifference> differences;  // the first of them
  std::string hash_replayed;
  std::string hash_expected;  // of rows, or of a checkpoint at that entry; "" when there was neither
  double seconds = 0;
  double entries_per_s() const { return seconds > 0 ? static_cast<double>(entries) / seconds : 0; }
};

Result<ReplayReport> replay(store::Reader& reader, WorkspaceId workspace, const ReplayOptions& options = {});

}  // namespace carillon::runtime
