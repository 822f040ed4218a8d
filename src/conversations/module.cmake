carillon_module(conversations USES base events)
