if(CARILLON_PURE_ONLY)
  return()
endif()
carillon_module(customers USES base store http http/parse runtime door secrets)
