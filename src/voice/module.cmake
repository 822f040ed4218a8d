# Pure modules: addresses and text, session descriptions, SIP. clang and the fuzzers build them too.
carillon_module(voice/wire USES base)
carillon_module(voice/sdp USES base voice/wire)
carillon_module(voice/sip USES base voice/wire)

# Pure modules of media: packets of sound, and the codec of STUN.
carillon_module(voice/rtp USES base voice/wire)
carillon_module(voice/webrtc/stun USES base voice/wire)
if(CARILLON_PURE_ONLY)
  return()
endif()

# Sockets, for signalling and for sound.
carillon_module(voice/socket USES base voice/wire)

# With libraries: browsers' transport.
find_package(OpenSSL 3 REQUIRED)
carillon_module(voice/webrtc USES base voice/wire voice/rtp voice/webrtc/stun LIBS OpenSSL::SSL OpenSSL::Crypto srtp2 EXCLUDE stun)

# What is heard: codecs, mixes, prompts, recordings, sockets.
carillon_module(voice/media USES base voice/wire voice/socket voice/rtp voice/webrtc voice/webrtc/stun
  LIBS OpenSSL::Crypto opus spandsp speexdsp sndfile flite flite_cmu_us_slt flite_usenglish flite_cmulex)

# What carries signalling: sockets, TLS, DNS, and the thread the SIP stack runs on.
find_library(CARILLON_CARES cares REQUIRED)
carillon_module(voice/net USES base http/parse voice/wire voice/socket voice/sip LIBS OpenSSL::SSL OpenSSL::Crypto ${CARILLON_CARES}
  TEST_LIBS carillon_http)

# What is heard by name: recordings, spoken texts, music.
carillon_module(voice/prompts USES base voice/media)
