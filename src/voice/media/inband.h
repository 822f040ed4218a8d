// Digits that somebody's telephone sends as sound (spandsp's DTMF receiver).
//
// Thread: one. on_samples() never allocates.
// Example:
//   InbandDigits digits;
//   digits.on_samples(frame_at_8000);
//   while (auto digit = digits.next()) pressed(*digit);
#pragma once

#include <optional>

#include "voice/media/codec.h"

struct dtmf_rx_state_s;

namespace carillon::media {

class InbandDigits {
 public:
  InbandDigits();
  ~InbandDigits();
  InbandDigits(const InbandDigits&) = delete;
  InbandDigits& operator=(const InbandDigits&) = delete;

  void on_samples(Samples at_8000);
  std::optional<char> next();

 private:
  dtmf_rx_state_s* state_;
};

}  // namespace carillon::media
