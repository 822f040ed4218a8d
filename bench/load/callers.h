// Callers: telephones that call a number of the server over SIP, wait a while and hang up.
//
// What:   each call is an INVITE with an offer of G.711 whose sound goes to a socket that nobody reads; what is answered is
//         acknowledged, and ended by BYE when its time is over. Nothing is sent but signalling.
// Owns:   a SIP host with its thread and one UDP port, and the deaf socket.
// Thread: call() and the queries from any.
// Errors: give_up() when the port cannot be had; calls that were refused are counted.
// Example:
//   Callers callers(server.sip_port());
//   callers.call("load", "+4930100001", 1.5);      // waits 1.5 s from its answer
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>

#include "bench/load/loop.h"

namespace carillon::bench {

struct CallCounts {
  std::size_t begun = 0, answered = 0, ended = 0;
  std::size_t refused = 0;  // or not answered at all, or cut off by the server
  std::size_t at_once() const { return begun - ended; }
};

inline constexpr double kUntilHungUp = -1;  // seconds of a call

class Callers {
 public:
  explicit Callers(std::uint16_t server_port);
  ~Callers();
  Callers(const Callers&) = delete;
  Callers& operator=(const Callers&) = delete;

  void call(const std::string& number, const std::string& from, double seconds);
  // Of who called with kUntilHungUp.
  void hang_up(const std::string& from);
  CallCounts counts() const;
  // When each INVITE was made, by `from`; the last, when one called twice.
  std::unordered_map<std::string, Moment> called() const;

 private:
  struct Running;
  std::unique_ptr<Running> running_;
};

// What a server needs to be called by these: its configuration, and a number that leads to the queue.
extern const char* const kCallableConfig;
class Caller;
void furnish_number(Caller& key, const std::string& address, const std::string& queue);

}  // namespace carillon::bench
