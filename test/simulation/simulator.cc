#include "simulation/simulator.h"

#include <algorithm>

#include "base/check.h"
#include "simulation/people.h"

namespace carillon::simulation {

namespace {

// What keeps the oldest task from being done, in the core's own words.
std::string what_is_left(const Stage& stage) {
  const routing::State& routing = stage.center.state->routing();
  const auto* task = routing.tasks().front();
  std::string out = "work is left after three days in which everybody worked: " + encode(*task);
  const auto why = routing.why(task->sid, stage.center.now(), 20);
  if (!why) return out;
  for (const auto& candidate : why->candidates)
    out += "\n  " + candidate.friendly_name + ": " + candidate.verdict + " " + candidate.detail;
  return out;
}

}  // namespace

Lived simulate(const Life& life) {
  Stage stage(life.seed);
  Lived lived;
  try {
    build_world(stage);
    People people(stage);
    people.open();
    stage.run_until(stage.center.now() + life.length);
    people.close();
    const Instant end = stage.center.now() + Duration::hours(72);
    while (stage.wrong.empty() && people.work_is_left() && stage.center.now() < end) {
      stage.run_until(std::min(end, stage.center.now() + Duration::minutes(1)));
      people.help_out();
    }
    if (stage.wrong.empty() && people.work_is_left()) stage.wrong = what_is_left(stage);
    const metrics::Deltas& numbers = stage.center.metrics;
    std::int64_t offered = 0;
    for (const auto& interval : numbers.queues) offered += interval.offered;
    if (stage.wrong.empty() && offered != stage.watch.tally().offered) {
      stage.wrong = "the numbers say " + std::to_string(offered) + " offered, the events " +
                    std::to_string(stage.watch.tally().offered);
    }
    if (stage.wrong.empty() && life.replay && stage.center.hash_of_replay() != stage.center.state->hash()) {
      stage.wrong = "the journal replayed gives another state";
    }
  } catch (const BrokenInvariant& broken) {
    stage.wrong = std::string("broken invariant: ") + broken.what();
  }
  if (!stage.wrong.empty()) {
    lived.wrong = "seed " + std::to_string(life.seed) + ", " + to_rfc3339(stage.center.now()) + ", entry " +
                  std::to_string(stage.entries) + ": " + stage.wrong;
  }
  lived.hash = stage.center.state->hash();
  lived.entries = stage.entries;
  lived.restarts = stage.restarts;
  lived.jumps = stage.jumps;
  lived.tally = stage.watch.tally();
  return lived;
}

std::string to_text(const Lived& lived) {
  std::string out = std::to_string(lived.entries) + " entries, " + std::to_string(lived.tally.tasks) + " tasks (" +
                    std::to_string(lived.tally.ended) + " ended), " + std::to_string(lived.tally.accepted) +
                    " accepted, " + std::to_string(lived.tally.missed) + " missed, " +
                    std::to_string(lived.tally.suspended) + " suspended, " + std::to_string(lived.restarts) +
                    " restarts, " + std::to_string(lived.jumps) + " clock jumps; queue entries:";
  for (const auto& [bucket, n] : lived.tally.buckets) {
    out += " " + std::string(codec::enum_name(bucket)) + " " + std::to_string(n);
  }
  return lived.wrong.empty() ? out : lived.wrong + "\n" + out;
}

}  // namespace carillon::simulation
