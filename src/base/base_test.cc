#include <gtest/gtest.h>
#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

#include <set>
namespace carillon {
TEST(Time, PrintsAndReadsRfc3339) {
  const Instant at{1'772'355'615'250'000};
  EXPECT_EQ(to_rfc3339(at), "2026-03-01T09:00:15.250000Z");
  EXPECT_EQ(parse_rfc3339("2026-03-01T10:00:15.25+01:00"), at);
  EXPECT_FALSE(parse_rfc3339("2026-02-30T00:00:00Z"));
}
TEST(Time, ReadsNothingThatItCouldNotPrintAgain) {
  EXPECT_TRUE(parse_rfc3339("9999-12-31T23:59:59.999999Z"));
  EXPECT_FALSE(parse_rfc3339("9999-12-31T23:59:59-00:01"));
  EXPECT_FALSE(parse_rfc3339("9999-12-31T23:59:60Z"));
}
TEST(Ids, OfOneTimeBeginAlikeAndAreNeverTwice) {
  std::set<TaskId> seen;
  for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
    IdMaker maker(Seed{(std::uint64_t{0x68ab'cdef} << 32) | (seed * 0x9e3779b9U & 0xffff'ffffU), seed});
    for (int i = 0; i < 20; ++i) {
      const TaskId id = maker.next<TaskId>();
      EXPECT_EQ(id.str().substr(2, 8), "68abcdef");
      EXPECT_TRUE(seen.insert(id).second);
    }
  }
}

TEST(Ids, RoundTripAndRefuseAnotherPrefix) {
  IdMaker maker(Seed{1, 2});
  const TaskId id = maker.next<TaskId>();
  EXPECT_EQ(TaskId::parse(id.str()), id);
  EXPECT_FALSE(WorkerId::parse(id.str()));
  EXPECT_TRUE(is_sid(id.str()));
  for (const std::string& wrong : {std::string(), std::string("nonsense"), id.str() + "0", "wt" + id.str().substr(2)}) {
    EXPECT_FALSE(is_sid(wrong)) << wrong;
  }
  EXPECT_EQ(IdMaker(Seed{1, 2}).next<TaskId>(), id);
}

TEST(Ids, AllZerosNameNothing) {
  EXPECT_FALSE(TaskId::parse("WT00000000000000000000000000000000"));
  EXPECT_TRUE(TaskId::parse("WT00000000000000000000000000000001"));
  EXPECT_FALSE(is_sid("WT00000000000000000000000000000000"));
  EXPECT_TRUE(is_sid("ZZ0000000000000000000000000000000a"));
  EXPECT_FALSE(is_sid("WT0000000000000000000000000000000G"));
}
}  // namespace carillon
