// How long the replay tool takes over a million journal entries.
//
// Setting: the journal is written by the runtime itself on a SQLite file, with the commands of the durable load and nothing of
//          HTTP: 200 workers, as many tasks on their way; create, offer, accept, complete, next. A checkpoint is made when the
//          center is furnished. Replay begins there, reads from SQLite, decides every entry anew, compares each decision and
//          at the end the live state with the rows. Its whole call is timed.
// Figures: replay.million_entries_s. With another number of entries the name says so: replay.20000_entries_s.
#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <thread>

#include "bench/figure.h"
#include "runtime/replay.h"
#include "runtime/runtime.h"

namespace carillon::bench {
namespace {

using runtime::Committed;
using runtime::Runtime;

constexpr int kWorkers = 200;
constexpr const char* kAttributes = R"({"topic":"billing","language":"en","customer_name":"Ada"})";

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "FAILED: %s\n", why.c_str());
  std::exit(1);
}

template <class T>
T must(Result<T> result) {
  if (!result) give_up(result.error().message);
  return *std::move(result);
}

class Alarms final : public runtime::AlarmSink {
 public:
  void raised(const runtime::Alarm& alarm) override { give_up(alarm.text); }
};

// What agents and customers of the durable load do, on the committer's thread: takes each offer, completes each task, brings the next.
class Load final : public runtime::EventSink {
 public:
  void committed(const runtime::PublishedEntryPtr& entry) override {
    for (const runtime::PublishedEvent& event : entry->events) {
      if (event.type == "reservation.created") accept(event);
    }
  }
  void ready(WorkspaceId, std::int64_t, bool) override {}

  void create() {
    submit(routing::Command(
               routing::CreateTask{.task_queue_sid = queue, .task_channel_sid = channel, .attributes = {kAttributes}}),
           [](const Committed&) {});
  }

  Runtime* runtime = nullptr;
  WorkspaceId workspace;
  QueueId queue;
  TaskChannelId channel;
  std::int64_t until = 0;    // brings no more tasks after this entry
  std::atomic<int> open{0};  // tasks on their way

 private:
  void accept(const runtime::PublishedEvent& event) {
    const auto reservation = ReservationId::parse(event.resource_sid);
    TaskId task;
    for (const auto& ref : event.refs) {
      if (auto found = TaskId::parse(ref)) task = *found;
    }
    submit(routing::Command(routing::AcceptReservation{*reservation}), [this, task](const Committed&) {
      submit(routing::Command(routing::CompleteTask{.task_sid = task}), [this](const Committed& done) {
        if (done.entry < until) return create();
        --open;
      });
    });
  }

  void submit(workspace::Command command, std::function<void(const Committed&)> next) {
    runtime->submit({.workspace = workspace,
                     .command = std::move(command),
                     .actor = {"api_key", "SK1", "Bench"},
                     .reply = [next = std::move(next)](Result<Committed> done) { next(must(std::move(done))); }});
  }
};

Committed wait_for(Runtime& runtime, WorkspaceId workspace, workspace::Command command) {
  std::promise<Result<Committed>> promise;
  runtime.submit({.workspace = workspace, .command = std::move(command), .reply = [&](Result<Committed> done) {
                    promise.set_value(std::move(done));
                  }});
  return must(promise.get_future().get());
}

ActivityId available_activity(Runtime& runtime, WorkspaceId workspace) {
  std::promise<ActivityId> promise;
  runtime.ask(
      workspace,
      [](const runtime::View& view) {
        for (const auto* one : view.state.presence().activities()) {
          if (one->activity_class == presence::ActivityClass::available) return one->sid;
        }
        return ActivityId{};
      },
      [&](Result<runtime::Answer<ActivityId>> seen) { promise.set_value(must(std::move(seen)).value); });
  return promise.get_future().get();
}

