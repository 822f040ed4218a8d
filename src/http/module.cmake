# Three libraries: parse/ is pure, wire/ holds the Beast parser (clang and the fuzzers build both), the rest needs OpenSSL.
carillon_module(http/parse USES base)
carillon_module(http/wire USES http/parse)
if(CARILLON_PURE_ONLY)
  return()
endif()
find_package(OpenSSL 3 REQUIRED)
carillon_module(http USES base http/parse http/wire LIBS OpenSSL::SSL OpenSSL::Crypto EXCLUDE parse wire)
