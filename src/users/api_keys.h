// API keys: made and revoked; the secret exists in clear only in the answer that shows it.
//
// Thread:  any; quick. Errors: kLimit (too many keys), kOutOfRange (an end that is past), kNotFound, and those of names.
// Example:
//   auto made = make_api_key(directory, {.workspace = ws, .friendly_name = "Order system", .scopes = kRead | kTasks}, now);
#pragma once

#include <string>

#include "base/result.h"
#include "users/directory.h"
#include "users/records.h"

namespace carillon::users {

inline constexpr std::size_t kMostApiKeys = 200;  // of a workspace

struct NewApiKey {
  WorkspaceId workspace;
  std::string friendly_name;
  Scopes scopes = 0;
  Instant expires_at = Instant::never();
  UserId created_by{};
};

struct MadeApiKey {
  Decided decided;
  ApiKey key;
  std::string secret;  // "ck_" and 43 characters
};

Result<MadeApiKey> make_api_key(const Directory& directory, const NewApiKey& wanted, Instant now);
Result<Decided> revoke_api_key(const Directory& directory, ApiKeyId sid, WorkspaceId workspace);

}  // namespace carillon::users
