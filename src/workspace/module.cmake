carillon_fuzzer(workspace_commands_fuzz SOURCES workspace/workspace_commands_fuzz.cc LIBS carillon_workspace_testing
  carillon_workspace carillon_http_parse)
carillon_module(workspace USES base calls/core events/core metrics/core presence/core routing/core conversations/core)
