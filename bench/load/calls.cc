// Calls a second that the whole server takes: caller, queue, agent, bridge, end; each step committed.
//
// Setting: the server on SQLite, all its threads on core 0; this generator on core 1. Agents whose phones are connected by ICE and
//          DTLS, each with a stream of its own. A call is an INVITE over UDP into their queue: contact, task and offer are
//          committed and it is answered; the agent accepts, their phone and the caller's sound are bridged, and once the stream
//          has told so the caller hangs up. As many calls are under way at once as nearly all agents can take.
// Figures: voice.calls_per_s     whole calls
//          voice.call_cpu_ms     of the server, a call
//          voice.calls_failed    refused, cut off, or an agent's accept that was
#include <sched.h>

#include <algorithm>

#include "base/clock.h"
#include "bench/browser_peer.h"
#include "bench/figure.h"
#include "bench/load/benches.h"
#include "bench/load/callers.h"
#include "bench/load/center.h"
#include "bench/load/server_process.h"

namespace carillon::bench {
namespace {

constexpr double kWarmUp = 3;
constexpr double kPatience = 60;
constexpr std::size_t kCallers = 1000;
constexpr int kServerCore = 0, kOwnCore = 1;

void stay_on(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  ::sched_setaffinity(0, sizeof set, &set);
}

std::string_view text_behind(std::string_view text, std::string_view name, std::size_t at) {
  const std::size_t found = text.find(name, at);
  if (found == std::string_view::npos) return {};
  const std::size_t begin = found + name.size();
  return text.substr(begin, text.find('"', begin) - begin);
}

// One agent's phone, kept connected.
class Phone final : public Source {
 public:
  Phone(Loop& loop, const std::shared_ptr<const webrtc::DtlsContext>& certificate) : peer_(certificate) {
    loop.add(peer_.fd(), *this);
  }

  std::string offer(const webrtc::DtlsContext& certificate) const {
    return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n"
           "c=IN IP4 0.0.0.0\r\na=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\na=setup:actpass\r\na=rtpmap:0 PCMU/8000\r\n"
           "a=ice-ufrag:" +
           peer_.credentials().ufrag + "\r\na=ice-pwd:" + peer_.credentials().password +
           "\r\na=fingerprint:" + certificate.fingerprint().text() + "\r\n";
  }
  void take_answer(const std::string& sdp) {
    const auto line = [&](std::string_view name) {
      const std::size_t found = sdp.find(name);
      if (found == std::string::npos) give_up("an answer without " + std::string(name) + "\n" + sdp);
      const std::size_t begin = found + name.size();
      return sdp.substr(begin, sdp.find('\r', begin) - begin);
    };
    // "FOUNDATION 1 udp PRIORITY ADDRESS PORT typ host"
    std::string candidate = line("a=candidate:");
    for (int word = 0; word < 4; ++word) candidate.erase(0, candidate.find(' ') + 1);
    const std::size_t space = candidate.find(' ');
    const auto at = voice::Endpoint::parse(candidate.substr(0, space) + ":" +
                                           candidate.substr(space + 1, candidate.find(' ', space + 1) - space - 1));
    const auto fingerprint = webrtc::Fingerprint::parse(line("a=fingerprint:"));
    if (!at || !fingerprint) give_up("an answer that cannot be read\n" + sdp);
    peer_.aim(*at, {line("a=ice-ufrag:"), line("a=ice-pwd:")}, *fingerprint);
    look_after();
  }
  void look_after() { peer_.look_after(clock_.now()); }
  bool is_connected() const { return peer_.connected(); }

 private:
  void on_ready(std::uint32_t) override {
    std::array<std::uint8_t, 2048> buffer;
    for (bool any = true; any;) peer_.receive(buffer, clock_.now(), any);
  }

  BrowserPeer peer_;
  SystemClock clock_;
};

// All agents: whatever is offered is accepted at once.
class Switchroom {
 public:
  using Bridged = std::function<void(const std::string& from)>;

  Switchroom(Loop& loop, std::uint16_t port, const Center& center, Bridged bridged)
      : loop_(loop),
        authorization_(center.authorization()),
        bridged_(std::move(bridged)),
        certificate_(webrtc::DtlsContext::make().value()) {
    for (std::size_t i = 0; i < center.agents.size(); ++i) {
      const Agent& agent = center.agents[i];
      workers_.push_back(agent.worker_sid);
      phones_.push_back(std::make_unique<Phone>(loop_, certificate_));
      commands_.push_back(std::make_unique<HttpLine>(loop_, port));
      const std::string target = "/api/v1/events/stream?session=" + agent.session_id +
                                 "&own=true&types=reservation.created,call.leg-connected";
      streams_.push_back(std::make_unique<StreamLine>(loop_, port, target, stream_fields(agent),
                                                      [this, i](std::string_view text) { on_text(i, text); }));
    }
    look_after();
    const Moment began = moment();
    loop_.run_until([&] {
      if (seconds_between(began, moment()) > kPatience) give_up("phones were not connected within a minute");
      return std::all_of(phones_.begin(), phones_.end(), [](const auto& phone) { return phone->is_connected(); });
    });
  }

