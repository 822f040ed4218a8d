carillon_module(presence/core USES base events/core)
