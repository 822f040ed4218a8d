#include "expr/core/warnings.h"

#include <algorithm>
#include <optional>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "expr/core/program.h"

namespace carillon::expr {
namespace {

using Types = std::uint8_t;
using Type = AttributesSeen::Type;
constexpr Types kScalars = Type::kString | Type::kNumber | Type::kBoolean;

Types type_of(const Value& value) {
  switch (value.kind) {
    case ValueKind::kBoolean:
      return Type::kBoolean;
    case ValueKind::kInt64:
    case ValueKind::kUint64:
    case ValueKind::kDouble:
      return Type::kNumber;
    case ValueKind::kString:
      return Type::kString;
    case ValueKind::kArray:
    case ValueKind::kList:
      return Type::kArray;
    case ValueKind::kMissing:
      return 0;
  }
  return 0;
}

std::string names_of(Types types) {
  static constexpr std::pair<Types, std::string_view> kNames[] = {{Type::kString, "text"},
                                                                  {Type::kNumber, "number"},
                                                                  {Type::kBoolean, "true or false"},
                                                                  {Type::kArray, "array"},
                                                                  {Type::kObject, "object"}};
  std::string names;
  for (const auto& [type, name] : kNames) {
    if ((types & type) == 0) continue;
    if (!names.empty()) names += " or ";
    names += name;
  }
  return names;
}

Types fact_types(Fact fact) {
  switch (fact) {
    case Fact::kWorkerSid:
    case Fact::kWorkerFriendlyName:
    case Fact::kWorkerActivityName:
      return Type::kString;
    case Fact::kWorkerAvailable:
      return Type::kBoolean;
    default:
      return Type::kNumber;
  }
}

class Checker {
 public:
  Checker(const Seen& seen, std::vector<std::string>& out) : seen_(seen), out_(out) {}

  void visit(const Node& node) {
    for (const NodePtr& child : node.children) visit(*child);
    if (node.text.empty() || any_unseen(node)) return;
    switch (node.kind) {
      case NodeKind::kIsTrue:
        return need(node, node.left, Type::kBoolean, "to be true it must be a boolean");
      case NodeKind::kCompare:
        return check_compare(node);
      case NodeKind::kContains:
        need(node, node.left, Type::kString, "CONTAINS looks into a text; into an array looks HAS");
        return need(node, node.right, Type::kString, "CONTAINS looks for a text");
      case NodeKind::kMember:
      case NodeKind::kNotMember:
        return check_member(node);
      default:
        return;
    }
  }

 private:
  const AttributesSeen* table(const Key& key) const {
    const AttributesSeen* table = !key.is_attribute() ? nullptr : key.of_task ? seen_.task : seen_.worker;
    return table == nullptr || table->empty() ? nullptr : table;
  }

  static std::string table_key(const Key& key) {
    std::string text;
    append_steps(key.steps, true, text);
    return text;
  }

  void warn(const std::string& text) {
    if (std::find(out_.begin(), out_.end(), text) == out_.end()) out_.push_back(text);
  }

  // Warns of keys that nothing in the workspace has. Then their types say nothing.
  bool any_unseen(const Node& node) {
    bool any = false;
    for (const Operand* operand : {&node.left, &node.right}) {
      const auto* key = std::get_if<KeyPtr>(operand);
      if (key == nullptr) continue;
      const AttributesSeen* seen = table(**key);
      if (seen == nullptr || seen->overflowed() || seen->types(table_key(**key)) != 0) continue;
      warn((*key)->text + ": no " + ((*key)->of_task ? "task" : "worker") + " has had this attribute so far");
      any = true;
    }
    return any;
  }

  // Types that a side can have; nothing when not known.
  std::optional<Types> types(const Operand& operand) const {
    if (const auto* literal = std::get_if<Literal>(&operand)) return type_of(literal->value);
    if (std::holds_alternative<std::shared_ptr<const List>>(operand)) return Type::kArray;
    const auto* key = std::get_if<KeyPtr>(&operand);
    if (key == nullptr) return std::nullopt;
    if (!(*key)->is_attribute()) return fact_types((*key)->fact);
    const AttributesSeen* seen = table(**key);
    const Types found = seen == nullptr ? Types(0) : seen->types(table_key(**key));
    return found == 0 ? std::nullopt : std::optional(found);
  }

