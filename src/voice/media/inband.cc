#include "voice/media/inband.h"

// In this order: spandsp's headers do not include what they need.
// clang-format off
#include <spandsp/telephony.h>
#include <spandsp/fast_convert.h>
#include <spandsp/logging.h>
#include <spandsp/complex.h>
#include <spandsp/tone_detect.h>
#include <spandsp/tone_generate.h>
#include <spandsp/super_tone_rx.h>
#include <spandsp/dtmf.h>
// clang-format on

#include "base/check.h"

namespace carillon::media {

InbandDigits::InbandDigits() : state_(dtmf_rx_init(nullptr, nullptr, nullptr)) { CARILLON_CHECK(state_); }
InbandDigits::~InbandDigits() { dtmf_rx_free(state_); }

void InbandDigits::on_samples(Samples at_8000) { dtmf_rx(state_, at_8000.data(), static_cast<int>(at_8000.size())); }

std::optional<char> InbandDigits::next() {
  char digit[2] = {};
  if (dtmf_rx_get(state_, digit, 1) == 0) return std::nullopt;
  return digit[0];
}

}  // namespace carillon::media
