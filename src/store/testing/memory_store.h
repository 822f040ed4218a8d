// memory_store: a fresh in-memory database with the whole schema, for other modules' tests.
//
// Example:
//   std::unique_ptr<Store> store = memory_store();
#pragma once

#include <memory>

#include "store/store.h"

namespace carillon::store::testing {

// Aborts the test program when it cannot be made: a migration is broken then.
std::unique_ptr<Store> memory_store();

}  // namespace carillon::store::testing
