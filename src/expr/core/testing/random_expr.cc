#include "expr/core/testing/random_expr.h"

#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace carillon::expr {
namespace {

namespace json = boost::json;
static_assert(std::numeric_limits<long double>::digits >= 64, "the naive meaning needs exact 64-bit integers");

bool is_scalar(const json::value& v) { return v.is_number() || v.is_string() || v.is_bool(); }

long double number(const json::value& v) {
  if (v.is_int64()) return static_cast<long double>(v.get_int64());
  if (v.is_uint64()) return static_cast<long double>(v.get_uint64());
  return static_cast<long double>(v.get_double());
}

// -1, 0, 1; or 2 when the two cannot be compared.
int three_way(const json::value& a, const json::value& b) {
  if (a.is_number() && b.is_number()) return number(a) < number(b) ? -1 : number(a) > number(b) ? 1 : 0;
  if (a.is_string() && b.is_string()) {
    const int order = std::string(a.get_string()).compare(std::string(b.get_string()));
    return order < 0 ? -1 : order > 0 ? 1 : 0;
  }
  if (a.is_bool() && b.is_bool()) return a.get_bool() == b.get_bool() ? 0 : 3;
  return 2;
}

bool compares(std::string_view op, const json::value& a, const json::value& b) {
  const int order = three_way(a, b);
  if (order == 2) return false;
  if (op == "=" || op == "==") return order == 0;
  if (op == "!=") return order != 0;
  if (a.is_bool()) return false;
  if (op == ">") return order > 0;
  if (op == ">=") return order >= 0;
  return op == "<" ? order < 0 : order <= 0;
}

bool includes(const json::value& text, const json::value& part) {
  return text.is_string() && part.is_string() &&
         std::string(text.get_string()).find(std::string(part.get_string())) != std::string::npos;
}

// `wanted`: whether the value is to be found.
bool looks_into(const json::value& array, const json::value& value, bool wanted) {
  if (!array.is_array() || !is_scalar(value)) return false;
  bool found = false;
  for (const json::value& element : array.get_array()) found = found || three_way(element, value) == 0;
  return found == wanted;
}

// `steps`: "o", "list", "#1" for an index.
json::value walk(const json::value* at, const std::vector<std::string>& steps) {
  for (const std::string& step : steps) {
    if (at == nullptr) return nullptr;
    if (step.front() == '#') {
      const std::size_t index = static_cast<std::size_t>(step[1] - '0');
      at = at->is_array() && index < at->get_array().size() ? &at->get_array()[index] : nullptr;
    } else {
      at = at->is_object() && at->get_object().contains(step) ? &at->get_object().at(step) : nullptr;
    }
  }
  return at == nullptr ? json::value(nullptr) : *at;
}

}  // namespace

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

RandomTerm RandomExpr::term(Scope scope, int depth) {
  const std::uint64_t shape = depth == 0 ? 0 : below(6);
  if (shape < 2) return comparison(scope);
  RandomTerm a = term(scope, depth - 1);
  if (shape == 2) return {"NOT (" + a.text + ")", [a](const Env& env) { return !a.holds(env); }};
  if (shape == 3) return {"( " + a.text + ")", a.holds};
  RandomTerm b = term(scope, depth - 1);
  // Always in parentheses here: how AND and OR bind without them is checked by examples.
  const bool all = shape == 4;
  return {"(" + a.text + ")" + (all ? pick({" AND ", " and "}) : pick({" OR ", "\tor\n"})) + "(" + b.text + ")",
          [a, b, all](const Env& env) { return all ? a.holds(env) && b.holds(env) : a.holds(env) || b.holds(env); }};
}

RandomTerm RandomExpr::comparison(Scope scope) {
  const std::uint64_t shape = below(8);
  const RandomOperand a = shape == 0 || shape == 2 ? key(scope) : operand(scope);
  if (shape == 0) {
    return {a.text, [a](const Env& env) {
              const json::value v = a.value(env);
              return v.is_bool() && v.get_bool();
            }};
  }
  const RandomOperand b = operand(scope);
  if (shape == 1) {
    return {a.text + " CONTAINS " + b.text, [a, b](const Env& env) { return includes(a.value(env), b.value(env)); }};
  }
  if (shape == 2) {
    const RandomOperand array = below(3) == 0 ? list() : a;
    return {array.text + " HAS " + b.text,
            [array, b](const Env& env) { return looks_into(array.value(env), b.value(env), true); }};
  }
  if (shape == 3) {
    const RandomOperand array = below(2) == 0 ? list() : key(scope);
    const bool wanted = below(2) == 0;
    return {a.text + (wanted ? " IN " : " NOT IN ") + array.text,
            [array, a, wanted](const Env& env) { return looks_into(array.value(env), a.value(env), wanted); }};
  }
  const std::string op = pick({"==", "!=", ">", ">=", "<", "<=", "="});
  return {a.text + " " + op + b.text, [a, b, op](const Env& env) { return compares(op, a.value(env), b.value(env)); }};
}

