// Goal: no token counts that was not issued here, letter by letter.
#include "users/visitor_token.h"

#include <gtest/gtest.h>

#include "secrets/secrets.h"

namespace carillon::users {
namespace {

const VisitorKeys kKeys{{{1, "first secret", {}}, {2, "second secret", {}}}};
const Instant kNow{1'800'000'000'000'000};
const VisitorClaim kClaim{VisitorId{1, 2}, WidgetId{3, 4}, WorkspaceId{5, 6}, false, kNow + Duration::hours(1)};

TEST(VisitorToken, ComesBackAsItWasIssued) {
  for (const bool verified : {false, true}) {
    VisitorClaim claim = kClaim;
    claim.verified = verified;
    const std::string token = issue_visitor_token(kKeys, claim);
    auto back = verify_visitor_token(kKeys, token, kNow);
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(*back, claim);
    EXPECT_LE(token.size(), 256u);
    EXPECT_EQ(token.find_first_not_of("0123456789abcdefvc_."), std::string::npos) << "may stand in a subprotocol";
  }
}

TEST(VisitorToken, EndsAtItsTime) {
  const std::string token = issue_visitor_token(kKeys, kClaim);
  EXPECT_TRUE(verify_visitor_token(kKeys, token, kClaim.expires_at - Duration::micros(1)).ok());
  EXPECT_EQ(verify_visitor_token(kKeys, token, kClaim.expires_at).error().code, ErrorCode::kSessionExpired);
}

TEST(VisitorToken, NoLetterMayBeAnother) {
  const std::string token = issue_visitor_token(kKeys, kClaim);
  for (std::size_t i = 0; i < token.size(); ++i) {
    for (const char other : {'0', '1', '2', 'f', '.', 'x', '\0'}) {
      if (token[i] == other) continue;
      std::string forged = token;
      forged[i] = other;
      auto answer = verify_visitor_token(kKeys, forged, kNow);
      ASSERT_FALSE(answer.ok()) << i << other;
      EXPECT_EQ(answer.error().code, ErrorCode::kNotSignedIn);
    }
    EXPECT_FALSE(verify_visitor_token(kKeys, token.substr(0, i), kNow).ok());
    EXPECT_FALSE(verify_visitor_token(kKeys, token.substr(0, i) + "0" + token.substr(i), kNow).ok());
  }
}

TEST(VisitorToken, AnotherInstallationsKeySignsNothingHere) {
  const VisitorKeys other{{{2, "another secret", {}}}};
  EXPECT_FALSE(verify_visitor_token(kKeys, issue_visitor_token(other, kClaim), kNow).ok());
  const VisitorKeys newer{{{3, "second secret", {}}}};
  EXPECT_FALSE(verify_visitor_token(kKeys, issue_visitor_token(newer, kClaim), kNow).ok()) << "an unknown generation";
}

TEST(VisitorToken, OldKeysVerifyAndTheNewestSigns) {
  const VisitorKeys old{{kKeys.keys[0]}};
  const std::string token = issue_visitor_token(old, kClaim);
  EXPECT_TRUE(token.starts_with("cv_1."));
  EXPECT_TRUE(verify_visitor_token(kKeys, token, kNow).ok());
  EXPECT_TRUE(issue_visitor_token(kKeys, kClaim).starts_with("cv_2."));
}

}  // namespace
}  // namespace carillon::users
