#include "runtime/rows.h"

namespace carillon::runtime::rows_detail {

Error unreadable(std::string_view table, std::string_view column, const store::Cell& cell) {
  std::string text = "found a " + std::string(store::name_of(cell.kind)) + " in " + std::string(table) + "." +
                     std::string(column) + " that does not fit";
  if (cell.kind == store::Kind::kText) text += ": " + std::string(cell.bytes.substr(0, 60));
  return Error(ErrorCode::kInternal, text + "; the database was changed by something else, restore a backup")
      .at(std::string(column));
}

}  // namespace carillon::runtime::rows_detail
