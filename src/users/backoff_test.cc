// Goal: guessing gets slow, and those who know their password hardly notice.
#include "users/backoff.h"

#include <gtest/gtest.h>

namespace carillon::users {
namespace {

struct BackoffTest : ::testing::Test {
  Backoff backoff;
  Instant now{1'800'000'000'000'000};

  bool passes(std::string_view name, std::string_view address) { return !backoff.begin(name, address, now); }
};

TEST_F(BackoffTest, TheFirstFiveAreFreeThenEachWaitsTwiceAsLong) {
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(passes("maria", "10.0.0.1"));
  Duration expected = Duration::seconds(1);
  for (int i = 0; i < 8; ++i) {
    auto wait = backoff.begin("maria", "10.0.0.1", now);
    ASSERT_TRUE(wait.has_value());
    EXPECT_EQ(*wait, expected);
    now = now + *wait;
    EXPECT_TRUE(passes("maria", "10.0.0.1"));
    expected = expected * 2;
  }
}

TEST_F(BackoffTest, TheWaitHasALimit) {
  for (int i = 0; i < 40; ++i) {
    if (auto wait = backoff.begin("maria", "10.0.0.1", now)) {
      EXPECT_LE(*wait, Duration::minutes(15));
      now = now + *wait;
    }
  }
  EXPECT_LE(*backoff.begin("maria", "10.0.0.1", now), Duration::minutes(15));
}

TEST_F(BackoffTest, NamesThatDifferOnlyInCaseAreOne) {
  for (int i = 0; i < 5; ++i) passes(i % 2 ? "Maria" : "mARIA", "10.0.0.1");
  EXPECT_FALSE(passes("maria", "10.0.0.1"));
}

TEST_F(BackoffTest, FromElsewhereTheOwnerStillComesIn) {
  for (int i = 0; i < 20; ++i) passes("maria", "10.0.0.1");
  EXPECT_TRUE(passes("maria", "10.0.0.2"));
}

TEST_F(BackoffTest, ManyAddressesTogetherAreSlowedAtMostHalfAMinute) {
  int through = 0;
  for (int i = 0; i < 500; ++i) through += passes("maria", "10.0.1." + std::to_string(i));
  EXPECT_EQ(through, 50);
  for (int i = 0; i < 100; ++i) {
    if (auto wait = backoff.begin("maria", "10.0.2." + std::to_string(i), now)) {
      EXPECT_LE(*wait, Duration::seconds(30));
      now = now + *wait;
    }
  }
}

TEST_F(BackoffTest, TheRightPasswordForgivesAndSoDoesAnHour) {
  for (int i = 0; i < 5; ++i) passes("maria", "10.0.0.1");
  EXPECT_FALSE(passes("maria", "10.0.0.1"));
  backoff.succeeded("maria", "10.0.0.1");
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(passes("maria", "10.0.0.1"));
  EXPECT_FALSE(passes("maria", "10.0.0.1"));
  now = now + Duration::hours(1);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(passes("maria", "10.0.0.1"));
}

TEST_F(BackoffTest, MemoryIsBounded) {
  for (int i = 0; i < 50'000; ++i) passes("user" + std::to_string(i), "10.0.0.1");
  EXPECT_LE(backoff.size(), 20'000u);
}

}  // namespace
}  // namespace carillon::users
