// The PostgreSQL driver's face: libpq in pipeline mode.
//
// Errors, threads, limits: as store.h says. How a batch travels: postgres_writer.h.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "store/store.h"

namespace carillon::store::postgres {

Result<std::unique_ptr<Store>> open_store(const StoreOptions& options);
Result<void> restore(const StoreOptions& target, const std::string& path, std::span<const Migration> steps);

}  // namespace carillon::store::postgres
