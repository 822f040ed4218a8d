// Deadlines in a heap: arming, cancelling and taking the next cost O(log n), and nothing is ever scanned.
//
// What:   a timer says when and whom (TimerKey). Equal instants fire in the order they were armed.
// Owns:   the heap. A TimerId that has fired or was cancelled means nothing any more and does no harm.
// Thread: one at a time.
// Example:
//   TimerId id = timers.arm(now + Duration::seconds(32), {TimerKind::kClientEnd, tx});
//   timers.cancel(id);                                    // id is empty now
//   while (auto key = timers.pop_due(now)) fire(*key);
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"
#include "voice/sip/flow.h"

namespace carillon::voice::sip {

enum class TimerKind : std::uint8_t {
  kClientRetry,   // timers A, E
  kClientEnd,     // B, D, F, K, M
  kServerTrying,  // 200 ms to a 100
  kServerRetry,   // G
  kServerEnd,     // H, I, J, L
  kRequest,       // a lookup or connection that takes too long
  kConnection,    // idle, or a message that never ends
  kLegAnswer,     // 2xx until its ACK
  kLegReliable,   // reliable 1xx until its PRACK
  kLegSession,    // session refresh or expiry
  kLegRetry,      // an offer again after 491
  kLegWait,       // the host owes an answer, or the peer owes the end
  kBinding,       // a registration expires
  kTrunkRegister,
  kTrunkPing,
};

struct TimerKey {
  TimerKind kind{};
  Handle who;
};

struct TimerId : Handle {};

class Timers {
 public:
  TimerId arm(Instant at, TimerKey key);
  void cancel(TimerId& id);
  std::optional<TimerKey> pop_due(Instant now);
  Instant next() const { return heap_.empty() ? Instant::never() : heap_.front().at; }
  std::size_t size() const { return heap_.size(); }

 private:
  struct Entry {
    Instant at;
    std::uint64_t order;
    std::uint32_t node;
  };
  struct Node {
    TimerKey key;
    std::uint32_t generation = 0;
    std::uint32_t place = 0;
  };
  static bool before(const Entry& a, const Entry& b) { return a.at != b.at ? a.at < b.at : a.order < b.order; }
  void put(std::size_t place, const Entry& entry);
  void rise(std::size_t place);
  void sink(std::size_t place);
  void remove(std::size_t place);

  std::vector<Entry> heap_;  // each has up to four below it: shallower than two, and they lie side by side
  std::vector<Node> nodes_;
  std::vector<std::uint32_t> free_;
  std::uint64_t order_ = 0;
};

}  // namespace carillon::voice::sip
