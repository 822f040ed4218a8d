#include "expr/core/testing/random_expr.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace carillon::expr {

// splitmix64: small, and the same on every machine.
std::uint64_t RandomExpr::below(std::uint64_t bound) {
  state_ += 0x9e3779b97f4a7c15ULL;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return (z ^ (z >> 31)) % bound;
}

std::string RandomExpr::pick(std::initializer_list<std::string_view> choices) {
  return std::string(*(choices.begin() + below(choices.size())));
}

std::string RandomExpr::text(Scope scope, int depth) {
  if (depth == 0) return comparison(scope);
  switch (below(6)) {
    case 0:
      return text(scope, depth - 1) + pick({" AND ", " and "}) + text(scope, depth - 1);
    case 1:
      return text(scope, depth - 1) + pick({" OR ", "\tor\n"}) + text(scope, depth - 1);
    case 2:
      return "NOT (" + text(scope, depth - 1) + ")";
    case 3:
      return "(" + text(scope, depth - 1) + ")";
    case 4:
      return "(" + text(scope, depth - 1) + " OR " + text(scope, depth - 1) + ") AND " + text(scope, depth - 1);
    default:
      return comparison(scope);
  }
}

std::string RandomExpr::comparison(Scope scope) {
  switch (below(8)) {
    case 0:
      return key(scope);
    case 1:
      return pick({"NOT ", ""}) + operand(scope) + " CONTAINS " + operand(scope);
    case 2:
      return (below(3) == 0 ? list() : key(scope)) + " HAS " + operand(scope);
    case 3:
      return operand(scope) + pick({" IN ", " NOT IN "}) + (below(2) == 0 ? list() : key(scope));
    default:
      return operand(scope) + pick({" == ", " != ", " > ", " >= ", " < ", " <= ", "="}) + operand(scope);
  }
}

std::string RandomExpr::operand(Scope scope) {
  return below(3) == 0 ? literal() : key(scope);
}

std::string RandomExpr::key(Scope scope) {
  const std::string name = pick({"a", "b", "c", "list", "o.a", "o.list[0]", "list[1]", "o.o.b", "none", "sid", "age"});
  switch (scope) {
    case Scope::kQueue:
      return below(4) == 0 ? pick({"worker.available", "worker.sid"}) : pick({"", "worker."}) + name;
    case Scope::kFilter:
      return pick({"", "task."}) + name;
    case Scope::kTarget:
      if (below(6) != 0) return pick({"task.", "worker."}) + (name == "sid" ? "a" : name);
      return pick(
          {"worker.available", "worker.activity_name", "worker.channel.voice.available_capacity", "worker['sid']"});
    case Scope::kSkipIf:
      return below(2) == 0 ? "task." + name : pick({"workers.available", "task.age", "task.priority", "queue.waiting"});
  }
  return name;
}

std::string RandomExpr::literal() {
  return pick({"1", "2", "2.0", "-1", "0.5", "9007199254740993", "18446744073709551615", "1e19", "'x'", "\"xy\"", "'y'",
               "''", "'Break'", "true", "FALSE"});
}

std::string RandomExpr::list() {
  std::string text = "[";
  for (std::uint64_t i = 0, n = below(4); i < n; ++i) text += (i == 0 ? "" : ", ") + literal();
  return text + "]";
}

boost::json::value RandomExpr::scalar() {
  switch (below(12)) {
    case 0:
      return 1;
    case 1:
      return 2;
    case 2:
      return 2.0;
    case 3:
      return 0.5;
    case 4:
      return std::uint64_t{18446744073709551615U};
    case 5:
      return 9007199254740992.0;
    case 6:
      return "x";
    case 7:
      return "xy";
    case 8:
      return true;
    case 9:
      return false;
    case 10:
      return nullptr;
    default:
      return -1;
  }
}

boost::json::value RandomExpr::attributes(int depth) {
  boost::json::object object;
  for (const char* name : {"a", "b", "c", "sid", "age"}) {
    if (below(5) != 0) object[name] = scalar();
  }
  if (below(5) != 0) {
    boost::json::array array;
    for (std::uint64_t i = 0, n = below(4); i < n; ++i) array.push_back(scalar());
    object["list"] = std::move(array);
  }
  if (depth > 0) object["o"] = attributes(depth - 1);
  return object;
}

}  // namespace carillon::expr
