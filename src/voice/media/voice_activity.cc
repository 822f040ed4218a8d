#include "voice/media/voice_activity.h"

#include <cmath>

namespace carillon::media {

double level_of(Samples frame) {
  std::int64_t sum = 0;
  for (const std::int16_t s : frame) sum += std::int64_t{s} * s;
  const double mean = frame.empty() ? 0 : static_cast<double>(sum) / static_cast<double>(frame.size());
  if (mean < 1) return -90;
  // A full-scale sine (mean square half of the square) is 3.17 dBm0.
  return 10 * std::log10(mean / (32767.0 * 32767.0 / 2)) + 3.17;
}

}  // namespace carillon::media
