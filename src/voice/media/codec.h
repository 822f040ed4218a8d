// Codecs: payloads to samples and back, with concealment of what was lost; sampling rates made equal.
//
// What:   G.711 by table with spandsp's concealment, Opus by libopus at 8 or 16 kHz, so that no rate needs converting that
//         libopus can give itself. Resampler is speexdsp's.
// Owns:   the libraries' state. All memory is taken by the constructors.
// Thread: one for each object.
// Errors: a payload that does not decode is concealed like a lost one.
// Limits: a payload holds at most 120 ms.
// Example:
//   auto decoder = make_decoder(Codec::kOpus, 16000);
//   std::size_t samples = decoder->decode(payload, out);
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace carillon::media {

using Samples = std::span<const std::int16_t>;
using MutableSamples = std::span<std::int16_t>;

enum class Codec : std::uint8_t { kPcmu, kPcma, kOpus };

constexpr bool is_g711(Codec codec) { return codec != Codec::kOpus; }
// Ticks a second in RTP (RFC 7587: Opus always says 48000).
constexpr std::uint32_t clock_rate_of(Codec codec) { return is_g711(codec) ? 8000 : 48000; }
// What it sounds like at its best here: 8000 or 16000.
constexpr int sound_rate_of(Codec codec) { return is_g711(codec) ? 8000 : 16000; }

inline constexpr int kMaxRate = 16000;
inline constexpr std::size_t kMaxFrame = kMaxRate / 50;  // samples of 20 ms
inline constexpr std::size_t kMaxPacketSamples = kMaxRate * 120 / 1000;

class Decoder {
 public:
  virtual ~Decoder() = default;
  virtual int rate() const = 0;
  // Gives the number of samples; `out` holds kMaxPacketSamples.
  virtual std::size_t decode(std::span<const std::uint8_t> payload, MutableSamples out) = 0;
  // Fills `out` with something that hides a gap.
  virtual void conceal(MutableSamples out) = 0;
};

class Encoder {
 public:
  virtual ~Encoder() = default;
  virtual int rate() const = 0;
  // 20 ms at rate(). Gives the number of bytes, 0 when it failed; `out` holds 1275.
  virtual std::size_t encode(Samples frame, std::span<std::uint8_t> out) = 0;
};

// `rate` is what Opus should give and take, 8000 or 16000; G.711 is always 8000.
std::unique_ptr<Decoder> make_decoder(Codec codec, int rate);
std::unique_ptr<Encoder> make_encoder(Codec codec, int rate);

class Resampler {
 public:
  Resampler(int from, int to);
  ~Resampler();
  Resampler(const Resampler&) = delete;
  Resampler& operator=(const Resampler&) = delete;

  // Gives how many samples were made; `out` has room for in.size() * to / from + 1.
  std::size_t run(Samples in, MutableSamples out);

 private:
  void* state_;
};

}  // namespace carillon::media
