carillon_module(metrics USES base events)
