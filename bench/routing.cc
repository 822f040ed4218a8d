// Whole lifecycles of tasks through the decider: create, offer, accept, complete, next.
//
// Setting: workspace::State::apply with presence, metrics folds and events; commands as structs, effects collected and dropped;
//          no store, one thread. 100 queues with three-term expressions, workers who take one task at a time, one task channel,
//          three priorities, no wrap-up, 10,000 tasks waiting throughout. A lifecycle is three entries: a worker completes (and is
//          offered the next task), accepts it, and a new task comes. Time is CPU time of this thread, after a warm-up.
// Figures: routing.lifecycles_per_s           1,000 workers, each matching 5 queues
//          routing.lifecycles_cross_per_s     the same, with targets of worker.team == task.team
//          routing.lifecycles_all_per_s       the same as the first, but workers match all queues
//          routing.cost_ratio_10000_to_100_workers
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "base/testing/dice.h"
#include "bench/figure.h"
#include "workspace/core/state.h"

namespace carillon::bench {
namespace {

using events::EventType;

constexpr int kQueues = 100;
constexpr int kTeams = 10;
constexpr int kWaiting = 10'000;

struct Setting {
  int workers = 1'000;
  int matches = 5;     // queues a worker matches
  bool cross = false;  // targets compare worker and task
};

double cpu_seconds() {
  std::timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

class Bench {
 public:
  explicit Bench(const Setting& setting) : setting_(setting) {
    tell(workspace::CreateWorkspace{.sid = {1, 1}, .friendly_name = "Bench", .time_zone = "UTC"});
    furnish();
    hire();
    for (int i = 0; i < kWaiting + setting.workers; ++i) {
      create();
      while (!offers_.empty()) accept_one();
    }
    if (static_cast<int>(working_.size()) != setting.workers) {
      std::fprintf(stderr, "%zu of %d workers are at work\n", working_.size(), setting.workers);
      std::exit(1);
    }
  }

  // Lifecycles a second of CPU time, measured over about so many seconds.
  double measure(double seconds) {
    for (int i = 0; i < 4 * kWaiting; ++i) lifecycle();
    std::int64_t done = 0;
    const double begin = cpu_seconds();
    double now = begin;
    while (now - begin < seconds) {
      for (int i = 0; i < 1'000; ++i) lifecycle();
      done += 1'000;
      now = cpu_seconds();
    }
    return static_cast<double>(done) / (now - begin);
  }

 private:
  struct Offer {
    ReservationId reservation;
    TaskId task;
  };

  const workspace::Effects& tell(const workspace::Command& command) {
    now_ = now_ + Duration::micros(20'000'000 / setting_.workers);  // 60 s a lifecycle and worker
    const workspace::Effects& effects =
        state_.apply({.number = ++entry_, .now = now_, .seed = {1, entry_seed_++}}, command);
    if (!effects.outcome) {
      std::fprintf(stderr, "refused: %s\n", effects.outcome.error().message.c_str());
      std::exit(1);
    }
    for (const events::Event& e : effects.events) {
      if (e.type == EventType::kReservationCreated) offers_.push_back({e.reservation, e.task});
    }
    return effects;
  }
  std::string sid(const workspace::Command& command) { return tell(command).outcome->sid; }

  void furnish() {
    routing::TaskChannelRecord channel{.unique_name = "work", .friendly_name = "Work"};
    channel.live = true;  // with a time to live, as most contacts have
    channel_ = *TaskChannelId::parse(sid(routing::Command(routing::PutTaskChannel{channel})));
    for (int q = 0; q < kQueues; ++q) {
      routing::TaskQueueRecord queue{.friendly_name = "Queue " + std::to_string(q)};
      queue.expression = "skills HAS 's" + std::to_string(q) + "' AND level >= 2 AND site == 'north'";
      const std::string queue_sid = sid(routing::Command(routing::PutTaskQueue{queue}));
      routing::WorkflowRecord workflow{.friendly_name = "Workflow " + std::to_string(q)};
      workflow.document.text = R"({"task_routing":{"filters":[{"expression":"1 == 1","targets":[{"queue":")" +
                               queue_sid + "\"" +
                               (setting_.cross ? R"(,"expression":"worker.team == task.team")" : "") + "}]}]}}";
      workflows_.push_back(*WorkflowId::parse(sid(routing::Command(routing::PutWorkflow{workflow, false}))));
    }
    for (int t = 0; t < kTeams; ++t)
      attributes_.push_back("{\"team\":\"t" + std::to_string(t) + "\",\"language\":\"en\"}");
  }

  void hire() {
    ActivityId available;
    for (const auto* activity : state_.presence().activities()) {
      if (activity->activity_class == presence::ActivityClass::available) available = activity->sid;
    }
    for (int w = 0; w < setting_.workers; ++w) {
      std::string skills;
      for (int m = 0; m < setting_.matches; ++m) {
        skills += (m ? ",\"s" : "\"s") + std::to_string((w * setting_.matches + m) % kQueues) + "\"";
      }
      workspace::PutWorker put;
      put.worker.friendly_name = "Worker " + std::to_string(w);
      // Which five, and which team, must not go together: every queue has people of every team.
      put.worker.attributes.text = "{\"skills\":[" + skills + "],\"level\":3,\"site\":\"north\",\"team\":\"t" +
                                   std::to_string(w / (kQueues / setting_.matches) % kTeams) + "\"}";
      const WorkerId worker = *WorkerId::parse(sid(put));
      tell(presence::Command(presence::SetConnected{worker, true}));
      tell(presence::Command(presence::SetActivity{worker, available, false, false}));
    }
  }

  void create() {
    routing::CreateTask c;
    c.workflow_sid = dice_.pick(workflows_);
    c.task_channel_sid = channel_;
    c.attributes.text = dice_.pick(attributes_);
    c.priority = dice_.between(0, 2);
    tell(routing::Command(std::move(c)));
  }

  void accept_one() {
    const Offer offer = offers_.back();
    offers_.pop_back();
    tell(routing::Command(routing::AcceptReservation{offer.reservation}));
    working_.push_back(offer.task);
  }

  void lifecycle() {
    std::swap(working_[dice_.below(working_.size())], working_.back());
    const TaskId task = working_.back();
    working_.pop_back();
    tell(routing::Command(
        routing::CompleteTask{.task_sid = task, .disposition = {}, .reason = events::Reason::by_worker}));
    while (!offers_.empty()) accept_one();
    create();
    while (!offers_.empty()) accept_one();
  }

  const Setting setting_;
  workspace::State state_;
  Dice dice_{7};
  Instant now_{1'800'000'000'000'000};
  std::int64_t entry_ = 0;
  std::uint64_t entry_seed_ = 1;
  TaskChannelId channel_;
  std::vector<WorkflowId> workflows_;
  std::vector<std::string> attributes_;
  std::vector<Offer> offers_;
  std::vector<TaskId> working_;
};

double run(const char* what, const Setting& setting, double seconds) {
  Bench bench(setting);
  const double rate = bench.measure(seconds);
  std::fprintf(stderr, "  %-40s %9.0f lifecycles/s, %6.2f us each\n", what, rate, 1e6 / rate);
  return rate;
}

}  // namespace
}  // namespace carillon::bench

int main(int argc, char** argv) {
  using namespace carillon::bench;
  const double seconds = argc > 1 ? std::atof(argv[1]) : 4;
  print_figure("routing.lifecycles_per_s", run("1,000 workers, 5 queues each", {}, seconds), "1/s");
  print_figure("routing.lifecycles_cross_per_s", run("targets of worker.team == task.team", {.cross = true}, seconds),
               "1/s");
  print_figure("routing.lifecycles_all_per_s", run("workers match all queues", {.matches = kQueues}, seconds), "1/s");
  const double few = run("100 workers, 5 queues each", {.workers = 100}, seconds);
  const double many = run("10,000 workers, 5 queues each", {.workers = 10'000}, seconds);
  print_figure("routing.cost_ratio_10000_to_100_workers", few / many, "ratio");
  return 0;
}
