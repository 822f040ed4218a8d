carillon_module(routing/core USES base expr events/core)
carillon_fuzzer(workflow_document_fuzz SOURCES routing/workflow_document_fuzz.cc routing/document_check.cc
  LIBS carillon_workspace_testing carillon_workspace carillon_http_parse)
if(CARILLON_PURE_ONLY)
  return()
endif()
carillon_module(routing USES base expr door http http/parse store runtime secrets workspace events/core presence/core routing/core
  EXCLUDE core TEST_LIBS carillon_door_testing carillon_presence)
