// Our values as libpq takes them, and libpq's as ours.
//
// Parameters travel as text but for blobs, so that the server settles their types from the statement; answers in
// binary.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "store/rows.h"
#include "store/value.h"

struct pg_result;

namespace carillon::store::postgres {

// The arrays that PQsendQueryPrepared wants. Reused from statement to statement.
class ParamArrays {
 public:
  void fill(const Params& params);
  int count() const { return static_cast<int>(values_.size()); }
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }

 private:
  void put(std::string_view bytes, int format);

  std::string room_;
  std::vector<std::size_t> offsets_;
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
};

// Bytes of text and blob live as long as the result. Whole numbers of any width and boolean are integers; numeric is an
// integer when it has no decimals and fits, else real. kStore for a type without a counterpart.
Result<Cell> cell_of(const pg_result* result, int row, int column);

}  // namespace carillon::store::postgres
