# Pure modules: addresses and text, session descriptions, SIP. clang and the fuzzers build them too.
carillon_module(voice/wire USES base)
carillon_module(voice/sdp USES base voice/wire)
carillon_module(voice/sip USES base voice/wire)
