// The expression language of queues, workflow filters and targets, rings and skip_if.
//
// What:    parse() turns text into an Expression; evaluate() says true or false for attributes and facts; bind() puts a
//          task's values in, so that what is left speaks of workers only; conjunction() joins queue AND target AND
//          ring.
// Why:     one language, one meaning: whatever asks "may this worker serve this task?" asks here.
// Meaning: two-valued. A comparison with a missing key, or between different types, is false; `!=` and NOT IN too. So
//          `NOT (worker.x == 1)` is true where x is missing and `worker.x != 1` is not. JSON null counts as missing.
//          Arrays and objects are never equal to anything. Integers and doubles compare by exact numeric value.
//          Strings are ordered by their bytes; booleans have no order. A key standing alone is true iff it is true.
// Owns:    an Expression is a handle to an immutable tree: copying costs one reference count.
// Thread:  any; the same Expression may be evaluated by several threads at once.
// Errors:  kExpressionFault with column (1-based, in characters), what was found (message) and `expected`.
// Limits:  kMaxTextBytes, kMaxDepth, kMaxNodes, kMaxSteps below. Evaluation allocates nothing and always ends.
// Example:
//   auto queue = expr::parse("languages HAS 'en' AND level >= 3", expr::Scope::kQueue);
//   if (!queue) return queue.error();
//   auto target = expr::parse("worker.team == task.team", expr::Scope::kTarget);
//   const expr::Expression both[] = {*queue, *target};
//   expr::Bound matcher = expr::bind(expr::conjunction(both), task.attributes);
//   bool fits = expr::evaluate(matcher, {.worker = &worker.attributes, .worker_facts = &worker.facts});
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace boost::json {
class value;
}

namespace carillon::expr {

inline constexpr std::size_t kMaxTextBytes = 4096;
inline constexpr int kMaxDepth = 64;   // parentheses and NOTs inside each other
inline constexpr int kMaxNodes = 512;  // comparisons, NOT, AND, OR, and values inside lists
inline constexpr int kMaxSteps = 32;   // names and indexes in one key

// Where an expression stands, which says what its keys mean. `1 == 1` and the empty text (always true) fit everywhere.
enum class Scope : std::uint8_t {
  kQueue,   // bare keys are worker attributes; worker.* too
  kFilter,  // bare keys are task attributes; task.* too
  kTarget,  // task.* and worker.*; for targets and rings
  kSkipIf,  // task.* attributes, task.age (whole seconds), task.priority, workers.available, workers.eligible,
            // queue.waiting, queue.longest_wait (whole seconds)
};

class Program;  // the tree and what is known about it; see program.h

class Expression {
 public:
  Expression();  // the empty expression: always true
  explicit Expression(std::shared_ptr<const Program> program);

  // The text given to parse(); for what bind() or conjunction() made, the canonical text.
  const std::string& source() const;
  // One spelling for one meaning, after trivial normalisation: equal canonical texts mean the same in every scope
  // (`worker["sid"]` is an attribute of that name, `worker.sid` is the worker's id). Always true is "true", never is
  // "false". Parsing it again in the same scope gives the same text (Scope::kTarget for bind and conjunction), as long
  // as it is within kMaxTextBytes.
  const std::string& canonical() const;

  bool is_always() const;         // constant true
  bool is_never() const;          // constant false
  bool refers_to_task() const;    // some task attribute
  bool refers_to_worker() const;  // some worker attribute or fact
  const Program& program() const { return *program_; }

 private:
  std::shared_ptr<const Program> program_;
};

// An expression in which no task attribute is left. It is an Expression, so everything below takes it.
using Bound = Expression;

// Capacity of one worker on one TaskChannel, as worker.channel.<name>.* sees it.
struct ChannelFacts {
  std::string_view name{};  // the TaskChannel's unique name
  std::int64_t available_capacity = 0;
  std::int64_t assigned_tasks = 0;
};

// What is known of a worker beside attributes. Views: the caller keeps what they point at alive while evaluating.
struct WorkerFacts {
  std::string_view sid{};
  std::string_view friendly_name{};
  std::string_view activity_name{};
  bool available = false;
  std::span<const ChannelFacts> channels{};  // searched in order; a channel not in it is a missing key
};

// What skip_if sees of the queue and of the task. Durations in whole seconds, rounded down.
struct QueueFacts {
  std::int64_t workers_available = 0;
  std::int64_t workers_eligible = 0;
  std::int64_t task_age_s = 0;
  std::int64_t task_priority = 0;
  std::int64_t queue_waiting = 0;
  std::int64_t queue_longest_wait_s = 0;
};

// Everything an expression can look at. What is null, or attributes that are no object, make their keys missing.
struct Env {
  const boost::json::value* task = nullptr;    // attributes
  const boost::json::value* worker = nullptr;  // attributes
  const WorkerFacts* worker_facts = nullptr;
  const QueueFacts* queue_facts = nullptr;
};

// Reads UTF-8 text. The empty text (or only spaces) is always true.
Result<Expression> parse(std::string_view text, Scope scope);

// True or false, never an error. No allocation.
bool evaluate(const Expression& expression, const Env& env);

// Same as expression.canonical().
const std::string& to_text(const Expression& expression);

// It refers to worker.available, worker.activity_name or worker.channel.*, which change without the worker's attributes
// changing. worker.sid and worker.friendly_name are as static as attributes. What only skip_if can see does not count.
bool is_dynamic(const Expression& expression);

// Puts the task's values in and folds what becomes constant. For every worker: evaluate(bind(e, t), {worker}) ==
// evaluate(e, {t, worker}). Without task keys it returns the same handle.
Bound bind(const Expression& expression, const boost::json::value& task_attributes);

// Appends to `out` what bind() would look at: equal keys of one expression mean equal Bounds. Cheaper than bind(), for
// a table from key to Bound in front of it. Appends nothing when the expression has no task keys.
void append_bind_key(const Expression& expression, const boost::json::value& task_attributes, std::string& out);

// All of them, in this order, equal terms once. The conjunction of none is always true. Its size is bounded by the sum
// of its parts, not by kMaxNodes.
Expression conjunction(std::span<const Expression> parts);

// The AND-terms that change only with attributes, and the others: fixed AND changing means the same as the whole.
struct Split {
  Expression fixed;
  Expression changing;
};
Split split_by_change(const Expression& expression);

// For "why": the canonical text of the first AND-term that is false (the source text if the whole is constant false);
// nothing if the expression is true.
std::optional<std::string> first_false_term(const Expression& expression, const Env& env);

}  // namespace carillon::expr
