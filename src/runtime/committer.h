// Committer: the one thread that writes. Commits what all workspaces have decided, together, and then releases it.
//
// What:   while one commit runs, the next group accumulates: batches of one workspace are merged, so a row changed many
//         times is written once. After the commit, in order: the EventSink, then the answers.
// Failure: a commit that fails as a whole is tried again batch by batch; a batch that fails alone is the culprit: its
//         workspace's pending work is answered with the error and `on_failed` is told, which drops the state. When the
//         database does not say whether it took a commit, the heads of the workspaces tell.
// Owns:   pending work, heads (position, epoch). Thread: hand_over(), commit(), open() from any thread; step() from one,
//         or its own thread after start().
// Example:
//   committer.open(ws, account, generation, epoch, position);
//   committer.hand_over(std::move(batch));
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <unordered_map>
#include <vector>

#include "runtime/event_log.h"
#include "runtime/stats.h"
#include "runtime/strand_batch.h"
#include "runtime/wait_clock.h"
#include "store/reader.h"
#include "store/writer.h"

namespace carillon::runtime {

// A change of records that no decision reads, ready to be committed.
struct RecordWork {
  std::optional<WorkspaceId> workspace;
  store::Change change;
  std::shared_ptr<PublishedEntry> published;  // with a workspace
  std::optional<IdempotencyKey> idempotency;
  Instant expires_at;  // of the key
  Committed answer;
  Owed owed;
};

class Committer {
 public:
  struct World {
    store::Writer& writer;
    store::ReaderPool& readers;
    WaitClock& clock;
    EventSink& sink;
    EventLog& log;
    AlarmSink& alarms;
    Counters& counters;
    Duration alive_every;
    Duration alive_idle_every;
  };
  // Called on the committer's thread with nothing locked; generation is that of the state which must be dropped.
  using OnFailed = std::function<void(WorkspaceId, std::uint64_t generation, const Error&)>;

  Committer(World world, OnFailed on_failed);
  ~Committer();

  // A workspace's state was (re)built; batches of earlier generations are refused from now on.
  void open(WorkspaceId workspace, AccountPtr account, std::uint64_t generation, std::int64_t epoch,
            std::int64_t position);
  void forget(WorkspaceId workspace);

  void hand_over(StrandBatch batch);
  void commit(RecordWork work);

  // Whether anything has a deadline: while nothing has and nothing is committed, alive_at is written less often.
  void set_deadlines(bool any);

  // Commits what is pending, and alive_at when it is due. False when there was nothing to do.
  bool step();
  void start();
  // Commits all that was handed over, writes alive_at, ends the thread.
  void stop();
  // Returns when everything handed over before is committed or failed. Not without a thread.
  void flush();

 private:
  struct Head {
    AccountPtr account;
    std::uint64_t generation = 0;
    bool dead = false;  // this generation failed; its batches are refused
    std::int64_t epoch = 0;
    std::int64_t position = 0;
  };
  struct Group {
    std::vector<StrandBatch> batches;
    std::vector<RecordWork> records;
    std::vector<store::Change> changes;  // of batches, then of records, then alive_at
    std::vector<Result<void>> outcomes;  // one a batch and record
    bool alive = false;
    std::size_t size() const { return batches.size() + records.size(); }
  };

  void run();
  std::optional<Group> take(bool alive_too);
  void build(Group& group);
  void build_record(Group& group, RecordWork& record);
  void write(Group& group);
  void write_alone(Group& group);
  Result<void> resolve_unknown(const Group& group, std::size_t index, const Error& error);
  void finish(Group& group);
  void release(StrandBatch& batch);
  void release(RecordWork& record);
  void fail(StrandBatch& batch, const Error& error);
  Instant alive_due() const;
  void time_commit(std::int64_t us);

  World world_;
  OnFailed on_failed_;

  const std::shared_ptr<WaitPoint> point_ = std::make_shared<WaitPoint>();
  // Below point_->mutex.
  std::unordered_map<WorkspaceId, std::size_t> pending_index_;
  std::vector<StrandBatch> pending_;
  std::vector<RecordWork> pending_records_;
  std::unordered_map<WorkspaceId, Head> heads_;
  bool stopping_ = false;
  bool busy_ = false;
  bool deadlines_ = false;

  Instant alive_at_;  // last written
  bool committed_since_alive_ = true;
  bool failing_ = false;
  std::thread thread_;
};

}  // namespace carillon::runtime
