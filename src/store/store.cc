#include "store/store.h"

#include "store/postgres/postgres_store.h"
#include "store/sqlite/sqlite_store.h"

namespace carillon::store {
namespace {

bool is_postgres(std::string_view url) { return url.starts_with("postgres://") || url.starts_with("postgresql://"); }

Result<void> check_options(const StoreOptions& options) {
  if (options.url.empty()) {
    return Error(ErrorCode::kConfig, "the database address is empty; expected sqlite:PATH or postgres://...");
  }
  if (options.url.find('\0') != std::string::npos) {
    return Error(ErrorCode::kConfig, "the database address holds a zero byte");
  }
  const std::size_t colon = options.url.find("://");
  if (colon != std::string::npos && !is_postgres(options.url)) {
    return Error(ErrorCode::kConfig, "the database address begins with " + options.url.substr(0, colon) +
                                         "://; expected sqlite:PATH or postgres://...");
  }
  if (options.readers < 1 || options.readers > 256) {
    return Error(ErrorCode::kConfig, "readers is " + std::to_string(options.readers) + "; expected from 1 to 256");
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(const StoreOptions& options) {
  Result<void> checked = check_options(options);
  if (!checked) return std::move(checked).error();
  return is_postgres(options.url) ? postgres::open_store(options) : sqlite::open_store(options);
}

Result<void> restore_from(const StoreOptions& target, const std::string& path, std::span<const Migration> steps) {
  Result<void> checked = check_options(target);
  if (!checked) return checked;
  return is_postgres(target.url) ? postgres::restore(target, path, steps) : sqlite::restore(target, path, steps);
}

Result<void> commit_one(Writer& writer, const Change& change) {
  Result<CommitAnswers> answers = writer.commit({&change, 1});
  if (!answers) return std::move(answers).error();
  return std::move(answers->front());
}

std::string shown_url(const std::string& url) {
  if (!is_postgres(url)) return url;
  std::string shown = url;
  // user:password@host
  const std::size_t from = shown.find("://") + 3;
  const std::size_t end = shown.find_first_of("/?", from);
  const std::size_t at = shown.rfind('@', end);
  const std::size_t colon = shown.find(':', from);
  if (at != std::string::npos && at >= from && colon < at) shown.replace(colon + 1, at - colon - 1, "***");
  // ?password=...
  for (std::size_t key = shown.find("password="); key != std::string::npos; key = shown.find("password=", key + 9)) {
    const std::size_t value = key + 9;
    const std::size_t stop = shown.find('&', value);
    shown.replace(value, stop == std::string::npos ? stop : stop - value, "***");
  }
  return shown;
}

}  // namespace carillon::store
