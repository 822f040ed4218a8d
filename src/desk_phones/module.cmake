if(CARILLON_PURE_ONLY)
  return()
endif()
carillon_module(desk_phones USES base store http http/parse runtime door secrets voice/sip voice/net
  TEST_LIBS carillon_store_testing)
