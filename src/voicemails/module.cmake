if(CARILLON_PURE_ONLY)
  return()
endif()
carillon_module(voicemails USES base store http http/parse runtime door secrets calls recordings)
