// PostgreSQL's errors in our words (https://www.postgresql.org/docs/15/errcodes-appendix.html).
#pragma once

#include "base/result.h"

struct pg_result;

namespace carillon::store::postgres {

// Whose fault an error is: of the statement and its data (its change alone is rejected), of the moment (the same again
// may succeed), or of the database.
enum class Fault { kStatement, kMoment, kDatabase };
Fault fault_of(const pg_result* result);

// kNameTaken, kConflict, kInvalidValue, kInvalidUtf8 with constraint or column as field; otherwise kStore.
Error error_of(const pg_result* result, const char* doing);

}  // namespace carillon::store::postgres
