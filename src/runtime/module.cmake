if(CARILLON_PURE_ONLY)
  return()
endif()
carillon_module(runtime USES base store workspace events/core metrics/core presence/core routing/core conversations/core TEST_LIBS carillon_store_testing)
