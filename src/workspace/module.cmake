carillon_module(workspace USES base events metrics presence routing conversations)
