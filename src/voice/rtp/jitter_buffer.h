// Puts packets back into the rhythm they were sent in: adaptive, bounded, reordering.
//
// What:   put() as packets come; pull() once for each frame that is to be played. The delay follows what the network does:
//         the 97th percentile of how late packets come, within the limits of the configuration. It grows where nothing is
//         played (a gap, an underrun) and shrinks by leaving out a frame.
// Owns:   copies of up to `slots` payloads, in memory that is taken once, by the constructor.
// Thread: one; pure. put() and pull() never allocate.
// Errors: a packet that is late, doubled or too large is counted and dropped.
// Limits: a jump of the stream by more than kMaxJump begins a new stream; so does another SSRC.
// Example:
//   buffer.put(packet, now);
//   switch (auto pulled = buffer.pull(now); pulled.kind) {
//     case Pulled::Kind::kPacket: decode(pulled.payload); buffer.played(ticks_in_packet); break;
//     case Pulled::Kind::kLost: conceal(); break;       // sounded, and lost or late
//     case Pulled::Kind::kSilence: silence(); break;    // nothing was sent, or it begins
//   }
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/time.h"
#include "voice/rtp/packet.h"

namespace carillon::rtp {

struct Pulled {
  enum class Kind { kSilence, kLost, kPacket };
  Kind kind = Kind::kSilence;
  Bytes payload;  // kPacket: valid until the next put() or pull()
  bool marker = false;
  std::uint8_t payload_type = 0;
};

class JitterBuffer {
 public:
  struct Config {
    std::uint32_t clock_rate = 8000;
    std::uint32_t frame = 160;  // ticks of one pull(): 20 ms
    Duration min_delay = Duration::millis(15);
    Duration start_delay = Duration::millis(40);
    Duration max_delay = Duration::millis(300);
    std::size_t slots = 32;  // a power of two
    std::size_t slot_bytes = 512;
  };
  struct Counts {
    std::uint64_t played = 0, lost = 0, late = 0, duplicate = 0, too_large = 0, left_out = 0, restarts = 0;
  };
  enum class Put { kStored, kLate, kDuplicate, kTooLarge, kDoubted };

  static constexpr std::uint16_t kMaxJump = 1000;

  explicit JitterBuffer(const Config& config);

  Put put(const PacketView& packet, Instant arrival);
  Pulled pull(Instant now);
  // How many ticks the pulled packet holds; a packet of 60 ms is pulled once for three frames by a caller who keeps the rest.
  void played(std::uint32_t ticks);
  void restart();

  Duration target_delay() const { return target_; }
  const Counts& counts() const { return counts_; }
  std::size_t depth() const { return stored_; }

 private:
  struct Slot {
    bool used = false;
    bool marker = false;
    std::uint8_t payload_type = 0;
    std::uint16_t bytes = 0;
    std::int64_t sequence = 0;
    std::int64_t timestamp = 0;
  };
  enum class State { kEmpty, kFilling, kPlaying };

  Slot& slot_of(std::int64_t sequence) { return slots_[static_cast<std::size_t>(sequence) & (slots_.size() - 1)]; }
  Slot* first_slot();
  void begin(const PacketView& packet);
  Put doubt(const PacketView& packet);
  void forget_overtaken();
  void learn(std::int64_t timestamp, Instant arrival);
  void adapt();
  // Seconds apart from the rest: microseconds since 1970 times a clock rate do not fit.
  std::int64_t to_ticks(Duration d) const {
    return d.us / 1'000'000 * config_.clock_rate + d.us % 1'000'000 * config_.clock_rate / 1'000'000;
  }
  // Where the stream would be played now if it were played with the wanted delay.
  std::int64_t wanted_cursor(Instant now) const;
  bool in_step(Instant now);
  Pulled take(Slot& slot);
  Pulled on_gap(const Slot& next, Instant now);
  Pulled on_empty(Instant now);
  void pass_frame(Instant now, std::int64_t at_most);

  Config config_;
  std::vector<Slot> slots_;
  std::vector<std::uint8_t> bytes_;
  State state_ = State::kEmpty;
  Counts counts_;
  std::size_t stored_ = 0;
  std::uint32_t ssrc_ = 0;
  std::int64_t highest_ = 0;  // newest sequence number, without wraps
  std::int64_t next_ = 0;     // the sequence number after the one played last
  bool any_played_ = false;
  std::int64_t newest_timestamp_ = 0;
  std::int64_t cursor_ = 0;  // timestamp of what is played next
  int empty_pulls_ = 0;
  int too_deep_pulls_ = 0;
  bool doubted_ = false;
  std::uint16_t doubted_next_ = 0;
  // Delay: arrival in ticks minus timestamp; the least of the last ten seconds is "on time".
  std::int64_t least_now_ = 0, least_before_ = 0;
  Instant least_since_;
  bool has_least_ = false;
  std::array<float, 64> lateness_{};  // shares by 5 ms, forgetting
  Duration target_;
};

}  // namespace carillon::rtp
