// Directory: the instance's people in memory: who exists, who may do what where, which credentials count.
//
// What:    loaded whole at start, kept current by apply() after each commit of ours. Answers are immutable snapshots.
// Why:     authentication runs on net threads for every request and may not touch the database there.
// Owns:    its copies. One process writes these tables (law 7), so what is here is what counts. With several processes, each
//          would have to be told of the others' edits before a revoked credential ends everywhere: not built yet.
// Thread:  all functions from any thread; short shared locks, nothing blocks for long. Listeners are called with nothing
//          locked, on the thread that applied the edit.
// Errors:  of load(): kStore. Limits: memory grows with rows: about 0.5 KiB a user or sign-in.
// Example:
//   auto directory = Directory::load(store, clock);   // before the runtime starts: it may write a missing secret
//   if (UserPtr user = directory->find_user(sid)) ...
//   directory->apply(decided.edits);                  // after the commit
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "runtime/events.h"
#include "store/store.h"
#include "users/records.h"
#include "users/visitor_token.h"

namespace carillon::users {

using UserPtr = std::shared_ptr<const User>;
using MembershipPtr = std::shared_ptr<const Membership>;

// When something was last used: written by net threads, saved now and then.
struct LastUse {
  std::atomic<std::int64_t> at{0};     // microseconds
  std::atomic<std::int64_t> saved{0};  // what the row says, or will

  // Notes a use. True once every `save_every`, for one caller: save it now.
  bool note(Instant now, Duration save_every);
};
struct LiveSignIn {
  SignIn row;
  LastUse use;
};
struct LiveApiKey {
  ApiKey row;
  LastUse use;
};
using SignInPtr = std::shared_ptr<LiveSignIn>;
using ApiKeyPtr = std::shared_ptr<LiveApiKey>;

struct WorkspaceName {
  WorkspaceId sid;
  std::string friendly_name;
};

struct DirectoryTables;

class Directory {
 public:
  ~Directory();
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  // Reads everything; makes and renews the keys that sign visitor tokens. Uses the store's writer: not beside a runtime.
  static Result<std::unique_ptr<Directory>> load(store::Store& store, const Clock& clock);

  // ---- people ----
  UserPtr find_user(UserId sid) const;
  UserPtr find_username(std::string_view username) const;  // A-Z and a-z are one
  MembershipPtr find_membership(MembershipId sid) const;
  MembershipPtr membership_of(UserId user, WorkspaceId workspace) const;
  std::vector<MembershipPtr> memberships_of(UserId user) const;  // by name of workspace
  WorkerId worker_of(UserId user, WorkspaceId workspace) const;  // empty: none
  UserId user_of(WorkerId worker) const;                         // empty: a bot, or no such worker
  std::vector<UserPtr> all_users() const;                        // by username

  // ---- credentials ----
  SignInPtr find_sign_in(SignInId sid) const;
  std::vector<SignInPtr> sign_ins_of(UserId user) const;  // used longest ago first
  ApiKeyPtr find_api_key(ApiKeyId sid) const;
  ApiKeyPtr find_api_key_by_hash(std::string_view secret_hash) const;
  std::size_t api_keys_of(WorkspaceId workspace) const;  // how many
  const VisitorKeys& visitor_keys() const { return visitor_keys_; }
  // Sign-ins that ended by age or idleness and are still kept.
  std::vector<SignInId> expired_sign_ins(Instant now) const;

  // ---- workspaces ----
  std::optional<std::string> workspace_name(WorkspaceId workspace) const;
  std::vector<WorkspaceName> workspaces() const;  // by name

  // What was committed, in the order of the commits.
  void apply(const std::vector<Edit>& edits);
  void put_workspace(WorkspaceId workspace, std::string friendly_name);
  void put_worker(WorkspaceId workspace, WorkerId worker, UserId user);
  void remove_worker(WorkspaceId workspace, WorkerId worker);
  // Keeps workspaces and workers current, whoever changed them. Call it from EventSink::committed.
  void saw(const runtime::PublishedEntry& entry);

  // Nobody else gets the username until the guard dies. Null: it is taken.
  std::shared_ptr<void> reserve(std::string_view username);

  // Told of each credential (Caller::key()) that ended or whose rights changed: its streams should close or ask anew.
  using Listener = std::function<void(const std::string& key)>;
  void on_ended(Listener listener);

 private:
  Directory();
  Result<void> read(store::Reader& reader);

  // Shared with the guards of reserve(), which may outlive a request.
  std::shared_ptr<DirectoryTables> tables_;
  VisitorKeys visitor_keys_;  // never changes after load()
};

}  // namespace carillon::users
