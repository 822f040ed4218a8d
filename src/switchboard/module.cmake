if(CARILLON_PURE_ONLY)
  return()
endif()
carillon_module(switchboard USES base store runtime door customers conversations conversations/core calls calls/core routing routing/core presence/core events/core workspace
  voice/wire voice/sdp voice/sip voice/net voice/rtp voice/webrtc voice/media voice/prompts recordings evidence evidence/core desk_phones
  TEST_LIBS carillon_store_testing carillon_voice_net_testing)
