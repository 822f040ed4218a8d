#include "runtime/backup.h"

#include <fcntl.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace carillon::runtime {
namespace fs = std::filesystem;
namespace {

constexpr const char* kManifest = "backup.json";
constexpr const char* kSqliteFile = "carillon.db";
constexpr const char* kPostgresFile = "carillon.archive";

Error disk(const std::string& what, const fs::path& path, const std::error_code& failed) {
  return Error(ErrorCode::kStore, "cannot " + what + " " + path.string() + ": " + failed.message());
}

// Copies of files and names survive power loss only once their folder is synced too.
Result<void> sync(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = file >= 0 && ::fsync(file) == 0;
  const int why = errno;
  if (file >= 0) ::close(file);
  if (!synced) return disk("sync", path, {why, std::generic_category()});
  return {};
}

// Links where both are on one disk (the files never change once written), copies otherwise.
Result<void> take_file(const fs::path& from, const fs::path& to, bool may_link, BackupReport& report) {
  std::error_code failed;
  report.file_bytes += fs::file_size(from, failed);
  if (failed == std::errc::no_such_file_or_directory) return {};  // deleted since the database was copied
  ++report.files;
  if (may_link) {
    fs::create_hard_link(from, to, failed);
    if (!failed) return ++report.files_linked, Result<void>();
  }
  fs::copy_file(from, to, fs::copy_options::none, failed);
  if (failed) return disk("copy", from, failed);
  return sync(to);
}

Result<void> take_files(const fs::path& from, const fs::path& to, bool may_link, BackupReport& report) {
  std::error_code failed;
  fs::create_directories(to, failed);
  if (failed) return disk("make", to, failed);
  if (!fs::exists(from)) return {};
  auto at = fs::recursive_directory_iterator(from, failed);
  for (; !failed && at != fs::recursive_directory_iterator(); at.increment(failed)) {
    const fs::path target = to / fs::relative(at->path(), from);
    if (at->is_directory()) {
      fs::create_directories(target, failed);
    } else if (at->is_regular_file()) {
      if (auto taken = take_file(at->path(), target, may_link, report); !taken) return taken.error();
    }
  }
  if (failed) return disk("read", from, failed);
  return sync(to);
}

Result<void> need_empty(const fs::path& folder, const char* what) {
  std::error_code failed;
  if (!fs::exists(folder, failed)) return {};
  if (fs::is_directory(folder, failed) && fs::is_empty(folder, failed)) return {};
  return Error(ErrorCode::kConfig, "found something in " + folder.string() + "; " + what + " needs an empty folder");
}

Result<void> write_manifest(const fs::path& target, const BackupReport& report, store::Dialect dialect, Instant at) {
  const boost::json::object manifest{{"carillon_backup", 1},
                                     {"at", to_rfc3339(at)},
                                     {"version", CARILLON_VERSION},
                                     {"database", std::string(store::name_of(dialect))},
                                     {"database_bytes", report.database_bytes},
                                     {"files", report.files},
                                     {"file_bytes", report.file_bytes}};
  const fs::path part = target / "backup.json.part";
  {
    std::ofstream file(part);
    file << boost::json::serialize(manifest) << '\n';
    if (!file.flush()) return disk("write", part, {errno, std::generic_category()});
  }
  if (auto synced = sync(part); !synced) return synced;
  std::error_code failed;
  fs::rename(part, target / kManifest, failed);
  if (failed) return disk("write", target / kManifest, failed);
  return sync(target);
}

// Which kind of database the backup holds.
Result<fs::path> database_of(const fs::path& folder) {
  std::ifstream file(folder / kManifest);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  boost::system::error_code failed;
  const auto manifest = boost::json::parse(text, failed);
  const auto* object = failed ? nullptr : manifest.if_object();
  const auto* kind = object ? object->if_contains("database") : nullptr;
  if (!kind || !kind->is_string() || !object->if_contains("carillon_backup")) {
    return Error(ErrorCode::kConfig, "found no whole backup in " + folder.string() +
                                         ": backup.json, which is written last, is missing or not ours");
  }
  return folder / (kind->get_string() == "sqlite" ? kSqliteFile : kPostgresFile);
}

}  // namespace

Result<BackupReport> backup(store::Store& store, const std::string& files_folder, const std::string& target,
                            Instant at) {
  if (auto empty = need_empty(target, "a backup"); !empty) return empty.error();
  std::error_code failed;
  fs::create_directories(target, failed);
  if (failed) return disk("make", target, failed);
  const fs::path database =
      fs::path(target) / (store.dialect() == store::Dialect::kSqlite ? kSqliteFile : kPostgresFile);
  if (auto copied = store.backup_to(database.string()); !copied) return copied.error();
  BackupReport report;
  report.database_bytes = fs::file_size(database, failed);
  if (auto taken = take_files(files_folder, fs::path(target) / "files", true, report); !taken) return taken.error();
  if (auto written = write_manifest(target, report, store.dialect(), at); !written) return written.error();
  return report;
}

Result<BackupReport> restore(const std::string& backup_folder, const store::StoreOptions& target,
                             const std::string& files_folder) {
  auto database = database_of(backup_folder);
  if (!database) return database.error();
  if (auto empty = need_empty(files_folder, "restoring"); !empty) return empty.error();
  if (auto filled = store::restore_from(target, database->string()); !filled) return filled.error();
  BackupReport report;
  std::error_code failed;
  report.database_bytes = fs::file_size(*database, failed);
  // Copied, never linked: what is restored must not change what was saved.
  if (auto taken = take_files(fs::path(backup_folder) / "files", files_folder, false, report); !taken)
    return taken.error();
  return report;
}

}  // namespace carillon::runtime
