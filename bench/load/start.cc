// How soon a server is ready, and what it takes when nobody asks anything.
//
// Setting: a demo directory that is there already, demo traffic off. Ready: /readyz says 200; counted from exec, the median of
//          five starts. Resident memory of the last one a quiet minute later, no client connected.
// Figures: start.s, idle.rss_mb
#include <thread>

#include "bench/figure.h"
#include "bench/load/benches.h"
#include "bench/load/percentile.h"
#include "bench/load/server_process.h"

namespace carillon::bench {

void run_start(const Options& options) {
  constexpr int kStarts = 5;
  ServerProcess server(options.server, options.data);
  server.start();
  server.wait_ready();
  std::vector<double> took;
  for (int i = 0; i < kStarts; ++i) {
    if (!server.stop_in_peace()) give_up("the server did not stop well; see " + server.data() + "/server.log");
    server.start();
    took.push_back(server.wait_ready());
    say("ready after " + std::to_string(took.back()) + " s, load average " + load_average());
  }
  print_figure("start.s", percentile(took, 0.5), "s");
  say("a quiet minute");
  std::this_thread::sleep_for(std::chrono::duration<double>(options.quiet_seconds));
  print_figure("idle.rss_mb", server.resident_mb(), "MB");
}

}  // namespace carillon::bench
