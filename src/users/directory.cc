#include "users/directory.h"

#include <algorithm>

#include "base/codec.h"
#include "secrets/secrets.h"
#include "users/directory_tables.h"
#include "users/rules.h"

namespace carillon::users {
namespace {

constexpr Duration kVisitorKeyLife = Duration::hours(24 * 90);  // then a new one signs

Role role_of(std::string_view word) { return codec::enum_from<Role>(word).value_or(Role::none); }

Instant instant_or(const store::Row& row, const char* column, Instant otherwise) {
  return row.opt_instant(column).value_or(otherwise);
}

template <class T>
std::shared_ptr<T> found_in(const auto& map, const auto& key) {
  const auto it = map.find(key);
  return it == map.end() ? nullptr : it->second;
}

// Makes the first key, and a new one when the last is old; forgets those that no living token can need.
Result<VisitorKeys> renewed_visitor_keys(store::Store& store, Instant now) {
  VisitorKeys keys;
  {
    auto reader = store.readers().lease();
    if (!reader) return reader.error();
    auto rows = (*reader)->query(
        "SELECT generation, secret, created_at FROM instance_secrets WHERE name = 'visitor' ORDER BY generation");
    if (!rows) return rows.error();
    for (const store::Row& row : *rows) {
      keys.keys.push_back({row.integer("generation"), row.str("secret"), row.instant("created_at")});
    }
  }
  const bool fresh = !keys.keys.empty() && now < keys.keys.back().created_at + kVisitorKeyLife;
  if (fresh) return keys;
  const VisitorKey made{keys.keys.empty() ? 1 : keys.keys.back().generation + 1, secrets::random_token(), now};
  store::Change change;
  change.run("INSERT INTO instance_secrets (name, generation, secret, created_at) VALUES ('visitor', ?1, ?2, ?3)",
             made.generation, made.secret, made.created_at);
  // Everything before the present last one was replaced a whole key life ago, longer than any token lives.
  if (!keys.keys.empty()) {
    change.run("DELETE FROM instance_secrets WHERE name = 'visitor' AND generation < ?1", keys.keys.back().generation);
    keys.keys.erase(keys.keys.begin(), keys.keys.end() - 1);
  }
  if (auto done = store::commit_one(store.writer(), change); !done) return done.error();
  keys.keys.push_back(made);
  return keys;
}
static_assert(kVisitorKeyLife > kVisitorTokenLife);

Result<void> read_users(store::Reader& reader, DirectoryTables& tables) {
  return reader.each(
      "SELECT sid, username, display_name, email, password_hash, instance_admin, disabled, version, created_at, "
      "updated_at FROM users",
      {}, [&](const store::Row& row) -> Result<void> {
        tables.put(User{row.id<UserId>("sid"), row.str("username"), row.str("display_name"),
                        std::string(row.opt_text("email").value_or("")), row.str("password_hash"),
                        row.flag("instance_admin"), row.flag("disabled"), row.integer("version"),
                        row.instant("created_at"), row.instant("updated_at")});
        return {};
      });
}

Result<void> read_memberships(store::Reader& reader, DirectoryTables& tables) {
  return reader.each(
      "SELECT sid, user_sid, workspace_id, role, version, created_at, updated_at FROM memberships", {},
      [&](const store::Row& row) -> Result<void> {
        tables.put(Membership{row.id<MembershipId>("sid"), row.id<UserId>("user_sid"),
                              row.id<WorkspaceId>("workspace_id"), role_of(row.text("role")), row.integer("version"),
                              row.instant("created_at"), row.instant("updated_at")});
        return {};
      });
}

Result<void> read_credentials(store::Reader& reader, DirectoryTables& tables) {
  auto sign_ins = reader.each(
      "SELECT sid, user_sid, secret_hash, workspace_id, created_at, last_used_at FROM sign_ins", {},
      [&](const store::Row& row) -> Result<void> {
        tables.put(SignIn{row.id<SignInId>("sid"), row.id<UserId>("user_sid"), row.str("secret_hash"),
                          row.id<WorkspaceId>("workspace_id"), row.instant("created_at"), row.instant("last_used_at")});
        return {};
      });
  if (!sign_ins) return sign_ins;
  return reader.each(
      "SELECT sid, workspace_id, friendly_name, secret_hash, hint, scopes, created_by, created_at, expires_at, "
      "last_used_at FROM api_keys",
      {}, [&](const store::Row& row) -> Result<void> {
        tables.put(ApiKey{row.id<ApiKeyId>("sid"), row.id<WorkspaceId>("workspace_id"), row.str("friendly_name"),
                          row.str("secret_hash"), row.str("hint"), static_cast<Scopes>(row.integer("scopes")),
                          row.id<UserId>("created_by"), row.instant("created_at"),
                          instant_or(row, "expires_at", Instant::never()), instant_or(row, "last_used_at", Instant{})});
        return {};
      });
}

Result<void> read_workspaces(store::Reader& reader, DirectoryTables& tables) {
  auto workspaces =
      reader.each("SELECT workspace_id, friendly_name FROM workspaces", {}, [&](const store::Row& row) -> Result<void> {
        tables.workspaces[row.id<WorkspaceId>("workspace_id")] = row.str("friendly_name");
        return {};
      });
  if (!workspaces) return workspaces;
  return reader.each(
      "SELECT workspace_id, sid, user_sid FROM workers WHERE user_sid IS NOT NULL AND deleted_at IS NULL", {},
      [&](const store::Row& row) -> Result<void> {
        const std::pair place(row.id<UserId>("user_sid"), row.id<WorkspaceId>("workspace_id"));
        tables.workers[place] = row.id<WorkerId>("sid");
        tables.users_of_workers[row.id<WorkerId>("sid")] = place;
        return {};
      });
}

}  // namespace

bool LastUse::note(Instant now, Duration save_every) {
  std::int64_t seen = at.load(std::memory_order_relaxed);
  while (seen < now.us && !at.compare_exchange_weak(seen, now.us, std::memory_order_relaxed)) {
  }
  std::int64_t last = saved.load(std::memory_order_relaxed);
  return now.us - last >= save_every.us && saved.compare_exchange_strong(last, now.us, std::memory_order_relaxed);
}

Directory::Directory() : tables_(std::make_shared<DirectoryTables>()) {}
Directory::~Directory() = default;

Result<std::unique_ptr<Directory>> Directory::load(store::Store& store, const Clock& clock) {
  std::unique_ptr<Directory> made(new Directory);
  auto keys = renewed_visitor_keys(store, clock.now());
  if (!keys) return keys.error();
  made->visitor_keys_ = *std::move(keys);
  auto reader = store.readers().lease();
  if (!reader) return reader.error();
  if (auto fine = made->read(**reader); !fine) return fine.error();
  return made;
}

Result<void> Directory::read(store::Reader& reader) {
  auto snapshot = reader.snapshot();
  if (!snapshot) return snapshot.error();
  std::unique_lock held(tables_->mutex);
  for (const auto read_some : {read_users, read_memberships, read_credentials, read_workspaces}) {
    if (auto fine = read_some(reader, *tables_); !fine) return fine;
  }
  return {};
}

UserPtr Directory::find_user(UserId sid) const {
  std::shared_lock held(tables_->mutex);
  return found_in<const User>(tables_->users, sid);
}

UserPtr Directory::find_username(std::string_view username) const {
  const std::string key = folded(username);
  std::shared_lock held(tables_->mutex);
  const auto it = tables_->usernames.find(key);
  return it == tables_->usernames.end() ? nullptr : found_in<const User>(tables_->users, it->second);
}

MembershipPtr Directory::find_membership(MembershipId sid) const {
  std::shared_lock held(tables_->mutex);
  return found_in<const Membership>(tables_->memberships, sid);
}

MembershipPtr Directory::membership_of(UserId user, WorkspaceId workspace) const {
  std::shared_lock held(tables_->mutex);
  const auto it = tables_->memberships_of.find(user);
  if (it == tables_->memberships_of.end()) return nullptr;
  for (const MembershipId sid : it->second) {
    const MembershipPtr& one = tables_->memberships.at(sid);
    if (one->workspace == workspace) return one;
  }
  return nullptr;
}

std::vector<MembershipPtr> Directory::memberships_of(UserId user) const {
  std::vector<std::pair<std::string, MembershipPtr>> found;
  {
    std::shared_lock held(tables_->mutex);
    const auto it = tables_->memberships_of.find(user);
    if (it == tables_->memberships_of.end()) return {};
    for (const MembershipId sid : it->second) {
      const MembershipPtr& one = tables_->memberships.at(sid);
      const auto name = tables_->workspaces.find(one->workspace);
      found.emplace_back(name == tables_->workspaces.end() ? "" : name->second, one);
    }
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return std::tie(a.first, a.second->workspace) < std::tie(b.first, b.second->workspace);
  });
  std::vector<MembershipPtr> out;
  for (auto& [name, one] : found) out.push_back(std::move(one));
  return out;
}

