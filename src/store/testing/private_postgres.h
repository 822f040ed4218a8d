// PrivatePostgres: a PostgreSQL server of the test program's own, on a unix socket in a temporary folder.
//
// What:   instance() starts it on first use (once a program; about two seconds) and it ends with the program, also when
//         the program crashes: a guard process holds a pipe, and stops and removes the server when the pipe closes.
// Why:    PostgreSQL refuses root, so under root it runs as user postgres or nobody. fsync is off: tests of durability
//         are not made here.
// Errors: instance() gives kConfig with what is missing: a test must fail then, never skip.
// Thread: any.
// Example:
//   Result<std::string> url = PrivatePostgres::new_database();
//   ASSERT_TRUE(url.ok()) << url.error().message;
//   auto store = Store::open({.url = *url});
#pragma once

#include <string>

#include "base/result.h"

namespace carillon::store::testing {

class PrivatePostgres {
 public:
  // A fresh empty schema, which the address makes the current one: as good as a database, and made a hundred times
  // quicker. "postgres:///postgres?host=/tmp/..&user=postgres&application_name=t7&options=-csearch_path%3Dt7".
  static Result<std::string> new_database();
  // Ends every connection to that database, as a restart of the server would.
  static Result<void> cut_connections(const std::string& url);
};

}  // namespace carillon::store::testing
