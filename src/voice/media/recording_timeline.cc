#include "voice/media/recording_timeline.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "voice/media/g711.h"

namespace carillon::media {

RecordingTimeline::RecordingTimeline(const RecordingShape& shape, Out out)
    : shape_(shape), out_(std::move(out)), channels_(shape.channels), frames_(shape.rate * 3 / 2) {
  window_.assign(frames_ * shape_.frame_bytes(), shape_.encoding == RecordingEncoding::kMuLaw ? 0xff : 0);
  decoded_.resize(kMaxPacketSamples);
  converted_.resize(kMaxPacketSamples * 2 + 16);
}

// Where a packet begins, in frames since the beginning.
std::int64_t RecordingTimeline::place(Channel& channel, const RecordedPacket& packet) {
  const std::int64_t arrived = position_at(packet.arrival);
  if (channel.anchored && channel.ssrc == packet.ssrc && channel.codec == packet.codec) {
    const auto ticks = static_cast<std::int32_t>(packet.timestamp - channel.timestamp);
    const std::int64_t at = channel.position + std::int64_t{ticks} * shape_.rate / clock_rate_of(packet.codec);
    if (std::llabs(at - arrived) < shape_.rate / 4) {
      if (ticks > 0) channel.timestamp = packet.timestamp, channel.position = at;
      return at;
    }
  }
  channel.anchored = true;
  channel.ssrc = packet.ssrc;
  channel.timestamp = packet.timestamp;
  channel.position = arrived;
  return arrived;
}

Samples RecordingTimeline::decode(Channel& channel, const RecordedPacket& packet,
                                  std::span<const std::uint8_t> payload) {
  const int rate = static_cast<int>(shape_.rate);
  if (!channel.decoder || channel.codec != packet.codec) {
    channel.decoder = make_decoder(packet.codec, rate);
    channel.resampler.reset();
    if (channel.decoder->rate() != rate) channel.resampler = std::make_unique<Resampler>(channel.decoder->rate(), rate);
  }
  const std::size_t n = channel.decoder->decode(payload, decoded_);
  const Samples samples = Samples(decoded_).first(n);
  if (!channel.resampler) return samples;
  return Samples(converted_).first(channel.resampler->run(samples, converted_));
}

void RecordingTimeline::write(std::size_t channel, std::int64_t at, Samples samples) {
  const std::size_t frame = shape_.frame_bytes();
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const std::int64_t position = at + static_cast<std::int64_t>(i);
    if (position < given_ || position >= given_ + static_cast<std::int64_t>(frames_)) continue;
    std::uint8_t* to = &window_[static_cast<std::size_t>(position) % frames_ * frame];
    if (shape_.encoding == RecordingEncoding::kMuLaw) {
      to[channel] = g711::encode(g711::Law::kMu, samples[i]);
    } else {
      to[channel * 2] = static_cast<std::uint8_t>(samples[i]);
      to[channel * 2 + 1] = static_cast<std::uint8_t>(samples[i] >> 8);
    }
  }
}

void RecordingTimeline::write_mu(std::size_t channel, std::int64_t at, std::span<const std::uint8_t> bytes) {
  const std::int64_t first = std::max(at, given_);
  if (first - at >= static_cast<std::int64_t>(bytes.size())) return;
  bytes = bytes.subspan(static_cast<std::size_t>(first - at));
  std::size_t slot = static_cast<std::size_t>(first) % frames_;
  for (const std::uint8_t b : bytes) {
    window_[slot * shape_.channels + channel] = b;
    if (++slot == frames_) slot = 0;
  }
}

Result<void> RecordingTimeline::add(const RecordedPacket& packet, std::span<const std::uint8_t> payload) {
  if (packet.channel >= channels_.size() || payload.empty()) return {};
  Channel& channel = channels_[packet.channel];
  const std::int64_t at = place(channel, packet);
  const std::int64_t longest = shape_.rate * 120 / 1000;
  if (at + longest >= given_ + static_cast<std::int64_t>(frames_)) {
    if (auto ok = give_until(at + longest - static_cast<std::int64_t>(frames_) + 1); !ok) return ok;
  }
  const bool as_it_is = shape_.encoding == RecordingEncoding::kMuLaw && packet.codec == Codec::kPcmu;
  if (as_it_is) {
    channel.codec = packet.codec;
    write_mu(packet.channel, at,
             payload.first(std::min<std::size_t>(payload.size(), static_cast<std::size_t>(longest))));
    return {};
  }
  const Samples samples = decode(channel, packet, payload);
  channel.codec = packet.codec;
  write(packet.channel, at, samples);
  return {};
}

Result<void> RecordingTimeline::give_until(std::int64_t position) {
  const std::size_t frame = shape_.frame_bytes();
  const std::uint8_t silence = shape_.encoding == RecordingEncoding::kMuLaw ? 0xff : 0;
  while (given_ < position) {
    const std::size_t from = static_cast<std::size_t>(given_) % frames_;
    const std::size_t n = std::min(static_cast<std::size_t>(position - given_), frames_ - from);
    const std::span<std::uint8_t> piece(&window_[from * frame], n * frame);
    if (auto ok = out_(piece); !ok) return ok;
    std::memset(piece.data(), silence, piece.size());
    given_ += static_cast<std::int64_t>(n);
  }
  return {};
}

Result<void> RecordingTimeline::advance(Instant now) { return give_until(position_at(now - kWindow)); }

Result<void> RecordingTimeline::finish(Instant end) { return give_until(position_at(end)); }

}  // namespace carillon::media
