// Legal holds: what may not be deleted, by anybody, while a court or a quarrel may ask for it.
//
// What:   a hold is on one recording (or voicemail) or on all sound of a contact; who placed and who lifted it stays.
// Thread: any; what takes a Reader blocks (pool). Errors: kStore.
// Example:
//   if (auto free = not_held(reader, workspace, recording); !free) return call.fail(free.error());
#pragma once

#include <optional>
#include <string>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "runtime/events.h"
#include "store/reader.h"
#include "store/writer.h"

namespace carillon::recordings {

using LegalHoldId = Id<'L', 'H'>;

// For a statement on recordings `r`: its sound is held.
std::string_view held_condition();
// kStateForbids when it is.
Result<void> not_held(store::Reader& reader, WorkspaceId workspace, RecordingId sid);

struct NewHold {
  LegalHoldId sid;
  ContactId contact_sid;  // one of these two
  RecordingId recording_sid;
  std::string reason;
};
store::Change hold_placed(WorkspaceId workspace, const NewHold& hold, Instant at, const runtime::Actor& actor);
// Rejected with kStoreConflict when it is lifted already.
store::Change hold_lifted(WorkspaceId workspace, LegalHoldId sid, Instant at, const runtime::Actor& actor);

// What a list selects from, and how one row goes out (the contract's LegalHold).
std::string_view select_holds();
void render_hold(std::string& out, WorkspaceId workspace, const store::Row& row);
// Nothing when there is none.
Result<std::optional<std::string>> find_hold(store::Reader& reader, WorkspaceId workspace, LegalHoldId sid);
Instant placed_at_of(const store::Row& row);

}  // namespace carillon::recordings
