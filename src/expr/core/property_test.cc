// What must hold for any expression and any attributes, tried on random ones.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "expr/core/expr.h"
#include "expr/core/testing/random_expr.h"

namespace carillon::expr {
namespace {

namespace json = boost::json;
constexpr int kRounds = 20'000;

class ExprProperty : public ::testing::Test {
 protected:
  RandomExpr random{20260301};
  ChannelFacts channels[1] = {{"voice", 1, 2}};

  Expression expression(Scope scope) {
    const std::string text = random.text(scope, 3);
    Result<Expression> parsed = parse(text, scope);
    if (!parsed) ADD_FAILURE() << text << ": " << parsed.error().message;
    return parsed ? *parsed : Expression();
  }

  WorkerFacts worker_facts() {
    const bool available = random.below(2) == 0;
    return {.sid = "x",
            .friendly_name = "y",
            .activity_name = available ? "x" : "Break",
            .available = available,
            .channels = channels};
  }
};

TEST_F(ExprProperty, BindThenEvaluateIsEvaluate) {
  int constant = 0, yes = 0;
  for (int round = 0; round < kRounds; ++round) {
    const Expression whole = expression(Scope::kTarget);
    const json::value task = random.attributes(2);
    const Bound bound = bind(whole, task);
    ASSERT_FALSE(bound.refers_to_task()) << whole.source();
    for (int i = 0; i < 3; ++i) {
      const json::value worker = random.attributes(2);
      const WorkerFacts facts = worker_facts();
      const bool direct = evaluate(whole, Env{.task = &task, .worker = &worker, .worker_facts = &facts});
      ASSERT_EQ(evaluate(bound, Env{.worker = &worker, .worker_facts = &facts}), direct) << whole.source() << "\n"
                                                                                         << bound.canonical() << "\n"
                                                                                         << task << "\n"
                                                                                         << worker;
      ASSERT_FALSE(bound.is_always() && !direct) << whole.source();
      ASSERT_FALSE(bound.is_never() && direct) << whole.source();
      yes += direct;
    }
    constant += bound.is_always() || bound.is_never();
    const Result<Expression> again = parse(bound.canonical(), Scope::kTarget);
    ASSERT_TRUE(again) << bound.canonical() << ": " << again.error().message;
    ASSERT_EQ(again->canonical(), bound.canonical());
  }
  // The test is worth something only if neither answer is rare.
  EXPECT_GT(constant, kRounds / 20);
  EXPECT_LT(constant, kRounds * 19 / 20);
  EXPECT_GT(yes, kRounds / 2);
  EXPECT_LT(yes, kRounds * 5 / 2);
}

TEST_F(ExprProperty, CanonicalTextMeansTheSameAndReadsBack) {
  for (int round = 0; round < kRounds; ++round) {
    const Scope scope = static_cast<Scope>(random.below(4));
    const Expression first = expression(scope);
    const Result<Expression> again = parse(first.canonical(), scope);
    ASSERT_TRUE(again) << first.source() << "\n" << first.canonical() << "\n" << again.error().message;
    ASSERT_EQ(again->canonical(), first.canonical()) << first.source();
    const json::value task = random.attributes(2), worker = random.attributes(2);
    const WorkerFacts facts = worker_facts();
    const QueueFacts queue{1, 2, 1, 2, 2, 1};
    const Env env{&task, &worker, &facts, &queue};
    ASSERT_EQ(evaluate(*again, env), evaluate(first, env)) << first.source() << "\n" << first.canonical();
    ASSERT_EQ(first_false_term(first, env).has_value(), !evaluate(first, env)) << first.source();
  }
}

TEST_F(ExprProperty, ConjunctionAndSplitMeanAnd) {
  for (int round = 0; round < kRounds; ++round) {
    const Expression parts[] = {expression(Scope::kQueue), expression(Scope::kTarget), expression(Scope::kTarget)};
    const Expression all = conjunction(parts);
    const Split split = split_by_change(all);
    ASSERT_FALSE(is_dynamic(split.fixed));
    const json::value task = random.attributes(2), worker = random.attributes(2);
    const WorkerFacts facts = worker_facts();
    const Env env{.task = &task, .worker = &worker, .worker_facts = &facts};
    const bool expected = evaluate(parts[0], env) && evaluate(parts[1], env) && evaluate(parts[2], env);
    ASSERT_EQ(evaluate(all, env), expected) << all.canonical();
    ASSERT_EQ(evaluate(split.fixed, env) && evaluate(split.changing, env), expected) << all.canonical();
  }
}

TEST_F(ExprProperty, EqualBindKeysMeanEqualBindings) {
  std::map<std::string, std::string> bindings;
  const Expression whole = *parse("task.a == worker.a OR worker.b IN task.list OR task.o.a", Scope::kTarget);
  for (int round = 0; round < kRounds; ++round) {
    const json::value task = random.attributes(1);
    std::string key;
    append_bind_key(whole, task, key);
    const std::string text = bind(whole, task).canonical();
    const auto [known, is_new] = bindings.emplace(key, text);
    ASSERT_EQ(known->second, text) << task;
  }
  EXPECT_LT(bindings.size(), std::size_t(kRounds));
}

}  // namespace
}  // namespace carillon::expr
