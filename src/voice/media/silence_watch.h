// Whether somebody who leaves a message has stopped speaking.
//
// What:   fed with the sound of one channel as it goes into the file; true once, when nobody has spoken for so long.
// Thread: one. Never allocates.
// Example:
//   SilenceWatch watch(Duration::seconds(5), 8000);
//   if (watch.feed(mu_law)) end_message(watch.heard());
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/time.h"
#include "voice/media/voice_activity.h"

namespace carillon::media {

class SilenceWatch {
 public:
  // `rate` is the sound's, at most 8000.
  SilenceWatch(Duration after, std::uint32_t rate) : after_(after), frame_(rate / 50) {}

  // Mu-law bytes, any number of them.
  bool feed(std::span<const std::uint8_t> sound);
  bool heard() const { return heard_; }  // somebody spoke at all

 private:
  Duration after_, silent_;
  std::size_t frame_, filled_ = 0;
  std::array<std::int16_t, 160> samples_{};
  VoiceActivity activity_;
  bool heard_ = false, told_ = false;
};

}  // namespace carillon::media
