// A routing state with a clock of its own, for tests: say what happens, look at what follows.
//
// Owns:   the state, the ids, the events of the last entry.
// Thread: one.
// Example:
//   World world;
//   auto worker = world.worker("Ada", R"({"skills":["sales"]})");
//   auto queue = world.queue("Sales", "skills HAS 'sales'");
//   world.available(worker);
//   auto task = world.task(world.workflow_to(queue));
//   EXPECT_EQ(world.offer_of(task)->worker_sid, worker);
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "routing/core/state.h"

namespace carillon::routing::testing {

class World {
 public:
  World();

  // One entry: expire, the command, settle. The clock stands.
  Result<Outcome> apply(const Command& command);
  Outcome must(const Command& command);  // aborts on error
  // Time passes; deadlines on the way run each at its own instant.
  void pass(Duration time);
  void pass_seconds(std::int64_t s) { pass(Duration::seconds(s)); }
  // Saves rows, makes a new state of them, restarts after down_for.
  void restart(Duration down_for);

  TaskChannelId channel(const std::string& unique_name) const { return state.task_channel(unique_name)->sid; }
  WorkerId worker(const std::string& name, const std::string& attributes = "{}");
  QueueId queue(const std::string& name, const std::string& expression = "");
  QueueId queue(TaskQueueRecord row);
  WorkflowId workflow(const std::string& name, const std::string& document);
  WorkflowId workflow_to(QueueId queue);
  void available(WorkerId worker, bool available = true);
  TaskId task(WorkflowId workflow, const std::string& attributes = "{}", const std::string& channel = "chat",
              std::int64_t priority = 0);
  void edit_channel(const std::string& unique_name, const std::function<void(TaskChannelRecord&)>& edit);
  void configure(const std::function<void(Settings&)>& edit);

  const ReservationRecord* offer_of(TaskId task) const;
  ReservationId accept(TaskId task);  // its oldest offer
  ReservationId reject(TaskId task);
  bool has_event(events::EventType type) const;
  std::vector<std::string> event_names() const;  // of the last entry, internal ones left out

  State state;
  Instant now{1'800'000'000'000'000};
  events::Events events;
  std::int64_t entry = 0;
  QueueId last_resort;

 private:
  template <class Do>
  auto run(Do what);
};

}  // namespace carillon::routing::testing
