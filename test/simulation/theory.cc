#include "simulation/theory.h"

#include <algorithm>
#include <queue>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "base/testing/dice.h"
#include "routing/core/state.h"

namespace carillon::simulation {
namespace {

using events::EventType;

class Center {
 public:
  Center(const Load& load, std::int64_t arrivals, std::uint64_t seed)
      : load_(load), dice_(seed), warm_up_(std::min<std::int64_t>(arrivals / 20, 20'000)), limit_(arrivals + warm_up_) {
    furnish();
  }

  Measured run() {
    plan(Kind::arrival, now_ + draw(1 / load_.arrivals_per_s));
    while (!plans_.empty() && arrived_ < limit_) step();
    const double span = (now_ - counted_from_).in_seconds();
    out_.abandoned = static_cast<double>(abandoned_) / static_cast<double>(out_.arrivals);
    out_.wait_s = waited_.in_seconds() / static_cast<double>(out_.arrivals);
    out_.occupancy = busy_time_ / (span * load_.agents);
    return out_;
  }

 private:
  enum class Kind : std::uint8_t { arrival, give_up, done };
  struct Plan {
    Instant at;
    std::int64_t order = 0;
    Kind kind = Kind::arrival;
    TaskId task;
    bool operator>(const Plan& o) const { return std::tie(at, order) > std::tie(o.at, o.order); }
  };
  struct Waiting {
    Instant since;
    bool counted = false;
  };

  Duration draw(double mean_s) { return dice_.exponential(Duration::micros(static_cast<std::int64_t>(mean_s * 1e6))); }
  void plan(Kind kind, Instant at, TaskId task = {}) { plans_.push({at, ++order_, kind, task}); }

  std::string apply(const routing::Command& command) {
    events_.clear();
    IdMaker ids(dice_.seed());
    routing::Context entry{.now = now_, .ids = ids, .events = events_, .entry = ++entry_};
    state_.begin(entry);
    state_.expire(entry);
    const Result<routing::Outcome> outcome = state_.apply(entry, command);
    state_.settle(entry);
    CARILLON_CHECK(outcome.ok());
    for (const events::Event& e : events_) {
      if (e.type == EventType::kReservationAccepted) assigned(e.task);
    }
    state_.take_notices();
    return outcome->sid;
  }

  void furnish() {
    routing::TaskChannelRecord channel{.unique_name = "default", .friendly_name = "Default"};
    channel.assign = routing::AssignMode::direct;
    apply(routing::PutTaskChannel{channel});
    routing::TaskQueueRecord queue{.friendly_name = "Everyone"};
    queue_ = *QueueId::parse(apply(routing::PutTaskQueue{queue}));
    apply(routing::Configure{{.last_resort_queue_sid = queue_}});
    for (int i = 0; i < load_.agents; ++i) {
      routing::WorkerRecord worker{.friendly_name = "Agent " + std::to_string(i), .attributes = {"{}"}};
      const WorkerId id = *WorkerId::parse(apply(routing::PutWorker{worker}));
      apply(routing::SetWorkerPresence{.worker_sid = id, .available = true, .reachable = true});
    }
  }

  void step() {
    const Plan plan_now = plans_.top();
    plans_.pop();
    if (counting_) busy_time_ += busy_ * (plan_now.at - now_).in_seconds();
    now_ = plan_now.at;
    switch (plan_now.kind) {
      case Kind::arrival:
        return arrive();
      case Kind::give_up:
        return give_up(plan_now.task);
      case Kind::done:
        --busy_;
        apply(routing::CompleteTask{.task_sid = plan_now.task});
    }
  }

  void arrive() {
    if (!counting_ && arrived_ == warm_up_) counting_ = true, counted_from_ = now_;
    ++arrived_;
    if (counting_) ++out_.arrivals;
    plan(Kind::arrival, now_ + draw(1 / load_.arrivals_per_s));
    // Who finds nobody free is entered as waiting; who is assigned at once waits nothing.
    just_assigned_ = {};
    const TaskId task = *TaskId::parse(apply(routing::CreateTask{.task_queue_sid = queue_, .attributes = {"{}"}}));
    if (just_assigned_ == task) return;
    waiting_.emplace(task, Waiting{now_, counting_});
    if (load_.patience_s > 0) plan(Kind::give_up, now_ + draw(load_.patience_s), task);
  }

  void give_up(TaskId task) {
    const auto it = waiting_.find(task);
    if (it == waiting_.end()) return;  // served meanwhile
    if (it->second.counted) ++abandoned_, waited_ += now_ - it->second.since;
    waiting_.erase(it);
    apply(routing::CancelTask{.task_sid = task, .reason = routing::Reason::customer_left});
  }

  void assigned(TaskId task) {
    just_assigned_ = task;
    ++busy_;
    plan(Kind::done, now_ + draw(load_.handle_time_s), task);
    const auto it = waiting_.find(task);
    if (it == waiting_.end()) return;
    if (it->second.counted) waited_ += now_ - it->second.since;
    waiting_.erase(it);
  }

  const Load load_;
  Dice dice_;
  const std::int64_t warm_up_;
  const std::int64_t limit_;
  routing::State state_;
  events::Events events_;
  std::int64_t entry_ = 0;
  Instant now_{1'700'000'000'000'000};
  QueueId queue_;

  std::priority_queue<Plan, std::vector<Plan>, std::greater<>> plans_;
  std::int64_t order_ = 0;
  std::unordered_map<TaskId, Waiting> waiting_;
  TaskId just_assigned_;
  int busy_ = 0;

  bool counting_ = false;
  Instant counted_from_;
  std::int64_t arrived_ = 0;
  std::int64_t abandoned_ = 0;
  Duration waited_;
  double busy_time_ = 0;
  Measured out_;
};

}  // namespace

Measured run_theory(const Load& load, std::int64_t arrivals, std::uint64_t seed) {
  return Center(load, arrivals, seed).run();
}

}  // namespace carillon::simulation
