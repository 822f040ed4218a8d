#include "store/testing/faulty_writer.h"

namespace carillon::store::testing {

Result<CommitAnswers> FaultyWriter::commit(std::span<const Change> changes) {
  Fault fault = Fault::kNone;
  {
    std::unique_lock lock(mutex_);
    const std::int64_t nth = begun_++;
    if (holding_) {
      ++held_;
      moved_.notify_all();
      moved_.wait(lock, [&] { return !holding_ || tickets_ > 0; });
      if (holding_) --tickets_;
      --held_;
    }
    const auto planned = faults_.find(nth);
    fault = planned == faults_.end() ? always_ : planned->second;
  }
  const Error refused(ErrorCode::kStore, "the test made this commit fail; nothing was done");
  const Error unknown(ErrorCode::kStoreUnknown, "the test lost the answer of this commit");
  if (fault == Fault::kBefore) return refused;
  if (fault == Fault::kUnknownBefore) return unknown;
  Result<CommitAnswers> answers = inner_.commit(changes);
  if (fault == Fault::kAfter) return unknown;
  return answers;
}

void FaultyWriter::fail_at(std::int64_t nth, Fault fault) {
  std::lock_guard lock(mutex_);
  faults_[nth] = fault;
}

void FaultyWriter::fail_always(Fault fault) {
  std::lock_guard lock(mutex_);
  always_ = fault;
}

void FaultyWriter::hold() {
  std::lock_guard lock(mutex_);
  holding_ = true;
  tickets_ = 0;
}

void FaultyWriter::release(std::int64_t n) {
  std::lock_guard lock(mutex_);
  tickets_ += n;
  moved_.notify_all();
}

void FaultyWriter::release_all() {
  std::lock_guard lock(mutex_);
  holding_ = false;
  moved_.notify_all();
}

void FaultyWriter::wait_until_held(std::int64_t n) {
  std::unique_lock lock(mutex_);
  moved_.wait(lock, [&] { return held_ - tickets_ >= n; });  // a ticket is as good as gone
}

std::int64_t FaultyWriter::commits() const {
  std::lock_guard lock(mutex_);
  return begun_;
}

}  // namespace carillon::store::testing
