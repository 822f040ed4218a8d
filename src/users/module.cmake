if(CARILLON_PURE_ONLY)
  return()
endif()
carillon_module(users USES base http store runtime door secrets workspace routing/core
  TEST_LIBS carillon_http_testing carillon_runtime_testing)
target_link_libraries(carillon_users_testing PUBLIC carillon_store_testing)
