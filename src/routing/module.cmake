carillon_module(routing/core USES base expr events/core)
