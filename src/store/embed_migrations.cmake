cmake_minimum_required(VERSION 3.25)
# Writes OUT: the files of DIR as a constant table, sorted by number. NNNN_name.sql serves both databases;
# NNNN_name.sqlite.sql and NNNN_name.postgres.sql serve one each and come in pairs.
file(GLOB files RELATIVE ${DIR} ${DIR}/*.sql)
list(SORT files)
set(stems)
foreach(file ${files})
  if(NOT file MATCHES "^([0-9][0-9][0-9][0-9]_[a-z0-9_]+)(\\.sqlite|\\.postgres)?\\.sql$")
    message(FATAL_ERROR "src/store/migrations/${file}: expected NNNN_name.sql, or NNNN_name.sqlite.sql and "
      "NNNN_name.postgres.sql, with a name of a-z, 0-9 and _")
  endif()
  list(APPEND stems ${CMAKE_MATCH_1})
endforeach()
list(REMOVE_DUPLICATES stems)

set(rows "")
set(seen)
foreach(stem ${stems})
  string(SUBSTRING ${stem} 0 4 digits)
  if(digits IN_LIST seen)
    message(FATAL_ERROR "src/store/migrations: two migrations have the number ${digits}; give yours the next free one")
  endif()
  list(APPEND seen ${digits})
  string(REGEX REPLACE "^0+" "" number ${digits})
  if(EXISTS ${DIR}/${stem}.sql)
    if(EXISTS ${DIR}/${stem}.sqlite.sql OR EXISTS ${DIR}/${stem}.postgres.sql)
      message(FATAL_ERROR "src/store/migrations/${stem}: either one .sql for both databases or a pair, not all")
    endif()
    set(both ${DIR}/${stem}.sql ${DIR}/${stem}.sql)
  else()
    set(both ${DIR}/${stem}.sqlite.sql ${DIR}/${stem}.postgres.sql)
  endif()
  set(texts "")
  foreach(path ${both})
    if(NOT EXISTS ${path})
      message(FATAL_ERROR "${path} is missing: a migration that differs needs both files")
    endif()
    file(READ ${path} text)
    if(text MATCHES "\\)migration\"")
      message(FATAL_ERROR "${path}: the characters )migration\" cannot be embedded")
    endif()
    string(APPEND texts ", R\"migration(${text})migration\"")
  endforeach()
  string(APPEND rows "    {${number}, \"${stem}\"${texts}},\n")
endforeach()

file(WRITE ${OUT} "// Generated from src/store/migrations; do not edit.
#include \"store/migrations.h\"

namespace carillon::store {
namespace {
constexpr Migration kMigrations[] = {
${rows}};
}  // namespace

std::span<const Migration> embedded_migrations() { return kMigrations; }

}  // namespace carillon::store
")
