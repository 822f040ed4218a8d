#include "voice/rtp/jitter_buffer.h"

#include <algorithm>

#include "base/check.h"

namespace carillon::rtp {
namespace {
constexpr float kForget = 1.0f / 256;
constexpr float kOnTimeShare = 0.97f;
constexpr std::int64_t kBinUs = 5'000;
constexpr int kUnderrunPulls = 10;  // 200 ms without a packet: the stream stands
constexpr int kTooDeepPulls = 25;   // half a second with more delay than wanted: leave out a frame
constexpr Duration kLeastWindow = Duration::seconds(5);
}  // namespace

JitterBuffer::JitterBuffer(const Config& config) : config_(config), target_(config.start_delay) {
  CARILLON_CHECK(config.slots >= 4 && (config.slots & (config.slots - 1)) == 0 && config.frame > 0);
  slots_.resize(config.slots);
  bytes_.resize(config.slots * config.slot_bytes);
}

void JitterBuffer::restart() {
  for (Slot& slot : slots_) slot.used = false;
  stored_ = 0;
  state_ = State::kEmpty;
  has_least_ = false;
  doubted_ = false;
}

void JitterBuffer::begin(const PacketView& packet) {
  restart();
  state_ = State::kFilling;
  ssrc_ = packet.ssrc;
  // Far from zero, so that what was sent before the first packet has numbers too.
  highest_ = std::int64_t{packet.sequence} + 0x10000;
  next_ = highest_ - static_cast<std::int64_t>(config_.slots) + 1;
  any_played_ = false;
  newest_timestamp_ = std::int64_t{packet.timestamp} + (std::int64_t{1} << 32);
  empty_pulls_ = too_deep_pulls_ = 0;
}

// One packet far away is a stray; two in a row are a new stream of the same name.
JitterBuffer::Put JitterBuffer::doubt(const PacketView& packet) {
  if (doubted_ && packet.sequence == doubted_next_) {
    ++counts_.restarts;
    begin(packet);
    return Put::kStored;
  }
  doubted_ = true;
  doubted_next_ = static_cast<std::uint16_t>(packet.sequence + 1);
  return Put::kDoubted;
}

JitterBuffer::Put JitterBuffer::put(const PacketView& packet, Instant arrival) {
  if (packet.payload.size() > config_.slot_bytes) return ++counts_.too_large, Put::kTooLarge;
  if (state_ == State::kEmpty) {
    begin(packet);
  } else if (packet.ssrc != ssrc_) {
    ++counts_.restarts;
    begin(packet);
  }
  const std::int16_t ahead = sequence_distance(packet.sequence, static_cast<std::uint16_t>(highest_));
  const std::int32_t ticks = timestamp_distance(packet.timestamp, static_cast<std::uint32_t>(newest_timestamp_));
  const std::int64_t far = std::int64_t{10} * config_.clock_rate;
  if (ahead > kMaxJump || ahead < -kMaxJump || (ticks < -far && ahead > 0)) {
    if (doubt(packet) == Put::kDoubted) return Put::kDoubted;
    return put(packet, arrival);
  }
  doubted_ = false;
  const std::int64_t sequence = highest_ + ahead;
  const std::int64_t timestamp = newest_timestamp_ + ticks;
  if (ahead > 0) {
    highest_ = sequence;
    newest_timestamp_ = std::max(newest_timestamp_, timestamp);
    if (ahead > 1) forget_overtaken();
  }
  learn(timestamp, arrival);
  if (sequence < next_ || (state_ == State::kPlaying && any_played_ && timestamp < cursor_)) {
    return ++counts_.late, Put::kLate;
  }
  Slot& slot = slot_of(sequence);
  if (slot.used && slot.sequence == sequence) return ++counts_.duplicate, Put::kDuplicate;
  if (slot.used && slot.sequence > sequence) return ++counts_.late, Put::kLate;
  if (slot.used) --stored_, ++counts_.left_out;  // full: the oldest makes room
  slot = {true,     packet.marker, packet.payload_type, static_cast<std::uint16_t>(packet.payload.size()),
          sequence, timestamp};
  const auto index = static_cast<std::size_t>(&slot - slots_.data());
  std::copy(packet.payload.begin(), packet.payload.end(),
            bytes_.begin() + static_cast<std::ptrdiff_t>(index * config_.slot_bytes));
  ++stored_;
  return Put::kStored;
}

// After a jump: what lies further back than there are slots would be stored and never found.
void JitterBuffer::forget_overtaken() {
  for (Slot& slot : slots_) {
    if (!slot.used || slot.sequence > highest_ - static_cast<std::int64_t>(slots_.size())) continue;
    slot.used = false;
    --stored_, ++counts_.left_out;
  }
}

void JitterBuffer::learn(std::int64_t timestamp, Instant arrival) {
  const std::int64_t transit = to_ticks(Duration{arrival.us}) - timestamp;
  if (!has_least_ || arrival - least_since_ > kLeastWindow) {
    least_before_ = has_least_ ? least_now_ : transit;
    least_now_ = transit;
    least_since_ = arrival;
    has_least_ = true;
  }
  least_now_ = std::min(least_now_, transit);
  const std::int64_t late_us = (transit - std::min(least_now_, least_before_)) * 1'000'000 / config_.clock_rate;
  const auto bin = static_cast<std::size_t>(std::clamp<std::int64_t>(late_us / kBinUs, 0, 63));
  for (float& share : lateness_) share *= 1 - kForget;
  lateness_[bin] += kForget;
  adapt();
}

void JitterBuffer::adapt() {
  float total = 0;
  for (const float share : lateness_) total += share;
  float sum = 0;
  std::int64_t bin = 0;
  while (bin < 63 && (sum += lateness_[static_cast<std::size_t>(bin)]) < total * kOnTimeShare) ++bin;
  // Until a second was heard, the start value has its say.
  const Duration frame = Duration::micros(std::int64_t{config_.frame} * 1'000'000 / config_.clock_rate);
  const Duration measured = Duration::micros((bin + 1) * kBinUs) + Duration::micros(frame.us / 2);
  const Duration floor = total < 0.18f ? std::max(config_.start_delay, config_.min_delay) : config_.min_delay;
  target_ = std::clamp(measured, floor, config_.max_delay);
}

JitterBuffer::Slot* JitterBuffer::first_slot() {
  if (stored_ == 0) return nullptr;
  for (std::int64_t s = std::max(next_, highest_ - static_cast<std::int64_t>(slots_.size()) + 1); s <= highest_; ++s) {
    Slot& slot = slot_of(s);
    if (slot.used && slot.sequence == s) return &slot;
  }
  return nullptr;
}

std::int64_t JitterBuffer::wanted_cursor(Instant now) const {
  return to_ticks(Duration{now.us}) - std::min(least_now_, least_before_) - to_ticks(target_);
}

// Whether the stream has waited long enough, or the buffer holds more delay than is wanted.
bool JitterBuffer::in_step(Instant now) {
  // Positive: we play later than we need. A frame left out at three quarters leaves us a quarter early, which pass_frame() bears.
  const std::int64_t ahead = wanted_cursor(now) - cursor_;
  too_deep_pulls_ = ahead > static_cast<std::int64_t>(config_.frame) * 3 / 4 ? too_deep_pulls_ + 1 : 0;
  return too_deep_pulls_ < kTooDeepPulls;
}

Pulled JitterBuffer::take(Slot& slot) {
  const auto index = static_cast<std::size_t>(&slot - slots_.data());
  slot.used = false;
  --stored_;
  next_ = slot.sequence + 1;
  cursor_ = slot.timestamp;
  any_played_ = true;
  empty_pulls_ = 0;
  ++counts_.played;
  return {Pulled::Kind::kPacket, Bytes(bytes_).subspan(index * config_.slot_bytes, slot.bytes), slot.marker,
          slot.payload_type};
}

void JitterBuffer::played(std::uint32_t ticks) { cursor_ += ticks; }

Pulled JitterBuffer::on_gap(const Slot& next, Instant now) {
  const std::int64_t frame = config_.frame;
  const bool nothing_lost = next.sequence == next_;
  if (nothing_lost || !any_played_) {
    // Silence was not sent. Where it ends is where the delay may be corrected unheard.
    const std::int64_t wanted = wanted_cursor(now);
    if (wanted + frame / 2 >= cursor_) cursor_ = std::min(next.timestamp, std::max(cursor_, wanted) + frame);
    return {};
  }
  pass_frame(now, next.timestamp);
  ++counts_.lost;
  return {Pulled::Kind::kLost};
}

// What is missing may only be late: wait for it when more delay is wanted anyway, else go on without it.
void JitterBuffer::pass_frame(Instant now, std::int64_t at_most) {
  const std::int64_t frame = config_.frame;
  if (wanted_cursor(now) + frame / 2 >= cursor_) cursor_ = std::min(at_most, cursor_ + frame);
}

Pulled JitterBuffer::on_empty(Instant now) {
  if (++empty_pulls_ > kUnderrunPulls) {
    state_ = State::kFilling;
    return {};
  }
  pass_frame(now, cursor_ + config_.frame);
  ++counts_.lost;
  return {Pulled::Kind::kLost};
}

Pulled JitterBuffer::pull(Instant now) {
  if (state_ == State::kEmpty) return {};
  Slot* first = first_slot();
  if (state_ == State::kFilling) {
    if (!first || wanted_cursor(now) < first->timestamp) return {};
    state_ = State::kPlaying;
    cursor_ = first->timestamp;
    too_deep_pulls_ = empty_pulls_ = 0;
    return take(*first);
  }
  if (!first) return on_empty(now);
  if (!in_step(now) && stored_ > 1 && first->timestamp <= cursor_) {
    (void)take(*first);
    --counts_.played;
    ++counts_.left_out;
    too_deep_pulls_ = 0;
    first = first_slot();
    if (!first) return on_empty(now);
    cursor_ = first->timestamp;
  }
  if (first->timestamp > cursor_) return on_gap(*first, now);
  return take(*first);
}

}  // namespace carillon::rtp
