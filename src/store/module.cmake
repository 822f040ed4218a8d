if(CARILLON_PURE_ONLY)
  return()
endif()
find_package(PkgConfig REQUIRED)
pkg_check_modules(SQLITE3 REQUIRED IMPORTED_TARGET sqlite3>=3.40)
pkg_check_modules(LIBPQ REQUIRED IMPORTED_TARGET libpq>=14)
carillon_fuzzer(archive_fuzz SOURCES store/postgres/archive_fuzz.cc store/postgres/archive_format.cc store/durable_file.cc
  store/sql.cc LIBS carillon_base PkgConfig::LIBPQ)
carillon_module(store USES base LIBS PkgConfig::SQLITE3 PkgConfig::LIBPQ)

# The migrations become a part of the binary: one generated file, in order of their numbers.
file(GLOB migrations CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/store/migrations/*.sql)
set(embedded ${PROJECT_BINARY_DIR}/generated/store/embedded_migrations.cc)
add_custom_command(OUTPUT ${embedded}
  COMMAND ${CMAKE_COMMAND} -DOUT=${embedded} -DDIR=${PROJECT_SOURCE_DIR}/src/store/migrations
    -P ${PROJECT_SOURCE_DIR}/src/store/embed_migrations.cmake
  DEPENDS ${migrations} ${PROJECT_SOURCE_DIR}/src/store/embed_migrations.cmake
  COMMENT "Embedding the migrations" VERBATIM)
target_sources(carillon_store PRIVATE ${embedded})
