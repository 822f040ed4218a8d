#include "expr/core/node.h"

#include <algorithm>
#include <string_view>

#include "base/check.h"

namespace carillon::expr {
namespace {

const Literal* literal_in(const Operand& operand) { return std::get_if<Literal>(&operand); }
const Key* key_in(const Operand& operand) {
  const auto* key = std::get_if<KeyPtr>(&operand);
  return key == nullptr ? nullptr : key->get();
}
const List* list_in(const Operand& operand) {
  const auto* list = std::get_if<std::shared_ptr<const List>>(&operand);
  return list == nullptr ? nullptr : list->get();
}
bool is_nothing(const Operand& operand) { return std::holds_alternative<Nothing>(operand); }
bool is_literal_of(const Operand& operand, ValueKind kind) {
  const Literal* literal = literal_in(operand);
  return literal != nullptr && literal->value.kind == kind;
}

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15ULL;
  return hash ^ (hash >> 29);
}

std::uint64_t hash_text(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return hash;
}

std::string_view spelling(CompareOp op) {
  switch (op) {
    case CompareOp::kEqual:
      return " == ";
    case CompareOp::kNotEqual:
      return " != ";
    case CompareOp::kGreater:
      return " > ";
    case CompareOp::kGreaterEqual:
      return " >= ";
    case CompareOp::kLess:
      return " < ";
    case CompareOp::kLessEqual:
      return " <= ";
  }
  return " ";
}

// The operator that says the same with both sides exchanged.
CompareOp exchanged(CompareOp op) {
  switch (op) {
    case CompareOp::kGreater:
      return CompareOp::kLess;
    case CompareOp::kGreaterEqual:
      return CompareOp::kLessEqual;
    case CompareOp::kLess:
      return CompareOp::kGreater;
    case CompareOp::kLessEqual:
      return CompareOp::kGreaterEqual;
    default:
      return op;
  }
}

void append_operand(const Operand& operand, std::string& out) {
  if (const Key* key = key_in(operand)) {
    out += key->text;
  } else if (const Literal* literal = literal_in(operand)) {
    append_text(literal->view(), out);
  } else if (const List* list = list_in(operand)) {
    out += '[';
    for (std::size_t i = 0; i < list->size(); ++i) {
      if (i != 0) out += ", ";
      append_text((*list)[i].view(), out);
    }
    out += ']';
  }
}

void append_leaf(const Node& node, std::string& out) {
  switch (node.kind) {
    case NodeKind::kIsTrue:
      append_operand(node.left, out);
      return;
    case NodeKind::kCompare:
      append_operand(node.left, out);
      out += spelling(node.op);
      append_operand(node.right, out);
      return;
    case NodeKind::kContains:
      append_operand(node.left, out);
      out += " CONTAINS ";
      append_operand(node.right, out);
      return;
    case NodeKind::kMember: {
      const bool is_list = list_in(node.right) != nullptr;
      append_operand(is_list ? node.left : node.right, out);
      out += is_list ? " IN " : " HAS ";
      append_operand(is_list ? node.right : node.left, out);
      return;
    }
    case NodeKind::kNotMember:
      append_operand(node.left, out);
      out += " NOT IN ";
      append_operand(node.right, out);
      return;
    default:
      CARILLON_CHECK(false);
  }
}

NodePtr make_leaf(NodeKind kind, CompareOp op, Operand left, Operand right) {
  auto node = std::make_shared<Node>();
  node->kind = kind;
  node->op = op;
  node->left = std::move(left);
  node->right = std::move(right);
  for (const Operand* operand : {&node->left, &node->right}) {
    const Key* key = key_in(*operand);
    if (key == nullptr) continue;
    node->task |= key->is_task_attribute();
    node->worker |= key->is_worker();
    node->dynamic |= key->is_dynamic();
  }
  append_leaf(*node, node->text);
  node->hash = hash_text(node->text);
  return node;
}

bool same(const Node& a, const Node& b) {
  if (a.hash != b.hash || a.kind != b.kind || a.text != b.text || a.constant != b.constant) return false;
  return std::equal(a.children.begin(), a.children.end(), b.children.begin(), b.children.end(),
                    [](const NodePtr& x, const NodePtr& y) { return x == y || same(*x, *y); });
}

NodePtr make_parent(NodeKind kind, std::vector<NodePtr> children) {
  auto node = std::make_shared<Node>();
  node->kind = kind;
  node->children = std::move(children);
  node->hash = static_cast<std::uint64_t>(kind);
  for (const NodePtr& child : node->children) {
    node->task |= child->task;
    node->worker |= child->worker;
    node->dynamic |= child->dynamic;
    node->hash = mix(node->hash, child->hash);
  }
  return node;
}

// AND and OR: `neutral` is what may be left out, its opposite decides alone.
NodePtr make_flat(NodeKind kind, bool neutral, std::vector<NodePtr> nodes) {
  std::vector<NodePtr> flat;
  flat.reserve(nodes.size());
  const auto add = [&flat](const NodePtr& node) {
    const auto is_same = [&node](const NodePtr& known) { return known == node || same(*known, *node); };
    if (std::none_of(flat.begin(), flat.end(), is_same)) flat.push_back(node);
  };
  for (const NodePtr& node : nodes) {
    if (node->kind == NodeKind::kConstant) {
      if (node->constant != neutral) return node;
    } else if (node->kind == kind) {
      std::for_each(node->children.begin(), node->children.end(), add);
    } else {
      add(node);
    }
  }
  if (flat.empty()) return make_constant(neutral);
  return flat.size() == 1 ? flat.front() : make_parent(kind, std::move(flat));
}

void print_into(const Node& node, std::string& out) {
  switch (node.kind) {
    case NodeKind::kConstant:
      out += node.constant ? "true" : "false";
      return;
    case NodeKind::kNot: {
      const bool leaf = node.children.front()->children.empty();
      out += leaf ? "NOT " : "NOT (";
      print_into(*node.children.front(), out);
      if (!leaf) out += ')';
      return;
    }
    case NodeKind::kAnd:
    case NodeKind::kOr:
      for (std::size_t i = 0; i < node.children.size(); ++i) {
        const Node& child = *node.children[i];
        const bool parentheses = child.kind == NodeKind::kOr;
        if (i != 0) out += node.kind == NodeKind::kAnd ? " AND " : " OR ";
        if (parentheses) out += '(';
        print_into(child, out);
        if (parentheses) out += ')';
      }
      return;
    default:
      out += node.text;
  }
}

}  // namespace

