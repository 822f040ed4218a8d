// Tasks through the whole server, committed: as many as it takes, and how long an offer takes to come.
//
// Setting: the server on SQLite, this generator beside it on the same machine. 200 agents, each with a stream filtered to its
//          own offers. Closed loop: as many tasks as agents are on their way; POST task (API key), offer received, accept,
//          complete, next. Then open loop: 300 POSTs a second whatever comes of them, timed from when each was due to when its
//          offer came, while a probe appends 4 KiB to a file in the database's folder and syncs it, 50 times a second.
// Figures: durable.tasks_per_s              completed tasks a second, closed loop
//          durable.offer_p99_ms             POST to offer, open loop
//          durable.fsync_p99_ms             the probe's
//          durable.server_cpu_us_per_task   user and system time of the server, closed loop
//          durable.load_cpu_us_per_task     of this generator
#include <unordered_map>

#include "bench/figure.h"
#include "bench/load/benches.h"
#include "bench/load/disk_probe.h"
#include "bench/load/floor.h"
#include "bench/load/percentile.h"
#include "bench/load/server_process.h"

namespace carillon::bench {
namespace {

constexpr double kWarmUp = 3;
constexpr double kOpenRate = 300;

void wait_until_all_are_done(Loop& loop, const Floor& floor) {
  const Moment began = moment();
  loop.run_until(
      [&] { return floor.completed() + floor.refused() >= floor.posts() || seconds_between(began, moment()) > 30; });
  if (floor.completed() < floor.posts()) {
    give_up(std::to_string(floor.posts() - floor.completed()) + " tasks were not completed, " +
            std::to_string(floor.refused()) + " answers were refusals");
  }
  if (!floor.is_connected()) give_up("the server closed a stream");
}

void closed_loop(Loop& loop, const ServerProcess& server, const Center& center, double seconds) {
  bool going = true;
  Floor* floor = nullptr;
  Floor here(loop, server.port(), center, {.completed = [&](std::string_view) {
               if (going) floor->post();
             }});
  floor = &here;
  here.open();
  for (std::size_t i = 0; i < center.agents.size(); ++i) here.post();
  loop.run_for(kWarmUp);
  const std::uint64_t before = here.completed();
  const double server_cpu = server.cpu_seconds(), own_cpu = own_cpu_seconds();
  const Moment began = moment();
  loop.run_for(seconds);
  const double took = seconds_between(began, moment());
  const auto tasks = static_cast<double>(here.completed() - before);
  print_figure("durable.tasks_per_s", tasks / took, "1/s");
  print_figure("durable.server_cpu_us_per_task", 1e6 * (server.cpu_seconds() - server_cpu) / tasks, "us");
  print_figure("durable.load_cpu_us_per_task", 1e6 * (own_cpu_seconds() - own_cpu) / tasks, "us");
  going = false;
  wait_until_all_are_done(loop, here);
}

// From the moment a POST was due to its offer; the offer may come before the POST's own answer says which task it was.
struct OfferTimes {
  std::vector<Moment> due;                               // by post
  std::unordered_map<std::string, std::size_t> post_of;  // by task
  std::unordered_map<std::string, Moment> offered;       // by task

  std::vector<double> milliseconds() const {
    std::vector<double> out;
    for (const auto& [task, post] : post_of) {
      const auto found = offered.find(task);
      if (found != offered.end()) out.push_back(1000 * seconds_between(due[post], found->second));
    }
    return out;
  }
};

void open_loop(Loop& loop, const ServerProcess& server, const Center& center, double seconds) {
  OfferTimes times;
  Floor floor(loop, server.port(), center,
              {.posted =
                   [&](std::size_t post, const Answer& answer) {
                     const std::string_view location = answer.field("Location");
                     times.post_of.emplace(location.substr(location.rfind('/') + 1), post);
                   },
               .offered = [&](std::string_view task, std::string_view) { times.offered.emplace(task, moment()); }});
  floor.open();
  DiskProbe probe(server.data());
  const Moment began = moment();
  const auto posts = static_cast<std::size_t>(seconds * kOpenRate);
  std::function<void()> due = [&] {
    // What should have gone out meanwhile goes out now, timed from when it was due.
    while (times.due.size() < posts) {
      const Moment at = after_seconds(began, static_cast<double>(times.due.size()) / kOpenRate);
      if (at > moment()) return loop.at(at, due);
      times.due.push_back(at);
      floor.post();
    }
  };
  due();
  loop.run_until([&] { return times.due.size() == posts; });
  const std::vector<double> synced = probe.stop();
  wait_until_all_are_done(loop, floor);
  const std::vector<double> offers = times.milliseconds();
  if (offers.size() != posts)
    give_up("found offers of " + std::to_string(offers.size()) + " of " + std::to_string(posts) + " tasks");
  print_figure("durable.offer_p99_ms", percentile(offers, 0.99), "ms");
  print_figure("durable.fsync_p99_ms", percentile(synced, 0.99), "ms");
  say("offer p50 " + std::to_string(percentile(offers, 0.5)) + " ms, fsync p50 " +
      std::to_string(percentile(synced, 0.5)) + " ms");
}

}  // namespace

void run_durable(const Options& options) {
  ServerProcess server(options.server, options.data);
  server.start();
  server.wait_ready();
  say("making " + std::to_string(options.agents) + " agents");
  const Center center = furnish(server.port(), {.agents = options.agents});
  say("closed loop, load average " + load_average());
  Loop loop;
  closed_loop(loop, server, center, options.seconds);
  say("open loop, load average " + load_average());
  open_loop(loop, server, center, options.seconds);
  say("done, load average " + load_average());
  if (!server.stop_in_peace()) give_up("the server did not stop well; see " + server.data() + "/server.log");
}

}  // namespace carillon::bench
