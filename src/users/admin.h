// Admin: what `carillon user ...` does to a database while no server runs on it.
//
// What:    adds a user, gives a new password, lists, disables and enables. The same use cases as the REST resources.
// Why:     the first instance admin has to come from somewhere, and a lost password must not lock everybody out.
// Thread:  one; blocks. The server keeps the Directory in memory and would not see these changes: the caller holds the data
//          directory's lock.
// Errors:  kNotFound, kNameTaken, kStore, and those of rules.h; fields are the words of the command line.
// Example:
//   auto sid = admin::add_user(*store, clock, {.username = "root", .display_name = "Root", .password = typed, .instance_admin = true});
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "store/store.h"
#include "users/people.h"

namespace carillon::users::admin {

struct ListedMembership {
  std::string workspace;  // its name
  Role role = Role::none;
};
struct ListedUser {
  User user;  // without its password
  std::vector<ListedMembership> memberships;
};

// `workspace` may be given by id in NewUser; see find_workspace for names.
Result<UserId> add_user(store::Store& store, const Clock& clock, const NewUser& wanted);
Result<void> set_password(store::Store& store, const Clock& clock, std::string_view username,
                          std::string_view password);
Result<std::vector<ListedUser>> list_users(store::Store& store, const Clock& clock);  // by username
Result<void> set_disabled(store::Store& store, const Clock& clock, std::string_view username, bool disabled);
// By id or by friendly name. kNotFound, kConflict when two have that name.
Result<WorkspaceId> find_workspace(store::Store& store, const Clock& clock, std::string_view name);

}  // namespace carillon::users::admin
