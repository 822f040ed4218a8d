if(CARILLON_PURE_ONLY)
  return()
endif()
carillon_module(users USES base http store runtime door secrets workspace routing/core
  TEST_LIBS carillon_store_testing carillon_http_testing carillon_runtime_testing)
