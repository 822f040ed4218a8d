// Goal: the same with its real threads: many callers, many workspaces, faults on the way, a clean stop.
// Method: threads that submit and wait for their answers; the clock stands still, so nothing depends on speed. Built
//         with the tsan preset, this is the test for races.
#include <gtest/gtest.h>

#include <condition_variable>
#include <thread>

#include "runtime/load.h"
#include "runtime/replay.h"
#include "runtime/testing/world.h"
#include "store/testing/memory_store.h"

namespace carillon::runtime {
namespace {

// Answers come on other threads; wait() blocks until all that were expected are there.
class Answers {
 public:
  Reply expect() {
    std::lock_guard held(mutex_);
    ++open_;
    return [this](Result<Committed> got) {
      std::lock_guard inner(mutex_);
      (got ? done_ : failed_) += 1;
      if (got) last_ = *got;
      --open_;
      all_.notify_all();
    };
  }
  void wait() {
    std::unique_lock held(mutex_);
    all_.wait(held, [&] { return open_ == 0; });
  }
  int done() {
    std::lock_guard held(mutex_);
    return done_;
  }
  int failed() {
    std::lock_guard held(mutex_);
    return failed_;
  }
  Committed last() {
    std::lock_guard held(mutex_);
    return last_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable all_;
  int open_ = 0, done_ = 0, failed_ = 0;
  Committed last_;
};

class Threads : public ::testing::Test {
 protected:
  Threads() : store_(store::testing::memory_store()), writer_(store_->writer()) {}
  void start(int brains) {
    runtime_ = std::make_unique<Runtime>(Runtime::World{*store_, clock_, seeds_, sink_, alarms_, &writer_},
                                         RuntimeOptions{.brains = brains});
    ASSERT_TRUE(runtime_->start().ok());
  }
  WorkspaceId make_workspace(std::uint64_t number) {
    const WorkspaceId sid{number, number};
    Answers answer;
    runtime_->submit({.workspace = sid,
                      .command = workspace::CreateWorkspace{.sid = sid, .friendly_name = "W"},
                      .reply = answer.expect()});
    answer.wait();
    EXPECT_EQ(answer.done(), 1);
    return sid;
  }
  void expect_agreement(WorkspaceId ws) {
    auto loaded = load_state(store_->readers(), ws);
    ASSERT_TRUE(loaded.ok()) << loaded.error().message;
    auto reader = store_->readers().lease();
    auto report = replay(**reader, ws);
    ASSERT_TRUE(report.ok()) << report.error().message;
    EXPECT_EQ(report->verdict, ReplayReport::Verdict::same);
    EXPECT_EQ(report->hash_replayed, loaded->state->hash());
  }

