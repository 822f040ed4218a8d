carillon_module(evidence/core USES base voice/wire)
if(CARILLON_PURE_ONLY)
  return()
endif()
carillon_module(evidence USES base store http http/parse runtime door calls/core routing/core voice/wire recordings
  evidence/core EXCLUDE core)
