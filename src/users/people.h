// People: making and changing users and their memberships; what is decided and which rows that writes.
//
// What:    each function looks at the Directory and answers a Decided to commit; nothing has happened before that. A user who is
//          also a worker is made by one command: the worker's, with the user's rows as its companion (see worker_command).
// Thread:  any that may block (a password is hashed in make_user); the rest is quick.
// Errors:  kNameTaken (/username), kStateForbids, kVersionMismatch, kNotFound, kInvalidValue, and those of rules.h.
// Example:
//   auto made = make_user(directory, passwords, {.username = "maria", .display_name = "Maria", .password = "...",
//                                                .workspace = ws, .role = Role::agent}, clock.now());
//   if (!made) return made.error();
//   ... commit made->rows, then directory.apply(made->edits) ...
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "users/directory.h"
#include "users/passwords.h"
#include "users/records.h"
#include "workspace/core/commands.h"

namespace carillon::users {

struct NewUser {
  std::string username;
  std::string display_name;
  std::string email{};
  std::string password;
  bool instance_admin = false;
  WorkspaceId workspace{};  // empty: no membership
  Role role = Role::none;   // in `workspace`
};

struct NewWorker {
  std::string friendly_name;
  std::string attributes = "{}";  // JSON object
  bool requires_connection = true;
};

// What is not given stays as it is.
struct UserPatch {
  std::optional<std::string> display_name{};
  std::optional<std::string> email{};  // "": none
  std::optional<bool> disabled{};      // true ends their sign-ins
  std::optional<bool> instance_admin{};
};

Result<Decided> make_user(Directory& directory, Passwords& passwords, const NewUser& wanted, Instant now);
// The command that makes the worker of a user who is being made; Decided::rows.statements go along as its companion.
workspace::PutWorker worker_command(UserId user, const NewWorker& worker);
// version 0: whatever it is.
Result<Decided> change_user(const Directory& directory, UserId user, std::int64_t version, const UserPatch& patch,
                            Instant now);

Result<Decided> add_membership(const Directory& directory, UserId user, WorkspaceId workspace, Role role, Instant now);
Result<Decided> change_role(const Directory& directory, MembershipId sid, WorkspaceId workspace, std::int64_t version,
                            Role role, Instant now);
Result<Decided> remove_membership(const Directory& directory, MembershipId sid, WorkspaceId workspace,
                                  std::int64_t version);

// Whether this caller may change that person, seen from the caller's workspace. Instance admins may; others only people who
// are nothing outside this workspace: a password given here must not open another workspace.
// Errors: kNotFound (not one of this workspace), kForbidden.
Result<void> may_change(const Directory& directory, const door::Caller& caller, UserId user);

}  // namespace carillon::users
