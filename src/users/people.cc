#include "users/people.h"

#include "base/codec.h"
#include "secrets/secrets.h"
#include "users/rules.h"

namespace carillon::users {
namespace {

Error no_user(UserId user) {
  return Error(ErrorCode::kNotFound,
               "there is no user " + user.str() + " in this workspace; list them with GET /api/v1/users")
      .at("sid");
}

Error no_membership(MembershipId sid) {
  return Error(ErrorCode::kNotFound,
               "there is no membership " + sid.str() + " in this workspace; list them with GET /api/v1/memberships")
      .at("sid");
}

Result<void> check_version(std::int64_t found, std::int64_t wanted) {
  if (wanted == 0 || found == wanted) return {};
  return Error(ErrorCode::kVersionMismatch, "it is at version " + std::to_string(found) + ", you changed version " +
                                                std::to_string(wanted) + "; read it again and decide again")
      .at("If-Match");
}

// What list_users searches.
std::string search_text(const User& user) {
  return folded(user.username + "\n" + user.display_name + "\n" + user.email);
}

std::optional<std::string> or_null(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

void write_new(Decided& out, const User& user) {
  out.rows.run(
      "INSERT INTO users (sid, username, username_key, display_name, email, password_hash, instance_admin, disabled, "
      "search, version, "
      "created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
      user.sid, user.username, folded(user.username), user.display_name, or_null(user.email), user.password_hash,
      user.instance_admin, user.disabled, search_text(user), user.version, user.created_at, user.updated_at);
  out.edits.push_back(UserMade{user});
}

void write_new(Decided& out, const Membership& made) {
  out.rows.run(
      "INSERT INTO memberships (sid, user_sid, workspace_id, role, version, created_at, updated_at) VALUES (?1, ?2, "
      "?3, ?4, ?5, ?6, ?7)",
      made.sid, made.user, made.workspace, codec::enum_name(made.role), made.version, made.created_at, made.updated_at);
  out.edits.push_back(MembershipChanged{made});
}

Membership new_membership(UserId user, WorkspaceId workspace, Role role, Instant now) {
  CARILLON_CHECK(role != Role::none);
  return {.sid = secrets::random_id<MembershipId>(),
          .user = user,
          .workspace = workspace,
          .role = role,
          .version = 1,
          .created_at = now,
          .updated_at = now};
}

Result<void> check_new(const NewUser& wanted) {
  if (auto fine = check_username(wanted.username, "/username"); !fine) return fine;
  if (auto fine = check_display_name(wanted.display_name, "/display_name"); !fine) return fine;
  if (auto fine = check_email(wanted.email, "/email"); !fine) return fine;
  return check_new_password(wanted.password, "/password");
}

}  // namespace

Result<Decided> make_user(Directory& directory, Passwords& passwords, const NewUser& wanted, Instant now) {
  if (auto fine = check_new(wanted); !fine) return fine.error();
  Decided out;
  out.reserved = directory.reserve(wanted.username);
  if (!out.reserved) {
    return Error(ErrorCode::kNameTaken,
                 "the username \"" + wanted.username + "\" is taken; choose another, or give that person a role here")
        .at("/username");
  }
  auto hash = passwords.hash(wanted.password);
  if (!hash) return hash.error();
  const User made{.sid = secrets::random_id<UserId>(),
                  .username = wanted.username,
                  .display_name = wanted.display_name,
                  .email = wanted.email,
                  .password_hash = *std::move(hash),
                  .instance_admin = wanted.instance_admin,
                  .disabled = false,
                  .version = 1,
                  .created_at = now,
                  .updated_at = now};
  out.sid = made.sid.str();
  write_new(out, made);
  if (wanted.workspace) write_new(out, new_membership(made.sid, wanted.workspace, wanted.role, now));
  return out;
}

workspace::PutWorker worker_command(UserId user, const NewWorker& worker) {
  workspace::PutWorker command;
  command.worker.friendly_name = worker.friendly_name;
  command.worker.user_sid = user;
  command.worker.attributes.text = worker.attributes;
  command.requires_connection = worker.requires_connection;
  return command;
}

Result<Decided> change_user(const Directory& directory, UserId user, std::int64_t version, const UserPatch& patch,
                            Instant now) {
  const UserPtr known = directory.find_user(user);
  if (!known) return no_user(user);
  if (auto fine = check_version(known->version, version); !fine) return fine.error();
  User changed = *known;
  if (patch.display_name) changed.display_name = *patch.display_name;
  if (patch.email) changed.email = *patch.email;
  if (patch.disabled) changed.disabled = *patch.disabled;
  if (patch.instance_admin) changed.instance_admin = *patch.instance_admin;
  if (auto fine = check_display_name(changed.display_name, "/display_name"); !fine) return fine.error();
  if (auto fine = check_email(changed.email, "/email"); !fine) return fine.error();
  changed.version = known->version + 1;
  changed.updated_at = now;

  Decided out{.sid = user.str(), .rows = {}, .edits = {UserChanged{changed}}};
  out.rows.run_expecting(
      1,
      "UPDATE users SET display_name = ?3, email = ?4, instance_admin = ?5, disabled = ?6, search = ?7, version = ?8, "
      "updated_at = ?9 WHERE sid = ?1 AND version = ?2",
      user, known->version, changed.display_name, or_null(changed.email), changed.instance_admin, changed.disabled,
      search_text(changed), changed.version, changed.updated_at);
  if (changed.disabled) {
    out.rows.run("DELETE FROM sign_ins WHERE user_sid = ?1", user);
    out.edits.push_back(AllSignInsEnded{user, {}});
  }
  return out;
}

Result<Decided> add_membership(const Directory& directory, UserId user, WorkspaceId workspace, Role role, Instant now) {
  if (!directory.find_user(user)) {
    return Error(ErrorCode::kInvalidValue, "there is no user " + user.str() + "; make one with POST /api/v1/users")
        .at("/user_sid");
  }
  if (directory.membership_of(user, workspace)) {
    return Error(ErrorCode::kStateForbids,
                 "this person has a role here already; change it with PATCH /api/v1/memberships/{sid}")
        .at("/user_sid");
  }
  const Membership made = new_membership(user, workspace, role, now);
  Decided out{.sid = made.sid.str(), .rows = {}, .edits = {}};
  write_new(out, made);
  return out;
}

Result<Decided> change_role(const Directory& directory, MembershipId sid, WorkspaceId workspace, std::int64_t version,
                            Role role, Instant now) {
  const MembershipPtr known = directory.find_membership(sid);
  if (!known || known->workspace != workspace) return no_membership(sid);
  if (auto fine = check_version(known->version, version); !fine) return fine.error();
  Membership changed = *known;
  changed.role = role;
  changed.version = known->version + 1;
  changed.updated_at = now;
  Decided out{.sid = sid.str(), .rows = {}, .edits = {MembershipChanged{changed}}};
  out.rows.run_expecting(
      1, "UPDATE memberships SET role = ?3, version = ?4, updated_at = ?5 WHERE sid = ?1 AND version = ?2", sid,
      known->version, codec::enum_name(role), changed.version, now);
  return out;
}

Result<Decided> remove_membership(const Directory& directory, MembershipId sid, WorkspaceId workspace,
                                  std::int64_t version) {
  const MembershipPtr known = directory.find_membership(sid);
  if (!known || known->workspace != workspace) return no_membership(sid);
  if (auto fine = check_version(known->version, version); !fine) return fine.error();
  Decided out{.sid = sid.str(), .rows = {}, .edits = {MembershipRemoved{sid}}};
  out.rows.run_expecting(1, "DELETE FROM memberships WHERE sid = ?1 AND version = ?2", sid, known->version);
  return out;
}

Result<void> may_change(const Directory& directory, const door::Caller& caller, UserId user) {
  const UserPtr known = directory.find_user(user);
  if (!known || !directory.membership_of(user, caller.workspace)) return no_user(user);
  if (caller.kind == door::Caller::Kind::user && caller.instance_admin) return {};
  if (known->instance_admin || directory.memberships_of(user).size() > 1) {
    return Error(ErrorCode::kForbidden,
                 "this person has rights beyond this workspace; an instance admin may change them, you may change "
                 "their role here");
  }
  return {};
}

}  // namespace carillon::users
