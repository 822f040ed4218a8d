// Random expressions that come with a second, naive meaning, and random attributes; for property tests.
//
// What:   term() gives a text and a function that says what it means, written without the module's own code: values are
//         JSON, numbers are long double (whose 64-bit mantissa holds every int64, uint64 and double exactly on x86).
// Why:    parser, normal form, binding and evaluation are checked against something that shares nothing with them.
// Limits: names, values and types are few, so that comparisons often meet. Everything follows from the seed.
// Thread: one at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "expr/core/expr.h"

namespace carillon::expr {

struct RandomTerm {
  std::string text;
  std::function<bool(const Env&)> holds;
};

class RandomExpr {
 public:
  explicit RandomExpr(std::uint64_t seed) : state_(seed) {}

  RandomTerm term(Scope scope, int depth);
  boost::json::value attributes(int depth);
  std::uint64_t below(std::uint64_t bound);

 private:
  struct RandomOperand {
    std::string text;
    std::function<boost::json::value(const Env&)> value;  // null when missing
  };
  RandomTerm comparison(Scope scope);
  RandomOperand key(Scope scope);
  RandomOperand attribute(std::string_view prefix, bool of_task);
  RandomOperand literal();
  RandomOperand list();
  RandomOperand operand(Scope scope);
  std::string pick(std::initializer_list<std::string_view> choices);
  boost::json::value scalar();

  std::uint64_t state_;
};

}  // namespace carillon::expr
