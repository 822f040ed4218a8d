carillon_fuzzer(tab_frame_fuzz SOURCES channels/chat/tab_frame_fuzz.cc channels/chat/tab_frame.cc channels/chat/origin.cc
  LIBS carillon_http_parse)
if(CARILLON_PURE_ONLY)
  return()
endif()
carillon_module(channels USES base runtime EXCLUDE chat)
carillon_module(channels/chat USES base store http http/parse runtime door secrets users files customers channels conversations workspace
  conversations/core routing/core events/core calls calls/core TEST_LIBS carillon_store_testing carillon_runtime_testing carillon_http_testing)
