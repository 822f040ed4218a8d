#include "voice/media/pipes.h"

#include <algorithm>

namespace carillon::media {
namespace {

rtp::JitterBuffer::Config jitter_config(Codec codec) {
  rtp::JitterBuffer::Config config;
  config.clock_rate = clock_rate_of(codec);
  config.frame = config.clock_rate / 50;
  config.slot_bytes = is_g711(codec) ? 480 : 1275;
  return config;
}

}  // namespace

Ear::Ear(Codec codec, std::uint8_t payload_type, int rate)
    : codec_(codec),
      payload_type_(payload_type),
      rate_(rate),
      jitter_(jitter_config(codec)),
      decoder_(make_decoder(codec, rate)) {
  if (decoder_->rate() != rate) resampler_ = std::make_unique<Resampler>(decoder_->rate(), rate);
}

void Ear::put(const rtp::PacketView& packet, Instant now) { jitter_.put(packet, now); }

void Ear::append(Samples samples) {
  if (resampler_) samples = Samples(converted_).first(resampler_->run(samples, converted_));
  const std::size_t n = std::min(samples.size(), ready_.size() - ready_count_);
  std::copy_n(samples.begin(), n, ready_.begin() + static_cast<std::ptrdiff_t>(ready_count_));
  ready_count_ += n;
}

// One packet, or 20 ms of what stands for it. False when that is silence.
bool Ear::refill(Instant now) {
  const rtp::Pulled pulled = jitter_.pull(now);
  const std::size_t frame = static_cast<std::size_t>(decoder_->rate()) / 50;
  if (pulled.kind == rtp::Pulled::Kind::kPacket && pulled.payload_type == payload_type_ && !pulled.payload.empty()) {
    const std::size_t n = decoder_->decode(pulled.payload, decoded_);
    jitter_.played(static_cast<std::uint32_t>(n * clock_rate_of(codec_) / static_cast<std::size_t>(decoder_->rate())));
    append(Samples(decoded_).first(n));
    return true;
  }
  if (pulled.kind == rtp::Pulled::Kind::kLost) {
    decoder_->conceal(MutableSamples(decoded_).first(frame));
    append(Samples(decoded_).first(frame));
    return true;
  }
  if (pulled.kind == rtp::Pulled::Kind::kPacket) jitter_.played(clock_rate_of(codec_) / 50);  // comfort noise
  std::fill_n(decoded_.begin(), frame, std::int16_t{0});
  append(Samples(decoded_).first(frame));
  return false;
}

bool Ear::frame(Instant now, MutableSamples out) {
  bool sounded = ready_count_ > 0;
  // The resampler's first pieces are a little short; two packets always make a frame.
  for (int i = 0; i < 4 && ready_count_ < out.size(); ++i) sounded = refill(now) || sounded;
  const std::size_t n = std::min(out.size(), ready_count_);
  std::copy_n(ready_.begin(), n, out.begin());
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(n), out.end(), std::int16_t{0});
  std::copy(ready_.begin() + static_cast<std::ptrdiff_t>(n), ready_.begin() + static_cast<std::ptrdiff_t>(ready_count_),
            ready_.begin());
  ready_count_ -= n;
  return sounded;
}

Mouth::Mouth(Codec codec, int rate) : rate_(rate), encoder_(make_encoder(codec, rate)) {
  if (encoder_->rate() != rate) resampler_ = std::make_unique<Resampler>(rate, encoder_->rate());
}

std::size_t Mouth::encode(Samples frame, std::span<std::uint8_t> out) {
  if (!resampler_) return encoder_->encode(frame, out);
  const std::size_t want = static_cast<std::size_t>(encoder_->rate()) / 50;
  const std::size_t n = resampler_->run(frame, MutableSamples(converted_).first(want));
  if (n < want)
    std::fill(converted_.begin() + static_cast<std::ptrdiff_t>(n),
              converted_.begin() + static_cast<std::ptrdiff_t>(want), std::int16_t{0});
  return encoder_->encode(Samples(converted_).first(want), out);
}

}  // namespace carillon::media
