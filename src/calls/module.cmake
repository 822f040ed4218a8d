carillon_module(calls/core USES base events/core)
if(CARILLON_PURE_ONLY)
  return()
endif()
carillon_module(calls USES base store http http/parse runtime door secrets schedule workspace customers calls/core routing/core events/core
  EXCLUDE core TEST_LIBS carillon_door_testing carillon_routing carillon_presence)
