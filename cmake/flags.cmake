# Compiler flags, in one place. Assertions stay on in release builds, so NDEBUG is never defined.
string(REPLACE "-DNDEBUG" "" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")
string(REPLACE "-O3" "-O2" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")
string(REPLACE "-DNDEBUG" "" CMAKE_CXX_FLAGS_RELWITHDEBINFO "${CMAKE_CXX_FLAGS_RELWITHDEBINFO}")

add_library(carillon_flags INTERFACE)
target_compile_options(carillon_flags INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough
  -fno-omit-frame-pointer -fstack-protector-strong
  # Designated initialisers leave out what keeps its default; that is their point.
  -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports false positives of these in std::string and std::variant at -O2.
  target_compile_options(carillon_flags INTERFACE
    -Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-array-bounds -Wno-dangling-pointer
    -Wno-stringop-overread -Wno-free-nonheap-object)
  # Half a gigabyte before g++ looks for what it could free: it would find little, and a seventh of a build went into looking.
  target_compile_options(carillon_flags INTERFACE --param=ggc-min-heapsize=524288)
endif()
target_include_directories(carillon_flags INTERFACE ${PROJECT_SOURCE_DIR}/src ${PROJECT_BINARY_DIR}/generated)
target_compile_definitions(carillon_flags INTERFACE
  CARILLON_VERSION="${PROJECT_VERSION}"
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION)

if(CARILLON_SANITIZE)
  # Lines are all that a report needs; whole debug information doubles the time to compile.
  target_compile_options(carillon_flags INTERFACE -fsanitize=${CARILLON_SANITIZE} -fno-sanitize-recover=all
    $<IF:$<CXX_COMPILER_ID:Clang>,-gline-tables-only,-g1>)
  target_link_options(carillon_flags INTERFACE -fsanitize=${CARILLON_SANITIZE})
endif()
if(CARILLON_SANITIZE MATCHES thread)
  # ThreadSanitizer does not understand fences; Asio can do without its own.
  target_compile_definitions(carillon_flags INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
endif()

if(CARILLON_FUZZ)
  # Without this only the fuzzer's own file reports coverage, and libFuzzer searches the library blind.
  target_compile_options(carillon_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# mold and ccache make a rebuild quick; both are optional.
find_program(CARILLON_MOLD mold)
if(CARILLON_MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # mold 1.10 can lay out a read-only segment such that the program does not start. The server, which wants that segment, is
  # linked by the usual linker.
  target_link_options(carillon_flags INTERFACE
    "$<$<NOT:$<STREQUAL:$<TARGET_PROPERTY:NAME>,carillon>>:SHELL:-fuse-ld=mold -Wl,-z,norelro>")
endif()
find_program(CARILLON_CCACHE ccache)
if(CARILLON_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Paths are taken from the checkout's root, so that a fresh clone finds what another one compiled; how much memory g++ takes
  # changes nothing of what it makes.
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 CCACHE_IGNOREOPTIONS=--param=ggc*
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CARILLON_CCACHE})
  target_compile_options(carillon_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>
    "$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>")
endif()
