// Goal: new calls are refused when any part has too much to do, and taken again only when it has clearly less.
#include "switchboard/load.h"

#include <gtest/gtest.h>

namespace carillon::switchboard {
namespace {

const Load kMost{.commands = 100, .calls = 1000, .works = 500, .sound = 400};

TEST(Strain, AnyPartThatHasItsMostIsTooMuch) {
  for (const Load& load : {Load{100, 0, 0, 0}, Load{0, 1000, 0, 0}, Load{0, 0, 500, 0}, Load{0, 0, 0, 400}}) {
    Strain strain(kMost);
    EXPECT_TRUE(strain.weigh(load));
    EXPECT_FALSE(strain.weigh({}));
  }
  Strain strain(kMost);
  EXPECT_FALSE(strain.weigh({99, 999, 499, 399}));
}

TEST(Strain, CallsAreTakenAgainAtThreeQuartersOnly) {
  Strain strain(kMost);
  EXPECT_TRUE(strain.weigh({.commands = 120}));
  EXPECT_TRUE(strain.weigh({.commands = 75}));
  EXPECT_FALSE(strain.weigh({.commands = 74}));
  EXPECT_FALSE(strain.weigh({.commands = 99}));
}

TEST(Strain, SaysWhatIsTooMuch) {
  Strain strain(kMost);
  const Load load{.commands = 5, .calls = 1001};
  strain.weigh(load);
  EXPECT_EQ(strain.what(load), "calls 1001 of 1000");
}

}  // namespace
}  // namespace carillon::switchboard
