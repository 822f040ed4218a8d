// The journal: one row an entry, from which replay and "why" begin.
//
// Thread: any; plain functions.
// Example:
//   JournalEntry row{.workspace = ws, .entry = entry, .command = encode(command), .digest = digest_of(effects)};
//   statements.push_back(journal_statement(row));
#pragma once

#include <cstdint>
#include <string>

#include "runtime/events.h"
#include "store/rows.h"
#include "store/writer.h"
#include "workspace/core/state.h"

namespace carillon::runtime {

// Raised when the columns or the commands' JSON change so that older rows need another reading.
inline constexpr int kJournalFormat = 1;

struct JournalEntry {
  workspace::Entry entry;
  int engine_version = workspace::kEngineVersion;
  int format_version = kJournalFormat;
  std::string actor_type, actor_sid;
  std::string command;  // JSON
  std::int64_t digest = 0;
  std::int64_t position = 0;
  bool redacted = false;
};

// The position is left 0: parameter kJournalPosition (0-based) takes it at commit.
inline constexpr int kJournalPosition = 11;
store::Statement journal_statement(WorkspaceId workspace, JournalEntry entry);

// What an entry decided, in 64 bits: events, outcome, refusal. Equal decisions have equal digests.
std::int64_t digest_of(const workspace::Effects& effects);

// "routing.CreateTask"
std::string_view kind_of(const workspace::Command& command);

}  // namespace carillon::runtime
