#include "store/testing/memory_store.h"

#include <cstdio>

#include "base/check.h"

namespace carillon::store::testing {

std::unique_ptr<Store> memory_store() {
  Result<std::unique_ptr<Store>> store = Store::open({.url = "sqlite::memory:"});
  CARILLON_CHECK(store.ok());
  Result<MigrationReport> migrated = (*store)->migrate();
  if (!migrated) std::fprintf(stderr, "%s\n", migrated.error().message.c_str());
  CARILLON_CHECK(migrated.ok());
  return std::move(*store);
}

}  // namespace carillon::store::testing
