// Strip: what one party of a call leaves behind while it lasts, in bounded memory.
//
// Why:    a call may last for hours and a broken telephone may repeat itself for ever; the beginning and the end are what is asked
//         for later.
// Owns:   its messages, samples and changes. Thread: one. Errors: none; what has no room is counted.
// Limits: Limits.
// Example:
//   Strip strip(limits);
//   strip.add(SipMessage{...});   strip.add(QualitySample{...});   Party party = strip.party();
#pragma once

#include <deque>
#include <vector>

#include "evidence/core/record.h"

namespace carillon::evidence {

class Strip {
 public:
  explicit Strip(const Limits& limits) : limits_(&limits) {}

  // How many bytes more this strip holds now; less than 0 when an older message made room.
  std::int64_t add(SipMessage message);
  void add(const QualitySample& sample);
  void add(SoundChange change);
  void left_out() { ++left_out_; }

  // Bytes of messages held.
  std::int64_t bytes() const { return bytes_; }
  bool empty() const { return first_.empty() && quality_.empty() && changes_.empty(); }
  Party party() const;

 private:
  const Limits* limits_;
  std::vector<SipMessage> first_;
  std::deque<SipMessage> last_;
  std::uint64_t left_out_ = 0;
  std::int64_t bytes_ = 0;
  std::vector<QualitySample> quality_;
  std::uint64_t every_ = 1, seen_ = 0;  // of so many samples one is kept
  std::vector<SoundChange> changes_;
};

}  // namespace carillon::evidence
