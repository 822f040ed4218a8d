// Goal: known vectors, and that a wrong secret never passes.
#include "secrets/secrets.h"

#include <gtest/gtest.h>

namespace carillon::secrets {
namespace {

TEST(Secrets, HashesAndSignaturesAreTheStandards) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-4
  EXPECT_EQ(hmac_sha256_hex("Jefe", "what do ya want for nothing?"),                                 // RFC 4231, case 2
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Secrets, TokensAreLongAndDiffer) {
  EXPECT_EQ(random_token().size(), 43u);
  EXPECT_NE(random_token(), random_token());
  EXPECT_NE(random_id<UserId>(), random_id<UserId>());
}

TEST(Secrets, OnlyTheRightPasswordMatches) {
  const auto hash = hash_password("correct horse");
  ASSERT_TRUE(hash.ok());
  EXPECT_TRUE(hash->starts_with("$argon2id$"));
  EXPECT_TRUE(password_matches(*hash, "correct horse"));
  EXPECT_FALSE(password_matches(*hash, "correct horsf"));
  EXPECT_FALSE(password_matches("", "x"));
  EXPECT_FALSE(password_matches("nonsense", "x"));
}

}  // namespace
}  // namespace carillon::secrets
