// The command line's tools, each one call: open what the configuration names, do it, say what was done.
//
// Thread: main; they block. Errors: kConfig (also: the data is in use by a running server), kStore, and each use case's own.
// Example: auto done = backup(config, "/backup/today"); if (done) print(*done);
#pragma once

#include <string>

#include "app/config.h"
#include "base/result.h"

namespace carillon::app {

struct UserWish {
  std::string username, display_name, password, workspace, role;
  bool instance_admin = false;
};

Result<std::string> migrate(const Config& config);
// Also of a running server: the database's own consistent copy, then the files.
Result<std::string> backup(const Config& config, const std::string& target);
Result<std::string> restore(const Config& config, const std::string& source);
// Decides a workspace's journal anew. An error when something was decided otherwise.
Result<std::string> replay(const Config& config, const std::string& workspace, std::int64_t from, std::int64_t to);
// Makes an empty workspace, as POST /workspaces does. kNameTaken where one has that name.
Result<std::string> add_workspace(const Config& config, const std::string& name, const std::string& time_zone);
Result<std::string> add_user(const Config& config, const UserWish& wish);
Result<std::string> set_password(const Config& config, const std::string& username, const std::string& password);
Result<std::string> list_users(const Config& config);
Result<std::string> set_user_disabled(const Config& config, const std::string& username, bool disabled);

}  // namespace carillon::app
