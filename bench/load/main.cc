// bench_load: the load generator behind the benches durable, start, crash and voice. Figures on stdout, words on stderr.
#include <sys/resource.h>
#include <CLI/CLI.hpp>

#include "bench/load/benches.h"

int main(int argc, char** argv) {
  using namespace carillon::bench;
  Options options;
  CLI::App cli{"Load for a Carillon server, and what it measures"};
  cli.require_subcommand(1);
  cli.add_option("--server", options.server, "the binary carillon")->required();
  cli.add_option("--data", options.data, "data directory of the server; made when it is not there")->required();
  CLI::App* durable = cli.add_subcommand("durable", "tasks a second, and how soon offers come");
  durable->add_option("--seconds", options.seconds, "of each measurement");
  durable->add_option("--agents", options.agents);
  CLI::App* start = cli.add_subcommand("start", "exec to ready; resident memory");
  start->add_option("--quiet", options.quiet_seconds, "seconds before memory is looked at");
  CLI::App* crash = cli.add_subcommand("crash", "kill -9 under load, again and again");
  crash->add_option("--rounds", options.rounds);
  crash->add_option("--agents", options.agents);
  crash->add_option("--seed", options.seed, "of the moments of the kills; drawn when absent");
  CLI::App* ring = cli.add_subcommand("ring", "calls into a queue, and how soon agents are offered them");
  ring->add_option("--seconds", options.seconds);
  ring->add_option("--agents", options.agents);
  CLI::App* calls = cli.add_subcommand("calls", "calls a second: caller, queue, agent, bridge, end");
  calls->add_option("--seconds", options.seconds);
  calls->add_option("--agents", options.agents);
  CLI::App* soak = cli.add_subcommand("soak", "many short calls, and what is left of them");
  soak->add_option("--calls", options.calls);
  CLI11_PARSE(cli, argc, argv);

  // Each agent takes three sockets, and the server as many.
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);

  if (durable->parsed()) run_durable(options);
  if (start->parsed()) run_start(options);
  if (crash->parsed()) run_crash(options);
  if (ring->parsed()) run_ring(options);
  if (calls->parsed()) run_calls(options);
  if (soak->parsed()) run_soak(options);
}
