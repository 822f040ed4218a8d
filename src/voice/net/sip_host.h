// The host of a SIP stack: its sockets, its connections, its DNS, its thread.
//
// What:   opens what Config::listen says, gives the stack every byte and every second, and does what the stack asks for:
//         sends, connects, closes, looks up. What happened to calls goes to OnEvent.
// Why:    the stack is a state machine without I/O; the host is I/O without a decision.
// Owns:   the stack, listeners, connections, one thread ("sip").
// Thread: open(), start(), stop() from the thread that owns it; post(), after(), listeners(), counts() from any. OnEvent and Work
//         run on the host's thread, one at a time, and may call the stack at will: what that leads to is sent, and told, after
//         they return, until nothing is left. They must not block, and not call stop().
// Time:   `now` is the clock's time at open(), counted on steadily. It never runs backwards and does not follow a wall clock
//         that is set; for what is written down ask the clock.
// Errors: open(): kInUse and kConfig of an address, a certificate, the resolver. Later nothing fails: what cannot be sent is
//         lost as on any network, and the stack's timers see to it.
// Limits: HostLimits, StreamLimits, Resolver's; Loop::kMostJobs works waiting.
// Example:
//   SipHost::Config config;
//   config.listen = {{sip::Transport::kUdp, *Endpoint::parse("0.0.0.0:5060"), "pbx.example"}};
//   auto host = SipHost::open(std::move(config), clock, [&](sip::Stack& stack, Instant now, sip::Event& event) {
//     if (const auto* call = std::get_if<sip::IncomingCall>(&event)) stack.answer(now, call->leg, sdp);
//   });
//   (*host)->post([](sip::Stack& stack, Instant now) { stack.set_trunk(now, trunk); });
//   (*host)->start();
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "voice/net/openssl.h"
#include "voice/net/stream.h"
#include "voice/sip/stack.h"

namespace carillon::voice::net {

// `at` with port 0: any, see listeners(). `public_host` as in sip::Listener.
struct ListenAt {
  sip::Transport transport = sip::Transport::kUdp;
  Endpoint at;
  std::string public_host;
};

struct HostLimits {
  std::size_t connections = 10'000;          // that came in
  std::size_t connections_of_address = 256;  // of those, from one address (v6: one /64)
  StreamLimits stream = {};
};

// Since open(). What is dropped or refused is worth a look when it grows.
struct HostCounts {
  std::uint64_t datagrams_in = 0, datagrams_out = 0, datagrams_dropped = 0;
  std::uint64_t connections = 0, connections_refused = 0;  // open now; turned away by a limit
  std::uint64_t lookups = 0;
  std::uint64_t works_waiting = 0;
  sip::StackCounts stack;  // as of the last turn
};

class SipHost {
 public:
  struct Config {
    std::vector<ListenAt> listen;
    sip::Settings settings;  // its listeners are filled in by the host
    TlsFiles tls;
    std::vector<Endpoint> name_servers = {};  // empty: the system's
    HostLimits limits = {};
  };
  using OnEvent = std::function<void(sip::Stack&, Instant now, sip::Event&)>;
  using Work = std::function<void(sip::Stack&, Instant now)>;

  // Binds; nothing runs yet, but what comes waits in the system's queues.
  static Result<std::unique_ptr<SipHost>> open(Config config, const Clock& clock, OnEvent on_event);
  ~SipHost();  // stop()
  SipHost(const SipHost&) = delete;
  SipHost& operator=(const SipHost&) = delete;

  void start();
  // False when too much waits or the host has stopped: the work will not run. Before start() it waits for it.
  bool post(Work work);
  bool after(Duration time, Work work);
  // With the real ports, in the order of Config::listen.
  std::vector<sip::Listener> listeners() const;
  HostCounts counts() const;
  // Runs what was posted before, sends what that leads to, and ends the thread. Connections are cut; calls are not ended:
  // whoever wants that posts it first. What was planned with after() is dropped.
  void stop();

 private:
  class Strand;
  struct Running;
  explicit SipHost(std::unique_ptr<Running> running);
  std::unique_ptr<Running> running_;
};

}  // namespace carillon::voice::net
