// The world that the people of a simulation find: made by chance, small enough that things collide.
#include "simulation/people.h"

namespace carillon::simulation {
namespace {

using routing::AssignMode;
using routing::CapacityModel;
using routing::QueueOrder;
using routing::WrapUpMode;

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

std::string expression(Dice& dice) {
  static constexpr const char* kTerms[] = {"",
                                           "languages HAS 'en'",
                                           "languages HAS 'de'",
                                           "skills HAS 'sales'",
                                           "skills HAS 'tech'",
                                           "languages HAS 'en' AND level >= 2"};
  return dice.pick(kTerms);
}

void shape(Dice& dice, routing::TaskQueueRecord& q) {
  q.expression = expression(dice);
  q.task_order = dice.chance(0.85) ? QueueOrder::fifo : QueueOrder::lifo;
  q.max_reserved_workers = dice.chance(0.7) ? 1 : dice.between(2, 3);
  q.service_level = Duration::seconds(dice.between(5, 60));
  q.max_size = dice.chance(0.8) ? 0 : dice.between(3, 15);
  q.max_wait = dice.chance(0.8) ? Duration{} : Duration::seconds(dice.between(60, 600));
  q.assign = dice.chance(0.7) ? AssignMode::inherit : dice.chance(0.5) ? AssignMode::auto_accept : AssignMode::offer;
  q.wrap_up = dice.chance(0.5) ? WrapUpMode::inherit : dice.chance(0.5) ? WrapUpMode::timed : WrapUpMode::required;
  q.wrap_up_time = Duration::seconds(dice.between(5, 60));
  q.wrap_up_extensions = dice.between(0, 2);
}

}  // namespace

std::string random_workflow(Dice& dice, const std::vector<const routing::TaskQueueRecord*>& queues) {
  const auto queue = [&] { return quoted(dice.pick(queues)->sid.str()); };
  std::string filters;
  for (const char* filter : {"language == 'de'", "type == 'sales'", "1 == 1"}) {
    if (dice.chance(0.3)) continue;
    std::string targets;
    for (std::int64_t n = dice.between(1, 3); n > 0; --n) {
      std::string t = "{\"queue\":" + queue();
      if (n > 1 || dice.chance(0.3)) t += ",\"timeout\":" + std::to_string(dice.between(10, 180));
      if (dice.chance(0.3)) t += ",\"expression\":\"worker.languages HAS task.language\"";
      if (dice.chance(0.2)) t += ",\"priority\":" + std::to_string(dice.between(0, 2));
      if (dice.chance(0.3)) t += ",\"order_by\":\"worker.level DESC\"";
      if (dice.chance(0.2)) t += ",\"skip_if\":\"workers.available == 0\"";
      std::string own;
      if (dice.chance(0.3)) own = "\"rings\":[{\"after_s\":0,\"expression\":\"worker.level >= 2\"},{\"after_s\":20}]";
      if (dice.chance(0.2)) own += std::string(own.empty() ? "" : ",") + "\"last_worker_s\":15";
      if (dice.chance(0.2))
        own += std::string(own.empty() ? "" : ",") + "\"overflow\":{\"queue\":" + queue() + ",\"max_waiting\":10}";
      if (!own.empty()) t += ",\"carillon\":{" + own + "}";
      targets += (targets.empty() ? "" : ",") + t + "}";
    }
    filters += std::string(filters.empty() ? "" : ",") + "{\"expression\":" + quoted(filter) + ",\"targets\":[" +
               targets + "]}";
  }
  return "{\"task_routing\":{\"filters\":[" + filters + "]" +
         (dice.chance(0.5) ? ",\"default_filter\":{\"queue\":" + queue() + "}" : "") + "}}";
}

void reshape_queue(Stage& stage, routing::TaskQueueRecord row) {
  shape(stage.dice, row);
  row.version = 0;
  stage.tell(routing::Command(routing::PutTaskQueue{row})).ok();
}

void build_world(Stage& stage) {
  Dice& dice = stage.dice;
  workspace::testing::Center& center = stage.center;
  if (dice.chance(0.25)) {
    workspace::WorkspaceRecord row = center.state->workspace();
    row.capacity_model = CapacityModel::per_channel;
    row.version = 0;
    stage.tell(workspace::UpdateWorkspace{row}).value();
  }
  for (std::int64_t n = dice.between(2, 5); n > 0; --n) {
    routing::TaskQueueRecord row;
    row.friendly_name = "Queue " + std::to_string(n);
    shape(dice, row);
    stage.tell(routing::Command(routing::PutTaskQueue{row})).value();
  }
  for (std::int64_t n = dice.between(1, 3); n > 0; --n) {
    routing::WorkflowRecord row;
    row.friendly_name = "Workflow " + std::to_string(n);
    row.document.text = random_workflow(dice, center.state->routing().task_queues());
    stage.tell(routing::Command(routing::PutWorkflow{row, false})).value();
  }
}

}  // namespace carillon::simulation
