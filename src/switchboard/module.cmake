if(CARILLON_PURE_ONLY)
  return()
endif()
carillon_module(switchboard USES base store http runtime door secrets http/parse users customers files conversations conversations/core calls/core routing/core presence/core
  events/core workspace/core voice/wire voice/sdp voice/sip voice/net voice/rtp voice/webrtc voice/webrtc/stun voice/media voice/prompts)
