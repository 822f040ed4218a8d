#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "expr/core/order_by.h"

namespace carillon::expr {
namespace {

namespace json = boost::json;

OrderBy read(std::string_view text) {
  Result<OrderBy> parsed = parse_order_by(text);
  if (!parsed) ADD_FAILURE() << text << ": " << parsed.error().message;
  return parsed ? *parsed : OrderBy();
}

SortKey key_of(const OrderBy& order, std::string_view worker) {
  const json::value attributes = json::parse(worker);
  return sort_key(order, Env{.worker = &attributes});
}

// `workers`: JSON values of x, in the order that is expected.
void expect_order(std::string_view text, const std::vector<std::string>& values) {
  const OrderBy order = read(text);
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = 0; j < values.size(); ++j) {
      const SortKey a = key_of(order, R"({"x": )" + values[i] + "}"), b = key_of(order, R"({"x": )" + values[j] + "}");
      EXPECT_EQ(a < b, i < j) << text << ": " << values[i] << " against " << values[j];
      EXPECT_EQ(a == b, i == j) << text << ": " << values[i] << " against " << values[j];
    }
  }
}

TEST(ExprOrderBy, NumbersThenTextsThenBooleansThenMissing) {
  expect_order("worker.x", {"-1e300",
                            "-9223372036854775808",
                            "-2",
                            "-0.5",
                            "0",
                            "1e-300",
                            "0.5",
                            "1",
                            "9007199254740992",
                            "9007199254740993",
                            "9007199254740994",
                            "9223372036854775806",
                            "9223372036854775807",
                            "9223372036854775808",
                            "18446744073709551614",
                            "18446744073709551615",
                            "18446744073709551616.0",
                            "\"\"",
                            "\"\\u0000\"",
                            "\"A\"",
                            "\"a\"",
                            "\"a\\u0000\"",
                            "\"a\\u0000b\"",
                            "\"a\\u0001\"",
                            "\"ab\"",
                            "\"é\"",
                            "false",
                            "true",
                            "null"});
}

TEST(ExprOrderBy, DescendingTurnsRoundInsideATypeOnly) {
  expect_order("worker.x DESC", {"18446744073709551615", "9007199254740993", "9007199254740992", "1", "-1", "\"b\"",
                                 "\"ab\"", "\"a\\u0000\"", "\"a\"", "\"\"", "true", "false", "null"});
}

TEST(ExprOrderBy, EqualNumbersAreEqualWhateverTheirSpelling) {
  const OrderBy order = read("x");
  EXPECT_EQ(key_of(order, R"({"x": 1})"), key_of(order, R"({"x": 1.0})"));
  EXPECT_EQ(key_of(order, R"({"x": 0})"), key_of(order, R"({"x": -0.0})"));
  EXPECT_EQ(key_of(order, R"({"x": 9223372036854775808})"), key_of(order, R"({"x": 9223372036854775808.0})"));
  EXPECT_EQ(key_of(order, R"({"x": [1]})"), key_of(order, R"({"y": 1})"));
  EXPECT_EQ(key_of(order, R"({"x": {}})"), key_of(order, R"({"x": null})"));
}

TEST(ExprOrderBy, LaterTermsBreakTies) {
  const OrderBy order = read("worker.level DESC, worker.cost, name desc");
  EXPECT_EQ(order.canonical(), "worker.level DESC, worker.cost ASC, worker.name DESC");
  EXPECT_EQ(read(order.canonical()).canonical(), order.canonical());
  EXPECT_LT(key_of(order, R"({"level": 3, "cost": 9})"), key_of(order, R"({"level": 2, "cost": 1})"));
  EXPECT_LT(key_of(order, R"({"level": 3, "cost": 1})"), key_of(order, R"({"level": 3, "cost": 2})"));
  EXPECT_LT(key_of(order, R"({"level": 3, "cost": 1, "name": "b"})"),
            key_of(order, R"({"level": 3, "cost": 1, "name": "a"})"));
  EXPECT_LT(key_of(order, R"({"level": 1})"), key_of(order, R"({"cost": 1})"));
}

TEST(ExprOrderBy, SeesFactsOfTheWorker) {
  const ChannelFacts channels[] = {{"voice", 2, 1}};
  const WorkerFacts facts{.friendly_name = "Ada", .channels = channels};
  const OrderBy order = read("worker.channel.voice.available_capacity DESC, worker.friendly_name");
  EXPECT_TRUE(order.is_dynamic());
  EXPECT_FALSE(read("worker.friendly_name, worker.sid").is_dynamic());
  EXPECT_LT(sort_key(order, Env{.worker_facts = &facts}), sort_key(order, Env{}));
}

TEST(ExprOrderBy, EmptyHasNoTermsAndAllAreAlike) {
  EXPECT_TRUE(OrderBy().empty());
  EXPECT_TRUE(read("  ").empty());
  EXPECT_EQ(key_of(read(""), R"({"x": 1})"), key_of(OrderBy(), R"({"x": 2})"));
}

void expect_fault(std::string_view text, std::int64_t column, const std::string& expected) {
  const Result<OrderBy> parsed = parse_order_by(text);
  ASSERT_FALSE(parsed) << text;
  EXPECT_EQ(parsed.error().code, ErrorCode::kExpressionFault);
  EXPECT_EQ(parsed.error().column, column) << parsed.error().message;
  EXPECT_THAT(parsed.error().expected, ::testing::HasSubstr(expected)) << text;
}

TEST(ExprOrderBy, FaultsNameTheColumn) {
  expect_fault("task.x", 1, "a worker attribute");
  expect_fault("worker.x down", 10, "ASC, DESC");
  expect_fault("worker.x ASC DESC", 14, ", or the end");
  expect_fault("worker.x,", 10, "a worker's key");
  expect_fault(", worker.x", 1, "a worker's key");
  expect_fault("worker.x; worker.y", 9, "a comparison");
  expect_fault("5", 1, "a worker's key");
  expect_fault("a,b,c,d,e,f,g,h,i", 17, "at most 8 terms");
  expect_fault("worker.channel.voice.x", 1, "available_capacity");
  expect_fault(std::string(5000, 'a'), 4097, "4096 bytes");
}

}  // namespace
}  // namespace carillon::expr
