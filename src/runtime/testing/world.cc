#include "runtime/testing/world.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "runtime/load.h"
#include "runtime/replay.h"
#include "store/testing/memory_store.h"

namespace carillon::runtime::testing {

std::vector<std::string> RecordingSink::types(std::size_t from) const {
  std::vector<std::string> all;
  for (std::size_t i = from; i < entries.size(); ++i) {
    for (const auto& event : entries[i]->events) all.push_back(event.type);
  }
  return all;
}

std::size_t RecordingAlarms::count(Alarm::Kind kind) {
  std::lock_guard held(mutex);
  return static_cast<std::size_t>(
      std::count_if(alarms.begin(), alarms.end(), [&](const auto& a) { return a.kind == kind; }));
}

TestWorld::TestWorld(RuntimeOptions chosen, std::unique_ptr<store::Store> given)
    : options(std::move(chosen)), database(given ? std::move(given) : store::testing::memory_store()) {
  options.threads = false;
  writer = std::make_unique<store::testing::FaultyWriter>(database->writer());
  start();
}

TestWorld::~TestWorld() {
  if (runtime) crash();
}

void TestWorld::start() {
  runtime = std::make_unique<Runtime>(Runtime::World{*database, clock, seeds, sink, alarms, writer.get()}, options);
  auto started = runtime->start();
  ASSERT_TRUE(started.ok()) << started.error().message;
  settle();
}

void TestWorld::stop() {
  runtime->stop();
  runtime.reset();
}

void TestWorld::crash() {
  writer->fail_always(store::testing::FaultyWriter::Fault::kBefore);
  runtime.reset();
  writer->fail_always(store::testing::FaultyWriter::Fault::kNone);
}

void TestWorld::restart_after(Duration down_for) {
  crash();
  clock.advance(down_for);
  start();
}

void TestWorld::settle() {
  for (int i = 0; runtime->step(); ++i) {
    ASSERT_LT(i, 100'000) << "the runtime does not come to rest";
  }
}

WorkspaceId TestWorld::make_workspace(const std::string& name) {
  const WorkspaceId sid = IdMaker(seeds.next()).next<WorkspaceId>();
  auto made = submit(sid, workspace::CreateWorkspace{.sid = sid, .friendly_name = name});
  EXPECT_TRUE(made.ok()) << made.error().message;
  return sid;
}

Result<Committed> TestWorld::submit(WorkspaceId workspace, workspace::Command command) {
  return submit(Submission{.workspace = workspace, .command = std::move(command)});
}

Result<Committed> TestWorld::submit(Submission submission) {
  std::optional<Result<Committed>> answer;
  submission.reply = [&](Result<Committed> got) { answer.emplace(std::move(got)); };
  runtime->submit(std::move(submission));
  settle();
  CARILLON_CHECK(answer.has_value());
  return std::move(*answer);
}

Committed TestWorld::must(WorkspaceId workspace, workspace::Command command) {
  auto done = submit(workspace, std::move(command));
  EXPECT_TRUE(done.ok()) << done.error().message;
  return done ? *done : Committed{};
}

WorkerId TestWorld::make_worker(WorkspaceId workspace, const std::string& name, const std::string& attributes) {
  routing::WorkerRecord record;
  record.friendly_name = name;
  record.attributes = {attributes};
  const auto made = must(workspace, workspace::PutWorker{.worker = record, .requires_connection = true});
  const auto sid = WorkerId::parse(made.sid);
  EXPECT_TRUE(sid.has_value());
  must(workspace, presence::Command(presence::SetConnected{*sid, true}));
  const ActivityId available = look(workspace, [](const workspace::State& state) {
    for (const auto* activity : state.presence().activities()) {
      if (activity->activity_class == presence::ActivityClass::available) return activity->sid;
    }
    return ActivityId{};
  });
  must(workspace, presence::Command(presence::SetActivity{.worker_sid = *sid, .activity_sid = available}));
  return *sid;
}

std::string TestWorld::hash_of_state(WorkspaceId workspace) {
  return look(workspace, [](const workspace::State& state) { return state.hash(); });
}

std::string TestWorld::hash_of_rows(WorkspaceId workspace) {
  auto loaded = load_state(database->readers(), workspace);
  EXPECT_TRUE(loaded.ok()) << loaded.error().message;
  return loaded ? loaded->state->hash() : std::string();
}

void TestWorld::expect_agreement(WorkspaceId workspace) {
  const std::string rows = hash_of_rows(workspace);
  EXPECT_EQ(hash_of_state(workspace), rows) << "live state and rows differ";
  auto reader = database->readers().lease();
  ASSERT_TRUE(reader.ok());
  auto report = replay(**reader, workspace);
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_EQ(report->verdict, ReplayReport::Verdict::same);
  EXPECT_EQ(report->different, 0);
  EXPECT_EQ(report->hash_replayed, rows) << "replay and rows differ";
}

std::int64_t TestWorld::count_rows(const std::string& from_where, store::Params params) {
  auto reader = database->readers().lease();
  CARILLON_CHECK(reader.ok());
  auto rows = (*reader)->query(store::Sql::dynamic("SELECT COUNT(*) FROM " + from_where), params);
  EXPECT_TRUE(rows.ok()) << rows.error().message;
  return rows ? (*rows)[0].integer(0) : -1;
}

}  // namespace carillon::runtime::testing
