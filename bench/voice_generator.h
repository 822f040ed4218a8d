// Telephones for the voice bench: a process of its own that sends 20 ms packets on two legs a call and times what comes back.
//
// What:   start() forks; the child binds its sockets, tells their ports, is told where to send, talks for a while, and tells what
//         it heard. A packet's payload begins with the time it was sent, so a relay's delay is measured end to end. What is
//         mixed keeps no such mark: with kMarks a telephone is loud for one packet a second, and it is timed when that is heard.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <vector>

#include "voice/webrtc/srtp.h"

namespace carillon::bench {

struct Heard {
  std::uint64_t sent = 0, received = 0;
  double delay_p50_ms = 0, delay_p99_ms = 0;
};

enum class Timing { kStamps, kMarks };

class Generator {
 public:
  // Two telephones a call. With `key`, the second of each call encrypts with it in both directions.
  // With kMarks the second of each call speaks PCMA, under PCMU's number.
  Generator(int calls, double seconds, int cpu, const webrtc::SrtpKey* key, Timing timing = Timing::kStamps);
  ~Generator();
  Generator(const Generator&) = delete;
  Generator& operator=(const Generator&) = delete;

  const std::vector<std::uint16_t>& ports() const { return ports_; }  // on 127.0.0.1; call c has 2c and 2c+1
  void talk_to(const std::vector<std::uint16_t>& ports);
  Heard finish();

 private:
  std::vector<std::uint16_t> ports_;
  pid_t child_ = 0;
  int to_child_ = -1, from_child_ = -1;
};

// This process and the threads it makes from now on run on one core.
void stay_on(int cpu);
double cpu_seconds();
double resident_kb();

}  // namespace carillon::bench
