// What must be true of a center after every step, looked at from outside.
//
// What:    a ledger of tasks and queue entries kept from events alone, held against the live state; and rules about the state
//          that need nothing but its rows: one worker a task, capacity, order, deadlines, no idle agent beside waiting work.
// Why:     it shares no index and no shortcut with the core, so what the core forgets shows here.
// Owns:    the ledger. Thread: one at a time.
// Errors:  look() says in words what is wrong; nothing when all is well.
// Limits:  routing expressions must speak of attributes only (the simulator's do).
// Example:
//   Watch watch;
//   if (auto wrong = watch.look(*center.last, *center.state)) stop(*wrong);
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "workspace/core/state.h"

namespace carillon::simulation {

struct Tally {
  std::int64_t tasks = 0, ended = 0;
  std::int64_t offered = 0;                              // queue entries begun
  std::map<events::Bucket, std::int64_t> buckets;        // and ended
  std::int64_t accepted = 0, missed = 0, suspended = 0;  // reservations
};

class Watch {
 public:
  std::optional<std::string> look(const workspace::Effects& effects, const workspace::State& state);

  // Nothing may be due any more once time has been given to the core.
  std::optional<std::string> nothing_overdue(const workspace::State& state, Instant now) const;

  const Tally& tally() const { return tally_; }

 private:
  std::optional<std::string> keep_ledger(const events::Events& events);
  std::optional<std::string> ledger_agrees(const routing::State& state) const;
  std::optional<std::string> one_worker_each(const routing::State& state) const;
  std::optional<std::string> capacity_kept(const routing::State& state) const;
  std::optional<std::string> order_kept(const workspace::Effects& effects, const routing::State& state,
                                        Instant now) const;
  std::optional<std::string> nobody_idles(const routing::State& state) const;

  std::set<TaskId> live_, over_;
  std::set<TaskId> entries_;  // tasks with an open queue entry
  Tally tally_;
};

}  // namespace carillon::simulation