RandomExpr::RandomOperand RandomExpr::operand(Scope scope) { return below(3) == 0 ? literal() : key(scope); }

RandomExpr::RandomOperand RandomExpr::attribute(std::string_view prefix, bool of_task) {
  static const std::vector<std::pair<std::string, std::vector<std::string>>> kPaths = {
      {"a", {"a"}},
      {"b", {"b"}},
      {"c", {"c"}},
      {"list", {"list"}},
      {"o.a", {"o", "a"}},
      {"list[1]", {"list", "#1"}},
      {"o.o.b", {"o", "o", "b"}},
      {"none", {"none"}},
      {"o.list[0]", {"o", "list", "#0"}},
  };
  const auto& [text, steps] = kPaths[below(kPaths.size())];
  return {std::string(prefix) + text,
          [&steps = steps, of_task](const Env& env) { return walk(of_task ? env.task : env.worker, steps); }};
}

RandomExpr::RandomOperand RandomExpr::key(Scope scope) {
  using Value = json::value;
  if (below(6) == 0) {
    if (scope == Scope::kQueue || scope == Scope::kTarget) {
      switch (below(5)) {
        case 0:
          return {"worker.available", [](const Env& env) { return Value(env.worker_facts->available); }};
        case 1:
          return {"worker.activity_name", [](const Env& env) { return Value(env.worker_facts->activity_name); }};
        case 2:
          return {"worker.sid", [](const Env& env) { return Value(env.worker_facts->sid); }};
        case 3:
          return {"worker.channel.voice.available_capacity",
                  [](const Env& env) { return Value(env.worker_facts->channels.front().available_capacity); }};
        default:
          return {"worker['sid']", [](const Env& env) { return walk(env.worker, {"sid"}); }};
      }
    }
    if (scope == Scope::kFilter) return {"age", [](const Env& env) { return walk(env.task, {"age"}); }};
    switch (below(4)) {
      case 0:
        return {"workers.available", [](const Env& env) { return Value(env.queue_facts->workers_available); }};
      case 1:
        return {"task.age", [](const Env& env) { return Value(env.queue_facts->task_age_s); }};
      case 2:
        return {"task['age']", [](const Env& env) { return walk(env.task, {"age"}); }};
      default:
        return {"queue.longest_wait", [](const Env& env) { return Value(env.queue_facts->queue_longest_wait_s); }};
    }
  }
  switch (scope) {
    case Scope::kQueue:
      return attribute(pick({"", "worker."}), false);
    case Scope::kFilter:
      return attribute(pick({"", "task."}), true);
    case Scope::kSkipIf:
      return attribute("task.", true);
    case Scope::kTarget:
      break;
  }
  return below(2) == 0 ? attribute("task.", true) : attribute("worker.", false);
}

RandomExpr::RandomOperand RandomExpr::literal() {
  static const std::vector<std::pair<std::string, json::value>> kLiterals = {
      {"1", 1},
      {"2", 2},
      {"2.0", 2},
      {"-1", -1},
      {"0.5", 0.5},
      {"9007199254740993", 9007199254740993},
      {"18446744073709551615", 18446744073709551615U},
      {"1e19", 1e19},
      {"'x'", "x"},
      {"\"xy\"", "xy"},
      {"'y'", "y"},
      {"''", ""},
      {"'Break'", "Break"},
      {"true", true},
      {"FALSE", false}};
  const auto& [text, value] = kLiterals[below(kLiterals.size())];
  return {text, [&value = value](const Env&) { return value; }};
}

RandomExpr::RandomOperand RandomExpr::list() {
  std::string text = "[";
  json::array values;
  for (std::uint64_t i = 0, n = below(4); i < n; ++i) {
    const RandomOperand element = literal();
    text += (i == 0 ? "" : ", ") + element.text;
    values.push_back(element.value(Env{}));
  }
  return {text + "]", [values](const Env&) { return json::value(values); }};
}

json::value RandomExpr::scalar() {
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
      return 18446744073709551615U;
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

json::value RandomExpr::attributes(int depth) {
  json::object object;
  for (const char* name : {"a", "b", "c", "sid", "age"}) {
    if (below(5) != 0) object[name] = scalar();
  }
  if (below(5) != 0) {
    json::array array;
    for (std::uint64_t i = 0, n = below(4); i < n; ++i) array.push_back(scalar());
    object["list"] = std::move(array);
  }
  if (depth > 0) object["o"] = attributes(depth - 1);
  return object;
}

}  // namespace carillon::expr
