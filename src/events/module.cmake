carillon_module(events/core USES base)
carillon_fuzzer(client_frame_fuzz SOURCES events/client_frame_fuzz.cc events/client_frame.cc events/stream_filter.cc
  LIBS carillon_http_parse)
if(CARILLON_PURE_ONLY)
  return()
endif()
carillon_module(events USES base door http store runtime workspace events/core EXCLUDE core
  TEST_LIBS carillon_door_testing carillon_routing)
