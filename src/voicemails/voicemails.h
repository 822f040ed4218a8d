// Voicemails: messages that callers left, who has heard them, and what became of them.
//
// What:   a message is a recording of the kind voicemail that its call names; its state is a row of its own, and no row is a
//         new one.
// Thread: any; what takes a Reader blocks (pool). Errors: kStore.
// Example:
//   runtime.commit({.workspace = workspace, .change = voicemails::marked(workspace, sid, State::heard, now, actor), ...});
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "runtime/events.h"
#include "store/reader.h"
#include "store/writer.h"

namespace carillon::voicemails {

enum class State : std::uint8_t { new_, heard, done };
BOOST_DESCRIBE_ENUM(State, new_, heard, done)

// What a list selects from: the columns of `render`, of messages whose sound is there; workspace_id and contact_sid besides.
std::string_view select_all();
void render(std::string& out, WorkspaceId workspace, const store::Row& row);
// Of select_all()'s rows, for a list's pages.
Instant created_at_of(const store::Row& row);
std::string sid_of(const store::Row& row);

struct Found {
  std::string json;
  State state = State::new_;
  CallId call_sid;
  ContactId contact_sid;
};
// `only`: of contacts whose task was ever put before this worker.
Result<std::optional<Found>> find(store::Reader& reader, WorkspaceId workspace, RecordingId sid,
                                  const std::optional<WorkerId>& only);

store::Change marked(WorkspaceId workspace, RecordingId sid, State state, Instant at, const runtime::Actor& actor);
// {"items":[...]}: who has listened, newest first, at most 500.
Result<std::string> listenings(store::Reader& reader, WorkspaceId workspace, RecordingId sid);

}  // namespace carillon::voicemails
