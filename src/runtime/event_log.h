// EventLog: the events of the last minutes in memory, the older ones from rows.
//
// What:   one ring a workspace, bounded in entries and bytes. since() answers from memory; read_since() from rows, for
//         who was away longer; older than what is kept is kPositionGone: take a snapshot.
// Owns:   the rings. Thread: any; since() never blocks, read_since() does (pool).
// Gapless: whoever follows first registers with the EventSink's fan-out and then asks for what came before; what comes
//         twice is told by its position.
// Example:
//   auto recent = log.since(ws, after);              // nothing: too old for memory
//   if (!recent) recent = log.read_since(reader, ws, after, 500);
#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "runtime/events.h"
#include "store/reader.h"

namespace carillon::runtime {

struct EventLogLimits {
  std::size_t entries = 4'096;          // of one workspace
  std::size_t bytes = 8 * 1024 * 1024;  // of one workspace, roughly
};

class EventLog {
 public:
  explicit EventLog(EventLogLimits limits) : limits_(limits) {}

  // All entries after `after`, in order. Nothing when some of them may have left memory.
  std::optional<std::vector<PublishedEntryPtr>> since(WorkspaceId workspace, std::int64_t after) const;

  // At most `limit` entries after `after`, in order, from rows (only those with events). Errors: kPositionGone when
  // events after `after` were deleted as too old; kStore.
  Result<std::vector<PublishedEntryPtr>> read_since(store::Reader& reader, WorkspaceId workspace, std::int64_t after,
                                                    std::size_t limit) const;

  // The newest committed position; 0 for a workspace not known.
  std::int64_t position(WorkspaceId workspace) const;

  // For the committer.
  void begin(WorkspaceId workspace, std::int64_t position);  // what came before is not in memory
  void add(const PublishedEntryPtr& entry);

 private:
  struct Ring {
    std::deque<std::pair<PublishedEntryPtr, std::size_t>> entries;
    std::size_t bytes = 0;
    std::int64_t complete_after = 0;  // everything later than this is here
    std::int64_t newest = 0;
  };

  const EventLogLimits limits_;
  mutable std::mutex mutex_;
  std::unordered_map<WorkspaceId, Ring> rings_;
};

}  // namespace carillon::runtime
