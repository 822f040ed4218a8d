// Desk phones: who of the workers may register a SIP telephone, and with what.
//
// What:   a worker has at most one account: a user name that is nobody else's on this server, and hashes of "user:realm:password"
//         (MD5 and SHA-256, RFC 8760). The password is made here, shown once, and kept nowhere.
// Owns:   the rows. Thread: any; what takes a Reader blocks (pool). Errors: kStore.
// Example:
//   Made made = make_account(workspace, worker, now);   runtime.commit({.change = put(made.account), ...});   show(made.password);
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "store/reader.h"
#include "store/writer.h"

namespace carillon::desk_phones {

inline constexpr const char* kRealm = "carillon";  // part of the hashes: another one makes all passwords wrong

struct Account {
  WorkspaceId workspace;
  WorkerId worker;
  std::string username;
  std::string ha1_md5, ha1_sha256;  // lower-case hex
  Instant created_at;
  bool operator==(const Account&) const = default;
};

struct Made {
  Account account;
  std::string password;
};

// A new one with random user name and password.
Made make_account(WorkspaceId workspace, WorkerId worker, Instant now);
// The same account with another password.
Made rotated(Account account, Instant now);

store::Change put(const Account& account);
store::Change removed(WorkspaceId workspace, WorkerId worker);

Result<std::optional<Account>> find(store::Reader& reader, WorkspaceId workspace, WorkerId worker);
// Of all workspaces; not those of workers who are gone.
Result<std::vector<Account>> all(store::Reader& reader);

// What the registrar calls an account, and back.
std::string name_of(WorkspaceId workspace, WorkerId worker);

}  // namespace carillon::desk_phones
