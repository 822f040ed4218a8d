// What happens to a center besides its customers: breaks, lost connections, edits, restarts, clocks that jump.
#include "simulation/people.h"

namespace carillon::simulation {

void People::open() {
  arrive();
  every(Duration::minutes(20), &People::restart);
  every(Duration::minutes(25), &People::jump);
  every(Duration::minutes(6), &People::edit_queue);
  every(Duration::minutes(15), &People::edit_workflow);
  every(Duration::minutes(1), &People::move_something);
  every(Duration::minutes(2), &People::somebody_goes);
}

void People::close() { closing_ = true; }

void People::every(Duration mean, void (People::*what)()) {
  stage_.after(stage_.dice.exponential(mean), [this, mean, what] {
    if (closing_) return;
    (this->*what)();
    every(mean, what);
  });
}

void People::somebody_goes() {
  const WorkerId worker = stage_.dice.pick(agents_);
  stage_.dice.chance(0.5) ? pause(worker) : lose_connection(worker);
}

// The server is away for a while; everybody's connection is gone with it, and most are back within the grace.
void People::restart() {
  stage_.restart(Duration::millis(stage_.dice.between(1, stage_.dice.chance(0.2) ? 600'000 : 20'000)));
  for (const WorkerId worker : agents_) {
    const Duration away = Duration::millis(stage_.dice.between(0, stage_.dice.chance(0.8) ? 25'000 : 90'000));
    stage_.after(away, [this, worker] { come_back(worker); });
  }
}

// Nobody looked at the clock for so long: everything that fell due in between happens at once.
void People::jump() {
  stage_.jump(Duration::millis(stage_.dice.between(1, stage_.dice.chance(0.3) ? 3'600'000 : 60'000)));
}

void People::edit_queue() { reshape_queue(stage_, *stage_.dice.pick(routing().task_queues())); }

void People::edit_workflow() {
  routing::WorkflowRecord row = *stage_.dice.pick(routing().workflows());
  row.document.text = random_workflow(stage_.dice, routing().task_queues());
  row.version = 0;
  stage_.tell(routing::Command(routing::PutWorkflow{row, stage_.dice.chance(0.5)})).ok();
}

const routing::TaskRecord* People::any_task() {
  const auto all = routing().tasks();
  return all.empty() ? nullptr : stage_.dice.pick(all);
}

// A supervisor helps, or an integration changes its mind; what the state forbids is refused.
void People::move_something() {
  Dice& dice = stage_.dice;
  const auto* row = any_task();
  if (!row) return;
  const TaskId task = row->sid;
  switch (dice.below(4)) {
    case 0:
      stage_.tell(routing::Command(routing::MoveTask{task, dice.pick(routing().task_queues())->sid})).ok();
      return;
    case 1:
      stage_.tell(routing::Command(routing::ReEvaluateTask{task})).ok();
      return;
    case 2:
      stage_.tell(routing::Command(routing::UpdateTask{.task_sid = task, .priority = dice.between(0, 2)})).ok();
      return;
    default:
      stage_.tell(routing::Command(routing::CancelTask{task, events::Reason::by_api})).ok();
  }
}

}  // namespace carillon::simulation
