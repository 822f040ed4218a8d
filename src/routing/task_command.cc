#include "routing/task_command.h"

namespace carillon::routing {

Result<TaskId> task_of_path(const door::Call& call) { return call.request.sid<TaskId>("sid"); }

void command_task(door::Call call, TaskId sid, MakeTaskCommand make, door::Answer answer) {
  const auto only = only_of(call);
  if (!answer.row) answer.row = task_row, answer.sid = sid.str();
  if (!answer.live) {
    answer.live = [sid](const runtime::Applied& applied, door::Rendered& out) {
      return render_task(applied, sid, out.json, &out.version);
    };
  }
  answer.prepare = [sid, only, make = std::move(make)](const runtime::View& view,
                                                       workspace::Command& command) -> Result<void> {
    const TaskRecord* task = view.state.routing().task(sid);
    if (!task || (only && !is_task_of(view.state.routing(), *task, *only)))
      return door::no_such("live task", sid.str());
    auto made = make(view, *task);
    if (!made) return made.error();
    command = *std::move(made);
    return {};
  };
  if (!answer.refused) {
    answer.refused = [sid](door::Call& held, Error& error) {
      if (error.code != ErrorCode::kNotFound) return false;
      refuse_ended_task(held, sid);
      return true;
    };
  }
  door::change(std::move(call), workspace::Tick{}, std::move(answer));
}

}  // namespace carillon::routing
