carillon_module(workspace USES base events/core metrics/core presence/core routing/core conversations/core)
