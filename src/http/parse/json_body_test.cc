// Goal: no document from outside gets through parse_json that the rest of the house could trip over.
// Method: one document for each fault, with the place it must name.
#include "http/parse/json_body.h"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

namespace carillon::http {
namespace {

Error fault_of(std::string_view text, const JsonLimits& limits = {}) {
  const auto doc = parse_json(text, limits);
  EXPECT_FALSE(doc.ok()) << text;
  return doc ? Error{} : doc.error();
}

TEST(ParseJson, TakesWhatJsonIs) {
  const auto doc = parse_json(" {\"a\":[1,-2,3.5,true,null,\"\\u00e9\\ud83d\\ude00\"]}\r\n");
  ASSERT_TRUE(doc.ok());
  EXPECT_EQ(boost::json::serialize(*doc), "{\"a\":[1,-2,3.5E0,true,null,\"é😀\"]}");
  EXPECT_TRUE(parse_json("3").ok());
  EXPECT_TRUE(parse_json("{}").ok());
}

TEST(ParseJson, SaysWhereItIsMalformed) {
  const Error e = fault_of("{\"a\": 1,\n  \"é\": nope}");
  EXPECT_EQ(e.code, ErrorCode::kMalformedJson);
  EXPECT_NE(e.message.find("line 2"), std::string::npos) << e.message;
  EXPECT_GE(e.column, 8);
  EXPECT_EQ(fault_of("").code, ErrorCode::kMalformedJson);
  EXPECT_EQ(fault_of("{\"a\":1").code, ErrorCode::kMalformedJson);
  EXPECT_EQ(fault_of("{} {}").code, ErrorCode::kMalformedJson);
  EXPECT_EQ(fault_of("{\"a\":1,}").code, ErrorCode::kMalformedJson);
  EXPECT_EQ(fault_of("/* no */ {}").code, ErrorCode::kMalformedJson);
  EXPECT_EQ(fault_of("\xEF\xBB\xBF{}").code, ErrorCode::kMalformedJson);
  EXPECT_EQ(fault_of("{\"a\":NaN}").code, ErrorCode::kMalformedJson);
  EXPECT_EQ(fault_of("[1e999]").code, ErrorCode::kMalformedJson);
  EXPECT_EQ(fault_of("[\"\\ud800\"]").code, ErrorCode::kMalformedJson);
}

TEST(ParseJson, BoundsDepth) {
  const auto nested = [](std::size_t n) { return std::string(n, '[') + std::string(n, ']'); };
  EXPECT_TRUE(parse_json(nested(32)).ok());
  EXPECT_EQ(fault_of(nested(33)).code, ErrorCode::kTooDeep);
  EXPECT_EQ(fault_of(std::string(100'000, '[')).code, ErrorCode::kTooDeep);
  EXPECT_EQ(fault_of(nested(4), {.max_depth = 3}).code, ErrorCode::kTooDeep);
}

TEST(ParseJson, BoundsSize) {
  EXPECT_EQ(fault_of("[1,2,3]", {.max_bytes = 6}).code, ErrorCode::kBodyTooLarge);
  EXPECT_TRUE(parse_json("[1,2,3]", {.max_bytes = 7}).ok());
}

TEST(ParseJson, RefusesWhatIsNotUtf8) {
  const Error e = fault_of("{\"a\":\n\"x\xC3(\"}");
  EXPECT_EQ(e.code, ErrorCode::kInvalidUtf8);
  EXPECT_EQ(e.column, 3);
  EXPECT_EQ(fault_of("\"\xED\xA0\x80\"").code, ErrorCode::kInvalidUtf8);  // a surrogate
  EXPECT_EQ(fault_of("\"\xC0\x80\"").code, ErrorCode::kInvalidUtf8);      // overlong
}

TEST(ParseJson, RefusesNulByItsPlace) {
  const Error e = fault_of("{\"a\":{\"b/c\":[1,\"x\\u0000y\"]}}");
  EXPECT_EQ(e.code, ErrorCode::kInvalidValue);
  EXPECT_EQ(e.field, "/a/b~1c/1");
  EXPECT_EQ(fault_of("{\"a\\u0000\":[[1]]}").code, ErrorCode::kInvalidValue);
}

TEST(ParseJson, RefusesANameTwice) {
  EXPECT_EQ(fault_of("{\"a\":1,\"b\":2,\"a\":3}").code, ErrorCode::kMalformedJson);
  EXPECT_EQ(fault_of("[{\"a\":{\"x\":1,\"x\":1}}]").code, ErrorCode::kMalformedJson);
  EXPECT_TRUE(parse_json("[{\"a\":1},{\"a\":1}]").ok());
}

TEST(JsonDepth, CountsLevels) {
  EXPECT_EQ(json_depth(*parse_json("1")), 0u);
  EXPECT_EQ(json_depth(*parse_json("{}")), 1u);
  EXPECT_EQ(json_depth(*parse_json("{\"a\":[{}],\"b\":[]}")), 3u);
}

}  // namespace
}  // namespace carillon::http
