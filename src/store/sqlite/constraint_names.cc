#include "store/sqlite/constraint_names.h"

namespace carillon::store::sqlite {

std::string unique_constraint_name(std::string_view message, const ColumnQuery& query) {
  constexpr std::string_view kIndex = "index '";
  if (message.starts_with(kIndex)) {
    const std::size_t end = message.rfind('\'');
    return std::string(message.substr(kIndex.size(), end - kIndex.size()));
  }
  // "table.a, table.b"
  std::string table;
  std::vector<std::string> columns;
  for (std::size_t at = 0; at < message.size();) {
    std::size_t end = message.find(", ", at);
    if (end == std::string_view::npos) end = message.size();
    const std::string_view part = message.substr(at, end - at);
    const std::size_t dot = part.find('.');
    if (dot == std::string_view::npos) return std::string(message);
    table = std::string(part.substr(0, dot));
    columns.emplace_back(part.substr(dot + 1));
    at = end + 2;
  }
  if (query("SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk", table) == columns) {
    return table + "_pkey";
  }
  // origin 'c' is CREATE INDEX, 'u' a UNIQUE in the table, whose name SQLite does not keep.
  for (const std::string& index :
       query("SELECT name FROM pragma_index_list(?1) WHERE \"unique\" AND origin = 'c'", table)) {
    if (query("SELECT name FROM pragma_index_info(?1) ORDER BY seqno", index) == columns) return index;
  }
  std::string name = table;
  for (const std::string& column : columns) name += "_" + column;
  return name + "_key";
}

}  // namespace carillon::store::sqlite
