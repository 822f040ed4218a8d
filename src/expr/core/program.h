// What an Expression holds: the tree, and what was found out about it once. Inside the module only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "expr/core/node.h"

namespace carillon::expr {

class Program {
 public:
  // `source` is absent when nobody wrote the text. `notes`: warnings that need no attributes to be seen.
  Program(NodePtr root, std::optional<std::string> source, std::vector<std::string> notes);

  const NodePtr& root() const { return root_; }
  const std::string& source() const { return source_ ? *source_ : canonical_; }
  const std::string& canonical() const { return canonical_; }
  const std::vector<std::string>& notes() const { return notes_; }
  const std::vector<KeyPtr>& task_keys() const { return task_keys_; }  // each once, in the order of the text

 private:
  NodePtr root_;
  std::optional<std::string> source_;
  std::string canonical_;
  std::vector<std::string> notes_;
  std::vector<KeyPtr> task_keys_;
};

// An Expression around a tree that nobody wrote.
Expression expression_of(NodePtr root);

// What a key is worth in `env`.
Value look_up(const Key& key, const Env& env);

bool evaluate_node(const Node& node, const Env& env);

}  // namespace carillon::expr
