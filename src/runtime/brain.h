// Brain: the thread that decides. Hosts the strands of many workspaces and never waits for disk or network.
//
// What:   takes submissions and queries from its mailbox, a handful at a time, fires due deadlines, and hands each
//         strand's batch to the committer.
// Owns:   the strands and the mailbox, which is bounded by the accounts of owed answers.
// Thread: submit, query, adopt, ... from any thread; step() from one, or its own thread after start().
// Example:
//   brain.adopt({.workspace = ws, .state = std::move(state), .head = head, .restart = down_for});
//   brain.submit(std::move(submission));
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <thread>
#include <unordered_map>
#include <variant>
#include <vector>

#include "runtime/committer.h"
#include "runtime/strand.h"

namespace carillon::runtime {

class Brain {
 public:
  struct World {
    WaitClock& clock;
    SeedSource& seeds;
    AlarmSink& alarms;
    Committer& committer;
    Counters& counters;
    Ledger& ledger;
    Duration idempotency_kept;
    std::function<void(WorkspaceId)> reload;  // asks for the workspace to be read anew; then adopt() or absent()
  };

  explicit Brain(World world);
  ~Brain();

  void submit(Submission submission);
  void query(Query query);

  // A workspace's state, just read from its rows.
  struct Adopted {
    WorkspaceId workspace;
    std::unique_ptr<workspace::State> state;
    Head head;
    std::optional<Duration> restart;  // the server was down so long: the first entry says so
  };
  void adopt(Adopted adopted);
  void absent(WorkspaceId workspace);                                                // it has no rows
  void load_failed(WorkspaceId workspace, const Error& error);                       // it will be tried again
  void failed(WorkspaceId workspace, std::uint64_t generation, const Error& error);  // a commit

  bool knows(WorkspaceId workspace) const;
  std::vector<WorkspaceReport> reports() const;

  // Handles what is in the mailbox and what is due, and hands it over. False when there was nothing.
  bool step();
  void start();
  // Refuses what is new, does what was taken, ends the thread.
  void stop();

 private:
  struct Submitted {
    Submission submission;
    Owed owed;
  };
  struct Queried {
    Query query;
    Owed owed;
  };
  struct Absent {
    WorkspaceId workspace;
  };
  struct LoadFailed {
    WorkspaceId workspace;
    Error error;
  };
  struct Failed {
    WorkspaceId workspace;
    std::uint64_t generation = 0;
    Error error;
  };
  using Message = std::variant<Submitted, Queried, Adopted, Absent, LoadFailed, Failed>;
  struct Hosted {
    std::unique_ptr<Strand> strand;
    Instant armed = Instant::never();
    bool touched = false;
  };
  struct Known {
    AccountPtr account;
    std::string text;
  };

  // The workspace's account; nothing when it is not known and `create` is false, or when we are stopping.
  Result<AccountPtr> account_of(WorkspaceId workspace, bool create);
  void post(Message message);
  bool take();
  void handle(Submitted& message);
  void handle(Queried& message);
  void handle(Adopted& message);
  void handle(Absent& message);
  void handle(LoadFailed& message);
  void handle(Failed& message);
  Hosted& host(WorkspaceId workspace);
  void drop(WorkspaceId workspace);
  void touch(Hosted& hosted);
  void tick_due();
  void arm(Hosted& hosted);
  void hand_over();
  void say(WorkspaceId workspace, const std::string& text);
  void run();

  World world_;

  const std::shared_ptr<WaitPoint> point_ = std::make_shared<WaitPoint>();
  // Below point_->mutex.
  std::deque<Message> mailbox_;
  std::unordered_map<WorkspaceId, Known> known_;
  bool stopping_ = false;

  // The brain's own.
  std::deque<Message> taken_;
  std::unordered_map<WorkspaceId, Hosted> hosted_;
  std::vector<WorkspaceId> touched_;
  std::set<std::pair<Instant, WorkspaceId>> deadlines_;
  std::uint64_t generations_ = 0;
  std::thread thread_;
};

}  // namespace carillon::runtime