// As the load generator furnishes its center: one task a worker, no wrap-up. The answer is the checkpoint's entry.
std::int64_t furnish(Runtime& runtime, Load& load) {
  const WorkspaceId ws = load.workspace;
  wait_for(runtime, ws, workspace::CreateWorkspace{.sid = ws, .friendly_name = "Bench"});
  routing::TaskChannelRecord channel{
      .unique_name = "load", .friendly_name = "Load", .offer_timeout = Duration::seconds(600)};
  load.channel = *TaskChannelId::parse(wait_for(runtime, ws, routing::Command(routing::PutTaskChannel{channel})).sid);
  routing::TaskQueueRecord queue{
      .friendly_name = "Load", .expression = "team == 'load'", .wrap_up = routing::WrapUpMode::none};
  load.queue = *QueueId::parse(wait_for(runtime, ws, routing::Command(routing::PutTaskQueue{queue})).sid);
  const ActivityId available = available_activity(runtime, ws);
  for (int i = 0; i < kWorkers; ++i) {
    routing::WorkerRecord worker;
    worker.friendly_name = "load-" + std::to_string(i);
    worker.attributes = {R"({"team":"load"})"};
    const auto sid = WorkerId::parse(
        wait_for(runtime, ws, workspace::PutWorker{.worker = worker, .requires_connection = false}).sid);
    wait_for(runtime, ws, presence::Command(presence::SetActivity{.worker_sid = *sid, .activity_sid = available}));
  }
  std::promise<Result<std::int64_t>> promise;
  runtime.checkpoint(ws, [&](Result<std::int64_t> entry) { promise.set_value(std::move(entry)); });
  return must(promise.get_future().get());
}

struct Written {
  WorkspaceId workspace;
  std::int64_t checkpoint = 0;
};

Written write_journal(store::Store& store, std::int64_t entries) {
  using namespace std::chrono;
  runtime::SystemWaitClock clock;
  runtime::SystemSeeds seeds;
  Alarms alarms;
  Load load;
  load.workspace = IdMaker(seeds.next()).next<WorkspaceId>();
  Runtime runtime({store, clock, seeds, load, alarms});
  load.runtime = &runtime;
  must(runtime.start());
  const Written written{load.workspace, furnish(runtime, load)};
  load.until = written.checkpoint + entries;
  load.open = kWorkers;
  const auto began = steady_clock::now();
  for (int i = 0; i < kWorkers; ++i) load.create();
  for (auto said = began; load.open > 0; std::this_thread::sleep_for(milliseconds(20))) {
    if (steady_clock::now() - said < seconds(20)) continue;
    said = steady_clock::now();
    std::fprintf(stderr, "%lld entries written\n", static_cast<long long>(runtime.workspaces().front().last_entry));
  }
  const double took = duration<double>(steady_clock::now() - began).count();
  std::fprintf(stderr, "written in %.1f s, %.0f entries a second\n", took, static_cast<double>(entries) / took);
  runtime.stop();
  return written;
}

void run(const std::string& folder, std::int64_t entries) {
  std::filesystem::create_directories(folder);
  Written written;
  {
    auto store = must(store::Store::open({.url = "sqlite:" + folder + "/carillon.db"}));
    must(store->migrate());
    written = write_journal(*store, entries);
  }
  auto store = must(store::Store::open({.url = "sqlite:" + folder + "/carillon.db", .must_exist = true}));
  auto reader = must(store->readers().lease());
  const auto began = std::chrono::steady_clock::now();
  const auto report = must(runtime::replay(*reader, written.workspace, {.from = written.checkpoint}));
  const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  std::fprintf(stderr, "%lld entries from a checkpoint at %lld; reading and deciding took %.2f s of %.2f s\n",
               static_cast<long long>(report.entries), static_cast<long long>(report.checkpoint), report.seconds, took);
  if (report.verdict != runtime::ReplayReport::Verdict::same || report.hash_expected.empty())
    give_up("the replay came out otherwise");
  if (report.checkpoint != written.checkpoint || report.entries < entries)
    give_up("the replay did not begin at the checkpoint");
  const std::string name =
      entries == 1'000'000 ? "replay.million_entries_s" : "replay." + std::to_string(entries) + "_entries_s";
  print_figure(name, took, "s");
}

}  // namespace
}  // namespace carillon::bench

int main(int argc, char** argv) {
  std::string folder;
  std::int64_t entries = 1'000'000;
  CLI::App cli{"Writes a journal and replays it"};
  cli.add_option("--data", folder, "folder of the database, made when it is not there")->required();
  cli.add_option("--entries", entries, "of the journal");
  CLI11_PARSE(cli, argc, argv);
  carillon::bench::run(folder, entries);
}
