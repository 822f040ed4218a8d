// The decoding half and the encoding half of a leg; a leg that is only relayed has neither.
//
// What:   Ear makes frames of 20 ms out of packets: jitter buffer, decoder, concealment, rate. Mouth makes payloads out of frames.
// Owns:   all their memory, taken by the constructors: an Ear is about 25 KB with G.711 and 60 KB with Opus.
// Thread: the media thread.
// Limits: rates are 8000 and 16000.
// Example:
//   Ear ear(Codec::kPcmu, 0, 16000);
//   ear.put(packet, now);
//   bool sounded = ear.frame(now, frame);   // 320 samples
#pragma once

#include <array>
#include <memory>

#include "voice/media/codec.h"
#include "voice/rtp/jitter_buffer.h"

namespace carillon::media {

class Ear {
 public:
  Ear(Codec codec, std::uint8_t payload_type, int rate);

  void put(const rtp::PacketView& packet, Instant now);
  // Fills rate/50 samples. False when they are silence.
  bool frame(Instant now, MutableSamples out);

  int rate() const { return rate_; }
  const rtp::JitterBuffer& jitter() const { return jitter_; }

 private:
  bool refill(Instant now);
  void append(Samples samples);

  Codec codec_;
  std::uint8_t payload_type_;
  int rate_;
  rtp::JitterBuffer jitter_;
  std::unique_ptr<Decoder> decoder_;
  std::unique_ptr<Resampler> resampler_;
  std::array<std::int16_t, 2 * kMaxPacketSamples + kMaxFrame> ready_;
  std::size_t ready_count_ = 0;
  std::array<std::int16_t, kMaxPacketSamples> decoded_;
  std::array<std::int16_t, kMaxPacketSamples + 16> converted_;
};

class Mouth {
 public:
  Mouth(Codec codec, int rate);

  // A frame of rate/50 samples becomes a payload; gives its bytes. `out` holds 1275.
  std::size_t encode(Samples frame, std::span<std::uint8_t> out);
  int rate() const { return rate_; }

 private:
  int rate_;
  std::unique_ptr<Encoder> encoder_;
  std::unique_ptr<Resampler> resampler_;
  std::array<std::int16_t, kMaxFrame + 16> converted_;
};

}  // namespace carillon::media
