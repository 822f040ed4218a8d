#include "users/testing/town.h"

#include "secrets/secrets.h"

namespace carillon::users::testing {

Result<std::string> CountingPasswords::hash(std::string_view password) {
  std::lock_guard held(mutex_);
  ++hashed;
  return "hash of " + std::string(password);
}

bool CountingPasswords::matches(std::string_view hash, std::string_view password) {
  std::lock_guard held(mutex_);
  checked.emplace_back(hash);
  return hash == "hash of " + std::string(password);
}

http::Request request_of(const std::vector<Cookie>& cookies, SignInId named) {
  http::Request request;
  std::string header;
  for (const Cookie& one : cookies)
    header += (header.empty() ? "" : "; ") + cookie_name(one.session) + "=" + one.secret;
  request.headers.add("Cookie", header);
  request.headers.add("Carillon-Session", named.str());
  return request;
}

http::Request request_of(const Cookie& cookie) { return request_of({cookie}, cookie.session); }

http::Request bearing(std::string_view token) {
  http::Request request;
  request.headers.add("Authorization", "Bearer " + std::string(token));
  return request;
}

http::Request as_websocket(http::Request request) {
  request.headers.set("Upgrade", "websocket");
  return request;
}

Town::Town(std::unique_ptr<store::Store> migrated) : store(std::move(migrated)) {
  open();
  home = workspace("Home");
}

void Town::open() {
  auto loaded = Directory::load(*store, clock);
  CARILLON_CHECK(loaded.ok());
  directory = *std::move(loaded);
  directory->on_ended([this](const std::string& key) { ended.push_back(key); });
  authentication = std::make_unique<Authentication>(*directory, clock, [this](runtime::RecordChange change) {
    CARILLON_CHECK(store::commit_one(store->writer(), change.change).ok());
    ++uses_saved;
  });
}

void Town::restart() { open(); }

Result<std::string> Town::keeps(const Result<Decided>& decided) {
  if (!decided) return decided.error();
  if (auto done = store::commit_one(store->writer(), decided->rows); !done) return done.error();
  directory->apply(decided->edits);
  return decided->sid;
}

WorkspaceId Town::workspace(const std::string& name) {
  const auto sid = secrets::random_id<WorkspaceId>();
  store::Change change;
  change.run(
      "INSERT INTO workspaces (workspace_id, sid, friendly_name, time_zone, capacity_model, total_capacity, "
      "idle_after, gone_after, "
      "reopen_within, version, created_at, updated_at) VALUES (?1, ?1, ?2, 'UTC', 'costed', 100, 1, 1, 1, 1, 1, 1)",
      sid, name);
  CARILLON_CHECK(store::commit_one(store->writer(), change).ok());
  directory->put_workspace(sid, name);
  return sid;
}

UserId Town::user(const std::string& username, Role role, bool instance_admin) {
  auto made = keeps(make_user(*directory, passwords,
                              {.username = username,
                               .display_name = username,
                               .password = std::string(kPassword),
                               .instance_admin = instance_admin,
                               .workspace = role == Role::none ? WorkspaceId{} : home,
                               .role = role},
                              clock.now()));
  CARILLON_CHECK(made.ok());
  return *UserId::parse(*made);
}

UserId Town::user_in(const std::string& username, WorkspaceId workspace, Role role) {
  const UserId made = user(username, Role::none);
  CARILLON_CHECK(keeps(add_membership(*directory, made, workspace, role, clock.now())).ok());
  return made;
}

Result<BegunSignIn> Town::try_sign_in(const std::string& username, std::string_view password, WorkspaceId workspace) {
  auto begun = begin_sign_in(*directory, check, {username, std::string(password), workspace}, clock.now());
  if (!begun) return begun;
  if (auto kept = keeps(begun->decided); !kept) return kept.error();
  return begun;
}

Cookie Town::sign_in(const std::string& username, WorkspaceId workspace, std::string_view password) {
  auto begun = try_sign_in(username, password, workspace);
  CARILLON_CHECK(begun.ok());
  return {begun->sign_in.sid, begun->secret};
}

}  // namespace carillon::users::testing
