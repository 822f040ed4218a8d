// Telephones for the voice bench: a process of its own that sends 20 ms packets on two legs a call and times what comes back.
//
// What:   the constructor forks; the child binds its sockets, tells their ports, is told where to send, connects its browsers,
//         talks for a while, and tells what it heard. A packet's payload begins with the time it was sent, so a relay's delay is
//         measured end to end. What is mixed keeps no such mark: with kMarks a telephone is loud for one packet a second, and it
//         is timed when that is heard.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "voice/webrtc/ice.h"

namespace carillon::bench {

struct Heard {
  std::uint64_t sent = 0, received = 0;
  double delay_p50_ms = 0, delay_p99_ms = 0;
  double behind_ms = 0;  // how late it was with its last packet: it could not do more
};

enum class Timing { kStamps, kMarks };

// What an offer or an answer says of a browser's leg, as it goes through a pipe.
struct BrowserEnd {
  std::uint16_t port = 0;  // on 127.0.0.1
  std::array<char, 16> ufrag{};
  std::array<char, 40> password{};
  std::array<char, 128> fingerprint{};

  static BrowserEnd of(std::uint16_t port, const webrtc::IceCredentials& credentials, const std::string& fingerprint);
  webrtc::IceCredentials credentials() const { return {ufrag.data(), password.data()}; }
};

class Generator {
 public:
  // Two telephones a call; with `browsers` the second of each is a browser.
  // With kMarks the second of each call speaks PCMA, under PCMU's number.
  Generator(int calls, double seconds, int cpu, bool browsers, Timing timing = Timing::kStamps);
  ~Generator();
  Generator(const Generator&) = delete;
  Generator& operator=(const Generator&) = delete;

  const std::vector<std::uint16_t>& ports() const { return ports_; }     // on 127.0.0.1; call c has 2c and 2c+1
  const std::vector<BrowserEnd>& browsers() const { return browsers_; }  // of call c; empty without any
  // Returns when all browsers are connected.
  void talk_to(const std::vector<std::uint16_t>& ports, const std::vector<BrowserEnd>& browsers = {});
  Heard finish();

 private:
  std::vector<std::uint16_t> ports_;
  std::vector<BrowserEnd> browsers_;
  pid_t child_ = 0;
  int to_child_ = -1, from_child_ = -1;
};

// This process and the threads it makes from now on run on one core.
void stay_on(int cpu);
double cpu_seconds();
double resident_kb();

}  // namespace carillon::bench
