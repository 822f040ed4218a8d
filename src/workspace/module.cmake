carillon_module(workspace USES calls/core base events/core metrics/core presence/core routing/core conversations/core)