  testing::ManualClock clock_;
  SystemSeeds seeds_;
  testing::RecordingSink sink_;
  testing::RecordingAlarms alarms_;
  std::unique_ptr<store::Store> store_;
  store::testing::FaultyWriter writer_;
  std::unique_ptr<Runtime> runtime_;
};

workspace::Command put_activity(const std::string& name) {
  return presence::Command(presence::PutActivity{.activity = {.friendly_name = name}});
}

TEST_F(Threads, ManyCallersOfManyWorkspacesAreAllAnswered) {
  start(2);
  std::vector<WorkspaceId> workspaces;
  for (std::uint64_t i = 1; i <= 4; ++i) workspaces.push_back(make_workspace(i));
  constexpr int kCallers = 4, kEach = 50;
  Answers answers;
  std::atomic<int> looked{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < kCallers; ++caller) {
    callers.emplace_back([&, caller] {
      for (int i = 0; i < kEach; ++i) {
        const WorkspaceId ws = workspaces[static_cast<std::size_t>(i) % workspaces.size()];
        runtime_->submit({.workspace = ws,
                          .command = put_activity(std::to_string(caller) + "/" + std::to_string(i)),
                          .reply = answers.expect()});
        runtime_->query({.workspace = ws, .read = [&](const View&) { ++looked; }, .done = [](Result<std::int64_t>) {}});
        store::Change change;
        change.run("UPDATE workspaces SET updated_at = updated_at + 1 WHERE workspace_id = ?1", ws);
        runtime_->commit({.workspace = ws, .change = std::move(change), .reply = answers.expect()});
        runtime_->events().since(ws, 0);
        runtime_->stats(), runtime_->workspaces();
      }
    });
  }
  for (auto& one : callers) one.join();
  answers.wait();
  runtime_->stop();
  EXPECT_EQ(answers.done(), 2 * kCallers * kEach);
  EXPECT_EQ(looked, kCallers * kEach);
  EXPECT_LT(runtime_->stats().commits, static_cast<std::uint64_t>(kCallers * kEach));  // they were grouped
  for (WorkspaceId ws : workspaces) expect_agreement(ws);
}

TEST_F(Threads, FaultsOnTheWayLeaveEverythingInAgreement) {
  start(1);
  const WorkspaceId ws = make_workspace(1);
  using Fault = store::testing::FaultyWriter::Fault;
  Answers answers;
  int sent = 0;
  for (int round = 0; round < 12; ++round) {
    const Fault faults[] = {Fault::kBefore, Fault::kAfter, Fault::kUnknownBefore};
    writer_.fail_at(writer_.commits() + 1, faults[round % 3]);
    for (int i = 0; i < 20; ++i, ++sent) {
      runtime_->submit({.workspace = ws, .command = put_activity(std::to_string(sent)), .reply = answers.expect()});
    }
    answers.wait();
  }
  runtime_->stop();
  EXPECT_EQ(answers.done() + answers.failed(), sent);
  EXPECT_GT(answers.done(), 0);
  expect_agreement(ws);
}

TEST_F(Threads, WhileACommitRunsTheNextGroupGathers) {
  start(1);
  const WorkspaceId ws = make_workspace(1);
  writer_.hold();
  Answers answers;
  runtime_->submit({.workspace = ws, .command = put_activity("first"), .reply = answers.expect()});
  writer_.wait_until_held();
  const auto commits = writer_.commits();
  Answers looked;
  for (int i = 0; i < 30; ++i) {
    runtime_->submit({.workspace = ws, .command = put_activity(std::to_string(i)), .reply = answers.expect()});
  }
  // The brain has decided all of them although nothing could be committed.
  runtime_->query({.workspace = ws,
                   .read = [](const View& view) { EXPECT_GT(view.state.presence().activities().size(), 30u); },
                   .done =
                       [reply = looked.expect()](Result<std::int64_t> got) {
                         EXPECT_TRUE(got.ok());
                         reply(Committed{});
                       },
                   .release = Release::immediate});
  looked.wait();
  EXPECT_EQ(answers.done(), 0);
  writer_.release_all();
  answers.wait();
  runtime_->stop();
  EXPECT_EQ(answers.done(), 31);
  EXPECT_LE(writer_.commits() - commits, 4);  // the group, and the checkpoint and alive_at of the stop
  expect_agreement(ws);
}

TEST_F(Threads, DeadlinesAreWokenByTheClock) {
  start(1);
  const WorkspaceId ws = make_workspace(1);
  Answers answers;
  routing::WorkerRecord worker;
  worker.friendly_name = "Ada";
  runtime_->submit({.workspace = ws, .command = workspace::PutWorker{.worker = worker}, .reply = answers.expect()});
  answers.wait();
  const auto sid = WorkerId::parse(answers.last().sid);
  ASSERT_TRUE(sid);
  for (const bool connected : {true, false}) {
    runtime_->submit({.workspace = ws,
                      .command = presence::Command(presence::SetConnected{*sid, connected}),
                      .reply = answers.expect()});
  }
  answers.wait();
  clock_.advance(Duration::minutes(1));  // past the grace
  bool lost = false;
  while (!lost) {
    Answers looked;
    runtime_->query({.workspace = ws,
                     .read = [&](const View& view) { lost = view.state.presence().presence(*sid)->counted_as_lost; },
                     .done = [reply = looked.expect()](Result<std::int64_t>) { reply(Committed{}); }});
    looked.wait();
  }
  runtime_->stop();
  expect_agreement(ws);
}

TEST_F(Threads, StoppingAnswersEverybody) {
  start(2);
  const WorkspaceId ws = make_workspace(1);
  Answers answers;
  std::thread caller([&] {
    for (int i = 0; i < 300; ++i) {
      runtime_->submit({.workspace = ws, .command = put_activity(std::to_string(i)), .reply = answers.expect()});
    }
  });
  runtime_->stop();
  caller.join();
  answers.wait();
  EXPECT_EQ(answers.done() + answers.failed(), 300);
  expect_agreement(ws);
}

}  // namespace
}  // namespace carillon::runtime
