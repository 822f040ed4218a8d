#include "simulation/stage.h"

#include <utility>

namespace carillon::simulation {

using workspace::Tick;

Result<std::string> Stage::tell(const workspace::Command& command) {
  Result<std::string> answer = center.try_(command);
  observe();
  return answer;
}

void Stage::observe() {
  ++entries;
  if (!wrong.empty()) return;
  if (auto broken = watch.look(*center.last, *center.state)) wrong = *broken;
  // People react to what has happened, not within it: the effects are gone with the next entry.
  const events::Events said = center.last->events;
  for (const events::Event& event : said) on_event(event);
}

void Stage::after(Duration delay, std::function<void()> what) {
  plans_.push({center.now() + delay, ++order_, std::move(what)});
}

void Stage::catch_up() {
  for (int ticks = 0; ticks < 100 && center.state->next_deadline() <= center.now() && wrong.empty(); ++ticks)
    tell(Tick{}).ok();
  if (!wrong.empty()) return;
  if (auto broken = watch.nothing_overdue(*center.state, center.now())) wrong = *broken;
}

void Stage::run_until(Instant end) {
  while (wrong.empty()) {
    const Instant planned = plans_.empty() ? Instant::never() : plans_.top().at;
    const Instant due = center.state->next_deadline();
    const Instant next = std::min(planned, due);
    if (next > end) break;
    if (next > center.now()) center.oversleep(next - center.now());
    if (due <= planned) {
      catch_up();
      continue;
    }
    const std::function<void()> what = plans_.top().what;
    plans_.pop();
    what();
    catch_up();
  }
  if (wrong.empty() && end > center.now()) center.oversleep(end - center.now());
}

void Stage::restart(Duration down_for) {
  ++restarts;
  center.restart(down_for);
  observe();
  catch_up();
}

void Stage::jump(Duration by) {
  ++jumps;
  center.oversleep(by);
}

}  // namespace carillon::simulation
