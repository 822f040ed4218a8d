// Runs a script on the routing core and on its naive twin, and says where they first differ.
//
// What:    after every step: outcomes, events with all fields, all live rows, what ended, notices, next deadline. Besides,
//          the core alone: its invariants, capacity, that its changes lead a store from the rows before to the rows after,
//          that a new state loaded from rows is the same, and that why() finds nobody who should have been offered a task.
// Thread:  one at a time.
// Example:
//   Twins twins;
//   for (const Step& step : script) if (auto difference = twins.run(step)) return report(*difference);
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "routing/core/state.h"
#include "routing/core/testing/naive.h"
#include "routing/core/testing/script.h"

namespace carillon::routing::testing {

// Rows as a database would hold them: only ever told changes.
class Store {
 public:
  void take(const State& state);
  Rows rows() const;

 private:
  Settings settings_;
  std::map<TaskChannelId, TaskChannelRecord> task_channels_;
  std::map<QueueId, TaskQueueRecord> task_queues_;
  std::map<WorkflowId, WorkflowRecord> workflows_;
  std::map<WorkerId, WorkerRecord> workers_;
  std::map<TaskId, TaskRecord> tasks_;
  std::map<ReservationId, ReservationRecord> reservations_;
};

class Twins {
 public:
  // Nothing when both agree; else what differs, in words.
  std::optional<std::string> run(const Step& step);

  const Rows& rows() const { return rows_; }  // after the last step
  Instant next_deadline() const { return state_->next_deadline(); }
  std::int64_t commands_taken() const { return taken_; }  // those that were not refused
  const std::map<events::EventType, std::int64_t>& events_seen() const { return seen_; }

 private:
  std::optional<std::string> compare_after(const events::Events& real, const events::Events& naive);

  std::unique_ptr<State> state_ = std::make_unique<State>();
  Naive naive_;
  Store store_;
  Rows rows_;
  std::int64_t taken_ = 0;
  std::map<events::EventType, std::int64_t> seen_;
};

// Runs a whole script from nothing.
std::optional<std::string> first_difference(const Script& script);

// A shorter script that still differs: cut after the first difference, then without every step that can be missed.
Script shrink(Script script);

}  // namespace carillon::routing::testing
