// Which unique constraint SQLite means, by the name PostgreSQL gives it, so that both drivers answer alike.
//
// SQLite says "table.a, table.b" (or "index 'name'"); the name is that of the unique index over these columns, or
// <table>_pkey for the primary key, or <table>_a_b_key for a UNIQUE written in the table.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace carillon::store::sqlite {

// Runs a query with one parameter and gives the first column of its rows.
using ColumnQuery = std::function<std::vector<std::string>(const char* sql, std::string_view argument)>;

std::string unique_constraint_name(std::string_view message, const ColumnQuery& query);

}  // namespace carillon::store::sqlite
