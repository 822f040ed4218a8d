#include "users/admin.h"

#include <algorithm>

#include "users/sign_in.h"

namespace carillon::users::admin {
namespace {

Result<UserPtr> find(const Directory& directory, std::string_view username) {
  UserPtr user = directory.find_username(username);
  if (user) return user;
  return Error(ErrorCode::kNotFound,
               "there is no user \"" + std::string(username) + "\"; see them with: carillon user list")
      .at("username");
}

Result<void> commit(store::Store& store, const Result<Decided>& decided) {
  if (!decided) return decided.error();
  return store::commit_one(store.writer(), decided->rows);
}

}  // namespace

Result<UserId> add_user(store::Store& store, const Clock& clock, const NewUser& wanted) {
  auto directory = Directory::load(store, clock);
  if (!directory) return directory.error();
  ArgonPasswords passwords;
  const auto made = make_user(**directory, passwords, wanted, clock.now());
  if (auto done = commit(store, made); !done) return done.error();
  return *UserId::parse(made->sid);
}

Result<void> set_password(store::Store& store, const Clock& clock, std::string_view username,
                          std::string_view password) {
  auto directory = Directory::load(store, clock);
  if (!directory) return directory.error();
  auto user = find(**directory, username);
  if (!user) return user.error();
  ArgonPasswords passwords;
  return commit(store, give_password(**directory, passwords, (*user)->sid, password, "password"));
}

Result<std::vector<ListedUser>> list_users(store::Store& store, const Clock& clock) {
  auto directory = Directory::load(store, clock);
  if (!directory) return directory.error();
  std::vector<ListedUser> out;
  for (const UserPtr& user : (*directory)->all_users()) {
    ListedUser one{*user, {}};
    one.user.password_hash.clear();
    for (const MembershipPtr& membership : (*directory)->memberships_of(user->sid)) {
      one.memberships.push_back(
          {(*directory)->workspace_name(membership->workspace).value_or(membership->workspace.str()),
           membership->role});
    }
    out.push_back(std::move(one));
  }
  return out;
}

Result<void> set_disabled(store::Store& store, const Clock& clock, std::string_view username, bool disabled) {
  auto directory = Directory::load(store, clock);
  if (!directory) return directory.error();
  auto user = find(**directory, username);
  if (!user) return user.error();
  return commit(store, change_user(**directory, (*user)->sid, 0, {.disabled = disabled}, clock.now()));
}

Result<WorkspaceId> find_workspace(store::Store& store, const Clock& clock, std::string_view name) {
  auto directory = Directory::load(store, clock);
  if (!directory) return directory.error();
  WorkspaceId found;
  for (const WorkspaceName& one : (*directory)->workspaces()) {
    if (one.sid.str() == name) return one.sid;
    if (one.friendly_name != name) continue;
    if (found)
      return Error(ErrorCode::kConflict, "two workspaces are called \"" + std::string(name) + "\"; give the id instead")
          .at("workspace");
    found = one.sid;
  }
  if (found) return found;
  return Error(ErrorCode::kNotFound, "there is no workspace \"" + std::string(name) + "\"").at("workspace");
}

}  // namespace carillon::users::admin