WorkerId Directory::worker_of(UserId user, WorkspaceId workspace) const {
  std::shared_lock held(tables_->mutex);
  const auto it = tables_->workers.find({user, workspace});
  return it == tables_->workers.end() ? WorkerId{} : it->second;
}

UserId Directory::user_of(WorkerId worker) const {
  std::shared_lock held(tables_->mutex);
  const auto it = tables_->users_of_workers.find(worker);
  return it == tables_->users_of_workers.end() ? UserId{} : it->second.first;
}

std::vector<UserPtr> Directory::all_users() const {
  std::vector<UserPtr> out;
  {
    std::shared_lock held(tables_->mutex);
    for (const auto& [sid, user] : tables_->users) out.push_back(user);
  }
  std::sort(out.begin(), out.end(), [](const UserPtr& a, const UserPtr& b) { return a->username < b->username; });
  return out;
}

SignInPtr Directory::find_sign_in(SignInId sid) const {
  std::shared_lock held(tables_->mutex);
  return found_in<LiveSignIn>(tables_->sign_ins, sid);
}

std::vector<SignInPtr> Directory::sign_ins_of(UserId user) const {
  std::vector<std::pair<std::int64_t, SignInPtr>> found;
  {
    std::shared_lock held(tables_->mutex);
    const auto it = tables_->sign_ins_of.find(user);
    if (it == tables_->sign_ins_of.end()) return {};
    for (const SignInId sid : it->second) {
      const SignInPtr& one = tables_->sign_ins.at(sid);
      found.emplace_back(one->use.at.load(std::memory_order_relaxed), one);
    }
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return std::tie(a.first, a.second->row.sid) < std::tie(b.first, b.second->row.sid);
  });
  std::vector<SignInPtr> out;
  for (auto& [at, one] : found) out.push_back(std::move(one));
  return out;
}

