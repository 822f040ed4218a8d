// fresh_store: an empty database of each kind, so that one suite runs over all three.
//
// Owns:   its folder and its store; both go with it. `options` opens the same database again (not in memory).
// Errors: kConfig when PostgreSQL cannot be started: a test must fail then.
// Thread: one.
// Example:
//   class NotesContract : public ::testing::TestWithParam<StoreKind> {...};
//   INSTANTIATE_TEST_SUITE_P(Each, NotesContract, ::testing::ValuesIn(kStoreKinds), kind_name);
#pragma once

#include <memory>
#include <string>

#include "store/store.h"

namespace carillon::store::testing {

enum class StoreKind { kMemory, kFile, kPostgres };
inline constexpr StoreKind kStoreKinds[] = {StoreKind::kMemory, StoreKind::kFile, StoreKind::kPostgres};
std::string name_of(StoreKind kind);  // "Memory", "File", "Postgres"
// For INSTANTIATE_TEST_SUITE_P.
inline constexpr auto kind_name = [](const auto& info) { return name_of(info.param); };

// A folder of its own under the system's temporary one; removed on destruction.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(TemporaryFolder&& o) noexcept : path_(std::exchange(o.path_, {})) {}
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder();
  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

struct FreshStore {
  TemporaryFolder folder;
  StoreOptions options;
  std::unique_ptr<Store> store;
};

// `wanted` gives what is not the address. Nothing is migrated.
Result<FreshStore> fresh_store(StoreKind kind, StoreOptions wanted = {});

}  // namespace carillon::store::testing
