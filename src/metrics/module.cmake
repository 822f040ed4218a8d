carillon_module(metrics/core USES base events/core)
