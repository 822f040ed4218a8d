if(CARILLON_PURE_ONLY)
  return()
endif()
carillon_module(runtime USES base store workspace events metrics presence routing conversations TEST_LIBS carillon_store_testing)