  std::optional<Types> element_types(const Operand& operand) const {
    if (const auto* list = std::get_if<std::shared_ptr<const List>>(&operand)) {
      Types all = 0;
      for (const Literal& element : **list) all |= type_of(element.value);
      return all;
    }
    const auto* key = std::get_if<KeyPtr>(&operand);
    if (key == nullptr) return std::nullopt;
    const AttributesSeen* seen = table(**key);
    const Types found = seen == nullptr ? Types(0) : seen->types(table_key(**key) + "[]");
    return found == 0 ? std::nullopt : std::optional(found);
  }

  void need(const Node& node, const Operand& operand, Types wanted, std::string_view why) {
    const auto* key = std::get_if<KeyPtr>(&operand);
    const std::optional<Types> found = types(operand);
    if (key == nullptr || !found || (*found & wanted) != 0) return;
    warn(node.text + ": " + (*key)->text + " has only been " + names_of(*found) + " so far; " + std::string(why));
  }

  void check_compare(const Node& node) {
    const bool ordered = node.op != CompareOp::kEqual && node.op != CompareOp::kNotEqual;
    const Types possible = ordered ? Types(Type::kString | Type::kNumber) : kScalars;
    const std::optional<Types> left = types(node.left);
    const std::optional<Types> right = types(node.right);
    if (!left || !right || (*left & *right & possible) != 0) return;
    std::string text = node.text + " compares " + names_of(*left) + " with " + names_of(*right) +
                       ", judging by what has been seen so far, and is never true";
    if ((*left & Type::kArray) != 0 && (*right & kScalars) != 0) text += "; into an array looks HAS";
    warn(text);
  }

  void check_member(const Node& node) {
    need(node, node.right, Type::kArray, "HAS and IN look into an array; a single value is compared with ==");
    need(node, node.left, kScalars, "what is looked for must be a text, a number, true or false");
    const std::optional<Types> value = types(node.left);
    const std::optional<Types> elements = element_types(node.right);
    if (!value || !elements || node.kind == NodeKind::kNotMember || (*value & kScalars) == 0) return;
    if ((*value & *elements & kScalars) != 0) return;
    warn(node.text + " looks for " + names_of(*value) + " among " + names_of(*elements) +
         ", judging by what has been seen so far, and is never true");
  }

  const Seen& seen_;
  std::vector<std::string>& out_;
};

}  // namespace

void AttributesSeen::add(const boost::json::value& attributes) {
  if (!attributes.is_object()) return;
  ++added_;
  std::string key;
  add_value(attributes, key, 0);
}

void AttributesSeen::add_value(const boost::json::value& value, std::string& key, int depth) {
  if (!key.empty()) {
    const bool is_object = value.is_object();
    const Types type = is_object ? Types(Type::kObject) : type_of(Value::of(value));
    if (type == 0) return;
    const auto known = types_.find(key);
    if (known != types_.end()) {
      known->second |= type;
    } else if (types_.size() >= kMaxKeysSeen || key.size() > kMaxSeenKeyBytes) {
      overflowed_ = true;
      return;
    } else {
      types_.emplace(key, type);
    }
  }
  if (!value.is_structured()) return;
  if (depth == kMaxSeenDepth) {
    overflowed_ = true;
    return;
  }
  const std::size_t size = key.size();
  if (const auto* object = value.if_object()) {
    for (const auto& member : *object) {
      append_name(member.key(), key);
      add_value(member.value(), key, depth + 1);
      key.resize(size);
    }
    return;
  }
  const auto& array = value.get_array();
  if (array.size() > kMaxElementsSeen) overflowed_ = true;
  key += "[]";
  for (std::size_t i = 0; i < std::min(array.size(), kMaxElementsSeen); ++i) add_value(array[i], key, depth + 1);
  key.resize(size);
}

std::uint8_t AttributesSeen::types(std::string_view key) const {
  const auto found = types_.find(key);
  return found == types_.end() ? 0 : found->second;
}

std::vector<std::string> warnings(const Expression& expression, const Seen& seen) {
  std::vector<std::string> out = expression.program().notes();
  Checker(seen, out).visit(*expression.program().root());
  if (expression.is_never()) out.push_back("the whole expression is never true");
  return out;
}

}  // namespace carillon::expr
