// order_by of a workflow target: which of the eligible workers comes first.
//
// What:    `worker.level DESC, worker.cost` -> OrderBy; sort_key(OrderBy, worker) -> SortKey; keys compare by their
// bytes. Order:   a total one. Term by term: numbers before strings before booleans before missing, whatever the
// direction;
//          inside a type by value (numbers exactly, strings by bytes, false before true), DESC turning it round. Null,
//          arrays and objects count as missing. Equal keys mean: order_by does not care, the next rule decides.
// Owns:    OrderBy is a handle like Expression; a SortKey owns its bytes (one number fits without allocation).
// Thread:  any.
// Errors:  kExpressionFault with column, found and expected.
// Limits:  kMaxOrderTerms terms, kMaxTextBytes of text.
// Example:
//   auto order = expr::parse_order_by("worker.level DESC, worker.cost");
//   expr::SortKey a = expr::sort_key(*order, {.worker = &a_attributes}), b = expr::sort_key(*order, {.worker =
//   &b_attributes}); if (a < b) offer_to_a_first();
#pragma once

#include <compare>
#include <memory>
#include <string>
#include <string_view>

#include "expr/core/expr.h"

namespace carillon::expr {

inline constexpr int kMaxOrderTerms = 8;

class OrderProgram;  // see order_by.cc

class OrderBy {
 public:
  OrderBy();  // no terms: all workers are alike
  explicit OrderBy(std::shared_ptr<const OrderProgram> program);

  const std::string& canonical() const;  // "worker.level DESC, worker.cost ASC"; "" without terms
  bool empty() const;
  bool is_dynamic() const;  // as expr::is_dynamic: the key can change without the attributes changing
  const OrderProgram& program() const { return *program_; }

 private:
  std::shared_ptr<const OrderProgram> program_;
};

// Less is first. Only keys of the same OrderBy may be compared.
struct SortKey {
  std::string bytes;
  auto operator<=>(const SortKey&) const = default;
};

// Keys are worker attributes or facts, with or without `worker.`; ASC when no direction is given; "" has no terms.
Result<OrderBy> parse_order_by(std::string_view text);

// Looks at env.worker and env.worker_facts only.
SortKey sort_key(const OrderBy& order, const Env& env);

}  // namespace carillon::expr
