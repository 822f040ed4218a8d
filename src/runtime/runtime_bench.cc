// What a whole lifecycle costs without HTTP: create, offer, accept, complete, next; decided, committed and published on
// a SQLite file, 200 workers in a closed loop. And what replaying such a journal costs.
//
// By hand: CARILLON_BENCH_DIR=/path/on/the/disk (default: the current folder), CARILLON_BENCH_SECONDS (default 10).
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "runtime/replay.h"
#include "runtime/runtime.h"

namespace carillon::runtime {
namespace {

constexpr int kWorkers = 200;

std::string bench_dir() {
  const char* given = std::getenv("CARILLON_BENCH_DIR");
  return std::string(given ? given : ".") + "/carillon-runtime-bench";
}
double bench_seconds() {
  const char* given = std::getenv("CARILLON_BENCH_SECONDS");
  return given ? std::atof(given) : 10;
}

class QuietAlarms final : public AlarmSink {
 public:
  void raised(const Alarm& alarm) override { std::cerr << alarm.text << "\n"; }
};

// Does what 200 agents and their customers do: takes each offer, completes each task, and brings the next one.
class Loop final : public EventSink {
 public:
  void committed(const PublishedEntryPtr& entry) override {
    published += entry->events.size();
    for (const PublishedEvent& event : entry->events) {
      if (event.type == "reservation.created") accept(event);
    }
  }
  void ready(WorkspaceId, std::int64_t, bool) override {}

  void create() {
    submit(routing::Command(
               routing::CreateTask{.task_queue_sid = queue,
                                   .task_channel_sid = channel,
                                   .attributes = {R"({"topic":"billing","language":"en","customer_name":"Ada"})"}}),
           [](const Committed&) {});
  }
  void submit(workspace::Command command, std::function<void(const Committed&)> next) {
    runtime->submit({.workspace = workspace,
                     .command = std::move(command),
                     .actor = {"api_key", "SK1", "Bench"},
                     .reply = [this, next = std::move(next)](Result<Committed> got) {
                       if (!got) {
                         ++refused;
                         return;
                       }
                       next(*got);
                     }});
  }

  Runtime* runtime = nullptr;
  WorkspaceId workspace;
  QueueId queue;
  TaskChannelId channel;
  std::atomic<bool> running{true};
  std::atomic<std::uint64_t> completed{0}, refused{0}, published{0};

