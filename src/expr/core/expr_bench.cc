#include <benchmark/benchmark.h>

#include <boost/json.hpp>

#include "expr/core/expr.h"
#include "expr/core/order_by.h"

namespace carillon::expr {
namespace {

namespace json = boost::json;

const json::value& worker() {
  static const json::value kWorker = json::parse(
      R"({"languages": ["de", "en", "fr"], "level": 5, "team": "red", "site": "Berlin", "vip": true, "cost": 2.5})");
  return kWorker;
}
const json::value& task() {
  static const json::value kTask = json::parse(R"({"team": "red", "language": "en", "level": 3, "customer": "C-1"})");
  return kTask;
}

constexpr std::string_view kThreeTerms = "worker.languages HAS 'en' AND worker.level >= 3 AND worker.team == 'red'";
constexpr std::string_view kCross =
    "worker.languages HAS task.language AND worker.level >= task.level AND worker.team == task.team";

void evaluate_three_terms(benchmark::State& state) {
  const Expression expression = *parse(kThreeTerms, Scope::kTarget);
  const Env env{.worker = &worker()};
  for (auto _ : state) benchmark::DoNotOptimize(evaluate(expression, env));
}
BENCHMARK(evaluate_three_terms);

void evaluate_three_cross_terms(benchmark::State& state) {
  const Expression expression = *parse(kCross, Scope::kTarget);
  const Env env{.task = &task(), .worker = &worker()};
  for (auto _ : state) benchmark::DoNotOptimize(evaluate(expression, env));
}
BENCHMARK(evaluate_three_cross_terms);

void evaluate_one_equality(benchmark::State& state) {
  const Expression expression = *parse("worker.team == 'blue'", Scope::kTarget);
  const Env env{.worker = &worker()};
  for (auto _ : state) benchmark::DoNotOptimize(evaluate(expression, env));
}
BENCHMARK(evaluate_one_equality);

void bind_three_cross_terms(benchmark::State& state) {
  const Expression expression = *parse(kCross, Scope::kTarget);
  for (auto _ : state) benchmark::DoNotOptimize(bind(expression, task()));
}
BENCHMARK(bind_three_cross_terms);

void bind_one_cross_term(benchmark::State& state) {
  const Expression expression = *parse("worker.team == task.team", Scope::kTarget);
  for (auto _ : state) benchmark::DoNotOptimize(bind(expression, task()));
}
BENCHMARK(bind_one_cross_term);

void bind_key_of_three(benchmark::State& state) {
  const Expression expression = *parse(kCross, Scope::kTarget);
  std::string key;
  for (auto _ : state) {
    key.clear();
    append_bind_key(expression, task(), key);
    benchmark::DoNotOptimize(key.data());
  }
}
BENCHMARK(bind_key_of_three);

void parse_three_terms(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(parse(kThreeTerms, Scope::kTarget));
}
BENCHMARK(parse_three_terms);

void sort_key_of_two_terms(benchmark::State& state) {
  const OrderBy order = *parse_order_by("worker.level DESC, worker.cost");
  const Env env{.worker = &worker()};
  for (auto _ : state) benchmark::DoNotOptimize(sort_key(order, env));
}
BENCHMARK(sort_key_of_two_terms);

}  // namespace
}  // namespace carillon::expr
