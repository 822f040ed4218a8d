// What can be asked of the runtime: a command to a workspace, a change of records no decision reads, a look at state.
//
// Thread: plain values, built on any thread and moved in. Replies are called exactly once, on one of the runtime's
//         threads or within the call that hands them over; they must not block and must be tiny: they post.
// Errors: of every reply: kOverloaded (too much is waiting: try again), kUnavailable (starting, stopping, or rebuilding
//         after a failed commit), kWorkspaceQuarantined, kNotFound (no such workspace), kStore and kStoreUnknown (the
//         database refused, or did not say; with kStoreUnknown ask again with the same Idempotency-Key).
// Example:
//   runtime.submit({.workspace = ws, .command = routing::CreateTask{...}, .actor = {"api_key", key_sid},
//                   .reply = [post](Result<Committed> done) { post(std::move(done)); }});
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "runtime/events.h"
#include "store/writer.h"
#include "workspace/core/commands.h"
#include "workspace/core/state.h"

namespace carillon::runtime {

// A committed change. What was answered is durable and every reader that begins now sees it.
struct Committed {
  std::string sid;                    // the object made or touched
  std::int64_t entry = 0;             // of the journal; 0: nothing had to change, or a record change
  std::int64_t position = 0;          // the workspace's; the answer is at least as new as this
  Instant now;                        // of the decision
  std::vector<std::string> warnings;  // of expressions and workflows at save time
  int status = 0;                     // of the idempotency key: the HTTP status of the first answer
  bool repeated = false;              // the same Idempotency-Key did this before; nothing was done now
};
using Reply = std::function<void(Result<Committed>)>;

// An Idempotency-Key. Ask Runtime::find_repeated() first: it looks into the rows and fills looked_up_at; submit() then
// only has to know the keys of the last minutes.
struct IdempotencyKey {
  std::string principal;     // sid of whose key it is
  std::string key;           // at most 128 characters
  std::string request_hash;  // of method, path and body; another hash with the same key is kIdempotencyMismatch
  int status = 200;          // with which the first answer goes out
  Instant looked_up_at;
};

// What a query and a preparation see.
struct View {
  const workspace::State& state;  // valid during the call only
  Instant now;
};

// Given to a companion: the command is accepted, its entry is known, nothing is committed yet.
struct Applied {
  const workspace::State& state;      // after the command; valid during the call only
  const workspace::Effects& effects;  // of this entry
  std::int64_t entry = 0;
  Instant now;
};

// Rows that commit with the entry and that no decision reads (a message's body), and what its events show of them.
struct Companion {
  // Only inserts of new rows and unconditional updates: a statement that the database rejects fails the whole
  // workspace's batch. Texts must be UTF-8 without U+0000.
  std::vector<store::Statement> statements;
  // JSON of resources that the state does not hold, by sid: the message of a message.created event.
  std::vector<std::pair<std::string, std::string>> resources;
};

struct Submission {
  WorkspaceId workspace;  // CreateWorkspace makes it; everything else needs it to be there
  workspace::Command command;
  Actor actor;
  // Called on the brain right before the command is applied: fills it in from what is there now (so that reading and
  // changing are one step), or refuses it with an error. Must not block.
  std::function<Result<void>(const View&, workspace::Command&)> prepare{};
  // Called on the brain when the command was accepted, before it is handed over; must not block.
  std::function<void(const Applied&, Companion&)> companion;
  std::optional<IdempotencyKey> idempotency;
  Reply reply;
};

// An event of records that no decision reads; the runtime adds sid, at, position and index.
struct EventDraft {
  std::string type;           // "customer.updated"
  std::string resource_type;  // "customer"
  std::string resource_sid;
  std::vector<std::pair<std::string, std::string>> refs;     // ("customer_sid", "CU..."): more members of the envelope
  std::vector<std::pair<std::string, std::string>> payload;  // ("customer", "{...}")
};

// A change of records that no decision reads. It skips the brain and commits with everybody's next batch; a statement
// whose expectation fails (run_expecting with the version read) rejects this change alone with kStoreConflict.
struct RecordChange {
  std::optional<WorkspaceId> workspace;  // given: the change takes the workspace's next position
  store::Change change;
  std::string sid;  // goes into the answer
  Actor actor;
  std::vector<EventDraft> events;  // only with a workspace
  std::optional<IdempotencyKey> idempotency;
  Reply reply;
};

// When an answer that was read from live state may go out.
enum class Release : std::uint8_t {
  committed,  // once everything it could have seen is committed: never shows what a crash would take back
  immediate,  // at once: for numbers on a board, which are of the moment anyway
};

struct Query {
  WorkspaceId workspace;
  std::function<void(const View&)> read;           // on the brain; must not block
  std::function<void(Result<std::int64_t>)> done;  // with the position that `read` saw; exactly once
  Release release = Release::committed;
};

// What ask() answers: the value, and the position of the state it was read from (events after it follow).
template <class T>
struct Answer {
  T value;
  std::int64_t position = 0;
};

}  // namespace carillon::runtime
