#include "evidence/core/strip.h"

#include <algorithm>

namespace carillon::evidence {

std::int64_t Strip::add(SipMessage message) {
  if (message.text.size() > limits_->message_bytes) {
    message.text.resize(limits_->message_bytes);
    message.cut = true;
  }
  message.text.shrink_to_fit();
  const std::int64_t before = bytes_;
  bytes_ += static_cast<std::int64_t>(message.text.size());
  if (first_.size() < limits_->messages / 2) {
    first_.push_back(std::move(message));
    return bytes_ - before;
  }
  last_.push_back(std::move(message));
  if (last_.size() > limits_->messages - limits_->messages / 2) {
    bytes_ -= static_cast<std::int64_t>(last_.front().text.size());
    last_.pop_front();
    ++left_out_;
  }
  return bytes_ - before;
}

void Strip::add(const QualitySample& sample) {
  if (seen_++ % every_ != 0) return;
  quality_.push_back(sample);
  if (quality_.size() < limits_->samples) return;
  for (std::size_t i = 1; i * 2 < quality_.size(); ++i) quality_[i] = quality_[i * 2];
  quality_.resize((quality_.size() + 1) / 2);
  every_ *= 2;
  seen_ = 1;  // the newest was kept just now, or its neighbour
}

void Strip::add(SoundChange change) {
  if (changes_.size() < limits_->changes) changes_.push_back(std::move(change));
}

Party Strip::party() const {
  Party out;
  out.messages = first_;
  out.messages.insert(out.messages.end(), last_.begin(), last_.end());
  out.messages_left_out = left_out_;
  out.quality = quality_;
  out.changes = changes_;
  return out;
}

}  // namespace carillon::evidence
