// Whether somebody speaks: level against a noise floor that follows the line.
//
// Thread: one. Never allocates.
// Example:
//   if (activity.on_frame(frame)) ...   // true while speaking, and 200 ms after
#pragma once

#include "voice/media/codec.h"

namespace carillon::media {

// Mean square of a frame, as a level in dBm0 (about -70 for silence, 3.17 for a full square wave).
double level_of(Samples frame);

class VoiceActivity {
 public:
  // One frame of 20 ms.
  bool on_frame(Samples frame) {
    const double level = level_of(frame);
    // Down at once, up by 3 dB a second: the floor is what is there when nobody speaks.
    floor_ = level < floor_ ? level : floor_ + 0.06;
    if (level > -48 && level > floor_ + 9) {
      hangover_ = 10;
    } else if (hangover_ > 0) {
      --hangover_;
    }
    return hangover_ > 0;
  }
  bool speaking() const { return hangover_ > 0; }

 private:
  double floor_ = -60;
  int hangover_ = 0;
};

}  // namespace carillon::media
