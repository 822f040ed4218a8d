// Goal: the same people on PostgreSQL: every statement of this module runs there, and says the same.
// Method: one life from being made to being gone, on a private server.
#include <gtest/gtest.h>

#include "store/testing/fresh_store.h"
#include "users/api_keys.h"
#include "users/testing/town.h"

namespace carillon::users {
namespace {

using testing::Cookie;
using testing::request_of;
using testing::Town;

std::unique_ptr<store::Store> migrated(store::testing::FreshStore& fresh) {
  CARILLON_CHECK(fresh.store->migrate().ok());
  return std::move(fresh.store);
}

TEST(UsersOnPostgres, LiveAsOnSqlite) {
  auto fresh = store::testing::fresh_store(store::testing::StoreKind::kPostgres);
  ASSERT_TRUE(fresh.ok()) << fresh.error().message;
  Town town(migrated(*fresh));
  const auto now = [&] { return town.clock.now(); };
  const UserId maria = town.user("Maria", Role::agent);
  const Cookie cookie = town.sign_in("maria"), other = town.sign_in("MARIA");
  const auto counts = [&](const Cookie& one) { return town.authentication->authenticate(request_of(one)).ok(); };
  town.clock.advance(Duration::minutes(6));
  EXPECT_TRUE(counts(cookie));
  EXPECT_EQ(town.uses_saved, 1);
  ASSERT_TRUE(
      town.keeps(change_user(*town.directory, maria, 1, {.display_name = "M", .email = "m@example.org"}, now())).ok());
  auto stale = begin_sign_in(*town.directory, town.check, {"maria", std::string(Town::kPassword), {}}, now());
  ASSERT_TRUE(town.keeps(change_password(*town.directory, town.check, maria, cookie.session, Town::kPassword,
                                         "another password"))
                  .ok());
  EXPECT_EQ(town.keeps(stale->decided).error().code, ErrorCode::kStoreConflict);
  const MembershipPtr membership = town.directory->membership_of(maria, town.home);
  ASSERT_TRUE(town.keeps(change_role(*town.directory, membership->sid, town.home, 1, Role::admin, now())).ok());
  auto key = make_api_key(*town.directory, {.workspace = town.home, .friendly_name = "k", .scopes = 1}, now());
  ASSERT_TRUE(town.keeps(key->decided).ok());
  EXPECT_TRUE(town.authentication->authenticate(testing::bearing(key->secret)).ok());

  town.restart();
  EXPECT_TRUE(counts(cookie));
  EXPECT_FALSE(counts(other));
  EXPECT_EQ(town.directory->find_username("maria")->email, "m@example.org");
  EXPECT_EQ(town.directory->membership_of(maria, town.home)->role, Role::admin);
  ASSERT_TRUE(town.keeps(revoke_api_key(*town.directory, key->key.sid, town.home)).ok());
  ASSERT_TRUE(town.keeps(remove_membership(*town.directory, membership->sid, town.home, 2)).ok());
  ASSERT_TRUE(town.keeps(change_user(*town.directory, maria, 0, {.disabled = true}, now())).ok());
  town.restart();
  EXPECT_FALSE(counts(cookie));
  EXPECT_TRUE(town.directory->memberships_of(maria).empty());
  town.clock.advance(kSignInLife);
  EXPECT_TRUE(forget_expired(*town.directory, now()).edits.empty());
}

}  // namespace
}  // namespace carillon::users
