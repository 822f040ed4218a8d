carillon_fuzzer(list_query_fuzz SOURCES door/list_query_fuzz.cc door/list.cc door/name_page.cc http/request.cc
  store/dialect.cc store/migration_plan.cc store/params_check.cc store/reader.cc store/rows.cc store/sql.cc store/value.cc
  store/sqlite/checkpointer.cc store/sqlite/connection.cc store/sqlite/constraint_names.cc store/sqlite/memory_disk.cc
  store/sqlite/memory_vfs.cc store/sqlite/schema.cc store/sqlite/sqlite_reader.cc store/sqlite/sqlite_store.cc
  store/sqlite/sqlite_writer.cc store/sqlite/backup.cc store/durable_file.cc LIBS carillon_http_parse sqlite3)
if(CARILLON_PURE_ONLY)
  return()
endif()
carillon_module(door USES base http store runtime secrets)
# The contract is part of the binary; it is read again when it changes.
set_source_files_properties(${PROJECT_SOURCE_DIR}/src/door/contract_text.cc PROPERTIES
  OBJECT_DEPENDS ${PROJECT_SOURCE_DIR}/spec/openapi.json
  COMPILE_DEFINITIONS CARILLON_CONTRACT="${PROJECT_SOURCE_DIR}/spec/openapi.json"
  SKIP_PRECOMPILE_HEADERS ON)
if(TARGET carillon_door_testing)
  target_link_libraries(carillon_door_testing PUBLIC carillon_http_testing carillon_store_testing carillon_runtime_testing)
endif()
