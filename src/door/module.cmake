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
