// How a call sounds, as one number: MOS by the simplified E-model (ITU-T G.107; loss impairment of G.113 Appendix I).
//
// What:   mouth-to-ear delay and loss give the rating R (0 to 100), and R gives MOS (1.0 to 4.5).
// Thread: any; pure.
// Example:
//   double mos = rtp::mos_of({.codec = QualityCodec::kG711, .one_way_delay = Duration::millis(80), .loss = 0.01});
#pragma once

#include "base/time.h"

namespace carillon::rtp {

enum class QualityCodec { kG711, kOpus };

struct QualityInput {
  QualityCodec codec = QualityCodec::kG711;
  Duration one_way_delay;  // network, jitter buffer and packet time together
  double loss = 0;         // 0 to 1, packets lost or too late
};

double rating_of(const QualityInput& in);
double mos_of(const QualityInput& in);

}  // namespace carillon::rtp
