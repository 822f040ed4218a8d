// Runtime: hosts workspaces. Decides on the brain thread, commits on the committer thread, then acts.
//
// What:   start() brings every workspace of the database to life; submit() hands a command to one; commit() changes
//         records that no decision reads; query() looks at live state; stop() finishes what was begun.
// Why:    write ahead, then act: a reply or an event leaves only after its change is durable, and the brain never waits
//         for the disk. A failing commit costs one workspace a reload, a broken invariant one workspace its service.
// Owns:   its threads: brains (one by default), the committer, the keeper (loading, checkpoints, deleting what is old).
// Thread: all functions from any thread, but start() and stop() from one. submit, commit and query never block.
// Limits: RuntimeOptions; beyond them kOverloaded at once.
// Example:
//   Runtime runtime({*store, clock, seeds, sink, alarms}, {.demo = true});
//   if (auto started = runtime.start(); !started) return started.error();
//   runtime.submit({.workspace = ws, .command = presence::SetConnected{worker, true}, .reply = reply});
//   runtime.ask(ws, [](const View& v) { return v.state.routing().task_queues().size(); },
//               [](Result<Answer<std::size_t>> n) { ... });
//   runtime.stop();
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/event_log.h"
#include "runtime/events.h"
#include "runtime/seeds.h"
#include "runtime/stats.h"
#include "runtime/submission.h"
#include "runtime/wait_clock.h"
#include "store/store.h"

namespace carillon::runtime {

struct RuntimeOptions {
  bool demo = false;    // must agree with the instance row (kConfig)
  bool threads = true;  // false: nothing runs but in step(), for tests and simulations
  int brains = 1;
  std::size_t waiting_limit = 20'000;   // submissions and queries not yet answered, all workspaces
  std::size_t workspace_limit = 5'000;  // of one workspace
  std::size_t record_limit = 5'000;     // record changes not yet answered
  Duration alive_every = Duration::seconds(1);
  Duration alive_idle_every = Duration::seconds(30);  // while nothing has a deadline and nothing is committed
  Duration checkpoint_every = Duration::hours(24);
  Duration journal_kept = Duration::hours(24 * 90);
  Duration events_kept = Duration::hours(24 * 7);
  Duration idempotency_kept = Duration::hours(24);
  Duration sweep_every = Duration::minutes(10);  // looks for what is too old
  EventLogLimits event_log;
};

struct StartReport {
  std::size_t workspaces = 0;
  Duration down_for;   // 0 on the first start
  bool first = false;  // the database was new
};

class Runtime {
 public:
  // Given, outliving us.
  struct World {
    store::Store& store;  // migrated
    WaitClock& clock;
    SeedSource& seeds;
    EventSink& sink;
    AlarmSink& alarms;
    store::Writer* writer = nullptr;  // tests: in place of the store's
  };

  Runtime(World world, RuntimeOptions options = {});
  ~Runtime();  // stops
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  // Loads all workspaces; each one's first command is Restarted. Blocks until their state is in memory.
  // Errors: kConfig (demo data on a real server, or the other way round), kStore.
  Result<StartReport> start();
  // Refuses what is new, finishes and commits what was taken, writes checkpoints, ends the threads. Blocks.
  void stop();

  void submit(Submission submission);
  void commit(RecordChange change);
  void query(Query query);

  // Looks up an Idempotency-Key among the rows and notes in the key that it was done. Blocks: on pool threads.
  // Nothing: not used yet. Errors: kIdempotencyMismatch, kStore.
  Result<std::optional<Committed>> find_repeated(const std::optional<WorkspaceId>& workspace, IdempotencyKey& key);

  // Recent events in memory, older ones from rows; see event_log.h.
  EventLog& events();

  // Writes a checkpoint of the workspace's live state; the answer is its entry.
  void checkpoint(WorkspaceId workspace, std::function<void(Result<std::int64_t>)> done);

  // Looks now, not only every sweep_every, for checkpoints that are due and rows that are too old.
  void sweep();

  std::vector<WorkspaceReport> workspaces() const;
  RuntimeStats stats() const;
  bool accepting() const;  // started, not stopping: what /readyz asks

  // Only without threads: does everything that is due at the clock's now, once round. False when there was nothing.
  bool step();

  // A typed query: done(Result<Answer<T>>) where T is what read(View) returns.
  template <class Read, class Done>
  void ask(WorkspaceId workspace, Read read, Done done, Release release = Release::committed) {
    using T = std::invoke_result_t<Read, const View&>;
    auto held = std::make_shared<std::optional<T>>();
    query({.workspace = workspace,
           .read = [held, read = std::move(read)](const View& view) { held->emplace(read(view)); },
           .done =
               [held, done = std::move(done)](Result<std::int64_t> position) {
                 if (!position) return done(Result<Answer<T>>(position.error()));
                 done(Result<Answer<T>>(Answer<T>{std::move(**held), *position}));
               },
           .release = release});
  }

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace carillon::runtime
