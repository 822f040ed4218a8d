// kill -9 at random moments under load, and what is left.
//
// Setting: agents on their streams in a closed loop, tasks that wait in a queue and are canceled, chats of visitors and workers,
//          deadlines of every kind that the API shows. A round: load for a random while, kill -9 (in every fourth round once more
//          while it starts), start, and before anybody goes on working: what nobody acknowledged is asked again by its name, and
//          everything acknowledged is looked up over the API.
// Figures: crash.lost          acknowledged tasks, states and messages that are not there
//          crash.duplicated    that are there more than once
//          crash.order_broken  places in queue or chat that changed; deadlines that are not where law 5 of
//                              docs/architecture.md puts them
#include <random>
#include <thread>

#include "bench/figure.h"
#include "bench/load/benches.h"
#include "bench/load/crash_check.h"
#include "bench/load/crash_load.h"
#include "bench/load/server_process.h"

namespace carillon::bench {
namespace {

constexpr double kShortest = 0.05, kLongest = 1.5;  // seconds of load before a kill
constexpr int kSecondKillEvery = 4;

class CrashBench {
 public:
  explicit CrashBench(const Options& options)
      : options_(options),
        seed_(options.seed ? options.seed : std::random_device()()),
        random_(seed_),
        server_(options.server, options.data) {}

  Verdict run() {
    say("seed " + std::to_string(seed_));
    server_.start();
    starting_takes_ = server_.wait_ready();
    deeds_.run = "r" + std::to_string(seed_);
    center_ = furnish_for_crash(server_.port(), options_.agents, deeds_);
    auto load = std::make_unique<Running>(*this);
    load->crash_load.connect();
    for (int round = 1; round <= options_.rounds; ++round) {
      ring_short();
      work_and_kill(*load);
      come_back(round);
      load = std::make_unique<Running>(*this);
      load->crash_load.connect();  // within the 30 s that law 5 gives them
      const std::size_t open = check();
      say("round " + std::to_string(round) + ": " + std::to_string(deeds_.served.size()) + " tasks so far, " +
          std::to_string(open) + " in hand, down for " + std::to_string(restarts_.back().down_for.in_seconds()) +
          " s, lost " + std::to_string(verdict_.lost) + ", twice " + std::to_string(verdict_.duplicated) +
          ", out of order " + std::to_string(verdict_.order_broken));
      carry_on(*load);
    }
    finish(*load);
    return verdict_;
  }

 private:
  struct Running {
    explicit Running(CrashBench& bench)
        : crash_load(loop, bench.server_.port(), bench.center_, bench.deeds_, bench.random_) {}
    Loop loop;
    CrashLoad crash_load;
  };

  double between(double low, double high) { return std::uniform_real_distribution<double>(low, high)(random_); }

  // An offer that has less than ten seconds to live when the server is killed.
  void ring_short() {
    Caller key(server_.port(), center_.center.authorization());
    const std::string of_bot = "/api/v1/reservations?status=pending&status=accepted&worker_sid=" + center_.short_bot;
    for (auto held = key.all(of_bot); !held.empty(); held = key.all(of_bot)) {
      const std::string task = text_of(held.front(), "task_sid");
      key.must("POST", "/api/v1/tasks/" + task + "/cancel");
    }
    for (const auto& task : key.all("/api/v1/tasks?status=pending&task_queue_sid=" + center_.short_queue)) {
      key.must("POST", "/api/v1/tasks/" + text_of(task, "sid") + "/cancel");
    }
    key.must("POST", "/api/v1/workers/" + center_.short_bot + "/clear-not-responding", boost::json::object{});
    const Offered offered = offer_to_bot(key, center_.center, center_.short_queue, center_.short_bot);
    std::erase_if(deeds_.watched, [](const Watched& one) { return one.what == "a short offer"; });
    Watched watched{
        "a short offer", "/api/v1/reservations/" + offered.reservation_sid, "/expires_at", Watched::Kind::offer, {}};
    watched.at = look_at(key, watched);
    deeds_.watched.push_back(std::move(watched));
  }

  void work_and_kill(Running& load) {
    load.crash_load.begin();
    load.loop.run_for(between(kShortest, kLongest));
    server_.kill_now();
    load.crash_load.end();
    dead_ = read_dead(options_.data);
  }

  void come_back(int round) {
    CrashCheck check(0, center_, deeds_, verdict_);
    const Dead first = dead_;
    if (round % kSecondKillEvery == 0) {
      server_.launch();
      std::this_thread::sleep_for(std::chrono::duration<double>(between(0, 1.2 * starting_takes_)));
      server_.kill_now();
      const Dead second = read_dead(options_.data);
      const bool counted = !restarts_after(options_.data, first.last_entry).empty();
      if (!counted && second.alive_at != first.alive_at) {
        check.order_broken("the time down was forgotten: alive_at moved before the restart was in the journal");
      }
      dead_ = second;
    }
    server_.start();
    starting_takes_ = server_.wait_ready();
    restarts_ = restarts_after(options_.data, first.last_entry);
    last_seen_ = first.last_seen();
    if (restarts_.empty()) give_up("the server is ready and has no Restarted entry");
    if (restarts_.size() > 2) check.order_broken("more Restarted entries than starts");
    law(check, restarts_.front(), restarts_.size() == 1 ? dead_ : first);
    law(check, restarts_.back(), dead_);
  }

  // down_for = now - max(alive_at, the last entry's now)
  void law(CrashCheck& check, const Restart& restart, const Dead& dead) {
    const Duration wanted = restart.now - dead.last_seen();
    if (restart.down_for == wanted) return;
    check.order_broken("entry " + std::to_string(restart.entry) + " says the server was down for " +
                       std::to_string(restart.down_for.us) + " us, its rows say " + std::to_string(wanted.us));
  }

  std::size_t check() {
    CrashCheck check(server_.port(), center_, deeds_, verdict_);
    check.watched(restarts_, last_seen_);  // first: offers are short
    check.ask_again();
    check.served();
    check.kept(restarts_);
    check.chats();
    std::size_t open = 0;
    for (std::size_t n = deeds_.settled_below; n < deeds_.served.size(); ++n)
      open += !deeds_.served[n].settled && !deeds_.served[n].refused;
    return open;
  }

  void carry_on(Running& load) {
    CrashCheck check(server_.port(), center_, deeds_, verdict_);
    check.carry_on(load.crash_load.floor());
  }

  void finish(Running& load) {
    std::size_t open = 0;
    for (const ServedTask& task : deeds_.served) open += !task.settled && !task.refused;
    load.crash_load.finish(open);
    CrashCheck check(server_.port(), center_, deeds_, verdict_);
    check.served();
    check.served_in_all();
    check.drain_kept();
    if (!server_.stop_in_peace()) give_up("the server did not stop well; see " + options_.data + "/server.log");
  }

  const Options& options_;
  const std::uint64_t seed_;
  std::mt19937_64 random_;
  ServerProcess server_;
  CrashCenter center_;
  Deeds deeds_;
  Verdict verdict_;
  Dead dead_;
  std::vector<Restart> restarts_;
  Instant last_seen_;
  double starting_takes_ = 0;
};

}  // namespace

void run_crash(const Options& options) {
  const Verdict verdict = CrashBench(options).run();
  print_figure("crash.lost", static_cast<double>(verdict.lost), "1");
  print_figure("crash.duplicated", static_cast<double>(verdict.duplicated), "1");
  print_figure("crash.order_broken", static_cast<double>(verdict.order_broken), "1");
  if (verdict.lost + verdict.duplicated + verdict.order_broken > 0) give_up("something did not survive");
}

}  // namespace carillon::bench
