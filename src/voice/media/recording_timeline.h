// Puts each party's packets on its channel of one time line, whenever they come.
//
// What:   add() places a packet by its RTP timestamp, anchored at the time it arrived; what nobody said is silence. What is older
//         than kWindow is given on, interleaved. Clocks that drift, new sources and jumps anchor anew.
// Thread: one (the recording thread); it decodes, and may allocate.
// Limits: a packet later than kWindow is left out.
// Example:
//   RecordingTimeline line(shape, [&](auto bytes) { return file.append(bytes); });
//   line.add(packet, payload);
//   line.advance(now);
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "voice/media/codec.h"
#include "voice/media/recording_file.h"
#include "voice/media/recording_ring.h"

namespace carillon::media {

class RecordingTimeline {
 public:
  static constexpr Duration kWindow = Duration::seconds(1);
  using Out = std::function<Result<void>(std::span<const std::uint8_t>)>;

  RecordingTimeline(const RecordingShape& shape, Out out);

  Result<void> add(const RecordedPacket& packet, std::span<const std::uint8_t> payload);
  // Gives on what nobody can add to any more.
  Result<void> advance(Instant now);
  // Gives on everything up to `end`.
  Result<void> finish(Instant end);

 private:
  struct Channel {
    bool anchored = false;
    std::uint32_t ssrc = 0;
    std::uint32_t timestamp = 0;
    std::int64_t position = 0;
    std::optional<Codec> codec;
    std::unique_ptr<Decoder> decoder;
    std::unique_ptr<Resampler> resampler;
  };

  std::int64_t position_at(Instant t) const { return (t - shape_.begin).us * shape_.rate / 1'000'000; }
  std::int64_t place(Channel& channel, const RecordedPacket& packet);
  Samples decode(Channel& channel, const RecordedPacket& packet, std::span<const std::uint8_t> payload);
  void write(std::size_t channel, std::int64_t at, Samples samples);
  void write_mu(std::size_t channel, std::int64_t at, std::span<const std::uint8_t> bytes);
  Result<void> give_until(std::int64_t position);

  RecordingShape shape_;
  Out out_;
  std::vector<Channel> channels_;
  std::size_t frames_;                // the window and half of it
  std::vector<std::uint8_t> window_;  // a ring of frames
  std::int64_t given_ = 0;            // frames that left
  std::vector<std::int16_t> decoded_, converted_;
};

}  // namespace carillon::media
