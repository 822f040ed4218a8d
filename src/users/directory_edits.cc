// How committed changes reach the Directory.
#include <algorithm>

#include <boost/json.hpp>

#include "users/directory_tables.h"
#include "users/rules.h"

namespace carillon::users {
namespace {

template <class T>
void erase_from(std::vector<T>& list, const T& value) {
  list.erase(std::remove(list.begin(), list.end(), value), list.end());
}

// One edit being made.
struct Making {
  DirectoryTables& tables;
  std::vector<std::string>& ended;

  void end(SignInId sid) {
    if (!tables.sign_ins.contains(sid)) return;
    tables.drop(sid);
    ended.push_back(sid.str());
  }
  // Their streams ask anew with what they may do now.
  void rights_changed(UserId user) {
    const auto it = tables.sign_ins_of.find(user);
    if (it == tables.sign_ins_of.end()) return;
    for (const SignInId sid : it->second) ended.push_back(sid.str());
  }

  void operator()(const UserMade& edit) { tables.put(edit.user); }
  void operator()(const UserChanged& edit) {
    const auto it = tables.users.find(edit.user.sid);
    if (it == tables.users.end()) return;
    User changed = edit.user;
    changed.username = it->second->username;
    changed.password_hash = it->second->password_hash;
    it->second = std::make_shared<const User>(std::move(changed));
  }
  void operator()(const PasswordChanged& edit) {
    const auto it = tables.users.find(edit.user);
    if (it == tables.users.end()) return;
    User changed = *it->second;
    changed.password_hash = edit.password_hash;
    it->second = std::make_shared<const User>(std::move(changed));
  }
  void operator()(const MembershipChanged& edit) {
    const bool known = tables.memberships.contains(edit.membership.sid);
    tables.put(edit.membership);
    if (known) rights_changed(edit.membership.user);
  }
  void operator()(const MembershipRemoved& edit) {
    const auto it = tables.memberships.find(edit.sid);
    if (it == tables.memberships.end()) return;
    const UserId user = it->second->user;
    erase_from(tables.memberships_of[user], edit.sid);
    tables.memberships.erase(it);
    rights_changed(user);
  }
  void operator()(const SignInMade& edit) { tables.put(edit.sign_in); }
  void operator()(const SignInEnded& edit) { end(edit.sid); }
  void operator()(const AllSignInsEnded& edit) {
    const auto it = tables.sign_ins_of.find(edit.user);
    if (it == tables.sign_ins_of.end()) return;
    for (const SignInId sid : std::vector<SignInId>(it->second)) {
      if (sid != edit.but) end(sid);
    }
  }
  void operator()(const ApiKeyMade& edit) { tables.put(edit.key); }
  void operator()(const ApiKeyRemoved& edit) {
    const auto it = tables.api_keys.find(edit.sid);
    if (it == tables.api_keys.end()) return;
    tables.api_keys_by_hash.erase(it->second->row.secret_hash);
    tables.api_keys.erase(it);
    ended.push_back(edit.sid.str());
  }
};

// The text of a string member, "" when there is none.
std::string_view member(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

}  // namespace

void DirectoryTables::put(const User& user) {
  usernames[folded(user.username)] = user.sid;
  users[user.sid] = std::make_shared<const User>(user);
}

void DirectoryTables::put(const Membership& membership) {
  auto& mine = memberships_of[membership.user];
  if (std::find(mine.begin(), mine.end(), membership.sid) == mine.end()) mine.push_back(membership.sid);
  memberships[membership.sid] = std::make_shared<const Membership>(membership);
}

void DirectoryTables::put(const SignIn& sign_in) {
  auto live = std::make_shared<LiveSignIn>();
  live->row = sign_in;
  live->use.at = live->use.saved = sign_in.last_used_at.us;
  if (sign_ins.emplace(sign_in.sid, live).second) sign_ins_of[sign_in.user].push_back(sign_in.sid);
}

void DirectoryTables::put(const ApiKey& key) {
  auto live = std::make_shared<LiveApiKey>();
  live->row = key;
  live->use.at = live->use.saved = key.last_used_at.us;
  api_keys[key.sid] = live;
  api_keys_by_hash[key.secret_hash] = live;
}

void DirectoryTables::drop(SignInId sid) {
  const auto it = sign_ins.find(sid);
  const auto list = sign_ins_of.find(it->second->row.user);
  erase_from(list->second, sid);
  if (list->second.empty()) sign_ins_of.erase(list);
  sign_ins.erase(it);
}

void DirectoryTables::drop_worker(WorkerId worker) {
  const auto it = users_of_workers.find(worker);
  if (it == users_of_workers.end()) return;
  const auto place = workers.find(it->second);
  if (place != workers.end() && place->second == worker) workers.erase(place);
  users_of_workers.erase(it);
}

void DirectoryTables::make(const Edit& edit, std::vector<std::string>& ended) {
  std::visit(Making{*this, ended}, edit);
}

void Directory::apply(const std::vector<Edit>& edits) {
  std::vector<std::string> ended;
  std::vector<Listener> listeners;
  {
    std::unique_lock held(tables_->mutex);
    for (const Edit& edit : edits) tables_->make(edit, ended);
    if (!ended.empty()) listeners = tables_->listeners;
  }
  for (const Listener& tell : listeners) {
    for (const std::string& key : ended) tell(key);
  }
}

void Directory::put_workspace(WorkspaceId workspace, std::string friendly_name) {
  std::unique_lock held(tables_->mutex);
  tables_->workspaces[workspace] = std::move(friendly_name);
}

void Directory::put_worker(WorkspaceId workspace, WorkerId worker, UserId user) {
  std::unique_lock held(tables_->mutex);
  tables_->drop_worker(worker);
  if (!user) return;
  tables_->workers[{user, workspace}] = worker;
  tables_->users_of_workers[worker] = {user, workspace};
}

void Directory::remove_worker(WorkspaceId, WorkerId worker) {
  std::unique_lock held(tables_->mutex);
  tables_->drop_worker(worker);
}

void Directory::saw(const runtime::PublishedEntry& entry) {
  for (const runtime::PublishedEvent& event : entry.events) {
    if (!event.type.starts_with("work")) continue;
    const bool is_worker = event.type == "worker.created" || event.type == "worker.attributes.update";
    const bool is_workspace = event.type == "workspace.updated";
    if (event.type == "worker.deleted") {
      if (const auto worker = WorkerId::parse(event.resource_sid)) remove_worker(entry.workspace, *worker);
    }
    if (!is_worker && !is_workspace) continue;
    for (const runtime::PayloadPart& part : event.payload) {
      if (part.name != "worker" && part.name != "workspace") continue;
      const bool shared = part.resource >= 0 && static_cast<std::size_t>(part.resource) < entry.resources.size();
      boost::system::error_code failed;
      const boost::json::value parsed =
          boost::json::parse(shared ? entry.resources[static_cast<std::size_t>(part.resource)] : part.text, failed);
      if (failed || !parsed.is_object()) continue;
      if (is_workspace) put_workspace(entry.workspace, std::string(member(parsed.get_object(), "friendly_name")));
      if (const auto worker = WorkerId::parse(event.resource_sid); is_worker && worker) {
        put_worker(entry.workspace, *worker, UserId::parse(member(parsed.get_object(), "user_sid")).value_or(UserId{}));
      }
    }
  }
}

}  // namespace carillon::users
