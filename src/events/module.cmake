carillon_module(events USES base)
