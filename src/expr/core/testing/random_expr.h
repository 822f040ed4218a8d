// Random expression texts and attributes for property tests and the bench of oddities.
//
// What:   everything comes from one seed; names, values and types are few, so that comparisons often meet.
// Thread: one at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "expr/core/expr.h"

namespace carillon::expr {

class RandomExpr {
 public:
  explicit RandomExpr(std::uint64_t seed) : state_(seed) {}

  std::string text(Scope scope, int depth);
  boost::json::value attributes(int depth);
  std::uint64_t below(std::uint64_t bound);

 private:
  std::string comparison(Scope scope);
  std::string key(Scope scope);
  std::string literal();
  std::string list();
  std::string operand(Scope scope);
  std::string pick(std::initializer_list<std::string_view> choices);
  boost::json::value scalar();

  std::uint64_t state_;
};

}  // namespace carillon::expr
