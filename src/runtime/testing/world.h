// TestWorld: a runtime on a fresh database, stepped by hand, with a clock that stands still and a writer that can fail.
//
// What:   nothing happens but in settle() and step(); so a run is the same every time. crash() ends the runtime as a
//         kill -9 would: what is not committed is gone.
// Thread: the test's.
// Example:
//   TestWorld world;
//   WorkspaceId ws = world.make_workspace();
//   Committed done = world.must(ws, routing::Command(routing::CreateTask{...}));
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/runtime.h"
#include "runtime/testing/manual_clock.h"
#include "store/testing/faulty_writer.h"

namespace carillon::runtime::testing {

// Keeps what was published, and may look at each entry as it comes.
class RecordingSink final : public EventSink {
 public:
  void committed(const PublishedEntryPtr& entry) override {
    if (looked) looked(*entry);
    entries.push_back(entry);
  }
  void ready(WorkspaceId workspace, std::int64_t position, bool restarted) override {
    readies.push_back({workspace, position, restarted});
  }
  std::vector<std::string> types(std::size_t from = 0) const;  // of all events, in order
  struct Ready {
    WorkspaceId workspace;
    std::int64_t position;
    bool restarted;
  };
  std::vector<PublishedEntryPtr> entries;
  std::vector<Ready> readies;
  std::function<void(const PublishedEntry&)> looked;
};

class RecordingAlarms final : public AlarmSink {
 public:
  void raised(const Alarm& alarm) override {
    std::lock_guard held(mutex);
    alarms.push_back(alarm);
  }
  std::size_t count(Alarm::Kind kind);
  std::mutex mutex;
  std::vector<Alarm> alarms;
};

class TestWorld {
 public:
  // On a fresh database in memory, or the migrated one given.
  explicit TestWorld(RuntimeOptions options = {}, std::unique_ptr<store::Store> database = nullptr);
  ~TestWorld();

  void start();
  void stop();                            // clean
  void crash();                           // what is not committed is gone
  void restart_after(Duration down_for);  // crash, time passes, start

  // Steps until nothing is left to do at the clock's now.
  void settle();
  bool step() { return runtime->step(); }

  WorkspaceId make_workspace(const std::string& name = "Test");
  // Submits and settles; the answer.
  Result<Committed> submit(WorkspaceId workspace, workspace::Command command);
  Result<Committed> submit(Submission submission);
  Committed must(WorkspaceId workspace, workspace::Command command);
  // A worker who is there and available. attributes are JSON.
  WorkerId make_worker(WorkspaceId workspace, const std::string& name, const std::string& attributes = "{}");

  // Runs `read` on the state and answers what it gives.
  template <class F>
  auto look(WorkspaceId workspace, F read) {
    using T = std::invoke_result_t<F, const workspace::State&>;
    std::optional<Result<Answer<T>>> answer;
    runtime->ask(
        workspace, [&](const View& view) { return read(view.state); },
        [&](Result<Answer<T>> got) { answer.emplace(std::move(got)); });
    settle();
    CARILLON_CHECK(answer && answer->ok());
    return std::move((*answer)->value);
  }

  std::string hash_of_state(WorkspaceId workspace);
  std::string hash_of_rows(WorkspaceId workspace);
  // Fails the test unless state, rows and a replay of the whole journal agree.
  void expect_agreement(WorkspaceId workspace);
  std::int64_t count_rows(const std::string& from_where, store::Params params = {});

  ManualClock clock;
  CountingSeeds seeds;
  RecordingSink sink;
  RecordingAlarms alarms;
  RuntimeOptions options;
  std::unique_ptr<store::Store> database;
  std::unique_ptr<store::testing::FaultyWriter> writer;
  std::unique_ptr<Runtime> runtime;
};

}  // namespace carillon::runtime::testing
