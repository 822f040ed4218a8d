// Where a simulated center lives: its clock, what is planned, and the watch over every step.
//
// Owns:    the center, the plans, the dice. Thread: one at a time.
// Example:
//   Stage stage(seed);
//   stage.after(Duration::seconds(5), [&] { stage.tell(routing::AcceptReservation{offer}); });
//   stage.run_until(stage.center.now() + Duration::hours(1));
#pragma once

#include <functional>
#include <queue>
#include <string>
#include <vector>

#include "base/testing/dice.h"
#include "simulation/watch.h"
#include "workspace/testing/center.h"

namespace carillon::simulation {

struct Stage {
  explicit Stage(std::uint64_t seed) : center(seed), dice(seed) {}

  // One entry, looked at from all sides; what it said is told to on_event afterwards. The answer is the sid of what was made or
  // touched, or the refusal.
  Result<std::string> tell(const workspace::Command& command);
  void after(Duration delay, std::function<void()> what);
  // Plans and deadlines in the order of time.
  void run_until(Instant end);
  // Ticks until nothing is due; what is due only after a hundred ticks is a fault.
  void catch_up();
  void restart(Duration down_for);
  void jump(Duration by);

  workspace::testing::Center center;
  Dice dice;
  Watch watch;
  std::function<void(const events::Event&)> on_event = [](const events::Event&) {};
  std::string wrong;  // the first broken rule
  std::int64_t entries = 0, restarts = 0, jumps = 0;

 private:
  struct Plan {
    Instant at;
    std::int64_t order = 0;
    std::function<void()> what;
    bool operator>(const Plan& o) const { return at != o.at ? at > o.at : order > o.order; }
  };
  void observe();

  std::priority_queue<Plan, std::vector<Plan>, std::greater<>> plans_;
  std::int64_t order_ = 0;
};

}  // namespace carillon::simulation
