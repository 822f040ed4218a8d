#include "voice/media/silence_watch.h"

#include <algorithm>

#include "voice/media/g711.h"

namespace carillon::media {

bool SilenceWatch::feed(std::span<const std::uint8_t> sound) {
  while (!sound.empty() && !told_) {
    const std::size_t n = std::min(frame_ - filled_, sound.size());
    g711::decode(g711::Law::kMu, sound.first(n), std::span(samples_).subspan(filled_, n));
    filled_ += n;
    sound = sound.subspan(n);
    if (filled_ < frame_) return false;
    filled_ = 0;
    const bool speaks = activity_.on_frame(Samples(samples_).first(frame_));
    heard_ = heard_ || speaks;
    silent_ = speaks ? Duration{} : silent_ + Duration::millis(20);
    if (silent_ >= after_) return told_ = true;
  }
  return false;
}

}  // namespace carillon::media
