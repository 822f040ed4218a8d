// Goal: the small readers (headers, cookies, queries, targets, ranges, UTF-8, routes, buckets, problems) refuse what is wrong.
// Method: tables of inputs.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "http/parse/headers.h"
#include "http/parse/problem.h"
#include "http/parse/query.h"
#include "http/parse/route_table.h"
#include "http/parse/target.h"
#include "http/parse/token_bucket.h"
#include "http/parse/utf8.h"

namespace carillon::http {
namespace {

TEST(Headers, ComparesNamesWithoutCase) {
  Headers h;
  h.add("Content-Type", "a");
  h.add("X", "1");
  h.add("x", "2");
  EXPECT_EQ(h.get("content-type"), "a");
  EXPECT_EQ(h.count("X"), 2u);
  EXPECT_EQ(h.get("X"), "1");
  h.set("x", "3");
  EXPECT_EQ(h.count("X"), 1u);
  EXPECT_EQ(h.at(1).second, "3");
  EXPECT_FALSE(h.has("y"));
}

TEST(Headers, NeverSplitAMessage) {
  Headers h;
  h.add("Location", "/a\r\nSet-Cookie: x=1");
  EXPECT_EQ(h.get("Location"), "/a??Set-Cookie: x=1");
  EXPECT_FALSE(Headers::is_token("a b"));
  EXPECT_FALSE(Headers::is_token(""));
  EXPECT_TRUE(Headers::is_safe_value("\x80 \t ok"));
}

TEST(Cookies, FindsTheFirstOfAName) {
  EXPECT_EQ(find_cookie("a=1; b=\"two\"; a=3", "a"), "1");
  EXPECT_EQ(find_cookie("a=1; b=\"two\"; a=3", "b"), "two");
  EXPECT_EQ(find_cookie("a=1", "A"), std::nullopt);
  EXPECT_EQ(find_cookie("aa=1;a", "a"), std::nullopt);
  EXPECT_EQ(find_cookie("a=x y", "a"), std::nullopt);
  EXPECT_EQ(find_cookie("", "a"), std::nullopt);
  EXPECT_EQ(find_cookie("a=b=c", "a"), "b=c");
}

TEST(Lists, FindsTokens) {
  EXPECT_TRUE(list_has_token("keep-alive, Upgrade", "upgrade"));
  EXPECT_FALSE(list_has_token("upgraded", "upgrade"));
}

TEST(Percent, DecodesAndRefuses) {
  EXPECT_EQ(*percent_decode("a%20b%C3%A9+"), "a bé+");
  EXPECT_EQ(*percent_decode("a+b", true), "a b");
  for (const char* bad : {"%", "%2", "%2g", "%zz", "abc%4"}) {
    EXPECT_EQ(percent_decode(bad).error().code, ErrorCode::kInvalidValue) << bad;
  }
  EXPECT_EQ(percent_decode("%00").error().code, ErrorCode::kInvalidValue);
  EXPECT_EQ(percent_decode("%ff").error().code, ErrorCode::kInvalidUtf8);
  EXPECT_EQ(*percent_decode(percent_encode("ä b/\"%")), "ä b/\"%");
}

TEST(Query, KeepsOrderAndDuplicates) {
  const auto q = QueryParams::parse("a=1&b&&a=2&c=");
  ASSERT_TRUE(q.ok());
  EXPECT_EQ(q->get("a"), "1");
  EXPECT_EQ(q->count("a"), 2u);
  EXPECT_EQ(q->get("b"), "");
  EXPECT_EQ(q->all("a")[1], "2");
  std::string many;
  for (int i = 0; i < 65; ++i) many += "x=1&";
  EXPECT_EQ(QueryParams::parse(many).error().code, ErrorCode::kLimit);
  EXPECT_EQ(QueryParams::parse("a=%zz").error().field, "a");
}

TEST(TargetForm, OriginAndAbsolute) {
  EXPECT_EQ(parse_target("/a?b=1")->path, "/a");
  EXPECT_EQ(parse_target("/a?b=1")->query, "b=1");
  EXPECT_EQ(parse_target("http://host:80/x?y")->path, "/x");
  EXPECT_EQ(parse_target("HTTPS://host")->path, "/");
  EXPECT_EQ(parse_target("http://host?q")->query, "q");
  for (const char* bad : {"", "a", "ftp://x/", "/a#b", "host:443"}) EXPECT_FALSE(parse_target(bad).ok()) << bad;
}

TEST(Range, OneRangeOfBytes) {
  const auto range = [](std::string_view text) { return *parse_range(text, 100); };
  EXPECT_EQ(range("bytes=0-9")->last, 9u);
  EXPECT_EQ(range("bytes=90-")->first, 90u);
  EXPECT_EQ(range("bytes=90-200")->last, 99u);
  EXPECT_EQ(range("bytes=-10")->first, 90u);
  EXPECT_EQ(range("bytes=-1000")->first, 0u);
  for (const char* whole : {"", "bytes=", "bytes=9-1", "bytes=a-b", "rows=1-2", "bytes=0-1,5-6", "bytes=1"}) {
    EXPECT_FALSE(range(whole).has_value()) << whole;
  }
  EXPECT_EQ(parse_range("bytes=100-", 100).error().code, ErrorCode::kRangeNotSatisfiable);
  EXPECT_EQ(parse_range("bytes=-0", 100).error().code, ErrorCode::kRangeNotSatisfiable);
  EXPECT_EQ(parse_range("bytes=-5", 0).error().code, ErrorCode::kRangeNotSatisfiable);
}

TEST(Validators, MatchWeakly) {
  EXPECT_TRUE(etag_matches("\"1\", W/\"2\"", "\"2\""));
  EXPECT_TRUE(etag_matches("*", "\"2\""));
  EXPECT_FALSE(etag_matches("\"1\"", "\"2\""));
  EXPECT_TRUE(accepts_gzip("br, gzip;q=0.5"));
  EXPECT_FALSE(accepts_gzip("gzip;q=0"));
  EXPECT_FALSE(accepts_gzip("gzip;q=0.000, br"));
  EXPECT_FALSE(accepts_gzip("identity"));
}

TEST(Utf8, ChecksEveryForm) {
  EXPECT_TRUE(is_utf8("plain text of some length, é € 😀"));
  for (const char* bad : {"\x80", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF0\x80\x80\xAF", "\xF4\x90\x80\x80",
                          "\xF5\x80\x80\x80", "\xC3", "\xE2\x82", "\xF0\x9F\x98", "1234567\xC3"}) {
    EXPECT_FALSE(is_utf8(bad)) << bad;
  }
  EXPECT_EQ(utf8_length("é€😀a"), 4u);
  EXPECT_EQ(utf8_cut("aé", 2), "a");
  EXPECT_EQ(utf8_cut("aé", 3), "aé");
}

TEST(Routes, LiteralsWinOverParametersAndPatternsOverPrefixes) {
  RouteTable t;
  t.add("/api/tasks/{sid}", 0, 1);
  t.add("/api/tasks/mine", 0, 2);
  t.add("/api/{any}/mine/x", 0, 3);
  t.add("/", 0, 4);
  t.add_prefix("/api", 9);
  t.add_prefix("/", 8);
  const auto number = [&](std::string_view path) {
    const auto found = t.find(path);
    return found.slots ? (*found.slots)[0] : 100 + found.prefix;
  };
  EXPECT_EQ(number("/api/tasks/WT1"), 1);
  EXPECT_EQ(number("/api/tasks/mine"), 2);
  EXPECT_EQ(number("/api/tasks/mine/x"), 3);  // steps back out of the literal
  EXPECT_EQ(number("/"), 4);
  EXPECT_EQ(number("/api/tasks"), 109);
  EXPECT_EQ(number("/api/tasks/"), 109);
  EXPECT_EQ(number("/apis"), 108);
  EXPECT_EQ(number("/x/y/z"), 108);
  EXPECT_EQ(number(std::string("/api") + std::string(4000, '/')), 109);
  EXPECT_EQ(number(""), 99);
}

TEST(Routes, DecodesAndBoundsParameters) {
  RouteTable t;
  t.add("/f/{name}", 0, 1);
  EXPECT_EQ(t.find("/f/a%2Fb%20c").params[0].value, "a/b c");
  EXPECT_EQ(t.find("/f/%zz").slots, nullptr);
  EXPECT_EQ(t.find("/f/%00").slots, nullptr);
  EXPECT_NE(t.find("/f/" + std::string(256, 'a')).slots, nullptr);
  EXPECT_EQ(t.find("/f/" + std::string(257, 'a')).slots, nullptr);
  EXPECT_TRUE(t.find("/f/" + std::string(257, 'a')).params.empty());
}

TEST(Buckets, RefillWithTime) {
  const Instant t0{1'000'000'000};
  TokenBucket bucket({.per_second = 2, .burst = 3}, t0);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(bucket.take(t0));
  EXPECT_FALSE(bucket.take(t0));
  EXPECT_EQ(bucket.wait(t0), Duration::millis(500));
  EXPECT_TRUE(bucket.take(t0 + Duration::millis(500)));
  EXPECT_FALSE(bucket.take(t0));  // a clock that goes back
  EXPECT_TRUE(bucket.take(t0 + Duration::hours(1)));
}

TEST(Problems, AreRfc9457) {
  const std::string text = problem_json(
      Error(ErrorCode::kOutOfRange, "12 is out of range").at("/n").expecting("an integer from 0 to 9").in_column(4),
      "/api/x");
  const auto doc = boost::json::parse(text).as_object();
  EXPECT_EQ(doc.at("type"), "/api/docs#error-out_of_range");
  EXPECT_EQ(doc.at("status"), 422);
  EXPECT_EQ(doc.at("code"), "out_of_range");
  EXPECT_EQ(doc.at("detail"), "12 is out of range");
  EXPECT_EQ(doc.at("field"), "/n");
  EXPECT_EQ(doc.at("expected"), "an integer from 0 to 9");
  EXPECT_EQ(doc.at("column"), 4);
  EXPECT_EQ(doc.at("instance"), "/api/x");
  EXPECT_FALSE(doc.contains("faults"));
  const std::vector<Error> two{Error(ErrorCode::kWrongType, "a").at("/a"),
                               Error(ErrorCode::kTooLong, "b\xFF").at("/b")};
  EXPECT_EQ(boost::json::parse(problem_json(two[0], {}, two)).at("faults").as_array().size(), 2u);
}

}  // namespace
}  // namespace carillon::http
