carillon_fuzzer(credentials_fuzz SOURCES users/credentials_fuzz.cc users/rules.cc users/visitor_token.cc secrets/secrets.cc
  store/params_check.cc store/value.cc LIBS carillon_http_parse sodium)
if(CARILLON_PURE_ONLY)
  return()
endif()
carillon_module(users USES base http store runtime door secrets workspace routing/core
  TEST_LIBS carillon_http_testing carillon_runtime_testing)
target_link_libraries(carillon_users_testing PUBLIC carillon_store_testing)
