// Goal: every fault in a body is answered with the field's pointer and what is expected; nothing unknown slips through.
// Method: small bodies through Fields; the query reader beside it.
#include "http/parse/fields.h"

#include <gtest/gtest.h>

#include "http/parse/json_body.h"
#include "http/parse/query_fields.h"

namespace carillon::http {
namespace {

boost::json::value doc(std::string_view text) { return *parse_json(text); }

enum class Order { kFifo, kLifo };
constexpr EnumName<Order> kOrders[] = {{"fifo", Order::kFifo}, {"lifo", Order::kLifo}};

TEST(Fields, ReadsEveryKind) {
  const auto body = doc(R"({"name":"Ada","n":7,"x":2.5,"on":true,"at":"2026-03-01T09:00:15Z","order":"lifo",
      "queue":"WQ00000000000000000000000000000001","tags":["a","b"],"attributes":{"k":[1]},"gone":null})");
  Fields in(body);
  EXPECT_EQ(in.required_string("name", 1, 64), "Ada");
  EXPECT_EQ(in.required_int("n", 0, 10), 7);
  EXPECT_EQ(in.required_number("x", 0, 10), 2.5);
  EXPECT_TRUE(in.required_bool("on"));
  EXPECT_EQ(to_rfc3339(in.required_time("at")), "2026-03-01T09:00:15.000000Z");
  EXPECT_EQ(in.required_enum("order", kOrders), Order::kLifo);
  EXPECT_EQ(in.required_sid<QueueId>("queue").lo, 1u);
  EXPECT_EQ(in.required_strings("tags", 0, 5).size(), 2u);
  EXPECT_EQ(in.required_object("attributes").size(), 1u);
  const auto gone = in.nullable_string("gone");
  EXPECT_TRUE(gone.is_null());
  EXPECT_FALSE(in.nullable_int("absent", 0, 1).present);
  EXPECT_FALSE(in.optional_string("also_absent").has_value());
  EXPECT_TRUE(in.finish().ok());
}

TEST(Fields, NamesTheFirstFaultAndKeepsAll) {
  const auto body = doc(R"({"name":5,"n":99,"s":"","long":"ääää"})");
  Fields in(body);
  in.required_string("name", 1, 64);
  in.required_int("n", 0, 10);
  in.required_string("s", 1, 5);
  in.required_string("long", 0, 3);
  in.required_bool("absent");
  const auto result = in.finish();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kWrongType);
  EXPECT_EQ(result.error().field, "/name");
  EXPECT_EQ(result.error().expected, "a string of 1 to 64 characters");
  ASSERT_EQ(in.faults().size(), 5u);
  EXPECT_EQ(in.faults()[1].code, ErrorCode::kOutOfRange);
  EXPECT_EQ(in.faults()[1].expected, "an integer from 0 to 10");
  EXPECT_EQ(in.faults()[2].code, ErrorCode::kOutOfRange);
  EXPECT_EQ(in.faults()[3].code, ErrorCode::kTooLong);
  EXPECT_EQ(in.faults()[4].code, ErrorCode::kMissingField);
}

TEST(Fields, RefusesUnknownFieldsByName) {
  const auto body = doc(R"({"name":"x","frindly_name":"y"})");
  Fields in(body);
  in.required_string("name");
  const auto result = in.finish();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kUnknownField);
  EXPECT_EQ(result.error().field, "/frindly_name");
  EXPECT_NE(result.error().expected.find("\"name\""), std::string::npos);
}

