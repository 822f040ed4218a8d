// A random contact center and what happens in it, from one seed.
//
// What:    first makes channels, queues, workers, workflows; then throws commands at whatever is live: sensible ones mostly,
//          illegal ones too, configuration edits while tasks wait, times that hit deadlines, miss them by a microsecond, or
//          leap over many, and restarts.
// Thread:  one at a time.
// Example:
//   RandomCenter center(seed);
//   Step step = center.next(twins.rows(), twins.next_deadline());
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "base/testing/dice.h"
#include "routing/core/state.h"
#include "routing/core/testing/script.h"

namespace carillon::routing::testing {

class RandomCenter {
 public:
  explicit RandomCenter(std::uint64_t seed);

  // The next step, given the live rows and the earliest deadline after the last one.
  Step next(const Rows& rows, Instant next_deadline);

 private:
  // configuration
  TaskChannelRecord task_channel(const Rows& rows, std::size_t n);
  void usual(const Rows& rows, TaskChannelRecord& c);
  TaskQueueRecord task_queue(const Rows& rows, std::size_t n);
  WorkerRecord worker(const Rows& rows, std::size_t n);
  WorkflowRecord workflow(const Rows& rows, std::size_t n);
  Settings settings(const Rows& rows);
  std::string target(const Rows& rows);
  std::string carillon_part(const Rows& rows);
  std::string worker_term();
  std::string cross_term();
  std::string skip_if();
  std::string task_attributes(const Rows& rows);
  std::string queue_sid(const Rows& rows);

  // commands
  Command command(const Rows& rows);
  Command configuration(const Rows& rows);
  Command edit(const Rows& rows);
  Command removal(const Rows& rows);
  Command create(const Rows& rows);
  Command hold(const Rows& rows, TaskStatus status);
  Command replace(const Rows& rows, TaskStatus status);
  Command about_task(const Rows& rows);
  Command transfer(const Rows& rows);
  Command update(const Rows& rows);
  Reason reason();
  std::string disposition();
  Command about_reservation(const Rows& rows);
  Command about_worker(const Rows& rows);
  Command nonsense(const Rows& rows);
  TaskId task(const Rows& rows, std::initializer_list<TaskStatus> wanted);
  ReservationId reservation(const Rows& rows, ReservationStatus wanted);
  QueueId queue(const Rows& rows);
  WorkerId some_worker(const Rows& rows);
  TaskChannelId channel(const Rows& rows);
  void move_time(const Rows& rows, Instant next_deadline);
  void remember(const Rows& rows);

  Dice dice_;
  std::int64_t entry_ = 0;
  Instant now_;
  std::int64_t to_furnish_ = 0;
  std::size_t channels_, queues_, workers_, workflows_, tasks_at_most_;
  bool per_channel_;
  bool presets_;
  std::vector<ContactId> contacts_;
  std::vector<WorkerId> last_workers_;
  std::deque<TaskId> old_tasks_;
  std::deque<ReservationId> old_reservations_;
};

}  // namespace carillon::routing::testing
