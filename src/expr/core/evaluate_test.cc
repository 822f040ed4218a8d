#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "expr/core/expr.h"

namespace carillon::expr {
namespace {

namespace json = boost::json;

Expression read(std::string_view text, Scope scope = Scope::kQueue) {
  Result<Expression> parsed = parse(text, scope);
  if (!parsed) ADD_FAILURE() << text << ": " << parsed.error().message;
  return parsed ? *parsed : Expression();
}

bool holds(std::string_view text, std::string_view worker) {
  const json::value attributes = json::parse(worker);
  return evaluate(read(text), Env{.worker = &attributes});
}

TEST(ExprEvaluate, ComparesWithinAType) {
  const char* worker = R"({"n": 5, "s": "bee", "yes": true, "no": false})";
  for (const char* text : {"n == 5",
                           "n = 5",
                           "n != 4",
                           "n > 4",
                           "n >= 5",
                           "n < 6",
                           "n <= 5",
                           "4 < n",
                           "s == 'bee'",
                           "s != 'b'",
                           "s > 'bed'",
                           "s < 'bef'",
                           "s >= 'bee'",
                           "s <= 'bee'",
                           "s CONTAINS 'ee'",
                           "s CONTAINS ''",
                           "'a bee' CONTAINS s",
                           "yes",
                           "yes == true",
                           "no == false",
                           "yes != no",
                           "no != true"}) {
    EXPECT_TRUE(holds(text, worker)) << text;
  }
  for (const char* text : {"n != 5", "n > 5", "n < 5", "n >= 6", "n <= 4", "s == 'be'", "s != 'bee'", "s CONTAINS 'x'",
                           "s CONTAINS 'beee'", "no", "no == true", "yes == no"}) {
    EXPECT_FALSE(holds(text, worker)) << text;
  }
}

TEST(ExprEvaluate, AMissingKeyMakesEveryComparisonFalse) {
  for (const char* worker : {"{}", R"({"x": null})"}) {
    for (const char* text :
         {"x == 1", "x != 1", "x > 1", "x <= 1", "x == x", "x != x", "x CONTAINS 'a'", "x HAS 1", "1 IN x", "x IN [1]",
          "x NOT IN [1]", "x NOT IN []", "1 NOT IN x", "x", "x == true", "x != false"}) {
      EXPECT_FALSE(holds(text, worker)) << text;
      EXPECT_TRUE(holds("NOT (" + std::string(text) + ")", worker)) << text;
    }
  }
}

TEST(ExprEvaluate, DifferentTypesMakeEveryComparisonFalse) {
  const char* worker = R"({"n": 1, "s": "1", "b": true, "a": [1], "o": {"k": 1}})";
  for (const char* text : {"n == '1'",
                           "n != '1'",
                           "n < '2'",
                           "s == 1",
                           "s != 1",
                           "b == 1",
                           "b != 1",
                           "b == 'true'",
                           "n == b",
                           "n != s",
                           "b < n",
                           "a == 1",
                           "a != 1",
                           "a == a",
                           "o == o",
                           "o != 1",
                           "a CONTAINS 1",
                           "a CONTAINS '1'",
                           "n CONTAINS 1",
                           "s HAS '1'",
                           "n IN n",
                           "n NOT IN s",
                           "a IN [1]",
                           "a NOT IN [1]",
                           "o HAS 'k'",
                           "n",
                           "s",
                           "a",
                           "o",
                           "b > false",
                           "b >= true"}) {
    EXPECT_FALSE(holds(text, worker)) << text;
  }
}

TEST(ExprEvaluate, LooksIntoArraysAndLists) {
  const char* worker = R"({"langs": ["en", "fr", 3, true, null, ["x"]], "lang": "fr", "n": 3})";
  for (const char* text : {"langs HAS 'en'", "langs HAS 3", "langs HAS 3.0", "langs HAS true", "'fr' IN langs",
                           "lang IN langs", "langs HAS lang", "lang IN ['de', 'fr']", "n IN [1, 3.0]",
                           "lang NOT IN ['de']", "lang NOT IN []", "5 NOT IN langs", "n NOT IN ['3']"}) {
    EXPECT_TRUE(holds(text, worker)) << text;
  }
  for (const char* text : {"langs HAS 'de'", "langs HAS '3'", "langs HAS false", "langs HAS 'x'", "lang IN ['de']",
                           "lang NOT IN ['fr']", "3 NOT IN langs", "lang NOT IN langs", "n IN ['3']"}) {
    EXPECT_FALSE(holds(text, worker)) << text;
  }
}

TEST(ExprEvaluate, WalksKeysThroughObjectsAndArrays) {
  const char* worker = R"({"a": {"b": [{"c": 7}, {"two words": 8}]}, "n": 1, "0": 9})";
  EXPECT_TRUE(holds("a.b[0].c == 7", worker));
  EXPECT_TRUE(holds("a.b[1]['two words'] == 8", worker));
  EXPECT_TRUE(holds("worker.0 == 9", worker));
  for (const char* text :
       {"a.b[2].c == 7", "a.b.c == 7", "a[0] == 7", "n.x == 1", "n[0] == 1", "a.b[4294967295] == 7", "a.b.0 == 7"}) {
    EXPECT_FALSE(holds(text, worker)) << text;
  }
}

TEST(ExprEvaluate, NumbersCompareExactlyBeyond2To53) {
  const char* worker =
      R"({"i": 9007199254740993, "d": 9007199254740992.0, "max": 9223372036854775807, "u": 18446744073709551615,
                           "two63": 9223372036854775808.0, "two64": 18446744073709551616.0, "min": -9223372036854775808, "h": 0.5})";
  for (const char* text : {"i > d",
                           "i != d",
                           "d < i",
                           "i == 9007199254740993",
                           "i != 9007199254740992",
                           "max < two63",
                           "max != two63",
                           "two63 > max",
                           "u < two64",
                           "u != two64",
                           "two64 > u",
                           "u > max",
                           "max < u",
                           "min == -9223372036854775808.0",
                           "min < h",
                           "h > 0",
                           "h < 1",
                           "d == 9007199254740992",
                           "two63 == 9223372036854775808",
                           "u > -0.5"}) {
    EXPECT_TRUE(holds(text, worker)) << text;
  }
  for (const char* text : {"i == d", "max == two63", "u == two64", "h == 0", "h == 1"})
    EXPECT_FALSE(holds(text, worker)) << text;
}