TEST(Fields, IntegersAreIntegers) {
  const auto body = doc(R"({"a":1.0,"b":1e3,"c":"5","d":18446744073709551615,"e":-9223372036854775808})");
  Fields in(body);
  for (const char* name : {"a", "b", "c"}) in.required_int(name, 0, 10'000);
  in.required_int("d", INT64_MIN, INT64_MAX);
  EXPECT_EQ(in.required_int("e", INT64_MIN, INT64_MAX), INT64_MIN);
  ASSERT_EQ(in.faults().size(), 4u);
  EXPECT_EQ(in.faults()[0].code, ErrorCode::kWrongType);
  EXPECT_EQ(in.faults()[2].code, ErrorCode::kWrongType);
  EXPECT_EQ(in.faults()[3].code, ErrorCode::kOutOfRange);
}

TEST(Fields, NullIsNoValueUnlessItMayBe) {
  const auto body = doc(R"({"a":null,"b":null})");
  Fields in(body);
  in.optional_string("a");
  EXPECT_TRUE(in.nullable_sid<TaskId>("b").is_null());
  ASSERT_EQ(in.faults().size(), 1u);
  EXPECT_EQ(in.faults()[0].field, "/a");
}

TEST(Fields, ReadsNestedObjectsWithTheirPointers) {
  const auto body =
      doc(R"({"targets":[{"queue":"x"},7,{"queue":"WQ00000000000000000000000000000001","odd":1}],"rule":{"n":true}})");
  Fields in(body);
  auto targets = in.required_list("targets", 1, 5);
  ASSERT_EQ(targets.size(), 3u);
  for (Fields& t : targets) t.required_sid<QueueId>("queue");
  Fields rule = in.required_fields("rule");
  rule.required_int("n", 0, 9);
  in.required_fields("absent").required_int("never", 0, 1);
  EXPECT_FALSE(in.finish().ok());
  std::vector<std::string> fields;
  for (const Error& e : in.faults()) fields.push_back(e.field);
  EXPECT_EQ(fields,
            (std::vector<std::string>{"/targets/1", "/targets/0/queue", "/rule/n", "/absent", "/targets/2/odd"}));
}

TEST(Fields, BoundsArraysAndRawJson) {
  const auto body = doc(R"({"a":[1,2,3],"deep":{"a":{"b":{}}},"big":{"text":"0123456789"},"ids":["WT1"],"any":null})");
  Fields in(body);
  in.required_strings("a", 0, 2);
  in.required_object("deep", {.max_depth = 2});
  in.required_object("big", {.max_bytes = 10});
  in.required_sids<TaskId>("ids", 0, 5);
  EXPECT_TRUE(in.optional_json("any")->is_null());
  ASSERT_EQ(in.faults().size(), 4u);
  EXPECT_EQ(in.faults()[0].code, ErrorCode::kOutOfRange);
  EXPECT_EQ(in.faults()[1].code, ErrorCode::kTooDeep);
  EXPECT_EQ(in.faults()[2].code, ErrorCode::kTooLong);
  EXPECT_EQ(in.faults()[3].field, "/ids/0");
}

TEST(Fields, TheBodyMustBeAnObject) {
  const auto body = doc("[1]");
  Fields in(body);
  in.required_string("name");
  const auto result = in.finish();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kWrongType);
  EXPECT_EQ(in.faults().size(), 1u);
}

TEST(Fields, KeepsABoundedNumberOfFaults) {
  boost::json::object many;
  for (int i = 0; i < 1000; ++i) many["x" + std::to_string(i)] = i;
  const boost::json::value body(many);
  Fields in(body);
  EXPECT_FALSE(in.finish().ok());
  EXPECT_EQ(in.faults().size(), Fields::kMaxFaults);
}

TEST(QueryFields, ReadsAndRefuses) {
  const auto query = QueryParams::parse("page_size=50&after=a%2Bb&on=true&tag=1&tag=2&order=lifo");
  ASSERT_TRUE(query.ok());
  QueryFields q(*query);
  EXPECT_EQ(q.optional_int("page_size", 1, 200), 50);
  EXPECT_EQ(q.required_string("after"), "a+b");
  EXPECT_EQ(q.optional_bool("on"), true);
  EXPECT_EQ(q.strings("tag", 5).size(), 2u);
  EXPECT_EQ(q.optional_enum("order", kOrders), Order::kLifo);
  EXPECT_TRUE(q.finish().ok());
}

TEST(QueryFields, NamesDoubledUnknownAndMissingParameters) {
  const auto query = QueryParams::parse("a=1&a=2&b=x&zzz=1&id=WQ1");
  QueryFields q(*query);
  q.optional_int("a", 0, 9);
  q.optional_int("b", 0, 9);
  q.required_sid<QueueId>("id");
  q.required_sid<QueueId>("gone");
  EXPECT_FALSE(q.finish().ok());
  ASSERT_EQ(q.faults().size(), 5u);
  EXPECT_EQ(q.faults()[0].code, ErrorCode::kInvalidValue);
  EXPECT_EQ(q.faults()[1].code, ErrorCode::kWrongType);
  EXPECT_EQ(q.faults()[2].code, ErrorCode::kInvalidValue);
  EXPECT_EQ(q.faults()[3].code, ErrorCode::kMissingField);
  EXPECT_EQ(q.faults()[4].code, ErrorCode::kUnknownField);
  EXPECT_EQ(q.faults()[4].field, "zzz");
}

}  // namespace
}  // namespace carillon::http
