// Goal: people are made, changed and kept apart as they should, in memory and in rows alike.
#include "users/people.h"

#include <gtest/gtest.h>

#include "secrets/secrets.h"
#include "users/admin.h"
#include "users/rules.h"
#include "users/testing/town.h"

namespace carillon::users {
namespace {

using testing::Town;

struct PeopleTest : ::testing::Test {
  Town town;
  const Directory& directory() { return *town.directory; }
  Instant now() { return town.clock.now(); }
  Result<Decided> wish(const std::string& username, const std::string& password = "long enough") {
    return make_user(*town.directory, town.passwords, {.username = username, .display_name = "D", .password = password},
                     now());
  }
  ErrorCode refused(const std::string& username) {
    auto made = wish(username);
    return made.ok() ? ErrorCode::kInternal : made.error().code;
  }
};

TEST_F(PeopleTest, AUserIsInMemoryAndInRows) {
  const UserId maria = town.user("maria", Role::agent);
  for (int i = 0; i < 2; ++i) {
    const UserPtr known = directory().find_username("maria");
    ASSERT_TRUE(known);
    EXPECT_EQ(known->sid, maria);
    EXPECT_EQ(known->version, 1);
    EXPECT_EQ(known->created_at, now());
    EXPECT_TRUE(known->email.empty());
    EXPECT_EQ(directory().membership_of(maria, town.home)->role, Role::agent);
    town.restart();
  }
}

TEST_F(PeopleTest, AUsernameIsTakenOnceWhateverItsCase) {
  town.user("maria", Role::agent);
  auto twin = wish("Maria");
  ASSERT_FALSE(twin.ok());
  EXPECT_EQ(twin.error().code, ErrorCode::kNameTaken);
  EXPECT_EQ(twin.error().field, "/username");
}

TEST_F(PeopleTest, ANameOnItsWayToTheDatabaseIsTakenUntilItIsDropped) {
  {
    auto first = wish("anna");
    ASSERT_TRUE(first.ok());
    EXPECT_EQ(refused("ANNA"), ErrorCode::kNameTaken);
  }
  EXPECT_TRUE(wish("anna").ok());
}

TEST_F(PeopleTest, WhatPeopleTypeHasRules) {
  EXPECT_EQ(refused(""), ErrorCode::kOutOfRange);
  EXPECT_EQ(refused("two words"), ErrorCode::kInvalidValue);
  EXPECT_EQ(refused("no\u00A0break"), ErrorCode::kInvalidValue);
  EXPECT_EQ(refused("ideographic\u3000blank"), ErrorCode::kInvalidValue);
  EXPECT_EQ(refused(std::string("tab\there")), ErrorCode::kInvalidValue);
  EXPECT_EQ(refused(std::string(129, 'a')), ErrorCode::kTooLong);
  EXPECT_TRUE(wish("\u0395\u03BB\u03AD\u03BD\u03B7").ok()) << "any script";
  EXPECT_EQ(wish("anna", "ninechars").error().field, "/password");
  EXPECT_EQ(wish("anna", std::string(1025, 'a')).error().code, ErrorCode::kTooLong);
  EXPECT_TRUE(check_email("", "/email").ok());
  EXPECT_FALSE(check_email("a@", "/email").ok());
  EXPECT_FALSE(check_display_name("bell\a", "/display_name").ok());
}

TEST_F(PeopleTest, AChangeNeedsTheVersionThatWasRead) {
  const UserId maria = town.user("maria", Role::agent);
  ASSERT_TRUE(
      town.keeps(change_user(directory(), maria, 1, {.display_name = "Maria P.", .email = "m@example.org"}, now()))
          .ok());
  EXPECT_EQ(change_user(directory(), maria, 1, {.display_name = "X"}, now()).error().code, ErrorCode::kVersionMismatch);
  town.restart();
  EXPECT_EQ(directory().find_user(maria)->display_name, "Maria P.");
  EXPECT_EQ(directory().find_user(maria)->email, "m@example.org");
  EXPECT_EQ(directory().find_user(maria)->version, 2);
}

TEST_F(PeopleTest, OfTwoChangesOfOneVersionOneIsLeftOut) {
  const UserId maria = town.user("maria", Role::agent);
  auto first = change_user(directory(), maria, 1, {.display_name = "First"}, now());
  auto second = change_user(directory(), maria, 1, {.display_name = "Second"}, now());
  ASSERT_TRUE(town.keeps(first).ok());
  EXPECT_EQ(town.keeps(second).error().code, ErrorCode::kStoreConflict);
  EXPECT_EQ(directory().find_user(maria)->display_name, "First");
}

TEST_F(PeopleTest, AChangeDecidedBeforeANewPasswordKeepsThePassword) {
  const UserId maria = town.user("maria", Role::agent);
  auto renamed = change_user(directory(), maria, 1, {.display_name = "Other"}, now());
  ASSERT_TRUE(
      town.keeps(give_password(directory(), town.passwords, maria, "given by the admin", "/new_password")).ok());
  ASSERT_TRUE(town.keeps(renamed).ok());
  EXPECT_TRUE(town.try_sign_in("maria", "given by the admin").ok());
}

TEST_F(PeopleTest, OneRoleAWorkspaceAPerson) {
  const UserId maria = town.user("maria", Role::agent);
  EXPECT_EQ(add_membership(directory(), maria, town.home, Role::admin, now()).error().code, ErrorCode::kStateForbids);
  EXPECT_EQ(add_membership(directory(), secrets::random_id<UserId>(), town.home, Role::admin, now()).error().field,
            "/user_sid");
  const MembershipPtr here = directory().membership_of(maria, town.home);
  const WorkspaceId zoo = town.workspace("Zoo");
  EXPECT_EQ(change_role(directory(), here->sid, zoo, 1, Role::admin, now()).error().code, ErrorCode::kNotFound)
      << "seen from elsewhere";
  EXPECT_EQ(remove_membership(directory(), here->sid, zoo, 1).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(remove_membership(directory(), here->sid, town.home, 7).error().code, ErrorCode::kVersionMismatch);
  ASSERT_TRUE(town.keeps(remove_membership(directory(), here->sid, town.home, 1)).ok());
  ASSERT_TRUE(town.keeps(add_membership(directory(), maria, town.home, Role::supervisor, now())).ok());
  town.restart();
  EXPECT_EQ(directory().membership_of(maria, town.home)->role, Role::supervisor);
  EXPECT_EQ(directory().memberships_of(maria).size(), 1u);
}

TEST_F(PeopleTest, AnAdminChangesOnlyWhoIsNothingElsewhere) {
  const UserId maria = town.user("maria", Role::agent), root = town.user("root", Role::agent, true);
  const WorkspaceId zoo = town.workspace("Zoo");
  const UserId keeper = town.user_in("keeper", zoo, Role::agent);
  door::Caller admin;
  admin.role = Role::admin;
  admin.workspace = town.home;
  EXPECT_TRUE(may_change(directory(), admin, maria).ok());
  EXPECT_EQ(may_change(directory(), admin, keeper).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(may_change(directory(), admin, root).error().code, ErrorCode::kForbidden);
  ASSERT_TRUE(town.keeps(add_membership(directory(), keeper, town.home, Role::agent, now())).ok());
  EXPECT_EQ(may_change(directory(), admin, keeper).error().code, ErrorCode::kForbidden)
      << "to invite somebody gives no power over them elsewhere";
  admin.instance_admin = true;
  EXPECT_TRUE(may_change(directory(), admin, keeper).ok());
  EXPECT_TRUE(may_change(directory(), admin, root).ok());
}

TEST_F(PeopleTest, WorkersAndWorkspacesAreFollowedThroughEvents) {
  const UserId maria = town.user("maria", Role::agent);
  const auto worker = secrets::random_id<WorkerId>();
  runtime::PublishedEntry entry;
  entry.workspace = town.home;
  entry.resources.push_back("{\"sid\":\"" + worker.str() + "\",\"user_sid\":\"" + maria.str() + "\"}");
  runtime::PublishedEvent event;
  event.type = "worker.created", event.resource_sid = worker.str();
  event.payload.push_back({"worker", 0, {}});
  entry.events.push_back(event);
  town.directory->saw(entry);
  EXPECT_EQ(directory().worker_of(maria, town.home), worker);
  entry.events[0].type = "worker.deleted";
  town.directory->saw(entry);
  EXPECT_TRUE(directory().worker_of(maria, town.home).empty());
  entry.events[0] = {};
  entry.events[0].type = "workspace.updated";
  entry.events[0].payload.push_back({"workspace", -1, "{\"friendly_name\":\"Renamed\"}"});
  town.directory->saw(entry);
  EXPECT_EQ(directory().workspace_name(town.home), "Renamed");
}

TEST_F(PeopleTest, TheCommandLineAddsListsDisablesAndGivesPasswords) {
  auto& store = *town.store;
  auto made = admin::add_user(
      store, town.clock,
      {.username = "root", .display_name = "Root", .password = "typed at the console", .instance_admin = true});
  ASSERT_TRUE(made.ok());
  auto where = admin::find_workspace(store, town.clock, "Home");
  ASSERT_TRUE(where.ok());
  ASSERT_TRUE(admin::add_user(store, town.clock,
                              {.username = "anna",
                               .display_name = "Anna",
                               .password = "typed at the console",
                               .workspace = *where,
                               .role = Role::agent})
                  .ok());
  EXPECT_EQ(
      admin::add_user(store, town.clock, {.username = "ROOT", .display_name = "R", .password = "typed at the console"})
          .error()
          .code,
      ErrorCode::kNameTaken);
  ASSERT_TRUE(admin::set_password(store, town.clock, "anna", "another at the console").ok());
  ASSERT_TRUE(admin::set_disabled(store, town.clock, "root", true).ok());
  EXPECT_EQ(admin::set_disabled(store, town.clock, "nobody", true).error().code, ErrorCode::kNotFound);
  auto all = admin::list_users(store, town.clock);
  ASSERT_TRUE(all.ok());
  ASSERT_EQ(all->size(), 2u);
  EXPECT_EQ((*all)[0].user.username, "anna");
  EXPECT_EQ((*all)[0].memberships.at(0).workspace, "Home");
  EXPECT_TRUE((*all)[1].user.disabled);
  EXPECT_TRUE((*all)[1].user.password_hash.empty());
  EXPECT_EQ(admin::find_workspace(store, town.clock, "Nowhere").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace carillon::users
