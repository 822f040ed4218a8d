// The SQLite driver's face: WAL, synchronous=FULL, one writing connection, a pool of reading ones.
//
// Errors, threads, limits: as store.h says. Why each setting: README.md of the module.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "store/store.h"

namespace carillon::store::sqlite {

Result<std::unique_ptr<Store>> open_store(const StoreOptions& options);
Result<void> restore(const StoreOptions& target, const std::string& path, std::span<const Migration> steps);

}  // namespace carillon::store::sqlite