ApiKeyPtr Directory::find_api_key(ApiKeyId sid) const {
  std::shared_lock held(tables_->mutex);
  return found_in<LiveApiKey>(tables_->api_keys, sid);
}

ApiKeyPtr Directory::find_api_key_by_hash(std::string_view secret_hash) const {
  const std::string key(secret_hash);
  std::shared_lock held(tables_->mutex);
  return found_in<LiveApiKey>(tables_->api_keys_by_hash, key);
}

std::size_t Directory::api_keys_of(WorkspaceId workspace) const {
  std::shared_lock held(tables_->mutex);
  return static_cast<std::size_t>(
      std::count_if(tables_->api_keys.begin(), tables_->api_keys.end(),
                    [&](const auto& one) { return one.second->row.workspace == workspace; }));
}

std::vector<SignInId> Directory::expired_sign_ins(Instant now) const {
  std::vector<SignInId> out;
  std::shared_lock held(tables_->mutex);
  for (const auto& [sid, one] : tables_->sign_ins) {
    if (now >= sign_in_ends(one->row, Instant{one->use.at.load(std::memory_order_relaxed)})) out.push_back(sid);
  }
  return out;
}

std::optional<std::string> Directory::workspace_name(WorkspaceId workspace) const {
  std::shared_lock held(tables_->mutex);
  const auto it = tables_->workspaces.find(workspace);
  return it == tables_->workspaces.end() ? std::nullopt : std::optional<std::string>(it->second);
}

std::vector<WorkspaceName> Directory::workspaces() const {
  std::vector<WorkspaceName> out;
  {
    std::shared_lock held(tables_->mutex);
    for (const auto& [sid, name] : tables_->workspaces) out.push_back({sid, name});
  }
  std::sort(out.begin(), out.end(), [](const WorkspaceName& a, const WorkspaceName& b) {
    return std::tie(a.friendly_name, a.sid) < std::tie(b.friendly_name, b.sid);
  });
  return out;
}

std::shared_ptr<void> Directory::reserve(std::string_view username) {
  const std::string key = folded(username);
  std::unique_lock held(tables_->mutex);
  if (tables_->usernames.contains(key) || !tables_->reserved.insert(key).second) return nullptr;
  return std::shared_ptr<void>(this, [tables = tables_, key](void*) {
    std::unique_lock again(tables->mutex);
    tables->reserved.erase(key);
  });
}

void Directory::on_ended(Listener listener) {
  std::unique_lock held(tables_->mutex);
  tables_->listeners.push_back(std::move(listener));
}

}  // namespace carillon::users