TEST(ExprEvaluate, FactsOfTheWorker) {
  const ChannelFacts channels[] = {{"voice", 1, 0}, {"my chat", 2, 3}};
  const WorkerFacts facts{
      .sid = "WK1", .friendly_name = "Ada", .activity_name = "Break", .available = true, .channels = channels};
  const json::value attributes = json::parse(R"({"sid": "other", "available": false})");
  const Env env{.worker = &attributes, .worker_facts = &facts};
  for (const char* text :
       {"worker.sid == 'WK1'", "worker.friendly_name CONTAINS 'da'", "worker.activity_name IN ['Break', 'Lunch']",
        "worker.available", "worker.available == true", "worker.channel.voice.available_capacity > 0",
        "worker.channel['my chat'].assigned_tasks == 3", "sid == 'other'", "available == false",
        "worker['available'] == false"}) {
    EXPECT_TRUE(evaluate(read(text), env)) << text;
  }
  EXPECT_FALSE(evaluate(read("worker.channel.fax.assigned_tasks == 0"), env));
  EXPECT_FALSE(evaluate(read("worker.available"), Env{.worker = &attributes}));
}

TEST(ExprEvaluate, FactsForSkipIf) {
  const QueueFacts facts{.workers_available = 0,
                         .workers_eligible = 4,
                         .task_age_s = 31,
                         .task_priority = 5,
                         .queue_waiting = 9,
                         .queue_longest_wait_s = 120};
  const json::value task = json::parse(R"({"vip": true, "age": 70})");
  const Env env{.task = &task, .queue_facts = &facts};
  EXPECT_TRUE(
      evaluate(read("workers.available == 0 AND workers.eligible == 4 AND task.age > 30 AND task.priority = 5 AND "
                    "queue.waiting == 9 AND queue.longest_wait >= 120 AND task.vip AND task['age'] == 70",
                    Scope::kSkipIf),
               env));
  EXPECT_FALSE(evaluate(read("workers.available == 0", Scope::kSkipIf), Env{.task = &task}));
}

TEST(ExprEvaluate, AttributesThatAreNoObjectAreEmpty) {
  for (const char* worker : {"null", "[1]", "5", "\"x\""}) EXPECT_FALSE(holds("x == 1 OR x != 1", worker));
  EXPECT_FALSE(evaluate(read("x == 1"), Env{}));
  EXPECT_TRUE(evaluate(read("NOT (x == 1)"), Env{}));
}

TEST(ExprEvaluate, NumbersThatAreNotFiniteAreMissing) {
  json::value attributes = json::parse(R"({"x": 1})");
  attributes.as_object()["x"] = std::numeric_limits<double>::infinity();
  EXPECT_FALSE(evaluate(read("x > 1"), Env{.worker = &attributes}));
  attributes.as_object()["x"] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(evaluate(read("x != 1"), Env{.worker = &attributes}));
}

TEST(ExprEvaluate, SaysWhichTermFailedFirst) {
  const json::value worker = json::parse(R"({"level": 2, "langs": ["en"]})");
  const Env env{.worker = &worker};
  EXPECT_EQ(first_false_term(read("langs HAS 'en' AND level > 3 AND vip"), env), "worker.level > 3");
  EXPECT_EQ(first_false_term(read("langs HAS 'en' AND (vip OR level>3)"), env), "worker.vip OR worker.level > 3");
  EXPECT_EQ(first_false_term(read("langs HAS 'de' OR vip"), env), R"(worker.langs HAS "de" OR worker.vip)");
  EXPECT_EQ(first_false_term(read("level = 2"), env), std::nullopt);
  EXPECT_EQ(first_false_term(read("level = 2 AND 1 == 2"), env), "level = 2 AND 1 == 2");
  EXPECT_EQ(first_false_term(Expression(), env), std::nullopt);
}

TEST(ExprEvaluate, LongTextsAreSearchedInLinearTime) {
  // Half a million characters that nearly match everywhere: the product of the lengths would take minutes.
  json::value worker = json::parse("{}");
  worker.as_object()["hay"] = std::string(500'000, 'a');
  worker.as_object()["needle"] = std::string(250'000, 'a') + "b";
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(evaluate(read("hay CONTAINS needle"), Env{.worker = &worker}));
}

}  // namespace
}  // namespace carillon::expr
