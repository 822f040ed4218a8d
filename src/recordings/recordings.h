// Recordings: what was recorded of a call, and who has listened to it.
//
// Thread: any; what takes a Reader blocks (pool). Errors: kStore.
// Example:
//   runtime.commit({.workspace = workspace, .change = recordings::begun(workspace, row), ...});
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "runtime/events.h"
#include "runtime/submission.h"
#include "store/reader.h"
#include "store/writer.h"

namespace carillon::recordings {

// What was recorded: a talk with both sides, or a message the caller left (src/voicemails).
enum class Kind : std::uint8_t { call, voicemail };

struct RecordingRow {
  RecordingId sid;
  CallId call_sid;
  ContactId contact_sid;
  Kind kind = Kind::call;
  std::string path;    // below DATA/files
  std::string key_id;  // which key it needs
  Instant started_at;
  Instant ended_at;    // us = 0: it is being made; what follows is not known yet
  bool whole = false;  // false: `fault` says what is missing
  std::string fault;
  std::int64_t bytes = 0;  // of the file
  Duration length;         // of the sound; 0: not known
  std::string sha256;      // of the file, hex
  Instant deleted_at;      // us = 0: it is there
};

// Where a recording's file lies, below DATA/files.
std::string path_of(WorkspaceId workspace, RecordingId sid);

store::Change begun(WorkspaceId workspace, const RecordingRow& row);
store::Change ended(WorkspaceId workspace, const RecordingRow& row);
// Of all workspaces, when a server starts: what was being made when the last one died.
store::Change interrupted(Instant now);
store::Change listened(WorkspaceId workspace, RecordingId sid, Instant at, const runtime::Actor& actor);
// Rejected with kStoreConflict when it is being made, or is deleted already.
store::Change deleted(WorkspaceId workspace, RecordingId sid, Instant at);

Result<std::optional<RecordingRow>> find(store::Reader& reader, WorkspaceId workspace, RecordingId sid);
// Of talks, oldest first, deleted ones too; nothing when there is no such call.
Result<std::optional<std::vector<RecordingRow>>> of_call(store::Reader& reader, WorkspaceId workspace, CallId call);

// An event of a talk's recording, as it is then.
runtime::EventDraft told_of(WorkspaceId workspace, const RecordingRow& row, const char* type);

// The contract's Recording.
void render(std::string& out, WorkspaceId workspace, const RecordingRow& row);

}  // namespace carillon::recordings
