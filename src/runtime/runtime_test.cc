// Goal: what is answered is committed, in order, with its events; rows, state and journal always agree.
// Method: a runtime stepped by hand on a real database in memory.
#include "runtime/runtime.h"

#include <gtest/gtest.h>

#include "runtime/testing/world.h"

namespace carillon::runtime {
namespace {

using testing::TestWorld;
using Fault = store::testing::FaultyWriter::Fault;

QueueId any_queue(TestWorld& world, WorkspaceId ws) {
  return world.look(ws, [](const workspace::State& state) { return state.routing().task_queues().front()->sid; });
}

workspace::Command create_task(QueueId queue) {
  return routing::Command(routing::CreateTask{.task_queue_sid = queue, .attributes = {R"({"topic":"billing"})"}});
}

// It rings: an offer is made, where the default channel assigns at once.
workspace::Command create_chat(TestWorld& world, WorkspaceId ws) {
  const TaskChannelId chat =
      world.look(ws, [](const workspace::State& state) { return state.routing().task_channel("chat")->sid; });
  return routing::Command(routing::CreateTask{.task_queue_sid = any_queue(world, ws), .task_channel_sid = chat});
}

ReservationId offer_of(TestWorld& world, WorkspaceId ws) {
  return world.look(ws, [](const workspace::State& state) {
    for (const auto* reservation : state.routing().reservations()) {
      if (reservation->status == routing::ReservationStatus::pending) return reservation->sid;
    }
    return ReservationId{};
  });
}

TEST(Runtime, ATaskIsOfferedAcceptedAndCompletedAndEverythingAgrees) {
  TestWorld world;
  const WorkspaceId ws = world.make_workspace();
  world.make_worker(ws, "Ada");
  const auto from = world.sink.entries.size();
  const Committed created = world.must(ws, create_chat(world, ws));
  EXPECT_GT(created.entry, 0);
  EXPECT_EQ(created.position, world.sink.entries.back()->position);
  const ReservationId offer = offer_of(world, ws);
  ASSERT_TRUE(offer);
  world.must(ws, routing::Command(routing::AcceptReservation{offer}));
  const auto task = TaskId::parse(created.sid);
  ASSERT_TRUE(task.has_value());
  world.must(ws, routing::Command(routing::CompleteTask{*task}));
  const auto types = world.sink.types(from);
  EXPECT_EQ(std::count(types.begin(), types.end(), "task.created"), 1);
  EXPECT_EQ(std::count(types.begin(), types.end(), "reservation.accepted"), 1);
  EXPECT_EQ(std::count(types.begin(), types.end(), "task.completed"), 1);
  EXPECT_EQ(world.count_rows("tasks WHERE status = 'completed'"), 1);
  world.expect_agreement(ws);
}

TEST(Runtime, PositionsGrowByOneAndRecordsShareThem) {
  TestWorld world;
  const WorkspaceId ws = world.make_workspace();
  std::optional<Result<Committed>> answer;
  store::Change change;
  change.run("UPDATE workspaces SET updated_at = updated_at WHERE workspace_id = ?1", ws);
  world.runtime->commit(
      {.workspace = ws,
       .change = change,
       .sid = "CU1",
       .actor = {"user", "US1", "Ada"},
       .events =
           {{"customer.updated", "customer", "CU1", {{"customer_sid", "CU1"}}, {{"customer", "{\"sid\":\"CU1\"}"}}}},
       .reply = [&](Result<Committed> got) { answer.emplace(std::move(got)); }});
  world.settle();
  ASSERT_TRUE(answer && answer->ok());
  EXPECT_EQ((*answer)->sid, "CU1");
  std::int64_t expected = 0;
  for (const auto& entry : world.sink.entries) EXPECT_EQ(entry->position, ++expected);
  EXPECT_EQ((*answer)->position, expected);
  std::string text;
  append_event(text, *world.sink.entries.back(), world.sink.entries.back()->events.at(0));
  const auto event = parse_trusted_json(text);
  ASSERT_TRUE(event.ok()) << text;
  EXPECT_EQ(event->at("payload").at("customer").at("sid").as_string(), "CU1");
  EXPECT_EQ(event->at("actor").at("display_name").as_string(), "Ada");
  EXPECT_EQ(event->at("position").as_int64(), expected);
}

TEST(Runtime, ARecordChangeThatFindsAnotherVersionIsRejectedAlone) {
  TestWorld world;
  const WorkspaceId ws = world.make_workspace();
  std::vector<bool> went;
  for (const int version : {1, 99, 1}) {
    store::Change change;
    change.run_expecting(1, "UPDATE workspaces SET updated_at = 5 WHERE workspace_id = ?1 AND version = ?2", ws,
                         version);
    world.runtime->commit({.workspace = ws, .change = change, .reply = [&](Result<Committed> got) {
                             went.push_back(got.ok());
                             if (!got) {
                               EXPECT_EQ(got.error().code, ErrorCode::kStoreConflict);
                             }
                           }});
  }
  world.settle();
  EXPECT_EQ(went, (std::vector<bool>{true, false, true}));
  world.must(ws, create_task(any_queue(world, ws)));
}

TEST(Runtime, ARefusedCommandWritesNothing) {
  TestWorld world;
  const WorkspaceId ws = world.make_workspace();
  const auto entries = world.count_rows("journal");
  const auto refused = world.submit(ws, create_task(QueueId{1, 1}));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(world.count_rows("journal"), entries);
  EXPECT_EQ(world.submit(WorkspaceId{1, 1}, create_task(QueueId{1, 1})).error().code, ErrorCode::kNotFound);
}

TEST(Runtime, NothingIsAnsweredBeforeItIsCommitted) {
  TestWorld world;
  const WorkspaceId ws = world.make_workspace();
  const QueueId queue = any_queue(world, ws);
  bool answered = false, looked = false, refused = false;
  const auto published = world.sink.entries.size();
  world.runtime->submit(
      {.workspace = ws, .command = create_task(queue), .reply = [&](Result<Committed>) { answered = true; }});
  // What saw the uncommitted task waits with it, and so does what was refused because of it.
  world.runtime->ask(
      ws, [](const View& view) { return view.state.routing().tasks().size(); },
      [&](Result<Answer<std::size_t>> seen) {
        looked = true;
        EXPECT_TRUE(answered);
        EXPECT_EQ(seen->value, 1u);
        EXPECT_EQ(seen->position, world.sink.entries.back()->position);
      });
  world.runtime->submit({.workspace = ws, .command = create_task(QueueId{1, 1}), .reply = [&](Result<Committed> got) {
                           refused = true;
                           EXPECT_FALSE(got.ok());
                           EXPECT_TRUE(answered);
                         }});
  world.writer->fail_at(world.writer->commits(), Fault::kBefore);
  bool immediate = false;
  world.runtime->ask(
      ws, [](const View&) { return 0; },
      [&](Result<Answer<int>>) {
        immediate = true;
        EXPECT_FALSE(answered);
      },
      Release::immediate);
  world.settle();
  EXPECT_TRUE(answered && looked && refused && immediate);
  EXPECT_EQ(world.sink.entries.size(), published + 1);
}

TEST(Runtime, ManyEntriesOfAGroupWriteARowOnce) {
  TestWorld world;
  const WorkspaceId ws = world.make_workspace();
  const WorkerId worker = world.make_worker(ws, "Ada");
  const auto before = world.runtime->stats();
  int done = 0;
  for (int i = 0; i < 40; ++i) {
    world.runtime->submit({.workspace = ws,
                           .command = presence::Command(presence::SetConnected{worker, i % 2 == 1}),
                           .reply = [&](Result<Committed> got) { done += got.ok(); }});
  }
  world.settle();
  const auto after = world.runtime->stats();
  EXPECT_EQ(done, 40);
  EXPECT_EQ(after.commits - before.commits, 1u);
  EXPECT_GT(after.rows_merged, before.rows_merged + 30);
  world.expect_agreement(ws);
}

TEST(Runtime, DeadlinesFireWhenTheClockReachesThem) {
  TestWorld world;
  const WorkspaceId ws = world.make_workspace();
  world.make_worker(ws, "Ada");
  world.must(ws, create_chat(world, ws));
  ASSERT_TRUE(offer_of(world, ws));
  world.clock.advance(Duration::hours(1));
  world.settle();
  const auto types = world.sink.types();
  EXPECT_EQ(std::count(types.begin(), types.end(), "reservation.timeout"), 1);
  world.expect_agreement(ws);
}

// Whoever asks in the very moment a deadline is due lets it fire; the tick that comes for it finds nothing left to do.
TEST(Runtime, ADeadlineThatACommandMetFirstIsOver) {
  TestWorld world;
  const WorkspaceId ws = world.make_workspace();
  world.make_worker(ws, "Ada");
  const workspace::Command chat = create_chat(world, ws);
  world.must(ws, chat);
  world.clock.advance(Duration::hours(1));
  EXPECT_TRUE(world.submit(ws, chat).ok());
  EXPECT_EQ(world.alarms.count(Alarm::Kind::quarantined), 0u);
  EXPECT_TRUE(world.submit(ws, chat).ok());
  world.expect_agreement(ws);
}

TEST(Runtime, TimeNeverRunsBack) {
  TestWorld world;
  const WorkspaceId ws = world.make_workspace();
  const QueueId queue = any_queue(world, ws);
  const Committed first = world.must(ws, create_task(queue));
  world.clock.set(world.clock.now() - Duration::minutes(10));
  const Committed second = world.must(ws, create_task(queue));
  EXPECT_EQ(second.now, first.now);
  world.expect_agreement(ws);
}

TEST(Runtime, TooMuchWaitingIsAnsweredAtOnce) {
  TestWorld world({.workspace_limit = 10});
  const WorkspaceId ws = world.make_workspace();
  const QueueId queue = any_queue(world, ws);
  int overloaded = 0, done = 0;
  for (int i = 0; i < 15; ++i) {
    world.runtime->submit({.workspace = ws, .command = create_task(queue), .reply = [&](Result<Committed> got) {
                             done += got.ok();
                             overloaded += !got.ok() && got.error().code == ErrorCode::kOverloaded;
                           }});
  }
  EXPECT_EQ(overloaded, 5);
  world.settle();
  EXPECT_EQ(done, 10);
  EXPECT_EQ(world.runtime->stats().waiting, 0u);
  EXPECT_TRUE(world.submit(ws, create_task(queue)).ok());
}

TEST(Runtime, ABrokenInvariantStopsOneWorkspaceOnly) {
  TestWorld world;
  const WorkspaceId broken = world.make_workspace("Broken"), fine = world.make_workspace("Fine");
  const auto entries = world.count_rows("journal");
  const auto answer = world.submit({.workspace = broken,
                                    .command = create_task(any_queue(world, broken)),
                                    .companion = [](const Applied&, Companion&) { CARILLON_CHECK(!"broken"); }});
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, ErrorCode::kWorkspaceQuarantined);
  EXPECT_EQ(world.submit(broken, workspace::Tick{}).error().code, ErrorCode::kWorkspaceQuarantined);
  EXPECT_EQ(world.alarms.count(Alarm::Kind::quarantined), 1u);
  EXPECT_EQ(world.count_rows("journal"), entries);
  EXPECT_EQ(world.count_rows("quarantines WHERE workspace_id = ?1", {broken}), 1);
  EXPECT_TRUE(world.submit(fine, create_task(any_queue(world, fine))).ok());
  for (const auto& report : world.runtime->workspaces()) {
    EXPECT_EQ(report.status, report.sid == broken ? WorkspaceStatus::quarantined : WorkspaceStatus::running);
  }
  // A restart begins with the rows, which are whole.
  world.restart_after(Duration::seconds(5));
  EXPECT_TRUE(world.submit(broken, create_task(any_queue(world, broken))).ok());
  world.expect_agreement(broken);
}

TEST(Runtime, CompanionRowsCommitWithTheEntryAndResourcesShowInEvents) {
  TestWorld world;
  const WorkspaceId ws = world.make_workspace();
  const Committed done =
      *world.submit({.workspace = ws,
                     .command = create_task(any_queue(world, ws)),
                     .actor = {"api_key", "SK1"},
                     .companion = [&](const Applied& applied, Companion& companion) {
                       const std::string sid = applied.effects.outcome->sid;
                       companion.resources.emplace_back(sid, R"({"sid":"mine"})");
                       store::Change change;
                       change.run("INSERT INTO quarantines VALUES (?1, 1, ?2, 0, 0, 0, '', '')", ws, applied.entry);
                       companion.statements = std::move(change.statements);
                     }});
  EXPECT_EQ(world.count_rows("quarantines WHERE entry = ?1", {done.entry}), 1);
  EXPECT_EQ(world.count_rows("journal WHERE entry = ?1 AND actor_sid = 'SK1'", {done.entry}), 1);
  std::string text;
  append_event(text, *world.sink.entries.back(), world.sink.entries.back()->events.back());
  EXPECT_NE(text.find(R"("task":{"sid":"mine"})"), std::string::npos) << text;
}

TEST(Runtime, ACleanStopLeavesACheckpointAndRefusesWhatIsNew) {
  TestWorld world;
  const WorkspaceId ws = world.make_workspace();
  world.must(ws, create_task(any_queue(world, ws)));
  bool answered = false;
  world.runtime->submit({.workspace = ws, .command = create_task(QueueId{1, 1}), .reply = [&](Result<Committed> got) {
                           answered = true;
                           EXPECT_NE(got.error().code, ErrorCode::kUnavailable);  // was taken before the stop
                         }});
  world.runtime->stop();
  EXPECT_TRUE(answered);
  EXPECT_FALSE(world.runtime->accepting());
  EXPECT_EQ(world.count_rows("checkpoints WHERE workspace_id = ?1", {ws}), 1);
  Result<Committed> late = Committed{};
  world.runtime->submit(
      {.workspace = ws, .command = workspace::Tick{}, .reply = [&](Result<Committed> got) { late = got; }});
  EXPECT_EQ(late.error().code, ErrorCode::kUnavailable);
  world.runtime.reset();
  world.start();
  world.expect_agreement(ws);
}

TEST(Runtime, AWorkspaceIsMadeOnce) {
  TestWorld world;
  const WorkspaceId ws = world.make_workspace();
  const auto again = world.submit(ws, workspace::CreateWorkspace{.sid = ws, .friendly_name = "Again"});
  EXPECT_EQ(again.error().code, ErrorCode::kConflict);
  const WorkspaceId refused{3, 3};
  EXPECT_FALSE(world.submit(refused, workspace::CreateWorkspace{.sid = refused, .friendly_name = ""}).ok());
  EXPECT_EQ(world.submit(refused, workspace::Tick{}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(world.runtime->workspaces().size(), 1u);
}

}  // namespace
}  // namespace carillon::runtime
