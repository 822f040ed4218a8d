// THE DECIDER: one state per workspace; apply(now, command) -> effects; dispatches between the machines until quiet.
//
// What:    holds routing, presence, conversations and calls, folds metrics, and says when it must be called again.
// Why:     pure and deterministic: the same entries give the same effects, so production replays.
// Owns:    the machines' states. Thread: one at a time (the workspace's strand).
// Errors:  a refused command is an Error in Effects::outcome and changes nothing by itself (due timers may still have
//          run). A broken invariant throws BrokenInvariant: the caller quarantines the workspace and drops this state.
// Limits:  10,000 timers of each machine an entry; what is left is due at once, so that the next Tick goes on with it.
//          Words between machines always finish within their entry, for they are not rows; a million of them is a broken
//          invariant (two machines talk in circles).
// Example:
//   const Effects& effects = state.apply({.number = 18, .now = now, .seed = seed}, routing::CreateTask{...});
//   if (!effects.outcome) return effects.outcome.error();
//   write(effects);                       // before the next apply
//   arm(state.next_deadline());
#pragma once

#include <string>
#include <string_view>

#include "calls/core/state.h"
#include "conversations/core/state.h"
#include "metrics/core/fold.h"
#include "presence/core/state.h"
#include "routing/core/state.h"
#include "workspace/core/commands.h"

namespace carillon::workspace {

// Raised whenever a decision may differ from an older engine's; journal entries carry it.
inline constexpr int kEngineVersion = 1;

struct Entry {
  std::int64_t number = 0;  // of the journal; greater than last_entry(). Given again when nothing was changed
  Instant now;              // never before last_now(): the caller clamps
  Seed seed;
};

// Valid until the next apply().
struct Effects {
  Result<routing::Outcome> outcome = routing::Outcome{};
  bool changed = false;   // something to journal; false for a Tick that found nothing due or a plain refusal.
                          // last_entry() and last_now() move only when true
  events::Events events;  // internal ones included
  const routing::Changes* routing = nullptr;
  const presence::Changes* presence = nullptr;
  const conversations::Changes* conversations = nullptr;
  const calls::Changes* calls = nullptr;
  const WorkspaceRecord* workspace = nullptr;  // when its row changed
  metrics::Deltas metrics;
};

// All live rows: a checkpoint's content and what starting loads. What routing and conversations know of settings that the
// workspace's row has comes from that row.
struct Rows {
  WorkspaceRecord workspace;
  routing::Rows routing;
  presence::Rows presence;
  conversations::Rows conversations;
  calls::Rows calls;
  std::int64_t last_entry = 0;
  Instant last_now;
  bool operator==(const Rows&) const = default;
};
BOOST_DESCRIBE_STRUCT(Rows, (), (workspace, routing, presence, conversations, calls, last_entry, last_now))

class State {
 public:
  State();
  State(const State&) = delete;  // effects point into it
  State& operator=(const State&) = delete;

  // Replaces everything by rows. Errors: kInternal when rows contradict one another, also across machines; load again then.
  Result<void> load(Rows rows);
  Rows rows() const;
  // Of the canonical text of rows(): equal states, equal hashes (FNV-1a, 128 bits, 32 hex digits; not for security).
  std::string hash() const;

  const Effects& apply(const Entry& entry, const Command& command);
  Instant next_deadline() const;

  const WorkspaceRecord& workspace() const { return workspace_; }
  const routing::State& routing() const { return routing_; }
  const presence::State& presence() const { return presence_; }
  const conversations::State& conversations() const { return conversations_; }
  const calls::State& calls() const { return calls_; }
  std::int64_t last_entry() const { return last_entry_; }
  Instant last_now() const { return last_now_; }

  // That the machines agree with one another, and routing with itself; for tests and the simulator. Throws BrokenInvariant
  // inside InvariantScope.
  void check_invariants() const;

 private:
  struct Running;  // one entry under way

  void run(const Entry& entry, const Command& command);
  Result<void> check_agreement() const;
  bool anything_changed() const;

  // ---- rows ----
  WorkspaceRecord workspace_;
  routing::State routing_;
  presence::State presence_;
  conversations::State conversations_;
  calls::State calls_;
  std::int64_t last_entry_ = 0;
  Instant last_now_;
  // ---- of the entry ----
  Effects effects_;
  IdMaker ids_;
};

// FNV-1a with 128 bits (Fowler, Noll, Vo; offset basis and prime of the reference), as 32 hex digits.
std::string fnv1a_128(std::string_view text);

}  // namespace carillon::workspace
