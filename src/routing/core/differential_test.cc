// Goal:   the routing core decides what README.md says, in every detail.
// Method: random centers from one seed run on the core and on the naive twin; everything they say is compared after every
//         entry. A difference is printed with its seed and a shortened script, which CARILLON_FUZZ_SCRIPT=FILE runs again.
//         CARILLON_FUZZ_COMMANDS=5000000 makes a long run, CARILLON_FUZZ_SEED=N begins at another seed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

#include "routing/core/testing/differential.h"
#include "routing/core/testing/random_center.h"

namespace carillon::routing::testing {
namespace {

constexpr std::int64_t kStepsACenter = 500;

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

struct Trial {
  Script script;
  std::optional<std::string> difference;
  std::int64_t taken = 0;
  std::map<events::EventType, std::int64_t> events;
};

// Whatever routing can say must have been said often, or the comparison proves little about it.
constexpr events::EventType kRare[] = {events::EventType::kTaskQueueTimeout,
                                       events::EventType::kTaskQueueMoved,
                                       events::EventType::kTaskQueueMaxWait,
                                       events::EventType::kWorkflowTimeout,
                                       events::EventType::kWorkflowSkipped,
                                       events::EventType::kWorkflowLastResort,
                                       events::EventType::kTaskSuspended,
                                       events::EventType::kTaskResumed,
                                       events::EventType::kTaskRequeued,
                                       events::EventType::kTaskTransferInitiated,
                                       events::EventType::kReservationRejected,
                                       events::EventType::kReservationTimeout,
                                       events::EventType::kReservationRescinded,
                                       events::EventType::kReservationCanceled,
                                       events::EventType::kReservationWrapupOverdue,
                                       events::EventType::kReservationWrapupExtended,
                                       events::EventType::kWorkerNotResponding,
                                       events::EventType::kWorkerResponding,
                                       events::EventType::kTaskChannelDeleted,
                                       events::EventType::kTaskQueueDeleted,
                                       events::EventType::kWorkerDeleted,
                                       events::EventType::kWorkflowDeleted};

Trial run_center(std::uint64_t seed) {
  RandomCenter center(seed);
  Twins twins;
  Trial run;
  for (std::int64_t i = 0; i < kStepsACenter && !run.difference; ++i) {
    run.script.push_back(center.next(twins.rows(), twins.next_deadline()));
    run.difference = twins.run(run.script.back());
  }
  run.taken = twins.commands_taken();
  run.events = twins.events_seen();
  return run;
}

TEST(Differential, CoreAndNaiveTwinSayTheSameAboutRandomCommands) {
  const auto commands = static_cast<std::int64_t>(number_from("CARILLON_FUZZ_COMMANDS", 100'000));
  const std::uint64_t first = number_from("CARILLON_FUZZ_SEED", 1);
  std::int64_t steps = 0, taken = 0;
  std::map<events::EventType, std::int64_t> said;
  for (std::uint64_t seed = first; steps < commands; ++seed) {
    const Trial run = run_center(seed);
    steps += static_cast<std::int64_t>(run.script.size());
    taken += run.taken;
    for (const auto& [type, n] : run.events) said[type] += n;
    if (!run.difference) continue;
    const Script shorter = shrink(run.script);
    FAIL() << "seed " << seed << ", step " << run.script.size() - 1 << ": " << *run.difference << "\nshortened to "
           << shorter.size() << " of " << run.script.size() << " steps:\n"
           << to_json(shorter) << "which differs at " << first_difference(shorter).value_or("nothing");
  }
  // Random commands that are mostly refused would prove little.
  EXPECT_GT(taken * 2, steps);
  for (const events::EventType type : kRare) EXPECT_GT(said[type], steps / 20'000) << events::event_name(type);
  if (std::getenv("CARILLON_FUZZ_COMMANDS")) {
    std::cout << steps << " entries, " << taken << " commands taken\n";
    for (const auto& [type, n] : said) std::cout << "  " << events::event_name(type) << " " << n << "\n";
  }
}

// Speaks commands to both, one entry each, a second apart.
class Both {
 public:
  void tell(Command command) {
    Step step{.kind = StepKind::command, .entry = ++entry_, .now = Instant{entry_ * 1'000'000}, .seed = entry_};
    step.command.push_back(std::move(command));
    const auto difference = twins.run(step);
    ASSERT_FALSE(difference) << "entry " << entry_ << ": " << *difference;
  }

  Twins twins;

 private:
  std::int64_t entry_ = 1'000'000;
};

// The core keeps something for each expression it has seen, and throws it away when it becomes too much: here every task
// brings its own.
TEST(Differential, WhatPilesUpInALongLifeMakesNoDifference) {
  Both both;
  const Rows& rows = both.twins.rows();
  both.tell(PutTaskChannel{{.unique_name = "default", .friendly_name = "Default"}});
  both.tell(PutTaskQueue{{.friendly_name = "Queue"}});
  both.tell(Configure{{.last_resort_queue_sid = rows.task_queues.front().sid}});
  WorkflowRecord workflow{.friendly_name = "Workflow"};
  workflow.document.text = R"({"task_routing":{"filters":[{"expression":"1 == 1","targets":[{"queue":")" +
                           rows.task_queues.front().sid.str() +
                           R"x(","expression":"NOT (worker.level == task.ticket)"}]}]}})x";
  both.tell(PutWorkflow{workflow, false});
  for (int w = 0; w < 3; ++w) {
    both.tell(PutWorker{
        {.friendly_name = "Worker " + std::to_string(w), .attributes = {"{\"level\":" + std::to_string(w) + "}"}}});
    both.tell(SetWorkerPresence{.worker_sid = rows.workers.back().sid, .available = true, .reachable = true});
  }
  for (int i = 0; i < 2'500 && !HasFatalFailure(); ++i) {
    both.tell(CreateTask{.workflow_sid = rows.workflows.front().sid,
                         .attributes = {"{\"ticket\":" + std::to_string(i) + "}"}});
    if (rows.tasks.size() < 8) continue;
    for (const ReservationRecord& offer : std::vector(rows.reservations)) both.tell(AcceptReservation{offer.sid});
    for (const ReservationRecord& taken : std::vector(rows.reservations))
      both.tell(CompleteTask{.task_sid = taken.task_sid});
  }
}

TEST(Differential, AScriptFromAFileRunsAgain) {
  const char* path = std::getenv("CARILLON_FUZZ_SCRIPT");
  if (!path) GTEST_SKIP() << "CARILLON_FUZZ_SCRIPT names no file";
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  const auto script = script_from_json(text.str());
  ASSERT_TRUE(script.ok()) << script.error().message;
  const auto difference = first_difference(*script);
  EXPECT_FALSE(difference.has_value()) << *difference;
}

TEST(Differential, AScriptComesBackFromItsText) {
  const Trial run = run_center(3);
  const auto back = script_from_json(to_json(run.script));
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_TRUE(*back == run.script);
}

}  // namespace
}  // namespace carillon::routing::testing
