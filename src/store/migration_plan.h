// What a database still needs, decided from what it says it has. Pure.
//
// Errors: kConfig: the database is newer than this binary, knows another text of a step, or missed one.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/migrations.h"

namespace carillon::store {

// A row of schema_migrations.
struct AppliedStep {
  int version = 0;
  std::string name;
  std::int64_t checksum = 0;
};

// The tail of `steps` that is not applied yet. `applied` and `steps` ascend by version.
Result<std::span<const Migration>> missing_steps(std::span<const AppliedStep> applied, std::span<const Migration> steps,
                                                 Dialect dialect);

}  // namespace carillon::store
