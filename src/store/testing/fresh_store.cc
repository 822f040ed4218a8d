#include "store/testing/fresh_store.h"

#include <cstdlib>
#include <filesystem>

#include "base/check.h"
#include "store/testing/private_postgres.h"

namespace carillon::store::testing {

std::string name_of(StoreKind kind) {
  constexpr const char* kNames[] = {"Memory", "File", "Postgres"};
  return kNames[static_cast<int>(kind)];
}

TemporaryFolder::TemporaryFolder() {
  path_ = (std::filesystem::temp_directory_path() / "carillon-test-XXXXXX").string();
  CARILLON_CHECK(::mkdtemp(path_.data()) != nullptr);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

Result<FreshStore> fresh_store(StoreKind kind, StoreOptions wanted) {
  FreshStore fresh{TemporaryFolder(), std::move(wanted), nullptr};
  if (kind == StoreKind::kMemory) fresh.options.url = "sqlite::memory:";
  if (kind == StoreKind::kFile) fresh.options.url = "sqlite:" + fresh.folder.file("test.db");
  if (kind == StoreKind::kPostgres) {
    Result<std::string> url = PrivatePostgres::new_database();
    if (!url) return std::move(url).error();
    fresh.options.url = *url;
  }
  Result<std::unique_ptr<Store>> store = Store::open(fresh.options);
  if (!store) return std::move(store).error();
  fresh.store = std::move(*store);
  return fresh;
}

}  // namespace carillon::store::testing
