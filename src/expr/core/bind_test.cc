#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "expr/core/expr.h"

namespace carillon::expr {
namespace {

namespace json = boost::json;

Expression read(std::string_view text, Scope scope = Scope::kTarget) {
  Result<Expression> parsed = parse(text, scope);
  if (!parsed) ADD_FAILURE() << text << ": " << parsed.error().message;
  return parsed ? *parsed : Expression();
}

std::string bound(std::string_view text, std::string_view task) {
  return bind(read(text), json::parse(task)).canonical();
}

TEST(ExprBind, PutsTheTasksValuesIn) {
  EXPECT_EQ(bound("worker.team == task.team", R"({"team": "a\"b"})"), R"(worker.team == "a\"b")");
  EXPECT_EQ(bound("task.level <= worker.level", R"({"level": 3.0})"), "worker.level >= 3");
  EXPECT_EQ(bound("worker.vip == task.vip", R"({"vip": true})"), "worker.vip");
  EXPECT_EQ(bound("worker.langs HAS task.lang", R"({"lang": "en"})"), R"(worker.langs HAS "en")");
  EXPECT_EQ(bound("task.langs HAS worker.lang", R"({"langs": ["en", null, ["x"], 3]})"), R"(worker.lang IN ["en", 3])");
  EXPECT_EQ(bound("worker.lang IN task.langs", R"({"langs": ["en"]})"), R"(worker.lang == "en")");
  EXPECT_EQ(bound("worker.lang NOT IN task.langs", R"({"langs": []})"), "worker.lang NOT IN []");
  EXPECT_EQ(bound("task.text CONTAINS worker.word", R"({"text": "abc"})"), R"("abc" CONTAINS worker.word)");
  EXPECT_EQ(bound("worker.n == task.n", R"({"n": 18446744073709551615})"), "worker.n == 18446744073709551615");
}

TEST(ExprBind, FoldsWhatBecomesConstant) {
  const char* task = R"({"vip": true, "n": 3, "obj": {"x": 1}, "arr": [1], "s": "x"})";
  EXPECT_EQ(bound("task.vip AND worker.a", task), "worker.a");
  EXPECT_EQ(bound("task.n > 5 AND worker.a", task), "false");
  EXPECT_EQ(bound("task.n > 5 OR worker.a", task), "worker.a");
  EXPECT_EQ(bound("task.n < 5 OR worker.a", task), "true");
  EXPECT_EQ(bound("NOT (task.n > 5) AND task.obj.x == 1", task), "true");
  for (const char* never :
       {"worker.a == task.none", "worker.a != task.none", "worker.a NOT IN task.none", "worker.a HAS task.none",
        "task.none HAS worker.a", "worker.a == task.obj", "worker.a == task.arr", "worker.a HAS task.arr",
        "worker.a IN task.s", "worker.a CONTAINS task.n", "worker.a > task.vip", "task.n", "task.none"}) {
    EXPECT_TRUE(bind(read(never), json::parse(task)).is_never()) << never;
  }
  EXPECT_TRUE(bind(read("NOT (worker.a == task.none)"), json::parse("null")).is_always());
}

TEST(ExprBind, SameMeaningGivesTheSameText) {
  EXPECT_EQ(bound("worker.team == task.team AND worker.b", R"({"team": "x"})"),
            bound("task.squad == worker.team AND 1 == 1 AND worker.b", R"({"squad": "x", "other": 1})"));
  EXPECT_EQ(bound("worker.team == task.team AND worker.team == task.squad", R"({"team": "x", "squad": "x"})"),
            R"(worker.team == "x")");
}

TEST(ExprBind, WithoutTaskKeysItIsTheSameHandle) {
  const Expression expression = read("worker.a AND worker.b");
  EXPECT_EQ(&bind(expression, json::parse("{}")).program(), &expression.program());
}

TEST(ExprBind, KnowsWhatAnExpressionRefersTo) {
  EXPECT_TRUE(read("task.a == worker.b").refers_to_task());
  EXPECT_TRUE(read("task.a == worker.b").refers_to_worker());
  EXPECT_FALSE(read("worker.b").refers_to_task());
  EXPECT_FALSE(read("task.b").refers_to_worker());
  EXPECT_FALSE(read("task.age > 1", Scope::kSkipIf).refers_to_task());
  EXPECT_FALSE(bind(read("task.a == worker.b"), json::parse(R"({"a": 1})")).refers_to_task());
  for (const char* dynamic :
       {"worker.available", "worker.a AND worker.activity_name != 'x'", "worker.channel.x.assigned_tasks == task.n"}) {
    EXPECT_TRUE(is_dynamic(read(dynamic))) << dynamic;
  }
  for (const char* fixed : {"worker.sid == 'x'", "worker.friendly_name == task.n", "worker['available']", "1 == 1"}) {
    EXPECT_FALSE(is_dynamic(read(fixed))) << fixed;
  }
  EXPECT_FALSE(is_dynamic(bind(read("task.urgent OR worker.available"), json::parse(R"({"urgent": true})"))));
}

TEST(ExprBind, KeysTellBindingsApart) {
  const Expression expression = read("worker.a == task.a AND worker.b IN task.b AND (task.a == 1 OR worker.c)");
  const auto key = [&](std::string_view task) {
    std::string out;
    append_bind_key(expression, json::parse(task), out);
    return out;
  };
  EXPECT_EQ(key(R"({"a": 1, "b": [1, 2], "z": 5})"), key(R"({"z": 6, "b": [1, 2, null], "a": 1.0})"));
  EXPECT_NE(key(R"({"a": 1, "b": [1]})"), key(R"({"a": "1", "b": [1]})"));
  EXPECT_NE(key(R"({"a": 1, "b": ["x", "y"]})"), key(R"({"a": 1, "b": ["xy"]})"));
  EXPECT_NE(key(R"({"a": 1})"), key(R"({"a": 1, "b": []})"));
  std::string none;
  append_bind_key(read("worker.a"), json::parse("{}"), none);
  EXPECT_EQ(none, "");
}

TEST(ExprConjunction, JoinsQueueTargetAndRing) {
  const Expression queue = read("langs HAS 'en' AND level >= 2", Scope::kQueue);
  const Expression target = read("worker.level >= 2 AND (worker.team == task.team OR worker.available)");
  const Expression all[] = {queue, Expression(), target};
  EXPECT_EQ(conjunction(all).canonical(),
            R"(worker.langs HAS "en" AND worker.level >= 2 AND (worker.team == task.team OR worker.available))");
  EXPECT_EQ(conjunction(all).source(), conjunction(all).canonical());
  EXPECT_TRUE(conjunction({}).is_always());
  const Expression never[] = {queue, read("1 == 2")};
  EXPECT_TRUE(conjunction(never).is_never());
  EXPECT_EQ(read(conjunction(all).canonical()).canonical(), conjunction(all).canonical());
}

TEST(ExprConjunction, SplitsWhatChangesFromWhatIsFixed) {
  const Split split =
      split_by_change(read("worker.a AND worker.available AND worker.b AND (worker.c OR worker.available)"));
  EXPECT_EQ(split.fixed.canonical(), "worker.a AND worker.b");
  EXPECT_EQ(split.changing.canonical(), "worker.available AND (worker.c OR worker.available)");
  EXPECT_EQ(split_by_change(read("worker.a")).fixed.canonical(), "worker.a");
  EXPECT_TRUE(split_by_change(read("worker.a")).changing.is_always());
  EXPECT_TRUE(split_by_change(read("worker.a OR worker.available")).fixed.is_always());
}

}  // namespace
}  // namespace carillon::expr
