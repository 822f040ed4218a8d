#include "voice/rtp/quality.h"

#include <algorithm>

namespace carillon::rtp {
namespace {

struct Impairment {
  double equipment;   // Ie
  double robustness;  // Bpl: how well its concealment stands random loss
};
Impairment impairment_of(QualityCodec codec) {
  switch (codec) {
    case QualityCodec::kG711:
      return {0, 25.1};  // with concealment, G.113 table I.4
    case QualityCodec::kOpus:
      return {0, 20.0};
  }
  return {0, 4.3};
}

}  // namespace

double rating_of(const QualityInput& in) {
  const double delay_ms = std::max(in.one_way_delay.in_seconds() * 1000, 0.0);
  const double loss = std::clamp(in.loss, 0.0, 1.0) * 100;
  double delay_impairment = 0.024 * delay_ms;
  if (delay_ms > 177.3) delay_impairment += 0.11 * (delay_ms - 177.3);
  const Impairment codec = impairment_of(in.codec);
  const double loss_impairment = codec.equipment + (95 - codec.equipment) * loss / (loss + codec.robustness);
  return std::clamp(93.2 - delay_impairment - loss_impairment, 0.0, 100.0);
}

double mos_of(const QualityInput& in) {
  const double r = rating_of(in);
  // G.107 Annex B; below R = 6.5 the cubic dips under 1.
  return std::clamp(1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6, 1.0, 4.5);
}

}  // namespace carillon::rtp