 private:
  void accept(const PublishedEvent& event) {
    const auto reservation = ReservationId::parse(event.resource_sid);
    std::optional<TaskId> task;
    for (const auto& ref : event.refs) {
      if (auto found = TaskId::parse(ref)) task = found;
    }
    submit(routing::Command(routing::AcceptReservation{*reservation}), [this, task](const Committed&) {
      submit(routing::Command(routing::CompleteTask{.task_sid = *task, .disposition = "done"}),
             [this](const Committed&) {
               ++completed;
               if (running) create();
             });
    });
  }
};

Committed wait_for(Runtime& runtime, WorkspaceId ws, workspace::Command command) {
  std::mutex mutex;
  std::condition_variable done;
  std::optional<Result<Committed>> answer;
  runtime.submit({.workspace = ws, .command = std::move(command), .reply = [&](Result<Committed> got) {
                    std::lock_guard held(mutex);
                    answer.emplace(std::move(got));
                    done.notify_all();
                  }});
  std::unique_lock held(mutex);
  done.wait(held, [&] { return answer.has_value(); });
  CARILLON_CHECK(answer->ok());
  return **answer;
}

template <class F>
void look(Runtime& runtime, WorkspaceId ws, F read) {
  std::mutex mutex;
  std::condition_variable done;
  bool looked = false;
  runtime.query({.workspace = ws,
                 .read = [&](const View& view) { read(view.state); },
                 .done =
                     [&](Result<std::int64_t>) {
                       std::lock_guard held(mutex);
                       looked = true;
                       done.notify_all();
                     }});
  std::unique_lock held(mutex);
  done.wait(held, [&] { return looked; });
}

void furnish(Runtime& runtime, Loop& loop) {
  const WorkspaceId ws = loop.workspace;
  wait_for(runtime, ws, workspace::CreateWorkspace{.sid = ws, .friendly_name = "Bench"});
  ActivityId available;
  look(runtime, ws, [&](const workspace::State& state) {
    loop.queue = state.routing().task_queues().front()->sid;
    loop.channel = state.routing().task_channel("voice")->sid;
    for (const auto* one : state.presence().activities()) {
      if (one->activity_class == presence::ActivityClass::available) available = one->sid;
    }
  });
  for (int i = 0; i < kWorkers; ++i) {
    routing::WorkerRecord worker;
    worker.friendly_name = "Worker " + std::to_string(i);
    worker.attributes = {R"({"skills":["billing","sales"],"languages":["en","el"]})"};
    const auto sid = *WorkerId::parse(
        wait_for(runtime, ws, workspace::PutWorker{.worker = worker, .requires_connection = false}).sid);
    wait_for(runtime, ws, presence::Command(presence::SetActivity{.worker_sid = sid, .activity_sid = available}));
  }
}

std::uint64_t bytes_written() {
  std::ifstream io("/proc/self/io");
  std::string name;
  std::uint64_t value = 0;
  while (io >> name >> value) {
    if (name == "write_bytes:") return value;
  }
  return 0;
}

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto of = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return of(used.ru_utime) + of(used.ru_stime);
}

void Lifecycles(benchmark::State& state) {
  namespace fs = std::filesystem;
  fs::remove_all(bench_dir());
  fs::create_directories(bench_dir());
  auto store = store::Store::open({.url = "sqlite:" + bench_dir() + "/carillon.db"});
  CARILLON_CHECK(store.ok());
  CARILLON_CHECK((*store)->migrate().ok());
  SystemWaitClock clock;
  SystemSeeds seeds;
  QuietAlarms alarms;
  Loop loop;
  loop.workspace = IdMaker(seeds.next()).next<WorkspaceId>();
  Runtime runtime({**store, clock, seeds, loop, alarms});
  loop.runtime = &runtime;
  CARILLON_CHECK(runtime.start().ok());
  furnish(runtime, loop);
  for (auto _ : state) {
    const auto before = runtime.stats();
    const auto written = bytes_written();
    const double cpu = cpu_seconds();
    const auto began = std::chrono::steady_clock::now();
    for (int i = 0; i < kWorkers; ++i) loop.create();
    std::this_thread::sleep_for(std::chrono::duration<double>(bench_seconds()));
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    const auto after = runtime.stats();
    loop.running = false;
    const double commits = static_cast<double>(after.commits - before.commits);
    state.counters["tasks_per_s"] = static_cast<double>(loop.completed) / seconds;
    state.counters["entries_per_s"] = static_cast<double>(after.entries - before.entries) / seconds;
    state.counters["commits_per_s"] = commits / seconds;
    state.counters["commit_ms"] = static_cast<double>(after.commit_us - before.commit_us) / 1000 / commits;
    state.counters["statements_per_entry"] =
        static_cast<double>(after.statements - before.statements) / static_cast<double>(after.entries - before.entries);
    state.counters["brain_busy"] = static_cast<double>(after.brain_busy_us - before.brain_busy_us) / 1e6 / seconds;
    state.counters["committer_busy"] = static_cast<double>(after.commit_us - before.commit_us) / 1e6 / seconds;
    const double tasks = static_cast<double>(loop.completed);
    state.counters["cpu_us_per_task"] = (cpu_seconds() - cpu) * 1e6 / tasks;
    state.counters["written_kb_per_task"] = static_cast<double>(bytes_written() - written) / 1e3 / tasks;
    state.counters["refused"] = static_cast<double>(loop.refused);
  }
  runtime.stop();
  state.counters["database_mb"] = static_cast<double>(fs::file_size(bench_dir() + "/carillon.db")) / 1e6;
}
BENCHMARK(Lifecycles)->Iterations(1)->Unit(benchmark::kSecond);

// Of the journal that Lifecycles left behind.
void Replay(benchmark::State& state) {
  auto store = store::Store::open({.url = "sqlite:" + bench_dir() + "/carillon.db", .must_exist = true});
  CARILLON_CHECK(store.ok());
  auto reader = (*store)->readers().lease();
  auto heads = (*reader)->query("SELECT workspace_id FROM workspace_heads");
  CARILLON_CHECK(heads.ok() && !heads->empty());
  const auto ws = (*heads)[0].id<WorkspaceId>(0);
  for (auto _ : state) {
    auto report = replay(**reader, ws);
    CARILLON_CHECK(report.ok());
    CARILLON_CHECK(report->verdict == ReplayReport::Verdict::same);
    state.counters["entries"] = static_cast<double>(report->entries);
    state.counters["entries_per_s"] = report->entries_per_s();
    state.counters["million_entries_s"] = 1e6 / report->entries_per_s();
  }
}
BENCHMARK(Replay)->Iterations(1)->Unit(benchmark::kSecond);

}  // namespace
}  // namespace carillon::runtime
