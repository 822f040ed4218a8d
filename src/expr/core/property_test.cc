// What must hold for any expression and any attributes, tried on random ones against a second, naive meaning.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "expr/core/expr.h"
#include "expr/core/testing/random_expr.h"

namespace carillon::expr {
namespace {

namespace json = boost::json;
constexpr int kRounds = 20'000;

// Everything an expression can look at, drawn at random.
struct World {
  explicit World(RandomExpr& random) : task(random.attributes(2)), worker(random.attributes(2)) {
    facts.available = random.below(2) == 0;
    facts.activity_name = facts.available ? "x" : "Break";
    queue.workers_available = static_cast<std::int64_t>(random.below(3));
    queue.task_age_s = static_cast<std::int64_t>(random.below(3));
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  Env whole() const { return {&task, &worker, &facts, &queue}; }
  Env without_task() const { return {.worker = &worker, .worker_facts = &facts}; }

  json::value task;
  json::value worker;
  ChannelFacts channels[1] = {{"voice", 1, 2}};
  WorkerFacts facts{.sid = "x", .friendly_name = "y", .channels = channels};
  QueueFacts queue{.workers_eligible = 2, .task_priority = 1, .queue_longest_wait_s = 2};
};

class ExprProperty : public ::testing::Test {
 protected:
  RandomExpr random{20260301};

  static Expression read(const std::string& text, Scope scope) {
    Result<Expression> parsed = parse(text, scope);
    if (!parsed) ADD_FAILURE() << text << ": " << parsed.error().message;
    return parsed ? *parsed : Expression();
  }
};

TEST_F(ExprProperty, BindThenEvaluateIsEvaluateIsTheNaiveMeaning) {
  int constant = 0, yes = 0;
  for (int round = 0; round < kRounds; ++round) {
    const RandomTerm term = random.term(Scope::kTarget, 4);
    const Expression whole = read(term.text, Scope::kTarget);
    World world(random);
    const Bound bound = bind(whole, world.task);
    ASSERT_FALSE(bound.refers_to_task()) << whole.source();
    for (int i = 0; i < 3; ++i) {
      world.worker = random.attributes(2);
      const bool meant = term.holds(world.whole());
      ASSERT_EQ(evaluate(whole, world.whole()), meant) << whole.source() << "\n" << world.task << "\n" << world.worker;
      ASSERT_EQ(evaluate(bound, world.without_task()), meant) << whole.source() << "\n"
                                                              << bound.canonical() << "\n"
                                                              << world.task << "\n"
                                                              << world.worker;
      yes += meant;
    }
    constant += bound.is_always() || bound.is_never();
    const Result<Expression> again = parse(bound.canonical(), Scope::kTarget);
    ASSERT_TRUE(again) << bound.canonical() << ": " << again.error().message;
    ASSERT_EQ(again->canonical(), bound.canonical());
  }
  // The test is worth something only if no answer is rare.
  EXPECT_GT(constant, kRounds / 20);
  EXPECT_LT(constant, kRounds * 19 / 20);
  EXPECT_GT(yes, kRounds * 3 / 10);
  EXPECT_LT(yes, kRounds * 3 * 9 / 10);
}

TEST_F(ExprProperty, CanonicalTextMeansTheSameInEveryScopeAndReadsBack) {
  for (int round = 0; round < kRounds; ++round) {
    const Scope scope = static_cast<Scope>(random.below(4));
    const RandomTerm term = random.term(scope, 4);
    const Expression first = read(term.text, scope);
    const Result<Expression> again = parse(first.canonical(), scope);
    ASSERT_TRUE(again) << first.source() << "\n" << first.canonical() << "\n" << again.error().message;
    ASSERT_EQ(again->canonical(), first.canonical()) << first.source();
    const World world(random);
    ASSERT_EQ(evaluate(first, world.whole()), term.holds(world.whole())) << first.source() << "\n" << first.canonical();
    ASSERT_EQ(evaluate(*again, world.whole()), term.holds(world.whole())) << first.source() << "\n"
                                                                          << first.canonical();
    ASSERT_EQ(first_false_term(first, world.whole()).has_value(), !term.holds(world.whole())) << first.source();
  }
}

TEST_F(ExprProperty, ConjunctionAndSplitMeanAnd) {
  for (int round = 0; round < kRounds; ++round) {
    const RandomTerm queue = random.term(Scope::kQueue, 3), target = random.term(Scope::kTarget, 3),
                     ring = random.term(Scope::kTarget, 2);
    const Expression parts[] = {read(queue.text, Scope::kQueue), read(target.text, Scope::kTarget),
                                read(ring.text, Scope::kTarget)};
    const Expression all = conjunction(parts);
    const Split split = split_by_change(all);
    ASSERT_FALSE(is_dynamic(split.fixed));
    const World world(random);
    const Env env = world.whole();
    const bool meant = queue.holds(env) && target.holds(env) && ring.holds(env);
    ASSERT_EQ(evaluate(all, env), meant) << all.canonical();
    ASSERT_EQ(evaluate(split.fixed, env) && evaluate(split.changing, env), meant) << all.canonical();
  }
}

TEST_F(ExprProperty, EqualBindKeysMeanEqualBindings) {
  std::map<std::string, std::string> bindings;
  const Expression whole = read("task.a == worker.a OR worker.b IN task.list OR task.o.a", Scope::kTarget);
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
