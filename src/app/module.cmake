carillon_fuzzer(config_fuzz SOURCES app/config_fuzz.cc app/config.cc http/listener.cc switchboard/trunk_rules.cc LIBS carillon_http_parse carillon_voice_wire)
if(CARILLON_PURE_ONLY)
  return()
endif()
find_package(PkgConfig REQUIRED)
pkg_check_modules(SPDLOG REQUIRED IMPORTED_TARGET spdlog)
# Before the module: what has said itself what it needs is not made a second time.
carillon_fuzzer(api_fuzz BY_HAND SOURCES app/api_fuzz.cc workspace/testing/stand_ins.cc
  LIBS carillon_app carillon_door_testing carillon_runtime_testing)
carillon_module(app USES base http store runtime door schedule secrets users events metrics routing presence channels channels/chat conversations customers files calls voicemails desk_phones evidence recordings turn switchboard workspace events/core routing/core presence/core
  conversations/core calls/core voice/net voice/media voice/prompts LIBS PkgConfig::SPDLOG TEST_LIBS carillon_runtime_testing)
add_executable(carillon ${PROJECT_SOURCE_DIR}/src/app/main.cc)
target_link_libraries(carillon PRIVATE carillon_app)
target_precompile_headers(carillon REUSE_FROM carillon_pch)
set_target_properties(carillon PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
