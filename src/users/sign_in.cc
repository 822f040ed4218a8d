#include "users/sign_in.h"

#include "secrets/secrets.h"
#include "users/rules.h"

namespace carillon::users {
namespace {

Error wrong_credentials() {
  return Error(ErrorCode::kBadCredentials,
               "the name or the password is wrong; try again, or ask an admin for a new password");
}

Result<void> check_place(const Directory& directory, const User& user, WorkspaceId wished) {
  if (wished) {
    const bool theirs =
        directory.membership_of(user.sid, wished) || (user.instance_admin && directory.workspace_name(wished));
    if (theirs) return {};
    return Error(ErrorCode::kForbidden,
                 "you have no part in workspace " + wished.str() + "; leave it out to enter yours")
        .at("/workspace_sid");
  }
  if (user.instance_admin || !directory.memberships_of(user.sid).empty()) return {};
  return Error(ErrorCode::kForbidden, "you belong to no workspace; ask an admin to give you a role in one");
}

// Rows and edits of a new password; the sign-in `but` goes on.
Decided password_change(UserId user, std::string hash, SignInId but) {
  Decided out{.sid = user.str(), .rows = {}, .edits = {}};
  out.rows.run_expecting(1, "UPDATE users SET password_hash = ?2 WHERE sid = ?1", user, hash);
  out.rows.run("DELETE FROM sign_ins WHERE user_sid = ?1 AND sid <> ?2", user, but.str());
  out.edits = {PasswordChanged{user, std::move(hash)}, AllSignInsEnded{user, but}};
  return out;
}

}  // namespace

Result<BegunSignIn> begin_sign_in(const Directory& directory, PasswordCheck& check, const Credentials& credentials,
                                  Instant now) {
  UserPtr user = directory.find_username(credentials.username);
  // The same work whoever it is; who is disabled is found out after it.
  const bool right = check.matches(user ? user->password_hash : "", credentials.password);
  if (!right || user->disabled) return wrong_credentials();
  if (auto fine = check_place(directory, *user, credentials.workspace); !fine) return fine.error();

  BegunSignIn out;
  out.secret = secrets::random_token();
  out.user = user;
  out.sign_in = {.sid = secrets::random_id<SignInId>(),
                 .user = user->sid,
                 .secret_hash = secrets::sha256_hex(out.secret),
                 .workspace = credentials.workspace,
                 .created_at = now,
                 .last_used_at = now};
  const SignIn& made = out.sign_in;
  out.decided.sid = made.sid.str();
  const auto present = directory.sign_ins_of(user->sid);
  for (std::size_t i = 0; i + kMostSignIns < present.size() + 1; ++i) {
    out.decided.rows.run("DELETE FROM sign_ins WHERE sid = ?1", present[i]->row.sid);
    out.decided.edits.push_back(SignInEnded{present[i]->row.sid});
  }
  // Nothing when the password was changed or the user disabled while it was checked.
  out.decided.rows.run_expecting(
      1,
      "INSERT INTO sign_ins (sid, user_sid, secret_hash, workspace_id, created_at, last_used_at) "
      "SELECT CAST(?1 AS TEXT), sid, CAST(?3 AS TEXT), CAST(?4 AS TEXT), CAST(?5 AS {{int}}), CAST(?5 AS {{int}}) "
      "FROM users WHERE sid = ?2 AND password_hash = ?6 AND disabled = 0",
      made.sid, made.user, made.secret_hash, made.workspace, now, user->password_hash);
  out.decided.edits.push_back(SignInMade{made});
  return out;
}

Decided end_sign_in(SignInId sid) {
  Decided out{.sid = sid.str(), .rows = {}, .edits = {SignInEnded{sid}}};
  out.rows.run("DELETE FROM sign_ins WHERE sid = ?1", sid);
  return out;
}

Decided forget_expired(const Directory& directory, Instant now) {
  Decided out;
  for (const SignInId sid : directory.expired_sign_ins(now)) {
    out.sid = sid.str();
    out.rows.run("DELETE FROM sign_ins WHERE sid = ?1", sid);
    out.edits.push_back(SignInEnded{sid});
    if (out.edits.size() == 1'000) break;  // the rest next time
  }
  return out;
}

Result<Decided> change_password(const Directory& directory, PasswordCheck& check, UserId user, SignInId present,
                                std::string_view current, std::string_view wanted) {
  const UserPtr known = directory.find_user(user);
  if (!known || !check.matches(known->password_hash, current)) {
    return Error(ErrorCode::kBadCredentials, "the current password is wrong; nothing was changed")
        .at("/current_password");
  }
  if (auto fine = check_new_password(wanted, "/new_password"); !fine) return fine.error();
  auto hash = check.passwords().hash(wanted);
  if (!hash) return hash.error();
  return password_change(user, *std::move(hash), present);
}

Result<Decided> give_password(const Directory& directory, Passwords& passwords, UserId user, std::string_view wanted,
                              std::string_view field) {
  if (!directory.find_user(user)) return Error(ErrorCode::kNotFound, "there is no user " + user.str());
  if (auto fine = check_new_password(wanted, field); !fine) return fine.error();
  auto hash = passwords.hash(wanted);
  if (!hash) return hash.error();
  return password_change(user, *std::move(hash), {});
}

}  // namespace carillon::users
