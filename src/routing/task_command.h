// A command on one live task: whose it is, what it becomes, and how it is answered.
//
// Thread: net; `make` runs on the brain.
// Errors: kNotFound (never was, or not the agent's), kStateForbids (has ended), and what the core says.
#pragma once

#include <functional>

#include "door/configuration.h"
#include "routing/caller_rules.h"
#include "routing/task_view.h"

namespace carillon::routing {

// Makes the command from the task as it is now.
using MakeTaskCommand = std::function<Result<Command>(const runtime::View& view, const TaskRecord& task)>;

// `answer` comes with what differs from rendering the task itself.
void command_task(door::Call call, TaskId sid, MakeTaskCommand make, door::Answer answer = {});

// The fields of a request whose only place is its path and which has no body.
Result<TaskId> task_of_path(const door::Call& call);

}  // namespace carillon::routing
