carillon_module(conversations/core USES base events/core)
if(CARILLON_PURE_ONLY)
  return()
endif()
carillon_module(conversations USES base store http http/parse runtime door secrets customers files workspace conversations/core routing/core
  events/core EXCLUDE core)
