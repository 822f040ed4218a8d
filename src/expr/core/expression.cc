// The handle, and the expressions that are made from others: bind, conjunction, split.
#include <algorithm>
#include <utility>

#include <boost/json/array.hpp>

#include "base/check.h"
#include "expr/core/program.h"

namespace carillon::expr {
namespace {

void gather_task_keys(const Node& node, std::vector<KeyPtr>& keys) {
  if (!node.task) return;
  for (const Operand* operand : {&node.left, &node.right}) {
    const auto* key = std::get_if<KeyPtr>(operand);
    if (key == nullptr || !(*key)->is_task_attribute()) continue;
    const auto is_same = [key](const KeyPtr& known) { return known->text == (*key)->text; };
    if (std::none_of(keys.begin(), keys.end(), is_same)) keys.push_back(*key);
  }
  for (const NodePtr& child : node.children) gather_task_keys(*child, keys);
}

// The task's value in place of a task key. Elements of an array that nothing can be equal to are left out.
Operand bound_operand(const Operand& operand, const Env& env) {
  const auto* key = std::get_if<KeyPtr>(&operand);
  if (key == nullptr || !(*key)->is_task_attribute()) return operand;
  const Value value = look_up(**key, env);
  if (value.is_scalar()) return Literal(value);
  if (value.kind != ValueKind::kArray) return Nothing{};
  auto list = std::make_shared<List>();
  for (const boost::json::value& element : *value.array) {
    const Value scalar = Value::of(element);
    if (scalar.is_scalar()) list->emplace_back(scalar);
  }
  return std::shared_ptr<const List>(std::move(list));
}

NodePtr bind_node(const NodePtr& node, const Env& env) {
  if (!node->task) return node;
  const auto left = [&] { return bound_operand(node->left, env); };
  const auto right = [&] { return bound_operand(node->right, env); };
  switch (node->kind) {
    case NodeKind::kConstant:
      return node;
    case NodeKind::kIsTrue:
      return make_is_true(left());
    case NodeKind::kCompare:
      return make_compare(node->op, left(), right());
    case NodeKind::kContains:
      return make_contains(left(), right());
    case NodeKind::kMember:
      return make_member(left(), right());
    case NodeKind::kNotMember:
      return make_not_member(left(), right());
    case NodeKind::kNot:
      return make_not(bind_node(node->children.front(), env));
    case NodeKind::kAnd:
    case NodeKind::kOr:
      break;
  }
  const bool all = node->kind == NodeKind::kAnd;
  std::vector<NodePtr> children;
  children.reserve(node->children.size());
  for (const NodePtr& child : node->children) {
    NodePtr bound = bind_node(child, env);
    if (bound->kind == NodeKind::kConstant && bound->constant != all) return bound;
    children.push_back(std::move(bound));
  }
  return all ? make_all(std::move(children)) : make_any(std::move(children));
}

void append_bytes(std::uint64_t value, std::string& out) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// One letter for the type, then what tells values of it apart; self-delimiting.
void append_key_value(const Value& value, std::string& out) {
  switch (value.kind) {
    case ValueKind::kMissing:
    case ValueKind::kList:
      out += 'm';
      return;
    case ValueKind::kBoolean:
      out += value.boolean ? 't' : 'f';
      return;
    case ValueKind::kInt64:
      out += 'i';
      return append_bytes(static_cast<std::uint64_t>(value.int64), out);
    case ValueKind::kUint64:
      out += 'u';
      return append_bytes(value.uint64, out);
    case ValueKind::kDouble: {
      std::uint64_t bits = 0;
      std::memcpy(&bits, &value.real, sizeof bits);
      out += 'd';
      return append_bytes(bits, out);
    }
    case ValueKind::kString:
      out += 's';
      append_bytes(value.size, out);
      out += value.text();
      return;
    case ValueKind::kArray:
      out += '[';
      for (const boost::json::value& element : *value.array) {
        const Value scalar = Value::of(element);
        if (scalar.is_scalar()) append_key_value(scalar, out);
      }
      out += ']';
      return;
  }
}

const std::shared_ptr<const Program>& always() {
  static const auto kAlways =
      std::make_shared<const Program>(make_constant(true), std::string(), std::vector<std::string>());
  return kAlways;
}

}  // namespace

Program::Program(NodePtr root, std::optional<std::string> source, std::vector<std::string> notes)
    : root_(std::move(root)), source_(std::move(source)), canonical_(print(*root_)), notes_(std::move(notes)) {
  gather_task_keys(*root_, task_keys_);
}

Expression::Expression() : program_(always()) {}
Expression::Expression(std::shared_ptr<const Program> program) : program_(std::move(program)) {
  CARILLON_CHECK(program_);
}

const std::string& Expression::source() const { return program_->source(); }
const std::string& Expression::canonical() const { return program_->canonical(); }
bool Expression::is_always() const {
  return program_->root()->kind == NodeKind::kConstant && program_->root()->constant;
}
bool Expression::is_never() const {
  return program_->root()->kind == NodeKind::kConstant && !program_->root()->constant;
}
bool Expression::refers_to_task() const { return program_->root()->task; }
bool Expression::refers_to_worker() const { return program_->root()->worker; }

Expression expression_of(NodePtr root) {
  return Expression(std::make_shared<const Program>(std::move(root), std::nullopt, std::vector<std::string>()));
}

const std::string& to_text(const Expression& expression) { return expression.canonical(); }

bool is_dynamic(const Expression& expression) { return expression.program().root()->dynamic; }

Bound bind(const Expression& expression, const boost::json::value& task_attributes) {
  if (!expression.refers_to_task()) return expression;
  return expression_of(bind_node(expression.program().root(), Env{.task = &task_attributes}));
}

void append_bind_key(const Expression& expression, const boost::json::value& task_attributes, std::string& out) {
  const Env env{.task = &task_attributes};
  for (const KeyPtr& key : expression.program().task_keys()) append_key_value(look_up(*key, env), out);
}

Expression conjunction(std::span<const Expression> parts) {
  if (parts.size() == 1) return parts.front();
  std::vector<NodePtr> roots;
  roots.reserve(parts.size());
  for (const Expression& part : parts) roots.push_back(part.program().root());
  return expression_of(make_all(std::move(roots)));
}

Split split_by_change(const Expression& expression) {
  const NodePtr& root = expression.program().root();
  if (!root->dynamic) return {expression, Expression()};
  if (root->kind != NodeKind::kAnd) return {Expression(), expression};
  std::vector<NodePtr> fixed;
  std::vector<NodePtr> changing;
  for (const NodePtr& child : root->children) (child->dynamic ? changing : fixed).push_back(child);
  return {expression_of(make_all(std::move(fixed))), expression_of(make_all(std::move(changing)))};
}

}  // namespace carillon::expr
