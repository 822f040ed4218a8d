if(CARILLON_PURE_ONLY)
  return()
endif()
carillon_module(recordings USES base store http http/parse runtime door secrets voice/media TEST_LIBS carillon_store_testing)