NodePtr make_constant(bool value) {
  const auto make = [](bool constant) {
    auto node = std::make_shared<Node>();
    node->constant = constant;
    node->hash = constant ? 1 : 2;
    return NodePtr(std::move(node));
  };
  static const NodePtr kYes = make(true);
  static const NodePtr kNo = make(false);
  return value ? kYes : kNo;
}

NodePtr make_is_true(Operand operand) {
  if (key_in(operand) != nullptr) return make_leaf(NodeKind::kIsTrue, CompareOp::kEqual, std::move(operand), Nothing{});
  return make_constant(is_literal_of(operand, ValueKind::kBoolean) && std::get<Literal>(operand).value.boolean);
}

NodePtr make_compare(CompareOp op, Operand left, Operand right) {
  if (key_in(left) == nullptr) {
    std::swap(left, right);
    op = exchanged(op);
  }
  const Literal* literal = literal_in(right);
  if (key_in(left) == nullptr) {
    const Literal* first = literal_in(left);
    return make_constant(first != nullptr && literal != nullptr && compare(op, first->view(), literal->view()));
  }
  if (is_nothing(right) || list_in(right) != nullptr) return make_constant(false);
  if (is_literal_of(right, ValueKind::kBoolean)) {
    if (op != CompareOp::kEqual && op != CompareOp::kNotEqual) return make_constant(false);
    const bool wanted = literal->value.boolean == (op == CompareOp::kEqual);
    if (wanted) return make_is_true(std::move(left));
    return make_leaf(NodeKind::kCompare, CompareOp::kEqual, std::move(left), Literal(Value::of(false)));
  }
  return make_leaf(NodeKind::kCompare, op, std::move(left), std::move(right));
}

NodePtr make_contains(Operand text, Operand part) {
  for (const Operand* operand : {&text, &part}) {
    if (key_in(*operand) == nullptr && !is_literal_of(*operand, ValueKind::kString)) return make_constant(false);
  }
  const Literal* first = literal_in(text);
  const Literal* second = literal_in(part);
  if (first != nullptr && second != nullptr) return make_constant(contains(first->view(), second->view()));
  return make_leaf(NodeKind::kContains, CompareOp::kEqual, std::move(text), std::move(part));
}

NodePtr make_member(Operand value, Operand array) {
  const Literal* literal = literal_in(value);
  const List* list = list_in(array);
  if (literal == nullptr && key_in(value) == nullptr) return make_constant(false);
  if (list == nullptr && key_in(array) == nullptr) return make_constant(false);
  if (list != nullptr && literal != nullptr) return make_constant(is_member(literal->view(), Value::of(*list)));
  if (list != nullptr && list->empty()) return make_constant(false);
  if (list != nullptr && list->size() == 1) return make_compare(CompareOp::kEqual, std::move(value), list->front());
  return make_leaf(NodeKind::kMember, CompareOp::kEqual, std::move(value), std::move(array));
}

NodePtr make_not_member(Operand value, Operand array) {
  const Literal* literal = literal_in(value);
  const List* list = list_in(array);
  if (literal == nullptr && key_in(value) == nullptr) return make_constant(false);
  if (list == nullptr && key_in(array) == nullptr) return make_constant(false);
  if (list != nullptr && literal != nullptr) return make_constant(is_not_member(literal->view(), Value::of(*list)));
  return make_leaf(NodeKind::kNotMember, CompareOp::kEqual, std::move(value), std::move(array));
}

NodePtr make_not(NodePtr node) {
  if (node->kind == NodeKind::kConstant) return make_constant(!node->constant);
  if (node->kind == NodeKind::kNot) return node->children.front();
  std::vector<NodePtr> children;
  children.push_back(std::move(node));
  return make_parent(NodeKind::kNot, std::move(children));
}

NodePtr make_all(std::vector<NodePtr> nodes) { return make_flat(NodeKind::kAnd, true, std::move(nodes)); }
NodePtr make_any(std::vector<NodePtr> nodes) { return make_flat(NodeKind::kOr, false, std::move(nodes)); }

std::string print(const Node& node) {
  std::string out;
  print_into(node, out);
  return out;
}

}  // namespace carillon::expr
