// Signing in and out, and changing one's own password: what is decided and which rows that writes.
//
// What:    each function looks at the Directory and answers a Decided to commit; nothing has happened before that.
// Thread:  any thread that may block (passwords are hashed here).
// Errors:  kBadCredentials, in the same words for an unknown name, a wrong password and a disabled user; kForbidden for a
//          workspace that is not theirs, told only to who knew the password.
// Limits:  kMostSignIns a user: one more ends the one that was used longest ago.
// Example:
//   auto begun = begin_sign_in(directory, check, {"alice", typed, {}}, clock.now());
//   if (!begun) return begun.error();
//   ... commit begun->decided, directory.apply(begun->decided.edits), then hand out the cookie ...
#pragma once

#include <string>

#include "base/result.h"
#include "users/directory.h"
#include "users/passwords.h"
#include "users/records.h"

namespace carillon::users {

inline constexpr std::size_t kMostSignIns = 50;

struct Credentials {
  std::string username;
  std::string password;
  WorkspaceId workspace;  // wished for, or empty
};

struct BegunSignIn {
  Decided decided;
  SignIn sign_in;
  UserPtr user;
  std::string secret;  // for the cookie, this once
};

Result<BegunSignIn> begin_sign_in(const Directory& directory, PasswordCheck& check, const Credentials& credentials,
                                  Instant now);
Decided end_sign_in(SignInId sid);
// Sign-ins that are over by age or idleness; an empty sid when there are none.
Decided forget_expired(const Directory& directory, Instant now);
// Their other sign-ins end. kBadCredentials when the current password is wrong.
Result<Decided> change_password(const Directory& directory, PasswordCheck& check, UserId user, SignInId present,
                                std::string_view current, std::string_view wanted);
// By an admin or the command line: all their sign-ins end. kNotFound.
Result<Decided> give_password(const Directory& directory, Passwords& passwords, UserId user, std::string_view wanted,
                              std::string_view field);

}  // namespace carillon::users
