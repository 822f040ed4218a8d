// The tree of an expression, and the constructors that keep it normal. Inside the module only.
//
// What:   a Node is immutable and shared; parser, bind() and conjunction() build trees only through the functions
// below,
//         so that equal meaning after trivial normalisation is always the same tree and the same text.
// Normal: a literal stands on the right of a key; AND and OR are flat and have no constants and no equal terms; no
// double
//         NOT; what has no key is a constant; `x IN [v]` is `x == v`; `x == true` is `x`.
// Thread: any.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "expr/core/expr.h"
#include "expr/core/value.h"

namespace carillon::expr {

// What a key looks at that is not an attribute.
enum class Fact : std::uint8_t {
  kNone,  // an attribute
  kWorkerSid,
  kWorkerFriendlyName,
  kWorkerActivityName,
  kWorkerAvailable,
  kWorkerChannelAvailableCapacity,
  kWorkerChannelAssignedTasks,
  kWorkersAvailable,
  kWorkersEligible,
  kTaskAge,
  kTaskPriority,
  kQueueWaiting,
  kQueueLongestWait,
};

struct Step {
  std::string name{};       // when no index
  std::uint32_t index = 0;  // of an array
  bool is_index = false;
};

struct Key {
  bool of_task = false;  // root of an attribute: the task's, else the worker's
  Fact fact = Fact::kNone;
  std::vector<Step> steps{};  // of an attribute
  std::string channel{};      // of worker.channel.<name>.*
  std::string text{};         // canonical: equal texts are the same key

  bool is_attribute() const { return fact == Fact::kNone; }
  bool is_task_attribute() const { return is_attribute() && of_task; }
  bool is_worker() const;   // attribute or fact of a worker
  bool is_dynamic() const;  // changes without the attributes changing
};
using KeyPtr = std::shared_ptr<const Key>;

struct Nothing {};  // a task key that bind() found missing
using Operand = std::variant<Nothing, Literal, std::shared_ptr<const List>, KeyPtr>;

enum class NodeKind : std::uint8_t {
  kConstant,
  kAnd,
  kOr,
  kNot,
  kIsTrue,     // left
  kCompare,    // left op right
  kContains,   // left CONTAINS right
  kMember,     // left IN right, right HAS left
  kNotMember,  // left NOT IN right
};

struct Node {
  NodeKind kind = NodeKind::kConstant;
  CompareOp op = CompareOp::kEqual;
  bool constant = false;
  bool task = false;     // a task attribute is below
  bool worker = false;   // a worker attribute or fact is below
  bool dynamic = false;  // a dynamic worker fact is below
  Operand left;
  Operand right;
  std::vector<std::shared_ptr<const Node>> children;
  std::string text;        // of leaves: canonical
  std::uint64_t hash = 0;  // of the canonical structure, to compare quickly; never decides an order
};
using NodePtr = std::shared_ptr<const Node>;

NodePtr make_constant(bool value);
NodePtr make_is_true(Operand operand);
NodePtr make_compare(CompareOp op, Operand left, Operand right);
NodePtr make_contains(Operand text, Operand part);
NodePtr make_member(Operand value, Operand array);
NodePtr make_not_member(Operand value, Operand array);
NodePtr make_not(NodePtr node);
NodePtr make_all(std::vector<NodePtr> nodes);
NodePtr make_any(std::vector<NodePtr> nodes);

// Canonical text of a tree.
std::string print(const Node& node);

// "skills[0].name", or with any_index "skills[].name". Names that are no plain words are quoted: a["two words"].
void append_steps(const std::vector<Step>& steps, bool any_index, std::string& out);
void append_name(std::string_view name, std::string& out);

// Fills key.text.
void name_key(Key& key);

// Word lists shared by parser and printer.
bool is_plain_name(std::string_view name);
// worker.NAME is, or begins, a fact: the attribute of that name must be quoted. `more`: steps follow.
bool is_worker_fact_name(std::string_view name, bool more);
bool is_task_fact_name(std::string_view name);

}  // namespace carillon::expr
