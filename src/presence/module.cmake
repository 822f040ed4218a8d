carillon_module(presence USES base events)
