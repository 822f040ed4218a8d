#include "switchboard/trunk_rules.h"

#include <gtest/gtest.h>

namespace carillon::switchboard {
namespace {

TEST(TrunkRules, ShowTheNumberCalledFromUnlessTheTrunkHasAnother) {
  EXPECT_EQ(shown_by({}, "+4930123", false).user, "+4930123");
  EXPECT_EQ(shown_by({.caller_id = "+4940"}, "+4930123", false).user, "+4940");
  EXPECT_FALSE(shown_by({.caller_id = "+4940"}, "+4930123", false).hidden);
}

TEST(TrunkRules, ShowOnlyWhatTheCarrierAllows) {
  const TrunkRules rules{.caller_ids = {"+4930555*", "+4930123", "+4930124"}};
  EXPECT_EQ(shown_by(rules, "+4930124", false).user, "+4930124");
  EXPECT_EQ(shown_by(rules, "+493055577", false).user, "+493055577");
  EXPECT_EQ(shown_by(rules, "+4989", false).user, "+4930123") << "the first whole one in place of another";
  const Shown nothing = shown_by({.caller_ids = {"+4930555*"}}, "+4989", false);
  EXPECT_EQ(std::pair(nothing.user, nothing.hidden), std::pair(std::string(), true));
}

TEST(TrunkRules, HideTheCallerButNotFromTheCarrier) {
  const Shown shown = shown_by({.caller_id = kAnonymousCaller}, "+4930123", false);
  EXPECT_EQ(std::pair(shown.user, shown.hidden), std::pair(std::string("+4930123"), true));
}

TEST(TrunkRules, HideAndReplaceNothingInAnEmergency) {
  for (const char* id : {kAnonymousCaller, "+4940"}) {
    const Shown shown = shown_by({.caller_id = id, .caller_ids = {"+4940"}}, "+4930123", true);
    EXPECT_EQ(std::pair(shown.user, shown.hidden), std::pair(std::string("+4930123"), false));
  }
}

TEST(TrunkRules, KnowACallerIdWhenTheySeeIt) {
  EXPECT_TRUE(is_caller_id("+4930123", false));
  EXPECT_TRUE(is_caller_id("+4930123*", true));
  for (const char* wrong : {"", "+49 30", "a\r\nb", "x@y"}) EXPECT_FALSE(is_caller_id(wrong, true)) << wrong;
  EXPECT_FALSE(is_caller_id("+4930123*", false));
  EXPECT_FALSE(is_caller_id("*", true));
}

}  // namespace
}  // namespace carillon::switchboard
