carillon_module(conversations/core USES base events/core)
