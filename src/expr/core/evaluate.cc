#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "expr/core/program.h"

namespace carillon::expr {
namespace {

Value attribute(const boost::json::value* at, const std::vector<Step>& steps) {
  for (const Step& step : steps) {
    if (at == nullptr) return {};
    if (step.is_index) {
      const boost::json::array* array = at->if_array();
      at = array == nullptr ? nullptr : array->if_contains(step.index);
    } else {
      const boost::json::object* object = at->if_object();
      at = object == nullptr ? nullptr : object->if_contains(step.name);
    }
  }
  return at == nullptr ? Value{} : Value::of(*at);
}

Value channel_fact(const Key& key, const WorkerFacts& facts) {
  for (const ChannelFacts& channel : facts.channels) {
    if (channel.name != key.channel) continue;
    return Value::of(key.fact == Fact::kWorkerChannelAvailableCapacity ? channel.available_capacity
                                                                       : channel.assigned_tasks);
  }
  return {};
}

Value worker_fact(const Key& key, const WorkerFacts& facts) {
  switch (key.fact) {
    case Fact::kWorkerSid:
      return Value::of(facts.sid);
    case Fact::kWorkerFriendlyName:
      return Value::of(facts.friendly_name);
    case Fact::kWorkerActivityName:
      return Value::of(facts.activity_name);
    case Fact::kWorkerAvailable:
      return Value::of(facts.available);
    default:
      return channel_fact(key, facts);
  }
}

Value queue_fact(Fact fact, const QueueFacts& facts) {
  switch (fact) {
    case Fact::kWorkersAvailable:
      return Value::of(facts.workers_available);
    case Fact::kWorkersEligible:
      return Value::of(facts.workers_eligible);
    case Fact::kTaskAge:
      return Value::of(facts.task_age_s);
    case Fact::kTaskPriority:
      return Value::of(facts.task_priority);
    case Fact::kQueueWaiting:
      return Value::of(facts.queue_waiting);
    case Fact::kQueueLongestWait:
      return Value::of(facts.queue_longest_wait_s);
    default:
      return {};
  }
}

Value value_of(const Operand& operand, const Env& env) {
  if (const auto* key = std::get_if<KeyPtr>(&operand)) return look_up(**key, env);
  if (const auto* literal = std::get_if<Literal>(&operand)) return literal->view();
  if (const auto* list = std::get_if<std::shared_ptr<const List>>(&operand)) return Value::of(**list);
  return {};
}

}  // namespace

Value look_up(const Key& key, const Env& env) {
  if (key.is_attribute()) return attribute(key.of_task ? env.task : env.worker, key.steps);
  if (key.is_worker()) return env.worker_facts == nullptr ? Value{} : worker_fact(key, *env.worker_facts);
  return env.queue_facts == nullptr ? Value{} : queue_fact(key.fact, *env.queue_facts);
}

bool evaluate_node(const Node& node, const Env& env) {
  switch (node.kind) {
    case NodeKind::kConstant:
      return node.constant;
    case NodeKind::kAnd:
      for (const NodePtr& child : node.children) {
        if (!evaluate_node(*child, env)) return false;
      }
      return true;
    case NodeKind::kOr:
      for (const NodePtr& child : node.children) {
        if (evaluate_node(*child, env)) return true;
      }
      return false;
    case NodeKind::kNot:
      return !evaluate_node(*node.children.front(), env);
    case NodeKind::kIsTrue: {
      const Value value = value_of(node.left, env);
      return value.kind == ValueKind::kBoolean && value.boolean;
    }
    case NodeKind::kCompare:
      return compare(node.op, value_of(node.left, env), value_of(node.right, env));
    case NodeKind::kContains:
      return contains(value_of(node.left, env), value_of(node.right, env));
    case NodeKind::kMember:
      return is_member(value_of(node.left, env), value_of(node.right, env));
    case NodeKind::kNotMember:
      return is_not_member(value_of(node.left, env), value_of(node.right, env));
  }
  return false;
}

bool evaluate(const Expression& expression, const Env& env) { return evaluate_node(*expression.program().root(), env); }

std::optional<std::string> first_false_term(const Expression& expression, const Env& env) {
  const Node& root = *expression.program().root();
  if (expression.is_never()) return expression.source();
  if (root.kind == NodeKind::kAnd) {
    for (const NodePtr& child : root.children) {
      if (!evaluate_node(*child, env)) return print(*child);
    }
    return std::nullopt;
  }
  if (evaluate_node(root, env)) return std::nullopt;
  return expression.canonical();
}

}  // namespace carillon::expr
