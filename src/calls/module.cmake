carillon_module(calls/core USES base events/core)
