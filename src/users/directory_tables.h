// DirectoryTables: what Directory holds, and its indexes. For directory*.cc only.
//
// Thread: mutex guards everything.
#pragma once

#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "users/directory.h"

namespace carillon::users {

struct DirectoryTables {
  mutable std::shared_mutex mutex;

  std::unordered_map<UserId, UserPtr> users;
  std::unordered_map<std::string, UserId> usernames;  // folded
  std::unordered_set<std::string> reserved;           // folded
  std::unordered_map<MembershipId, MembershipPtr> memberships;
  std::unordered_map<UserId, std::vector<MembershipId>> memberships_of;
  std::unordered_map<SignInId, SignInPtr> sign_ins;
  std::unordered_map<UserId, std::vector<SignInId>> sign_ins_of;
  std::unordered_map<ApiKeyId, ApiKeyPtr> api_keys;
  std::unordered_map<std::string, ApiKeyPtr> api_keys_by_hash;
  std::unordered_map<WorkspaceId, std::string> workspaces;
  std::map<std::pair<UserId, WorkspaceId>, WorkerId> workers;
  std::unordered_map<WorkerId, std::pair<UserId, WorkspaceId>> users_of_workers;
  std::vector<Directory::Listener> listeners;

  // Each call: one edit, with the mutex held. What ended is added to `ended`.
  void make(const Edit& edit, std::vector<std::string>& ended);

  void put(const User& user);
  void put(const Membership& membership);
  void put(const SignIn& sign_in);
  void put(const ApiKey& key);
  void drop(SignInId sid);
  void drop_worker(WorkerId worker);
};

}  // namespace carillon::users
