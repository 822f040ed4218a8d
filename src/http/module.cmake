# Three libraries: parse/ is pure, wire/ holds the Beast parser (clang and the fuzzers build both), the rest needs OpenSSL.
carillon_module(http/parse USES base)
carillon_module(http/wire USES http/parse)
carillon_fuzzer(http_routes_fuzz SOURCES http/http_routes_fuzz.cc http/net/fill_request.cc http/net/routes.cc
  http/net/static_files.cc http/rate_limit.cc http/reply.cc http/request.cc http/router.cc http/websocket.cc
  LIBS carillon_http_wire)
if(CARILLON_PURE_ONLY)
  return()
endif()
find_package(OpenSSL 3 REQUIRED)
carillon_module(http USES base http/parse http/wire LIBS OpenSSL::SSL OpenSSL::Crypto EXCLUDE parse wire)
