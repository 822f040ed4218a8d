// A whole center for tests: one workspace on a hand-moved clock with deterministic seeds.
//
// What:    founds the workspace, makes workers, queues and workflows, and speaks commands in words: offers(), accept(),
//          visitor(), worker_says(). Every command is one entry; advance() ticks exactly at every deadline in between.
// Why:     the tests of workspace, simulator and runtime all need the same world, and its journal.
// Owns:    the state, the clock, the journal (entries that changed something, as the runtime would keep them).
// Thread:  one at a time.
// Errors:  must() and the words built on it abort when the command is refused: in a test that is a mistake of the test.
//          try_() gives the answer.
// Example:
//   Center center(7);
//   WorkerId ann = center.add_worker("Ann");
//   TaskId task = center.create_task("voice");
//   center.accept(center.offers(ann).front());
//   center.advance(Duration::minutes(3));
//   center.complete(task);
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "workspace/core/state.h"

namespace carillon::workspace::testing {

struct JournalLine {
  Entry entry;
  Command command;
};

class Center {
 public:
  explicit Center(std::uint64_t seed = 1);

  // ---- entries ----
  // One entry at now(); the effects are valid until the next. Checks the machines' agreement when asked to.
  const Effects& apply(const Command& command);
  Result<std::string> try_(const Command& command);  // sid of what was made or touched
  std::string must(const Command& command);
  // Moves the clock, ticking at every deadline on the way.
  void advance(Duration by);
  // Moves the clock without a tick: a brain that was late.
  void oversleep(Duration by) { now_ = now_ + by; }
  // Stops for so long and starts again from rows that went through their text.
  void restart(Duration down_for);

  // ---- making ----
  TaskChannelId channel(std::string_view unique_name) const;
  ActivityId activity(std::string_view name) const;
  QueueId everyone() const { return state->workspace().last_resort_queue_sid; }
  WorkflowId default_workflow() const;
  QueueId add_queue(std::string name, std::string expression = "");
  QueueId put_queue(const std::function<void(routing::TaskQueueRecord&)>& edit);
  WorkflowId add_workflow(std::string name, std::string document);
  // Signed in, connected and available, unless told otherwise.
  WorkerId add_worker(std::string name, std::string attributes = "{}", bool at_work = true);
  void sign_in(WorkerId worker);

  // ---- tasks ----
  TaskId create_task(std::string_view channel, QueueId queue = {}, std::string attributes = "{}",
                     std::int64_t priority = 0);
  std::vector<ReservationId> offers(WorkerId worker) const;  // pending, oldest first
  std::vector<TaskId> tasks_of(WorkerId worker) const;       // accepted, suspended or wrapping
  ReservationId accept(ReservationId reservation);
  ReservationId accept_next(WorkerId worker) { return accept(offers(worker).front()); }
  void reject(ReservationId reservation) { must(routing::RejectReservation{reservation}); }
  void wrap_up(TaskId task) { must(routing::WrapUpTask{task, events::Reason::by_worker}); }
  void complete(TaskId task, std::string disposition = "done");
  TaskId transfer(TaskId task, QueueId to);

  // ---- presence ----
  void connect(WorkerId worker, bool connected = true) { must(presence::SetConnected{worker, connected}); }
  void set_activity(WorkerId worker, std::string_view name, bool when_idle = false, bool by_supervisor = false);

  // ---- chat ----
  conversations::OpenContact opening(std::string visitor, CustomerId customer = {}) const;
  ContactId visitor(std::string name, CustomerId customer = {});
  TaskId task_of(ContactId contact) const;  // its newest live one
  void visitor_says(ContactId contact);
  void worker_says(ContactId contact, WorkerId worker);
  void visitor_leaves(ContactId contact);

  // ---- seeing ----
  Instant now() const { return now_; }
  const Entry& last_entry() const { return last_entry_; }  // as given to the last apply()
  std::vector<std::string> last_events() const;            // published ones of the last entry
  std::size_t count(events::EventType type) const {
    return counts_[static_cast<std::size_t>(type)];
  }  // since the start
  const std::vector<JournalLine>& journal() const { return journal_; }
  // The same journal in a fresh state; equal histories give equal hashes.
  std::string hash_of_replay() const;

  std::unique_ptr<State> state;
  metrics::Deltas metrics;        // merged over everything
  bool check_every_entry = true;  // slow; the simulator may switch it off
  bool keep_journal = true;
  const Effects* last = nullptr;  // of the last entry

 private:
  Entry next_entry();

  Entry last_entry_;
  Instant now_{1'800'000'000'000'000};
  std::uint64_t seed_;
  std::uint64_t drawn_ = 0;
  std::uint64_t messages_ = 0;
  std::vector<JournalLine> journal_;
  std::vector<std::size_t> counts_;
};

}  // namespace carillon::workspace::testing
