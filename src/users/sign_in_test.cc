// Goal: signing in tells a stranger nothing, and what should end a sign-in does.
#include "users/sign_in.h"

#include <gtest/gtest.h>

#include "users/testing/town.h"

namespace carillon::users {
namespace {

using testing::Cookie;
using testing::request_of;
using testing::Town;

struct SignInTest : ::testing::Test {
  Town town;
  bool counts(const Cookie& cookie) { return town.authentication->authenticate(request_of(cookie)).ok(); }
  std::int64_t rows(const char* which) {
    auto reader = town.store->readers().lease();
    return (*(*reader)->query(store::Sql::dynamic(std::string("SELECT COUNT(*) FROM ") + which)))[0].integer(0);
  }
};

TEST_F(SignInTest, AnUnknownNameAWrongPasswordAndADisabledUserAreAnsweredAlike) {
  town.user("maria", Role::agent);
  const UserId gone = town.user("gone", Role::agent);
  ASSERT_TRUE(town.keeps(change_user(*town.directory, gone, 0, {.disabled = true}, town.clock.now())).ok());
  auto unknown = town.try_sign_in("nobody", Town::kPassword), wrong = town.try_sign_in("maria", "wrong"),
       disabled = town.try_sign_in("gone", Town::kPassword);
  for (const auto* answer : {&unknown, &wrong, &disabled}) {
    ASSERT_FALSE(answer->ok());
    EXPECT_EQ(answer->error().code, ErrorCode::kBadCredentials);
    EXPECT_EQ(answer->error().message, unknown.error().message);
    EXPECT_EQ(answer->error().field, "");
  }
}

TEST_F(SignInTest, AnUnknownNameCostsTheSameCheckAsAKnownOne) {
  town.user("maria", Role::agent);
  (void)town.try_sign_in("maria", "wrong");
  const int hashed = town.passwords.hashed;
  town.passwords.checked.clear();
  (void)town.try_sign_in("nobody", "wrong");
  ASSERT_EQ(town.passwords.checked.size(), 1u) << "one check, against a hash that is nobody's";
  EXPECT_FALSE(town.passwords.checked[0].empty());
  EXPECT_EQ(town.passwords.hashed, hashed);
  (void)town.try_sign_in("maria", "wrong");
  EXPECT_EQ(town.passwords.checked.size(), 2u);
  EXPECT_EQ(town.passwords.hashed, hashed);
}

TEST_F(SignInTest, TheStandInsPasswordOpensNothing) {
  ArgonPasswords argon;
  PasswordCheck check(argon);
  EXPECT_FALSE(check.matches("", ""));
  EXPECT_FALSE(check.matches("", "anything"));
  EXPECT_TRUE(check.matches(*argon.hash("right horse"), "right horse"));
}

TEST_F(SignInTest, UsernamesAreOneWhateverTheirCase) {
  town.user("Maria", Role::agent);
  EXPECT_TRUE(town.try_sign_in("mARIA", Town::kPassword).ok());
}

TEST_F(SignInTest, WhoBelongsNowhereIsToldSoAfterTheRightPasswordOnly) {
  town.user("nomad", Role::none);
  EXPECT_EQ(town.try_sign_in("nomad", "wrong").error().code, ErrorCode::kBadCredentials);
  EXPECT_EQ(town.try_sign_in("nomad", Town::kPassword).error().code, ErrorCode::kForbidden);
}

TEST_F(SignInTest, TheSecretIsNotInTheDatabase) {
  town.user("maria", Role::agent);
  const Cookie cookie = town.sign_in("maria");
  auto reader = town.store->readers().lease();
  auto found = (*reader)->query("SELECT secret_hash FROM sign_ins");
  ASSERT_EQ(found->size(), 1u);
  EXPECT_NE((*found)[0].text(0), cookie.secret);
  EXPECT_NE((*found)[0].text(0), cookie.csrf());
}

TEST_F(SignInTest, TheFiftyFirstEndsTheOneUsedLongestAgo) {
  town.user("maria", Role::agent);
  std::vector<Cookie> all;
  for (std::size_t i = 0; i < kMostSignIns; ++i) {
    all.push_back(town.sign_in("maria"));
    town.clock.advance(Duration::seconds(1));
  }
  EXPECT_TRUE(counts(all[0]));  // and so it was used last
  town.clock.advance(Duration::seconds(1));
  all.push_back(town.sign_in("maria"));
  EXPECT_TRUE(counts(all[0]));
  EXPECT_FALSE(counts(all[1]));
  EXPECT_TRUE(counts(all[2]));
  EXPECT_EQ(rows("sign_ins"), static_cast<std::int64_t>(kMostSignIns));
}

TEST_F(SignInTest, ANewPasswordEndsTheOthersAndNotThisOne) {
  const UserId maria = town.user("maria", Role::agent);
  const Cookie here = town.sign_in("maria"), there = town.sign_in("maria");
  auto wrong = change_password(*town.directory, town.check, maria, here.session, "wrong", "another password");
  EXPECT_EQ(wrong.error().code, ErrorCode::kBadCredentials);
  EXPECT_EQ(change_password(*town.directory, town.check, maria, here.session, Town::kPassword, "short").error().field,
            "/new_password");
  ASSERT_TRUE(
      town.keeps(change_password(*town.directory, town.check, maria, here.session, Town::kPassword, "another password"))
          .ok());
  EXPECT_TRUE(counts(here));
  EXPECT_FALSE(counts(there));
  EXPECT_FALSE(town.try_sign_in("maria", Town::kPassword).ok());
  EXPECT_TRUE(town.try_sign_in("maria", "another password").ok());
  town.restart();
  EXPECT_TRUE(counts(here));
  EXPECT_FALSE(counts(there));
}

TEST_F(SignInTest, AnAdminsNewPasswordEndsAll) {
  const UserId maria = town.user("maria", Role::agent);
  const Cookie here = town.sign_in("maria"), there = town.sign_in("maria");
  ASSERT_TRUE(
      town.keeps(give_password(*town.directory, town.passwords, maria, "given by the admin", "/new_password")).ok());
  EXPECT_FALSE(counts(here));
  EXPECT_FALSE(counts(there));
  EXPECT_TRUE(town.try_sign_in("maria", "given by the admin").ok());
}

TEST_F(SignInTest, ASignInWithAPasswordThatWasChangedMeanwhileDoesNotCount) {
  const UserId maria = town.user("maria", Role::agent);
  auto begun =
      begin_sign_in(*town.directory, town.check, {"maria", std::string(Town::kPassword), {}}, town.clock.now());
  ASSERT_TRUE(begun.ok());
  ASSERT_TRUE(
      town.keeps(give_password(*town.directory, town.passwords, maria, "given by the admin", "/new_password")).ok());
  EXPECT_EQ(town.keeps(begun->decided).error().code, ErrorCode::kStoreConflict);
}

TEST_F(SignInTest, ASignInOfAUserDisabledMeanwhileDoesNotCount) {
  const UserId maria = town.user("maria", Role::agent);
  auto begun =
      begin_sign_in(*town.directory, town.check, {"maria", std::string(Town::kPassword), {}}, town.clock.now());
  ASSERT_TRUE(town.keeps(change_user(*town.directory, maria, 0, {.disabled = true}, town.clock.now())).ok());
  EXPECT_EQ(town.keeps(begun->decided).error().code, ErrorCode::kStoreConflict);
}

TEST_F(SignInTest, WhatIsOverIsForgotten) {
  town.user("maria", Role::agent);
  town.sign_in("maria");
  town.clock.advance(Duration::hours(1));
  const Cookie young = town.sign_in("maria");
  EXPECT_TRUE(forget_expired(*town.directory, town.clock.now()).edits.empty());
  town.clock.advance(kSignInIdle - Duration::hours(1));
  ASSERT_TRUE(town.keeps(forget_expired(*town.directory, town.clock.now())).ok());
  EXPECT_EQ(rows("sign_ins"), 1);
  EXPECT_TRUE(counts(young));
}

}  // namespace
}  // namespace carillon::users
