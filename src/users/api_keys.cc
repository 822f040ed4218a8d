#include "users/api_keys.h"

#include "base/names.h"
#include "secrets/secrets.h"
#include "users/authentication.h"

namespace carillon::users {

Result<MadeApiKey> make_api_key(const Directory& directory, const NewApiKey& wanted, Instant now) {
  if (auto fine = check_name(wanted.friendly_name, "/friendly_name"); !fine) return fine.error();
  CARILLON_CHECK(wanted.scopes != 0);
  if (now >= wanted.expires_at) {
    return Error(ErrorCode::kOutOfRange,
                 "found " + to_rfc3339(wanted.expires_at) + ", which is past; leave it out for a key without an end")
        .at("/expires_at")
        .expecting("a time to come");
  }
  if (directory.api_keys_of(wanted.workspace) >= kMostApiKeys) {
    return Error(ErrorCode::kLimit,
                 "this workspace has " + std::to_string(kMostApiKeys) + " API keys; revoke some first");
  }
  MadeApiKey out;
  out.secret = std::string(kApiKeyPrefix) + secrets::random_token();
  out.key = {.sid = secrets::random_id<ApiKeyId>(),
             .workspace = wanted.workspace,
             .friendly_name = wanted.friendly_name,
             .secret_hash = secrets::sha256_hex(out.secret),
             .hint = out.secret.substr(out.secret.size() - 4),
             .scopes = wanted.scopes,
             .created_by = wanted.created_by,
             .created_at = now,
             .expires_at = wanted.expires_at,
             .last_used_at = {}};
  const ApiKey& key = out.key;
  out.decided.sid = key.sid.str();
  out.decided.rows.run(
      "INSERT INTO api_keys (sid, workspace_id, friendly_name, secret_hash, hint, scopes, created_by, created_at, "
      "expires_at) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
      key.sid, key.workspace, key.friendly_name, key.secret_hash, key.hint, key.scopes, key.created_by, key.created_at,
      key.expires_at.is_never() ? std::nullopt : std::optional(key.expires_at));
  out.decided.edits.push_back(ApiKeyMade{key});
  return out;
}

Result<Decided> revoke_api_key(const Directory& directory, ApiKeyId sid, WorkspaceId workspace) {
  const ApiKeyPtr known = directory.find_api_key(sid);
  if (!known || known->row.workspace != workspace) {
    return Error(ErrorCode::kNotFound,
                 "there is no API key " + sid.str() + " in this workspace; list them with GET /api/v1/api-keys")
        .at("sid");
  }
  Decided out{.sid = sid.str(), .rows = {}, .edits = {ApiKeyRemoved{sid}}};
  out.rows.run("DELETE FROM api_keys WHERE sid = ?1", sid);
  return out;
}

}  // namespace carillon::users
