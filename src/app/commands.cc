#include "app/commands.h"

#include <future>

#include "app/log.h"
#include "app/server.h"
#include "base/clock.h"
#include "base/names.h"
#include "runtime/backup.h"
#include "runtime/data_directory.h"
#include "runtime/live_rows.h"
#include "runtime/replay.h"
#include "runtime/runtime.h"
#include "schedule/days.h"
#include "secrets/secrets.h"
#include "store/store.h"
#include "users/admin.h"

namespace carillon::app {
namespace {

// A database opened for a tool. `locked`: no server may run on it meanwhile.
struct Opened {
  std::optional<runtime::DataDirectory> lock;
  std::unique_ptr<store::Store> store;
};

Result<Opened> open(const Config& config, bool locked) {
  Opened out;
  if (locked) {
    auto data = runtime::DataDirectory::open(config.data);
    if (!data) return data.error();
    out.lock.emplace(std::move(*data));
  }
  store::StoreOptions options;
  options.url = database_url(config);
  options.must_exist = !locked;
  auto store = store::Store::open(options);
  if (!store) return store.error();
  out.store = std::move(*store);
  if (locked) {
    if (auto done = out.store->migrate(); !done) return done.error();
  }
  return out;
}

// A tool has no pages to tell.
class Nobody final : public runtime::EventSink {
 public:
  void committed(const runtime::PublishedEntryPtr&) override {}
  void ready(WorkspaceId, std::int64_t, bool) override {}
};

}  // namespace

std::string database_url(const Config& config) {
  return config.database.empty() ? "sqlite:" + config.data + "/carillon.db" : config.database;
}

Result<std::string> migrate(const Config& config) {
  auto opened = open(config, true);
  if (!opened) return opened.error();
  return std::string("the database is of this version");
}

Result<std::string> backup(const Config& config, const std::string& target) {
  auto opened = open(config, false);
  if (!opened) return opened.error();
  auto done = runtime::backup(*opened->store, config.data + "/files", target, SystemClock().now());
  if (!done) return done.error();
  return "backed up to " + target + ": database " + std::to_string(done->database_bytes) + " bytes, " +
         std::to_string(done->files) + " files";
}

Result<std::string> restore(const Config& config, const std::string& source) {
  auto data = runtime::DataDirectory::open(config.data);
  if (!data) return data.error();
  store::StoreOptions options;
  options.url = database_url(config);
  auto done = runtime::restore(source, options, config.data + "/files");
  if (!done) return done.error();
  return "restored from " + source + ": database " + std::to_string(done->database_bytes) + " bytes, " +
         std::to_string(done->files) + " files";
}

Result<std::string> replay(const Config& config, const std::string& workspace, std::int64_t from, std::int64_t to) {
  auto opened = open(config, false);
  if (!opened) return opened.error();
  auto reader = opened->store->readers().lease();
  if (!reader) return reader.error();
  std::vector<WorkspaceId> wanted;
  if (!workspace.empty()) {
    const SystemClock clock;
    auto found = users::admin::find_workspace(*opened->store, clock, workspace);
    if (!found) return found.error();
    wanted.push_back(*found);
  } else {
    auto heads = runtime::read_heads(**reader);
    if (!heads) return heads.error();
    for (const auto& head : *heads) wanted.push_back(head.workspace);
  }
  std::string out;
  bool differs = false;
  for (const WorkspaceId sid : wanted) {
    runtime::ReplayOptions options;
    options.from = from, options.to = to;
    auto report = runtime::replay(**reader, sid, options);
    if (!report) return report.error();
    using Verdict = runtime::ReplayReport::Verdict;
    const char* verdict = report->verdict == Verdict::same       ? "the same"
                          : report->verdict == Verdict::redacted ? "redacted"
                                                                 : "DIFFERS";
    differs = differs || report->verdict == Verdict::differs;
    out += (out.empty() ? "" : "\n") + sid.str() + ": entries " + std::to_string(report->first) + " to " +
           std::to_string(report->last) + ", " + std::to_string(report->entries) + " decided anew in " +
           std::to_string(report->seconds) + " s: " + verdict;
    for (const auto& difference : report->differences) {
      out += "\n  entry " + std::to_string(difference.entry) + " " + difference.command + " (engine " +
             std::to_string(difference.engine_version) + ")";
    }
  }
  if (differs) return Error(ErrorCode::kInternal, out);
  return out;
}

Result<std::string> add_workspace(const Config& config, const std::string& name, const std::string& time_zone) {
  if (auto fine = check_name(name, "NAME"); !fine) return fine.error();
  if (!schedule::is_time_zone(time_zone)) {
    return Error(ErrorCode::kInvalidValue, "--time-zone: found '" + time_zone + "'")
        .expecting("an IANA name like Europe/Athens");
  }
  auto opened = open(config, true);
  if (!opened) return opened.error();
  runtime::SystemWaitClock clock;
  if (users::admin::find_workspace(*opened->store, clock, name)) {
    return Error(ErrorCode::kNameTaken, "there is a workspace \"" + name + "\" already");
  }
  runtime::SystemSeeds seeds;
  AlarmLog alarms;
  Nobody sink;
  runtime::Runtime runtime({*opened->store, clock, seeds, sink, alarms});
  if (auto started = runtime.start(); !started) return started.error();
  std::promise<Result<runtime::Committed>> promise;
  const auto workspace = secrets::random_id<WorkspaceId>();
  runtime::Submission submission;
  submission.workspace = workspace;
  submission.command = workspace::CreateWorkspace{workspace, name, time_zone};
  submission.reply = [&promise](Result<runtime::Committed> answer) { promise.set_value(std::move(answer)); };
  runtime.submit(std::move(submission));
  const auto made = promise.get_future().get();
  runtime.stop();
  if (!made) return made.error();
  return "added the workspace " + name + " (" + workspace.str() + ")";
}

Result<std::string> add_user(const Config& config, const UserWish& wish) {
  auto opened = open(config, true);
  if (!opened) return opened.error();
  const SystemClock clock;
  users::NewUser wanted;
  wanted.username = wish.username;
  wanted.display_name = wish.display_name.empty() ? wish.username : wish.display_name;
  wanted.password = wish.password;
  wanted.instance_admin = wish.instance_admin;
  if (!wish.workspace.empty()) {
    auto workspace = users::admin::find_workspace(*opened->store, clock, wish.workspace);
    if (!workspace) return workspace.error();
    const auto role = codec::enum_from<door::Role>(wish.role);
    if (!role || *role == door::Role::none) {
      return Error(ErrorCode::kInvalidValue, "--role: found '" + wish.role + "'")
          .expecting("agent, supervisor or admin");
    }
    wanted.workspace = *workspace;
    wanted.role = *role;
  }
  auto sid = users::admin::add_user(*opened->store, clock, wanted);
  if (!sid) return sid.error();
  return "added " + wish.username + " (" + sid->str() + ")";
}

Result<std::string> set_password(const Config& config, const std::string& username, const std::string& password) {
  auto opened = open(config, true);
  if (!opened) return opened.error();
  auto done = users::admin::set_password(*opened->store, SystemClock(), username, password);
  if (!done) return done.error();
  return "new password for " + username;
}

Result<std::string> list_users(const Config& config) {
  auto opened = open(config, true);
  if (!opened) return opened.error();
  auto users = users::admin::list_users(*opened->store, SystemClock());
  if (!users) return users.error();
  std::string out;
  for (const auto& listed : *users) {
    out += (out.empty() ? "" : "\n") + listed.user.username + "  " + listed.user.display_name;
    if (listed.user.instance_admin) out += "  instance admin";
    if (listed.user.disabled) out += "  disabled";
    for (const auto& membership : listed.memberships) {
      out += "  " + membership.workspace + ": " + std::string(codec::enum_name(membership.role));
    }
  }
  return out;
}

Result<std::string> set_user_disabled(const Config& config, const std::string& username, bool disabled) {
  auto opened = open(config, true);
  if (!opened) return opened.error();
  auto done = users::admin::set_disabled(*opened->store, SystemClock(), username, disabled);
  if (!done) return done.error();
  return username + (disabled ? " is disabled" : " may sign in");
}

}  // namespace carillon::app
