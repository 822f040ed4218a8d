// Goal: whatever fails, and whenever: nothing acknowledged is lost, nothing is shown before it is committed, and rows,
//       state and journal agree afterwards.
// Method: random load on a runtime stepped by hand; a fault at every commit in turn, a crash after every step in turn.
#include <gtest/gtest.h>

#include "runtime/testing/load.h"
#include "runtime/testing/world.h"
#include "store/testing/fresh_store.h"

namespace carillon::runtime {
namespace {

using testing::RandomLoad;
using testing::TestWorld;
using Fault = store::testing::FaultyWriter::Fault;

// Every published entry must already be in the rows.
void look_at_rows(TestWorld& world) {
  world.sink.looked = [&world](const PublishedEntry& entry) {
    if (entry.entry == 0) return;
    ASSERT_EQ(world.count_rows("journal WHERE workspace_id = ?1 AND entry = ?2 AND position = ?3",
                               {entry.workspace, entry.entry, entry.position}),
              1)
        << "entry " << entry.entry << " was published before it was committed";
  };
}

void no_entry_twice(TestWorld& world) {
  std::map<std::pair<WorkspaceId, std::int64_t>, int> seen;
  for (const auto& entry : world.sink.entries) {
    const int times = ++seen[std::make_pair(entry->workspace, entry->position)];
    EXPECT_EQ(times, 1) << "position " << entry->position;
  }
}

struct FaultRun {
  std::int64_t commits = 0;
  std::size_t acknowledged = 0;
  std::size_t failed = 0;
};

// The same load each time; `nth` is counted from when the workers are there.
FaultRun run_with_fault(std::int64_t nth, Fault fault, int in_a_row) {
  TestWorld world;
  const WorkspaceId ws = world.make_workspace("Hit"), other = world.make_workspace("Other");
  RandomLoad load(world, ws, 7), beside(world, other, 8);
  load.furnish(3), beside.furnish(2);
  look_at_rows(world);
  const std::int64_t first = world.writer->commits();
  for (int i = 0; nth >= 0 && i < in_a_row; ++i) world.writer->fail_at(first + nth + i, fault);
  for (int i = 0; i < 60; ++i) {
    load.act();
    if (i % 2) beside.act();
    if (i % 3 == 0) world.settle();
    if (i % 10 == 9) world.clock.advance(Duration::seconds(7));
  }
  world.settle();
  world.clock.advance(Duration::seconds(10));  // a reload that failed is tried again
  world.settle();
  load.verify(), beside.verify();
  world.expect_agreement(ws), world.expect_agreement(other);
  no_entry_twice(world);
  for (const auto& report : world.runtime->workspaces()) EXPECT_EQ(report.status, WorkspaceStatus::running);
  EXPECT_TRUE(world.runtime->stats().waiting == 0);
  return {world.writer->commits() - first, load.acknowledged() + beside.acknowledged(),
          load.failed() + beside.failed()};
}

TEST(Crash, AFaultAtAnyCommitLosesNothingThatWasAcknowledged) {
  const FaultRun undisturbed = run_with_fault(-1, Fault::kNone, 1);
  EXPECT_EQ(undisturbed.failed, 0u);
  EXPECT_GT(undisturbed.acknowledged, 40u);
  for (const Fault fault : {Fault::kBefore, Fault::kAfter, Fault::kUnknownBefore}) {
    for (std::int64_t nth = 0; nth < undisturbed.commits; ++nth) {
      SCOPED_TRACE("fault " + std::to_string(static_cast<int>(fault)) + " at commit " + std::to_string(nth));
      const FaultRun run = run_with_fault(nth, fault, 1);
      // Once is tried again alone, and what was done after all is found out: nobody hears of either.
      if (fault != Fault::kUnknownBefore) {
        EXPECT_EQ(run.failed, 0u);
      }
      ASSERT_FALSE(::testing::Test::HasFailure());
    }
  }
}

TEST(Crash, ADatabaseThatIsAwayForAWhileCostsAnswersButNoData) {
  for (std::int64_t nth = 0; nth < 30; nth += 3) {
    SCOPED_TRACE("from commit " + std::to_string(nth));
    EXPECT_GT(run_with_fault(nth, Fault::kBefore, 12).failed, 0u);
    ASSERT_FALSE(::testing::Test::HasFailure());
  }
}

TEST(Crash, ARejectedBatchReloadsItsWorkspaceAndLeavesTheOthersAlone) {
  TestWorld world;
  const WorkspaceId ws = world.make_workspace("Hit"), other = world.make_workspace("Other");
  RandomLoad load(world, ws, 7), beside(world, other, 8);
  load.furnish(2), beside.furnish(2);
  for (int i = 0; i < 20; ++i) load.act(), beside.act();
  bool answered = false;
  world.runtime->submit({.workspace = ws,
                         .command = presence::Command(presence::PutActivity{.activity = {.friendly_name = "New"}}),
                         .companion =
                             [](const Applied&, Companion& companion) {
                               store::Change change;
                               change.run_expecting(1, "UPDATE instance SET demo = 1 WHERE one = 2");
                               companion.statements = std::move(change.statements);
                             },
                         .reply =
                             [&](Result<Committed> got) {
                               answered = true;
                               EXPECT_EQ(got.error().code, ErrorCode::kStoreConflict);
                             }});
  world.settle();
  EXPECT_TRUE(answered);
  EXPECT_EQ(beside.failed(), 0u);
  EXPECT_EQ(world.alarms.count(Alarm::Kind::reloading), 1u);
  EXPECT_EQ(world.alarms.count(Alarm::Kind::reloaded), 1u);
  EXPECT_EQ(world.sink.readies.back().workspace, ws);
  EXPECT_FALSE(world.sink.readies.back().restarted);
  load.verify(), beside.verify();
  world.expect_agreement(ws), world.expect_agreement(other);
}

TEST(Crash, WhileAWorkspaceIsRebuiltItAnswersUnavailable) {
  TestWorld world;
  const WorkspaceId ws = world.make_workspace();
  world.writer->fail_always(Fault::kBefore);
  EXPECT_EQ(world.submit(ws, presence::Command(presence::PutActivity{.activity = {.friendly_name = "A"}})).error().code,
            ErrorCode::kStore);
  world.writer->fail_always(Fault::kNone);
  EXPECT_TRUE(world.submit(ws, presence::Command(presence::PutActivity{.activity = {.friendly_name = "A"}})).ok());
  world.expect_agreement(ws);
}

TEST(Crash, AKillAfterAnyStepLeavesRowsThatAReplayConfirms) {
  for (int steps = 0; steps < 90; steps += 2) {
    SCOPED_TRACE("killed after " + std::to_string(steps) + " steps");
    TestWorld world;
    const WorkspaceId ws = world.make_workspace();
    RandomLoad load(world, ws, 99);
    load.furnish(3);
    look_at_rows(world);
    for (int done = 0; done < steps;) {
      load.act();
      for (int i = 0; i < 1 + done % 3 && done < steps; ++i, ++done) world.step();
    }
    load.act();
    const auto before = world.sink.readies.size();
    world.restart_after(Duration::minutes(3));
    ASSERT_EQ(world.sink.readies.size(), before + 1);
    EXPECT_TRUE(world.sink.readies.back().restarted);
    load.verify();
    world.expect_agreement(ws);
    for (int i = 0; i < 10; ++i) load.act();
    world.settle();
    load.verify();
    world.expect_agreement(ws);
    no_entry_twice(world);
    ASSERT_FALSE(::testing::Test::HasFailure());
  }
}

TEST(Crash, TheSameHoldsOnPostgres) {
  auto fresh = store::testing::fresh_store(store::testing::StoreKind::kPostgres);
  ASSERT_TRUE(fresh.ok()) << fresh.error().message;
  ASSERT_TRUE(fresh->store->migrate().ok());
  TestWorld world({}, std::move(fresh->store));
  const WorkspaceId ws = world.make_workspace("Hit"), other = world.make_workspace("Other");
  RandomLoad load(world, ws, 7), beside(world, other, 8);
  load.furnish(3), beside.furnish(2);
  look_at_rows(world);
  const Fault faults[] = {Fault::kBefore, Fault::kAfter, Fault::kUnknownBefore};
  for (int i = 0; i < 60; ++i) {
    if (i % 7 == 0) world.writer->fail_at(world.writer->commits(), faults[i % 3]);
    load.act(), beside.act();
    if (i % 3 == 0) world.settle();
    if (i == 40) world.restart_after(Duration::minutes(1));
  }
  world.settle();
  load.verify(), beside.verify();
  world.expect_agreement(ws), world.expect_agreement(other);
  no_entry_twice(world);
  world.runtime.reset();
}

TEST(Crash, AliveIsWrittenWhileSomethingHasADeadline) {
  TestWorld world({.alive_every = Duration::seconds(1), .alive_idle_every = Duration::seconds(30)});
  const WorkspaceId ws = world.make_workspace();
  const auto alive = [&] {
    auto reader = world.database->readers().lease();
    return (*(*reader)->query("SELECT alive_at FROM instance"))[0].instant(0);
  };
  const auto pass = [&](int seconds) {
    for (int i = 0; i < seconds; ++i) world.clock.advance(Duration::seconds(1)), world.settle();
  };
  pass(2);
  const auto idle = world.writer->commits();
  pass(60);
  EXPECT_LE(world.writer->commits() - idle, 3);
  const WorkerId worker = world.make_worker(ws, "Ada");
  world.must(ws, presence::Command(presence::SetConnected{worker, false}));  // the grace is a deadline
  pass(10);
  EXPECT_GE(alive(), world.clock.now() - Duration::seconds(1));
  const std::int64_t journal = world.count_rows("journal");
  pass(5);
  EXPECT_EQ(world.count_rows("journal"), journal);  // alive_at is no entry
}

TEST(Crash, DownForCountsFromTheLastSignOfLife) {
  TestWorld world;
  const WorkspaceId ws = world.make_workspace();
  world.make_worker(ws, "Ada");
  // Alive is written while something has a deadline; here nothing has, so the last entry counts.
  const Instant last = world.look(ws, [](const workspace::State& state) { return state.last_now(); });
  world.restart_after(Duration::minutes(3));
  auto reader = world.database->readers().lease();
  const auto rows =
      (*reader)->query("SELECT command, now FROM journal WHERE workspace_id = ?1 ORDER BY entry DESC LIMIT 1", {ws});
  ASSERT_TRUE(rows.ok());
  const auto command = decode<workspace::Command>((*rows)[0].text(0));
  ASSERT_TRUE(command.ok());
  const auto* restarted = std::get_if<workspace::Restarted>(&*command);
  ASSERT_NE(restarted, nullptr);
  EXPECT_EQ(restarted->down_for.us, ((*rows)[0].instant(1) - last).us);
}

TEST(Crash, AWorkspaceThatCannotBeReadAtFirstRestartsWhenItCan) {
  TestWorld world;
  const WorkspaceId ws = world.make_workspace("Damaged"), other = world.make_workspace("Other");
  const auto set = [&](const char* word) {
    store::Change change;
    change.run("UPDATE workspaces SET capacity_model = ?2 WHERE workspace_id = ?1", ws, word);
    ASSERT_TRUE(store::commit_one(world.database->writer(), change).ok());
  };
  set("nonsense");
  world.restart_after(Duration::minutes(2));
  EXPECT_EQ(world.submit(ws, workspace::Tick{}).error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(world.submit(other, presence::Command(presence::PutActivity{.activity = {.friendly_name = "A"}})).ok());
  EXPECT_GE(world.alarms.count(Alarm::Kind::load_failed), 1u);
  set("costed");
  world.clock.advance(Duration::seconds(10));
  world.settle();
  EXPECT_EQ(world.sink.readies.back().workspace, ws);
  EXPECT_TRUE(world.sink.readies.back().restarted);
  EXPECT_EQ(world.count_rows("journal WHERE workspace_id = ?1 AND command LIKE '%workspace.Restarted%'", {ws}),
            world.count_rows("journal WHERE workspace_id = ?1 AND command LIKE '%workspace.Restarted%'", {other}));
  world.expect_agreement(ws), world.expect_agreement(other);
}

TEST(Crash, AnotherServerThatTookOverIsNeverOverwritten) {
  TestWorld world;
  const WorkspaceId ws = world.make_workspace();
  store::Change change;
  change.run("UPDATE workspace_heads SET epoch = epoch + 1");
  ASSERT_TRUE(store::commit_one(world.database->writer(), change).ok());
  const auto entries = world.count_rows("journal");
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(world.submit(ws, presence::Command(presence::PutActivity{.activity = {.friendly_name = "A"}})).ok());
  }
  EXPECT_EQ(world.count_rows("journal"), entries);
  EXPECT_EQ(world.alarms.count(Alarm::Kind::taken_over), 1u);
  EXPECT_EQ(world.runtime->workspaces().front().status, WorkspaceStatus::stopped);
}

}  // namespace
}  // namespace carillon::runtime
