// Workers as their rows say, for what looks at all of them: lists with filters, and whom an expression matches. Reading ten
// thousand attribute objects is no work for the brain.
//
// Errors: kStore. Thread: any; blocks (pool).
// Limits: worker.channel.* is live only and counts as missing here.
#pragma once

#include <functional>
#include <string>

#include <boost/json.hpp>

#include "expr/core/expr.h"
#include "routing/core/records.h"
#include "store/reader.h"

namespace carillon::routing {

struct WorkerLine {
  WorkerId sid;
  std::string friendly_name;
  ActivityId activity_sid;
  std::string activity_name;
  bool available = false;
  boost::json::value attributes;
};

// Every worker, in no particular order.
Result<void> each_worker_line(store::Reader& reader, WorkspaceId workspace,
                              const std::function<void(WorkerLine&&)>& visit);

bool matches(const expr::Expression& expression, const WorkerLine& worker);

// The expression of a task queue; nothing when there is no such queue.
Result<std::optional<expr::Expression>> expression_of_queue(store::Reader& reader, WorkspaceId workspace,
                                                            QueueId queue);

}  // namespace carillon::routing
