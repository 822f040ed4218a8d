carillon_module(events/core USES base)
if(CARILLON_PURE_ONLY)
  return()
endif()
carillon_module(events USES base door http store runtime workspace events/core EXCLUDE core
  TEST_LIBS carillon_door_testing carillon_routing)