  std::size_t refused() const { return refused_; }

 private:
  void look_after() {
    for (const auto& phone : phones_) phone->look_after();
    loop_.at(after_seconds(moment(), 0.1), [this] { look_after(); });
  }

  void on_text(std::size_t agent, std::string_view text) {
    if (text.starts_with(R"({"type":"hello")")) {
      streams_[agent]->say(boost::json::serialize(
          boost::json::object{{"type", "phone.connect"}, {"sdp", phones_[agent]->offer(*certificate_)}}));
    } else if (text.starts_with(R"({"type":"phone.connected")")) {
      phones_[agent]->take_answer(text_of(boost::json::parse(text).as_object(), "sdp"));
    } else if (text.starts_with(R"({"type":"phone.)")) {
      give_up("a phone was not connected: " + std::string(text));
    } else {
      on_events(agent, text);
    }
  }

  void on_events(std::size_t agent, std::string_view text) {
    constexpr std::string_view kOffer = R"("type":"reservation.created")",
                               kConnected = R"("type":"call.leg-connected")";
    for (std::size_t at = text.find(kOffer); at != std::string_view::npos; at = text.find(kOffer, at + kOffer.size())) {
      accept(agent, text_behind(text, R"("resource_sid":")", at));
    }
    for (std::size_t at = text.find(kConnected); at != std::string_view::npos;
         at = text.find(kConnected, at + kConnected.size())) {
      // In the event's head the worker stands before the leg; the customer's own leg has none.
      const std::string_view head = text.substr(at, text.find(R"("leg_sid":")", at) - at);
      if (text_behind(head, R"("worker_sid":")", 0) != workers_[agent]) continue;
      bridged_(std::string(text_behind(text, R"("from":")", at)));
    }
  }

  void accept(std::size_t agent, std::string_view reservation) {
    commands_[agent]->ask(
        request_text("POST", "/api/v1/reservations/" + std::string(reservation) + "/accept", authorization_),
        [this](const Answer& answer) {
          if (answer.ok() || answer.status == 0) return;
          if (++refused_ <= 5) say("an accept was answered " + std::to_string(answer.status));
        });
  }

  Loop& loop_;
  const std::string authorization_;
  Bridged bridged_;
  std::shared_ptr<const webrtc::DtlsContext> certificate_;
  std::vector<std::string> workers_;
  std::vector<std::unique_ptr<Phone>> phones_;
  std::vector<std::unique_ptr<StreamLine>> streams_;
  std::vector<std::unique_ptr<HttpLine>> commands_;
  std::size_t refused_ = 0;
};

}  // namespace

void run_calls(const Options& options) {
  ServerProcess server(options.server, options.data, kCallableConfig);
  server.start();
  server.wait_ready();
  say("making " + std::to_string(options.agents) + " agents");
  const Center center = furnish(server.port(), {.agents = options.agents});
  Caller key(server.port(), center.authorization());
  furnish_number(key, "calls", center.queue);
  server.stay_on(kServerCore);
  stay_on(kOwnCore);
  Loop loop;
  Callers callers(server.sip_port());
  std::size_t bridged = 0;
  Switchroom room(loop, server.port(), center, [&](const std::string& from) {
    ++bridged;
    callers.hang_up(from);
  });
  const std::size_t at_once = center.agents.size() - center.agents.size() / 10;
  std::size_t made = 0;
  bool calling = true;
  std::function<void()> call = [&] {
    for (std::size_t now = callers.counts().at_once(); calling && now < at_once; ++now) {
      callers.call("calls", "+4930" + std::to_string(1'000'000 + made++ % kCallers), kUntilHungUp);
    }
    if (calling) loop.at(after_seconds(moment(), 0.001), call);
  };
  call();
  loop.run_for(kWarmUp);
  say("calling, load average " + load_average());
  const Moment began = moment();
  const std::size_t before = callers.counts().ended;
  const double cpu_before = server.cpu_seconds();
  loop.run_for(options.seconds);
  const auto ended = static_cast<double>(callers.counts().ended - before);
  const double took = seconds_between(began, moment()), cpu = server.cpu_seconds() - cpu_before;
  calling = false;
  const Moment stopped = moment();
  loop.run_until([&] { return callers.counts().at_once() == 0 || seconds_between(stopped, moment()) > kPatience; });
  const CallCounts counts = callers.counts();
  const std::size_t failed = counts.refused + room.refused() + (counts.begun - std::min(counts.begun, bridged));
  print_figure("voice.calls_per_s", ended / took, "1/s");
  print_figure("voice.call_cpu_ms", cpu * 1000 / std::max(ended, 1.0), "ms");
  print_figure("voice.calls_failed", static_cast<double>(failed), "1");
  say("server " + std::to_string(100 * cpu / took) + " % of its core, load average " + load_average());
  if (!server.stop_in_peace()) give_up("the server did not stop well; see " + server.data() + "/server.log");
}

}  // namespace carillon::bench
