#include "store/testing/private_postgres.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <mutex>

#include <fcntl.h>
#include <pwd.h>
#include <spawn.h>
#include <unistd.h>

#include "store/postgres/connection.h"
#include "store/postgres/schema.h"

extern char** environ;

namespace carillon::store::testing {
namespace {

using postgres::Connection;

// The guard: starts the server, says so, and stops it when its standard input ends, which is when the test program
// does. Should the guard itself be killed, the server gets SIGQUIT from the kernel. ICU's English collation as the
// database's default shows wherever a query forgot to ask for byte order.
constexpr const char* kGuard = R"guard(
dir=$1 bin=$2 as=$3
run() {
  if [ -n "$as" ]; then
    exec setpriv --reuid="$as" --regid="$(id -g "$as")" --clear-groups --pdeathsig QUIT -- "$@"
  else
    exec setpriv --pdeathsig QUIT -- "$@"
  fi
}
fail() {
  echo "$1: $(tail -n 3 "$dir/log" | tr '\n' ' ')"
  rm -rf "$dir"
  exit 1
}
[ -z "$as" ] || chown "$as" "$dir" || exit 1
cd "$dir" || exit 1
(run "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --locale-provider=icu \
  --icu-locale=en-US --no-sync --no-instructions) >"$dir/log" 2>&1 || fail "initdb failed"
cat >>"$dir/data/postgresql.conf" <<END
fsync = off
full_page_writes = off
listen_addresses = ''
shared_buffers = 32MB
max_connections = 60
max_wal_size = 256MB
log_min_messages = fatal
END
(run "$bin/postgres" -D "$dir/data" -k "$dir") >"$dir/log" 2>&1 </dev/null &
server=$!
until "$bin/pg_isready" -q -h "$dir" -U postgres; do
  kill -0 $server 2>/dev/null || fail "postgres did not start"
  sleep 0.05
done
echo ready
cat >/dev/null
kill -QUIT $server
wait $server
rm -rf "$dir"
)guard";

// The newest of Debian's, which keeps them off PATH.
std::string find_programs() {
  std::vector<std::string> found;
  std::error_code ignored;
  for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql", ignored)) {
    const std::string bin = version.path().string() + "/bin";
    if (::access((bin + "/initdb").c_str(), X_OK) == 0) found.push_back(bin);
  }
  return found.empty() ? std::string() : *std::ranges::max_element(found);
}

Result<std::string> user_to_run_as() {
  if (::geteuid() != 0) return std::string();
  for (const char* name : {"postgres", "nobody"}) {
    if (::getpwnam(name)) return std::string(name);
  }
  return Error(ErrorCode::kConfig, "PostgreSQL refuses to run as root, and there is no user postgres or nobody");
}

struct Server {
  std::string folder;
  int alive = -1;  // closed by the kernel when this program ends; the guard then ends the server
};

Result<std::string> first_line(int fd) {
  std::string text;
  char c = 0;
  while (true) {
    const ssize_t n = ::read(fd, &c, 1);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0 || c == '\n') return text;
    text += c;
  }
}

Result<Server> start() {
  const std::string bin = find_programs();
  if (bin.empty()) {
    return Error(ErrorCode::kConfig,
                 "PostgreSQL is not installed (looked for /usr/lib/postgresql/*/bin/initdb); "
                 "install the package postgresql-15: these tests are never skipped");
  }
  Result<std::string> user = user_to_run_as();
  if (!user) return std::move(user).error();
  char folder[] = "/tmp/carillon-pg-XXXXXX";  // short: a socket's path has at most 107 bytes
  int alive[2], says[2];
  if (!::mkdtemp(folder) || ::pipe2(alive, O_CLOEXEC) != 0 || ::pipe2(says, O_CLOEXEC) != 0) {
    return Error(ErrorCode::kConfig, std::string("cannot prepare a folder in /tmp: ") + std::strerror(errno));
  }
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, alive[0], 0);
  posix_spawn_file_actions_adddup2(&files, says[1], 1);
  posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);  // a Ctrl-C must not reach the guard before its work
  std::string script = kGuard, name = "guard", dash_c = "-c", sh = "sh", program = bin;
  char* arguments[] = {sh.data(), dash_c.data(),  script.data(), name.data(),
                       folder,    program.data(), user->data(),  nullptr};
  pid_t guard = 0;
  const int code = ::posix_spawn(&guard, "/bin/sh", &files, &attributes, arguments, environ);
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  ::close(alive[0]), ::close(says[1]);
  if (code != 0) return Error(ErrorCode::kConfig, std::string("cannot start /bin/sh: ") + std::strerror(code));
  Result<std::string> said = first_line(says[0]);
  ::close(says[0]);
  if (!said || *said != "ready") {
    ::close(alive[1]);
    return Error(ErrorCode::kConfig, "the private PostgreSQL server did not start: " + (said ? *said : ""));
  }
  return Server{folder, alive[1]};
}

// Lives as long as the program does.
const Result<Server>& server() {
  static const Result<Server> one = start();
  return one;
}

std::string url_of(const Server& server) { return "postgres:///postgres?host=" + server.folder + "&user=postgres"; }

Result<void> on_server(const std::string& sql) {
  const Result<Server>& running = server();
  if (!running) return running.error();
  Result<std::unique_ptr<Connection>> connection = Connection::open(url_of(*running), Duration::seconds(20), "");
  if (!connection) return std::move(connection).error();
  return (*connection)->exec(sql);
}

}  // namespace

Result<std::string> PrivatePostgres::new_database() {
  static std::atomic<int> count{0};
  const std::string name = "t" + std::to_string(++count);
  Result<void> made = on_server("CREATE SCHEMA " + name);
  if (!made) return std::move(made).error();
  return url_of(*server()) + "&application_name=" + name + "&options=-csearch_path%3D" + name;
}

Result<void> PrivatePostgres::cut_connections(const std::string& url) {
  const std::string name = url.substr(url.rfind("%3D") + 3);
  return on_server("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = " +
                   postgres::literal(name));
}

}  // namespace carillon::store::testing
