// Many short calls, and what is left of them: no live call, no open file or port, no memory that grows with their number.
//
// Setting: the server on SQLite, this generator beside it; calls over SIP and UDP into a queue without agents, 100 at once, each
//          hears music for a fifth of a second and hangs up. A thousand callers call again and again.
// Figures: voice.soak_leaks          live calls and open files that are left when all is quiet again, beyond those after a fifth
//          voice.soak_bytes_a_call   resident memory's growth after the first fifth, by the number of calls
//          voice.soak_calls_per_s    as fast as it went
#include <algorithm>

#include "bench/figure.h"
#include "bench/load/benches.h"
#include "bench/load/callers.h"
#include "bench/load/center.h"
#include "bench/load/server_process.h"

namespace carillon::bench {
namespace {

constexpr std::size_t kAtOnce = 100;
constexpr std::size_t kCallers = 1000;
constexpr double kLife = 0.2;
constexpr double kSettle = 40;  // longer than SIP remembers an ended call (RFC 3261, 64 * T1)

void call(Loop& loop, Callers& callers, std::size_t until) {
  const auto again = [&] {
    CallCounts counts = callers.counts();
    for (; counts.begun < until && counts.at_once() < kAtOnce; ++counts.begun) {
      callers.call("soak", "+4930" + std::to_string(1'000'000 + counts.begun % kCallers), kLife);
    }
    return counts.ended >= until;
  };
  while (!again()) loop.run_for(0.005);
}

std::size_t live_calls(Caller& key) {
  const auto calls = key.all("/api/v1/calls?status=queued&status=talking&status=farewell");
  return calls.size();
}

}  // namespace

void run_soak(const Options& options) {
  ServerProcess server(options.server, options.data, kCallableConfig);
  server.start();
  server.wait_ready();
  const Center center = furnish(server.port(), {.agents = 1});
  Caller key(server.port(), center.authorization());
  key.must("POST", "/api/v1/numbers",
           {{"friendly_name", "soak"},
            {"address", "soak"},
            {"task_queue_sid", center.queue},
            {"turn_away_unstaffed", false}});
  Loop loop;
  Callers callers(server.sip_port());
  const auto calls = static_cast<std::size_t>(std::max(options.calls, 1000));
  // What is made once and kept (readers of the database, sounds, the newest events) is there by then.
  const std::size_t first = calls / 5;
  call(loop, callers, first);
  loop.run_for(kSettle);
  (void)live_calls(key);  // so that what reads them is there, as it will be
  const std::size_t files = server.open_files();
  const double early_mb = server.resident_mb();
  say("a fifth done, " + std::to_string(early_mb) + " MB");
  const Moment began = moment();
  call(loop, callers, calls);
  const double took = seconds_between(began, moment());
  loop.run_for(kSettle);
  const CallCounts counts = callers.counts();
  if (counts.refused > 0) say(std::to_string(counts.refused) + " calls were refused or cut off");
  const std::size_t left = live_calls(key), files_now = server.open_files();
  say(std::to_string(left) + " live calls, files " + std::to_string(files) + " before, " + std::to_string(files_now) +
      " now, " + std::to_string(server.resident_mb()) + " MB");
  const auto rest = static_cast<double>(calls - first);
  const double grown = std::max(0.0, server.resident_mb() - early_mb) * 1e6 / rest;
  print_figure("voice.soak_leaks", static_cast<double>(left + (files_now > files ? files_now - files : 0)), "1");
  print_figure("voice.soak_bytes_a_call", grown, "B");
  print_figure("voice.soak_calls_per_s", rest / took, "1/s");
  if (!server.stop_in_peace()) give_up("the server did not stop well; see " + server.data() + "/server.log");
}

}  // namespace carillon::bench
