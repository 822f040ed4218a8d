carillon_module(metrics/core USES base events/core)
if(CARILLON_PURE_ONLY)
  return()
endif()
carillon_module(metrics USES base door http http/parse runtime schedule store workspace events/core metrics/core presence/core routing/core
  EXCLUDE core TEST_LIBS carillon_door_testing carillon_routing)
