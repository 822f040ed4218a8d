// StrandBatch: what one workspace has decided and not yet committed, in order.
//
// What:   Items are released in order once the batch is committed: a journal entry (its events, its answer), an answer
//         that had to wait for the entries before it, or the word that the workspace is ready. Rows of several entries
//         are merged; journal, events, companions and keys are appended, and take their position at commit.
// Owns:   everything in it. Thread: one at a time; moves from the brain to the committer.
// Example:
//   StrandBatch batch(ws, generation, epoch);
//   batch.add_entry(number, now, std::move(published), std::move(answer), std::move(owed));
//   batch.append(journal_statement(...), kJournalPosition);
//   committer.hand_over(std::move(batch));
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "runtime/events.h"
#include "runtime/owed.h"
#include "runtime/row_batch.h"
#include "store/writer.h"

namespace carillon::runtime {

struct BatchItem {
  enum class Kind : std::uint8_t {
    entry,     // takes the next position
    answer,    // the position reached before it
    repeated,  // `slot` holds the answer of the entry that was asked for first
    ready,     // tells the EventSink
  };
  Kind kind = Kind::answer;
  std::shared_ptr<PublishedEntry> published;  // entry
  std::string body;                           // of its events, for the rows; "" without events
  Result<Committed> answer = Committed{};
  std::shared_ptr<Committed> slot;  // entry: filled when committed; repeated: read then
  std::optional<Owed> owed;
  bool restarted = false;  // ready
};

// A statement whose parameter `position_at` (0-based, -1: none) is the position of item `item`.
struct AppendedStatement {
  store::Statement statement;
  std::int32_t position_at = -1;
  std::size_t item = 0;
};

struct StrandBatch {
  WorkspaceId workspace;
  AccountPtr account;
  std::uint64_t generation = 0;   // of the strand's state: raised by each (re)load
  std::int64_t epoch = 0;         // of ownership
  bool creates = false;           // the head row is not there yet
  std::int64_t before_entry = 0;  // the entry that must be the last one in the rows
  std::int64_t last_entry = 0;
  Instant last_now;
  std::vector<BatchItem> items;
  std::vector<AppendedStatement> appended;
  RowBatch rows;

  bool empty() const { return items.empty(); }
  bool writes() const { return last_entry != before_entry || !appended.empty(); }

  // Statements of the last item.
  void append(store::Statement statement, std::int32_t position_at = -1) {
    appended.push_back({std::move(statement), position_at, items.empty() ? 0 : items.size() - 1});
  }

  // Continues this batch with the next one of the same generation.
  void absorb(StrandBatch&& later);

  // Gives positions after `position` to the entries and answers the last one given.
  std::int64_t assign_positions(std::int64_t position);

  // Moves all statements out; the last one moves the workspace's head and fails unless we own it.
  store::Change take_change(std::int64_t position);

  // Answers everybody with the error.
  void fail(const Error& error);
};

}  // namespace carillon::runtime
