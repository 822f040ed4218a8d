// Keeper: the thread that may wait: reads workspaces, writes checkpoints, deletes what is too old.
//
// What:   reload() reads a workspace anew, trying again with growing pauses; a sweep every few minutes writes the
//         checkpoints that are due and deletes journal, events, checkpoints and keys past their time, some hundred rows
//         at a time, through the committer, so that nobody waits for it.
// Owns:   its jobs. Thread: reload, checkpoint, sweep from any; step() from one, or its own thread after start().
// Example:
//   keeper.reload(ws);
//   keeper.checkpoint(ws, [](Result<std::int64_t> entry) { ... });
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include "runtime/committer.h"
#include "runtime/load.h"
#include "runtime/wait_clock.h"

namespace carillon::runtime {

class Keeper {
 public:
  struct World {
    store::ReaderPool& readers;
    WaitClock& clock;
    Committer& committer;
    AlarmSink& alarms;
    Duration checkpoint_every, sweep_every, journal_kept, events_kept;
    std::function<void(LoadedState, WorkspaceId)> loaded;
    std::function<void(WorkspaceId)> absent;
    std::function<void(WorkspaceId, const Error&)> load_failed;
  };

  explicit Keeper(World world);
  ~Keeper();

  void reload(WorkspaceId workspace);
  void checkpoint(WorkspaceId workspace, std::function<void(Result<std::int64_t>)> done);
  void sweep();  // now, not only when it is time

  // Does the jobs that are due. False when there were none.
  bool step();
  void start();
  void stop();
  // Writes the checkpoints of all workspaces that have moved since their last one, through the committer; blocks for
  // reading only. For a clean stop, after stop().
  void checkpoint_all();

 private:
  using Job = std::function<void()>;
  void post(Job job, Instant at);
  void try_load(WorkspaceId workspace, int attempt);
  Result<void> write_checkpoint(WorkspaceId workspace, bool only_if_moved,
                                std::function<void(Result<std::int64_t>)> done);
  void sweep_all();
  void sweep_later();
  Result<void> sweep_workspace(WorkspaceId workspace);
  void sweep_journal(WorkspaceId workspace);
  void sweep_events(WorkspaceId workspace);
  void sweep_keys();
  // One bounded deletion; `again` runs when it is committed.
  void remove(store::Change change, Job again);
  void complain(WorkspaceId workspace, const Error& error);
  void run();

  World world_;
  const std::shared_ptr<WaitPoint> point_ = std::make_shared<WaitPoint>();
  // Below point_->mutex.
  std::multimap<Instant, Job> jobs_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace carillon::runtime
