// Strand: one workspace on the brain: its state, and what it has decided since the last hand-over.
//
// What:   takes submissions, queries and ticks one at a time; each accepted command is a journal entry, whose rows,
//         events and answer join the open batch. A broken invariant quarantines the strand; a failed commit closes it
//         until its state is rebuilt from rows.
// Owns:   state, open batch, recent keys. Thread: one (its brain).
// Example:
//   strand.submit(std::move(submission), std::move(owed));
//   if (strand.next_deadline() <= now) strand.tick();
//   committer.hand_over(strand.take_batch());
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "runtime/event_render.h"
#include "runtime/live_rows.h"
#include "runtime/owed.h"
#include "runtime/recent_keys.h"
#include "runtime/seeds.h"
#include "runtime/strand_batch.h"
#include "runtime/wait_clock.h"
#include "workspace/core/state.h"

namespace carillon::runtime {

class Strand {
 public:
  struct World {
    const Clock& clock;
    SeedSource& seeds;
    AlarmSink& alarms;
    Counters& counters;
    Duration idempotency_kept;
  };

  // Closed (loading) until open() or create().
  Strand(World world, WorkspaceId workspace, AccountPtr account);

  // State as of head, loaded from rows. Batches carry the generation.
  void open(std::unique_ptr<workspace::State> state, const Head& head, std::uint64_t generation);
  // A workspace that is not in the rows yet; its first batch makes it.
  void create(std::uint64_t generation);
  // A commit failed: the state is dropped; what was decided on top of it is answered with `error`.
  void close(const Error& error);
  // Another server owns the workspace: nothing more is decided here.
  void lose() { set_status(WorkspaceStatus::stopped); }

  void submit(Submission&& submission, Owed&& owed);
  void query(Query&& query, Owed&& owed);
  // The first entry after a start.
  void restart(Duration down_for);
  // The EventSink is told in its turn that the state was rebuilt.
  void announce(bool restarted);
  void tick();

  // never() unless running.
  Instant next_deadline() const;
  StrandBatch take_batch();
  bool has_batch() const { return !batch_.empty() || batch_.writes(); }

  WorkspaceId workspace() const { return workspace_; }
  const AccountPtr& account() const { return account_; }
  WorkspaceStatus status() const { return status_; }
  std::uint64_t generation() const { return generation_; }
  std::int64_t epoch() const { return epoch_; }  // 0 before open()
  const std::string& text() const { return text_; }
  std::int64_t last_entry() const { return last_entry_; }
  Instant last_now() const { return last_now_; }

 private:
  struct Asked;  // what an entry is made from
  void set_status(WorkspaceStatus status);
  std::optional<Error> refusal() const;
  // Applies the command; false when the workspace was quarantined by it.
  bool apply(Asked& asked);
  void take_effects(const workspace::Entry& entry, const workspace::Effects& effects, Asked& asked);
  void answer_in_turn(Result<Committed> answer, Owed&& owed);
  bool repeated(Asked& asked);
  Result<void> prepare(Submission& submission) const;
  store::Statement key_statement(const IdempotencyKey& key, const Committed& answer) const;
  void quarantine(const workspace::Entry& entry, const std::string& command, const std::string& what);
  void begin_batch();
  Instant now() const;

  World world_;
  const WorkspaceId workspace_;
  const AccountPtr account_;

  WorkspaceStatus status_ = WorkspaceStatus::loading;
  std::string text_;
  std::unique_ptr<workspace::State> state_;
  std::uint64_t generation_ = 0;
  std::int64_t epoch_ = 0;
  bool creates_ = false;
  std::int64_t last_entry_ = 0;
  Instant last_now_;
  WrittenSettings written_;
  EventRender render_;
  std::optional<RecentKeys> keys_;
  StrandBatch batch_;
};

}  // namespace carillon::runtime
