// A workflow document (TaskRouter's JSON) compiled: checked once when saved, then only walked.
//
// What:   filters over task attributes; each filter's targets in order. Keys under "carillon" stand in a target, or in a
//         filter for all its targets. Keys we do not know are kept in the text and listed as warnings.
// Errors: kWorkflowFault (kExpressionFault for expressions) with a JSON pointer in `field`, the column for expressions, and
//         what would be right.
// Limits: 256 KiB, 1,000 filters, 50 targets a filter, 20 rings; timeouts 0..1,209,600 s (0: none); priority 0..2^31-1.
// Thread: any; immutable after compile.
// Example:
//   auto document = compile_workflow(R"({"task_routing":{"filters":[],"default_filter":{"queue":"WQ..."}}})");
//   if (!document) return document.error();
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "expr/core/expr.h"
#include "expr/core/order_by.h"

namespace carillon::routing {

struct Ring {
  Duration after;
  expr::Expression expression;  // ANDed with the target's
};

struct Overflow {
  QueueId queue;
  std::optional<std::int64_t> max_waiting;
  std::optional<Duration> max_expected_wait;
};

struct Target {
  QueueId queue;
  std::optional<std::int64_t> priority;
  Duration timeout;             // 0: none
  expr::Expression expression;  // known_worker_sid and _friendly_name are ANDed into it
  std::string order_by_text;
  expr::OrderBy order_by;
  std::optional<expr::Expression> skip_if;
  std::vector<Ring> rings;  // by `after`
  bool interrupt = true;    // false: never interrupts
  std::optional<Overflow> overflow;
  Duration last_worker;  // 0: no preference
};

struct Filter {
  std::string friendly_name;
  expr::Expression expression;  // over task attributes
  std::vector<Target> targets;
};

struct WorkflowDocument {
  std::vector<Filter> filters;
  QueueId default_queue;              // empty: the last resort
  std::vector<std::string> warnings;  // unknown keys

  // Every queue it names, each once, in order of appearance.
  std::vector<QueueId> queues() const;
};

Result<WorkflowDocument> compile_workflow(std::string_view json);

}  // namespace carillon::routing
