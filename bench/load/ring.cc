// Calls into a queue: how long after its INVITE an agent is offered a call, everything committed.
//
// Setting: the server on SQLite, this generator beside it. 200 agents, each with a stream filtered to its own offers. 50 calls a
//          second over SIP and UDP, each from another number, each waits a second and a half and hangs up; nobody accepts. A
//          probe syncs 4 KiB in the database's folder, 50 times a second.
// Figures: voice.queue_ring_p99_ms   INVITE to the offer on the agent's stream
//          voice.ring_fsync_p99_ms   the probe's
#include "bench/figure.h"
#include "bench/load/benches.h"
#include "bench/load/callers.h"
#include "bench/load/center.h"
#include "bench/load/disk_probe.h"
#include "bench/load/percentile.h"
#include "bench/load/server_process.h"

namespace carillon::bench {
namespace {

constexpr double kRate = 50;
constexpr double kLife = 1.5;
constexpr double kWarmUp = 3;

// Streams of all agents, and when each contact was first offered.
class Ears {
 public:
  Ears(Loop& loop, std::uint16_t port, const Center& center) : loop_(loop) {
    for (const Agent& agent : center.agents) {
      streams_.push_back(std::make_unique<StreamLine>(loop, port, offers_target(agent), stream_fields(agent),
                                                      [this](std::string_view text) { on_text(text); }));
    }
    loop_.run_until([&] { return greeted_ == streams_.size(); });
  }
  const std::unordered_map<std::string, Moment>& offered() const { return offered_; }

 private:
  void on_text(std::string_view text) {
    if (text.starts_with(R"({"type":"hello")")) ++greeted_;
    constexpr std::string_view kOffer = R"("type":"reservation.created")", kContact = R"("contact_sid":")";
    for (std::size_t at = text.find(kOffer); at != std::string_view::npos; at = text.find(kOffer, at + kOffer.size())) {
      const std::size_t contact = text.find(kContact, at);
      if (contact == std::string_view::npos) return;
      offered_.emplace(text.substr(contact + kContact.size(), 34), moment());
    }
  }

  Loop& loop_;
  std::vector<std::unique_ptr<StreamLine>> streams_;
  std::size_t greeted_ = 0;
  std::unordered_map<std::string, Moment> offered_;
};

std::string number_of(std::size_t call) { return "+4930" + std::to_string(1'000'000 + call); }

}  // namespace

void run_ring(const Options& options) {
  ServerProcess server(options.server, options.data, kCallableConfig);
  server.start();
  server.wait_ready();
  say("making " + std::to_string(options.agents) + " agents");
  const Center center = furnish(server.port(), {.agents = options.agents});
  Caller key(server.port(), center.authorization());
  furnish_number(key, "ring", center.queue);
  Loop loop;
  Ears ears(loop, server.port(), center);
  Callers callers(server.sip_port());
  say("calling, load average " + load_average());
  DiskProbe probe(server.data());
  const auto calls = static_cast<std::size_t>((kWarmUp + options.seconds) * kRate);
  const Moment began = moment();
  std::size_t made = 0;
  std::function<void()> due = [&] {
    while (made < calls) {
      const Moment at = after_seconds(began, static_cast<double>(made) / kRate);
      if (at > moment()) return loop.at(at, due);
      callers.call("ring", number_of(made++), kLife);
    }
  };
  due();
  loop.run_until([&] { return callers.counts().ended == calls || seconds_between(began, moment()) > 120; });
  const std::vector<double> synced = probe.stop();
  const CallCounts counts = callers.counts();
  if (counts.refused > 0 || counts.ended < calls) {
    give_up(std::to_string(counts.refused) + " calls were refused or cut off, " + std::to_string(counts.at_once()) +
            " never ended");
  }
  std::unordered_map<std::string, std::string> from_of;  // by contact
  for (const auto& call : key.all("/api/v1/calls")) from_of[text_of(call, "contact_sid")] = text_of(call, "from");
  const auto called = callers.called();
  std::vector<double> times;
  for (const auto& [contact, at] : ears.offered()) {
    const auto from = from_of.find(contact);
    if (from == from_of.end()) continue;
    const Moment rang = called.at(from->second);
    if (seconds_between(began, rang) >= kWarmUp) times.push_back(1000 * seconds_between(rang, at));
  }
  const auto counted = calls - static_cast<std::size_t>(kWarmUp * kRate);
  if (times.size() < counted)
    give_up(std::to_string(times.size()) + " of " + std::to_string(counted) + " were offered");
  print_figure("voice.queue_ring_p99_ms", percentile(times, 0.99), "ms");
  print_figure("voice.ring_fsync_p99_ms", percentile(synced, 0.99), "ms");
  say("offer p50 " + std::to_string(percentile(times, 0.5)) + " ms, fsync p50 " +
      std::to_string(percentile(synced, 0.5)) + " ms");
  if (!server.stop_in_peace()) give_up("the server did not stop well; see " + server.data() + "/server.log");
}

}  // namespace carillon::bench
