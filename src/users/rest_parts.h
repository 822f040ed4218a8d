// What the users/*_rest.cc files share. Not for others.
//
// Thread: as Rest.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "users/backoff.h"
#include "users/records.h"
#include "users/rest.h"

namespace carillon::users {

// Secrets of API keys just made, so that a repeated request can be answered like the first. Thread: any.
class FreshSecrets {
 public:
  void keep(std::string sid, std::string secret, Instant now);
  // Nothing once it is forgotten.
  std::optional<std::string> find(const std::string& sid, Instant now) const;

 private:
  static constexpr std::size_t kMost = 1'000;
  static constexpr Duration kKept = Duration::minutes(10);
  struct Kept {
    std::string sid, secret;
    Instant until;
  };
  mutable std::mutex mutex_;
  std::deque<Kept> kept_;
};

struct Rest::Parts {
  explicit Parts(World given, RestOptions wanted) : world(given), options(std::move(wanted)), check(given.passwords) {}

  World world;
  RestOptions options;
  PasswordCheck check;
  Backoff backoff;
  FreshSecrets fresh;
  std::atomic<std::int64_t> swept_at{0};
  door::Pool hashing{2, 100};

  Directory& directory() { return world.directory; }
  Instant now() const { return world.clock.now(); }
  // Runs `work` on a thread that hashes; kOverloaded to the call when too many wait.
  void hash(door::Call call, std::function<void(door::Call)> work);
};

void add_session_routes(door::Api& api, Rest::Parts& parts);
void add_users_routes(door::Api& api, Rest::Parts& parts);
void add_memberships_routes(door::Api& api, Rest::Parts& parts);
void add_api_keys_routes(door::Api& api, Rest::Parts& parts);
void add_workspaces_routes(door::Api& api, Rest::Parts& parts);

// The rows of a Decided as a change; with `workspace` its Idempotency-Key and position are the workspace's.
runtime::RecordChange record_of(Decided& decided, WorkspaceId workspace = {});
// Hands a Decided over and tells the Directory once it is committed.
void change_records(door::Call call, Rest::Parts& parts, Decided decided, door::Answer answer,
                    WorkspaceId workspace = {});
// 412 with the present version, or the error as it is.
void fail_with_version(door::Call& call, const Error& error, std::int64_t present);
// kForbidden for an instance admin who is in no workspace.
Result<WorkspaceId> workspace_of(const door::Call& call);
// Too many attempts: 429 with Retry-After.
void fail_slower(door::Call& call, Duration wait);

// The present workspace's row as JSON. kNotFound.
Result<door::Rendered> workspace_row(store::Reader& reader, WorkspaceId workspace, bool quarantined);
bool is_quarantined(const runtime::Runtime& runtime, WorkspaceId workspace);

}  // namespace carillon::users
