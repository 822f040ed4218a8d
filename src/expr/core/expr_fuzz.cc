// Input: one byte for the scope, the text, 00, the task's attributes as JSON, 00, the worker's.
// Checks: nothing crashes; canonical text reads back as itself; binding, conjunction and split keep the meaning.
#include <boost/json.hpp>

#include "base/check.h"
#include "expr/core/expr.h"
#include "expr/core/order_by.h"
#include "expr/core/warnings.h"

namespace carillon::expr {
namespace {

namespace json = boost::json;

std::string_view cut(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\0'), rest.size());
  const std::string_view piece = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return piece;
}

json::value attributes_from(std::string_view text, const char* otherwise) {
  json::error_code fault;
  json::value value = json::parse(text, fault);
  return fault ? json::parse(otherwise) : value;
}

void check_fault(const Error& error, std::string_view text) {
  CARILLON_CHECK(error.code == ErrorCode::kExpressionFault);
  CARILLON_CHECK(error.column >= 1 && error.column <= static_cast<std::int64_t>(text.size()) + 1);
  CARILLON_CHECK(!error.message.empty() && !error.expected.empty());
}

// Only what fits the limits can be read back.
void check_round_trip(const Expression& expression, Scope scope) {
  if (expression.canonical().size() > kMaxTextBytes) return;
  const Result<Expression> again = parse(expression.canonical(), scope);
  CARILLON_CHECK(again.ok());
  CARILLON_CHECK(again->canonical() == expression.canonical());
}

void check_expression(const Expression& expression, Scope scope, const json::value& task, const json::value& worker) {
  const ChannelFacts channels[] = {{"voice", 1, 0}, {"chat", 0, 3}};
  const WorkerFacts facts{
      .sid = "WK1", .friendly_name = "Ada", .activity_name = "Break", .available = true, .channels = channels};
  const QueueFacts queue{1, 2, 30, 4, 5, 60};
  const Env env{&task, &worker, &facts, &queue};
  const bool direct = evaluate(expression, env);
  check_round_trip(expression, scope);
  const Bound bound = bind(expression, task);
  CARILLON_CHECK(!bound.refers_to_task());
  CARILLON_CHECK(evaluate(bound, Env{.worker = &worker, .worker_facts = &facts, .queue_facts = &queue}) == direct);
  CARILLON_CHECK(!bound.is_always() || direct);
  CARILLON_CHECK(!bound.is_never() || !direct);
  // A task may carry more values than a text may list.
  if (json::serialize(task).size() < 256) check_round_trip(bound, scope);
  CARILLON_CHECK(first_false_term(expression, env).has_value() == !direct);
  const Split split = split_by_change(expression);
  CARILLON_CHECK(!is_dynamic(split.fixed));
  CARILLON_CHECK((evaluate(split.fixed, env) && evaluate(split.changing, env)) == direct);
  const Expression twice[] = {expression, bound, expression};
  CARILLON_CHECK(evaluate(conjunction(twice), env) == direct);
  AttributesSeen tasks, workers;
  tasks.add(task);
  workers.add(worker);
  CARILLON_CHECK(warnings(expression, Seen{.worker = &workers, .task = &tasks}).size() < 4 * kMaxNodes);
}

void check_order_by(std::string_view text, const json::value& a, const json::value& b) {
  const Result<OrderBy> order = parse_order_by(text);
  if (!order) return check_fault(order.error(), text);
  if (order->canonical().size() <= kMaxTextBytes) {
    const Result<OrderBy> again = parse_order_by(order->canonical());
    CARILLON_CHECK(again.ok() && again->canonical() == order->canonical());
  }
  const SortKey first = sort_key(*order, Env{.worker = &a}), second = sort_key(*order, Env{.worker = &b});
  CARILLON_CHECK((first < second) + (second < first) + (first == second) == 1);
}

void check(std::string_view input) {
  if (input.empty()) return;
  const auto scope = static_cast<Scope>(static_cast<unsigned char>(input.front()) % 4);
  input.remove_prefix(1);
  const std::string_view text = cut(input);
  const json::value task = attributes_from(cut(input), R"({"a": 1, "b": "x", "c": ["x", 2, null], "d": {"e": true}})");
  const json::value worker = attributes_from(cut(input), R"({"a": 1.5, "b": "xy", "c": [1, "x"], "d": {"e": [true]}})");
  const Result<Expression> parsed = parse(text, scope);
  if (parsed) {
    check_expression(*parsed, scope, task, worker);
  } else {
    check_fault(parsed.error(), text);
  }
  check_order_by(text, task, worker);
}

}  // namespace
}  // namespace carillon::expr

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  carillon::expr::check({reinterpret_cast<const char*>(data), size});
  return 0;
}
