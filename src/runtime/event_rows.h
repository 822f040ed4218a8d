// Rows of events: those of one commit of a workspace together, packed.
//
// What:   encode_body() is done on the brain, an entry at a time; EventRows gathers the bodies of a commit and makes
//         rows of up to 256 KiB of text, each under its last position.
// Why:    an entry's events are the largest thing it writes. A row each would waste a quarter of every page; together
//         and packed they take a tenth.
// Thread: one at a time. Errors: reading answers kInternal for rows that are not ours.
// Example:
//   EventRows rows(ws);
//   rows.add(position, entry, at, "routing.CreateTask", body);
//   rows.into(change.statements);
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runtime/events.h"
#include "store/reader.h"
#include "store/writer.h"

namespace carillon::runtime {

class EventRows {
 public:
  explicit EventRows(WorkspaceId workspace) : workspace_(workspace) {}
  void add(std::int64_t position, std::int64_t entry, Instant at, std::string_view command, std::string_view body);
  void into(std::vector<store::Statement>& out);

 private:
  void close();

  const WorkspaceId workspace_;
  std::string text_;
  std::int64_t first_ = 0, last_ = 0;
  Instant at_;
  std::vector<store::Statement> rows_;
};

// At most `limit` entries with events after `after`, in order.
Result<std::vector<PublishedEntryPtr>> read_events(store::Reader& reader, WorkspaceId workspace, std::int64_t after,
                                                   std::size_t limit);

// common, resources and events of an entry, each text once.
std::string encode_body(const PublishedEntry& entry);
// Fills all of `entry` but workspace, position, entry, at and command. Errors: kInternal for a body that is not ours.
Result<void> decode_body(std::string_view body, PublishedEntry& entry);

}  // namespace carillon::runtime
