#include "desk_phones/desk_phones.h"

#include "secrets/secrets.h"
#include "voice/net/openssl.h"
#include "voice/sip/digest.h"

namespace carillon::desk_phones {
namespace {

constexpr std::size_t kUsernameBytes = 5, kPasswordLetters = 24;

Made with_password(Account account, Instant now) {
  Made out{.account = std::move(account), .password = secrets::random_token().substr(0, kPasswordLetters)};
  const voice::net::OpensslHashes hashes;
  const std::string a1 = out.account.username + ":" + kRealm + ":" + out.password;
  out.account.ha1_md5 = voice::sip::digest_hash(hashes, voice::sip::Algorithm::kMd5, a1);
  out.account.ha1_sha256 = voice::sip::digest_hash(hashes, voice::sip::Algorithm::kSha256, a1);
  out.account.created_at = now;
  return out;
}

Account read(const store::Row& row) {
  return {.workspace = row.id<WorkspaceId>(0),
          .worker = row.id<WorkerId>(1),
          .username = row.str(2),
          .ha1_md5 = row.str(3),
          .ha1_sha256 = row.str(4),
          .created_at = row.instant(5)};
}

}  // namespace

Made make_account(WorkspaceId workspace, WorkerId worker, Instant now) {
  std::string username = "desk-";
  for (const char byte : secrets::random_bytes(kUsernameBytes)) {
    static constexpr std::string_view kDigits = "0123456789abcdef";
    username += kDigits[static_cast<unsigned char>(byte) >> 4];
    username += kDigits[static_cast<unsigned char>(byte) & 15];
  }
  return with_password({.workspace = workspace,
                        .worker = worker,
                        .username = std::move(username),
                        .ha1_md5 = {},
                        .ha1_sha256 = {},
                        .created_at = {}},
                       now);
}

Made rotated(Account account, Instant now) { return with_password(std::move(account), now); }

store::Change put(const Account& account) {
  store::Change out;
  out.run(
      "INSERT INTO desk_phones (workspace_id, worker_sid, username, ha1_md5, ha1_sha256, created_at) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (workspace_id, worker_sid) DO UPDATE SET username = "
      "excluded.username, "
      "ha1_md5 = excluded.ha1_md5, ha1_sha256 = excluded.ha1_sha256, created_at = excluded.created_at",
      account.workspace, account.worker, account.username, account.ha1_md5, account.ha1_sha256, account.created_at);
  return out;
}

store::Change removed(WorkspaceId workspace, WorkerId worker) {
  store::Change out;
  out.run_expecting(1, "DELETE FROM desk_phones WHERE workspace_id = ?1 AND worker_sid = ?2", workspace, worker);
  return out;
}

Result<std::optional<Account>> find(store::Reader& reader, WorkspaceId workspace, WorkerId worker) {
  auto rows = reader.query(
      "SELECT workspace_id, worker_sid, username, ha1_md5, ha1_sha256, created_at FROM desk_phones "
      "WHERE workspace_id = ?1 AND worker_sid = ?2",
      {workspace, worker});
  if (!rows) return rows.error();
  if (rows->empty()) return std::optional<Account>();
  return std::optional<Account>(read((*rows)[0]));
}

Result<std::vector<Account>> all(store::Reader& reader) {
  auto rows = reader.query(
      "SELECT d.workspace_id, d.worker_sid, d.username, d.ha1_md5, d.ha1_sha256, d.created_at FROM desk_phones d "
      "JOIN workers w ON w.workspace_id = d.workspace_id AND w.sid = d.worker_sid AND w.deleted_at IS NULL "
      "ORDER BY d.workspace_id, d.worker_sid",
      {});
  if (!rows) return rows.error();
  std::vector<Account> out;
  for (const store::Row row : *rows) out.push_back(read(row));
  return out;
}

std::string name_of(WorkspaceId workspace, WorkerId worker) { return workspace.str() + "/" + worker.str(); }

}  // namespace carillon::desk_phones
