// Records of the instance's people, as their rows hold them, and the edits that change them.
//
// What:    plain values. An Edit says what a committed change did, so that Directory follows without reading rows again.
// Owns:    its values. Thread: any.
// Example:
//   Decided decided{.sid = user.sid.str()};
//   decided.rows.run("INSERT INTO users ...");
//   decided.edits.push_back(UserMade{user});
//   ... commit decided.rows, then directory.apply(decided.edits) ...
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "door/caller.h"
#include "store/writer.h"

namespace carillon::users {

using door::Role;
using door::Scopes;

struct User {
  UserId sid;
  std::string username;
  std::string display_name;
  std::string email;  // "": none
  std::string password_hash;
  bool instance_admin = false;
  bool disabled = false;
  std::int64_t version = 1;
  Instant created_at;
  Instant updated_at;
};

struct Membership {
  MembershipId sid;
  UserId user;
  WorkspaceId workspace;
  Role role = Role::none;
  std::int64_t version = 1;
  Instant created_at;
  Instant updated_at;
};

struct SignIn {
  SignInId sid;
  UserId user;
  std::string secret_hash;  // SHA-256 of what the cookie holds
  WorkspaceId workspace;    // chosen while signing in, or empty
  Instant created_at;
  Instant last_used_at;
};

// A sign-in ends when it was not used for kSignInIdle, and kSignInLife after it began in any case.
inline constexpr Duration kSignInIdle = Duration::hours(12);
inline constexpr Duration kSignInLife = Duration::hours(24 * 30);
inline Instant sign_in_ends(const SignIn& sign_in, Instant last_used_at) {
  return std::min(last_used_at + kSignInIdle, sign_in.created_at + kSignInLife);
}

struct ApiKey {
  ApiKeyId sid;
  WorkspaceId workspace;
  std::string friendly_name;
  std::string secret_hash;  // SHA-256
  std::string hint;         // the secret's last characters
  Scopes scopes = 0;
  UserId created_by;
  Instant created_at;
  Instant expires_at = Instant::never();
  Instant last_used_at;  // 0: not yet
};

// ---- edits, in the order of their commits ----
struct UserMade {
  User user;
};
// All but username and password.
struct UserChanged {
  User user;
};
struct PasswordChanged {
  UserId user;
  std::string password_hash;
};
// Also a membership that is new.
struct MembershipChanged {
  Membership membership;
};
struct MembershipRemoved {
  MembershipId sid;
};
struct SignInMade {
  SignIn sign_in;
};
struct SignInEnded {
  SignInId sid;
};
struct AllSignInsEnded {
  UserId user;
  SignInId but;  // this one goes on
};
struct ApiKeyMade {
  ApiKey key;
};
struct ApiKeyRemoved {
  ApiKeyId sid;
};
using Edit = std::variant<UserMade, UserChanged, PasswordChanged, MembershipChanged, MembershipRemoved, SignInMade,
                          SignInEnded, AllSignInsEnded, ApiKeyMade, ApiKeyRemoved>;

// What a use case wants: rows to commit, and what Directory is to be told once they are.
struct Decided {
  std::string sid;  // of the thing made or touched
  store::Change rows;
  std::vector<Edit> edits;
  // Held until the change is committed or dropped: a username that nobody else may take meanwhile.
  std::shared_ptr<void> reserved{};
};

}  // namespace carillon::users
