#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "expr/core/warnings.h"

namespace carillon::expr {
namespace {

namespace json = boost::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

AttributesSeen seen(std::initializer_list<std::string_view> all) {
  AttributesSeen table;
  for (const std::string_view text : all) table.add(json::parse(text));
  return table;
}

class ExprWarnings : public ::testing::Test {
 protected:
  AttributesSeen workers =
      seen({R"({"level": 3, "langs": ["en", "de"], "name": "Ada", "vip": true, "mixed": 1, "o": {"x y": [{"z": 1}]}})",
            R"({"level": 4.5, "mixed": "one", "empty": []})"});
  AttributesSeen tasks = seen({R"({"team": "red", "level": 2, "age": 20})"});

  std::vector<std::string> of(std::string_view text, Scope scope = Scope::kTarget) {
    const Result<Expression> parsed = parse(text, scope);
    if (!parsed) ADD_FAILURE() << parsed.error().message;
    return warnings(parsed ? *parsed : Expression(), Seen{.worker = &workers, .task = &tasks});
  }
};

TEST_F(ExprWarnings, NothingToSayOfWhatFits) {
  for (const char* text :
       {"worker.level > 3", "worker.langs HAS 'en'", "worker.name CONTAINS 'a'", "worker.vip", "worker.mixed == 'x'",
        "worker.mixed == 2", "worker.langs HAS task.team", "worker.level >= task.level", "worker.name IN ['a']",
        "worker.o['x y'][3].z == 1", "worker.sid == 'x'", "worker.available", "worker.empty HAS 5",
        "worker.channel.x.assigned_tasks < 2", "task['age'] > 18", "1 == 1", ""}) {
    EXPECT_THAT(of(text), IsEmpty()) << text;
  }
}

TEST_F(ExprWarnings, KeysThatNobodyHas) {
  EXPECT_THAT(of("worker.levle > 3 AND task.taem == 'red'"),
              ElementsAre(HasSubstr("worker.levle: no worker has had this attribute"),
                          HasSubstr("task.taem: no task has had")));
  EXPECT_THAT(of("worker.levle == 1 OR worker.levle == 2").size(), 1);
}

TEST_F(ExprWarnings, ComparisonsThatFitNoTypeSeen) {
  EXPECT_THAT(of("worker.level == '3'"),
              ElementsAre(AllOf(HasSubstr("number with text"), HasSubstr(R"(worker.level == "3")"))));
  EXPECT_THAT(of("worker.level HAS 3"), ElementsAre(HasSubstr("only been number")));
  EXPECT_THAT(of("worker.langs == 'en'"), ElementsAre(HasSubstr("HAS")));
  EXPECT_THAT(of("worker.langs CONTAINS 'en'"), ElementsAre(HasSubstr("HAS")));
  EXPECT_THAT(of("worker.langs HAS 3"), ElementsAre(HasSubstr("looks for number among text")));
  EXPECT_THAT(of("worker.level IN ['a', 'b']"), ElementsAre(HasSubstr("number among text")));
  EXPECT_THAT(of("worker.level NOT IN ['a', 'b']"), IsEmpty());
  EXPECT_THAT(of("worker.level == task.team"), ElementsAre(HasSubstr("number with text")));
  EXPECT_THAT(of("worker.name"), ElementsAre(HasSubstr("must be a boolean")));
  EXPECT_THAT(of("worker.available == 'yes'"), ElementsAre(HasSubstr("true or false with text")));
  EXPECT_THAT(of("worker.activity_name > 3"), ElementsAre(HasSubstr("text with number")));
  EXPECT_THAT(of("worker.vip < worker.vip"), ElementsAre(HasSubstr("true or false with true or false")));
  EXPECT_THAT(of("workers.available == 'none'", Scope::kSkipIf), ElementsAre(HasSubstr("number with text")));
}

TEST_F(ExprWarnings, WhatIsNeverTrueWithoutLookingAtAttributes) {
  EXPECT_THAT(of("worker.level CONTAINS 5 OR worker.vip"),
              ElementsAre(AllOf(HasSubstr("`worker.level CONTAINS 5`"), HasSubstr("HAS"))));
  EXPECT_THAT(of("worker.vip < true OR worker.vip"), ElementsAre(HasSubstr("no order")));
  EXPECT_THAT(of("worker.level IN []"), ElementsAre(HasSubstr("the list is empty"), HasSubstr("whole expression")));
  EXPECT_THAT(of("1 == 2"), ElementsAre(HasSubstr("whole expression is never true")));
}

TEST_F(ExprWarnings, AnEmptyWorkspaceSaysNothing) {
  workers = AttributesSeen();
  tasks = AttributesSeen();
  EXPECT_THAT(of("worker.level == 'x' AND task.b HAS 1"), IsEmpty());
  EXPECT_THAT(warnings(*parse("worker.x == 1", Scope::kTarget), Seen{}), IsEmpty());
}

TEST_F(ExprWarnings, TheTableIsBoundedAndThenCallsNothingUnseen) {
  json::object many;
  for (std::size_t i = 0; i < kMaxKeysSeen + 10; ++i) many["k" + std::to_string(i)] = 1;
  workers.add(many);
  EXPECT_TRUE(workers.overflowed());
  EXPECT_THAT(of("worker.never_seen == 1"), IsEmpty());
  EXPECT_THAT(of("worker.level == 'x'").size(), 1);
}

TEST_F(ExprWarnings, TheTableIsBoundedInDepthAndKeyLength) {
  AttributesSeen deep = seen({R"({"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}}})"});
  EXPECT_TRUE(deep.overflowed());
  AttributesSeen wide;
  wide.add(json::object{{std::string(10'000, 'x'), 1}});
  EXPECT_TRUE(wide.overflowed());
  AttributesSeen fine = seen({"5", "null", "[1]"});
  EXPECT_TRUE(fine.empty());
  EXPECT_EQ(seen({R"({"a": [[1], "x"]})"}).types("a[][]"), AttributesSeen::kNumber);
}

}  // namespace
}  // namespace carillon::expr
