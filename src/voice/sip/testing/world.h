// A network of stacks that exists only in a test: packets are lost, doubled and reordered, time jumps to what is due next.
//
// Owns:    the sides with their stacks; addresses are 192.0.2.1, .2 and so on, port 5060.
// Thread:  one at a time. Everything follows from one seed.
// Example:
//   World world(seed);
//   Side& a = world.add(), &b = world.add();
//   b.on_event = [&](const Event& event) { ... };
//   a.stack->invite(world.now, {.target = b.uri("bob")});
//   world.run(Duration::seconds(5));
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/testing/dice.h"
#include "voice/sip/stack.h"
#include "voice/sip/testing/real_hashes.h"

namespace carillon::voice::sip {

struct Side {
  std::unique_ptr<Stack> stack;
  Endpoint at;
  std::vector<Event> events;
  std::function<void(const Event&)> on_event;
  std::vector<std::string> sent;  // all bytes it sent, when World::keeps_bytes
  std::string uri(const std::string& user, const std::string& params = {}) const {
    return "sip:" + user + '@' + at.text() + params;
  }
  // How many events of this kind, and the last one.
  template <class T>
  int count() const {
    int n = 0;
    for (const Event& event : events) n += std::holds_alternative<T>(event);
    return n;
  }
  template <class T>
  const T* last() const {
    for (auto it = events.rbegin(); it != events.rend(); ++it) {
      if (const T* found = std::get_if<T>(&*it)) return found;
    }
    return nullptr;
  }
};

class World {
 public:
  explicit World(std::uint64_t seed) : dice(seed) {}

  Side& add(Settings settings = accepting());
  static Settings accepting();  // takes calls from anybody, without limits
  // Runs until this much time has passed.
  void run(Duration time);
  // Takes what every stack has said.
  void pump();
  std::size_t packets() const { return packets_.size(); }
  // As if this came from there.
  void inject(Endpoint from, Side& to, const std::string& bytes);
  // What was sent to an address where no side is.
  std::vector<std::string> strays;

  Instant now{1'000'000'000'000};
  Dice dice;
  double loss = 0, duplicate = 0;
  Duration most_delay = Duration::millis(5);
  bool keeps_bytes = false, connects = true;
  bool half_open = false;                // what is said on connections gets nowhere, and nobody is told
  std::map<std::string, Records> names;  // "A host", "SRV _sip._udp.host", "NAPTR host"
  std::vector<std::string> asked;

 private:
  struct Packet {
    std::size_t to;
    Flow flow;  // as the receiver sees it
    std::string bytes;
  };
  using Line = std::pair<std::size_t, ConnectionId>;
  void deliver(Packet packet);
  void take(std::size_t side);
  void open(std::size_t side, const OpenConnection& open);
  Duration delay() { return Duration::micros(dice.between(100, most_delay.us)); }

  RealHashes hashes_;
  std::vector<std::unique_ptr<Side>> sides_;
  std::map<Endpoint, std::size_t> by_address_;
  std::multimap<Instant, Packet> packets_;
  std::map<Line, Line> lines_;
};

}  // namespace carillon::voice::sip
