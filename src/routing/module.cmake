carillon_module(routing USES base expr events)
