#include "store/reader.h"

#include <chrono>

#include "base/check.h"

namespace carillon::store {

Snapshot::~Snapshot() {
  if (reader_) reader_->end_snapshot();
}

Result<Snapshot> Reader::snapshot() {
  Result<void> begun = begin_snapshot();
  if (!begun) return std::move(begun).error();
  return Snapshot(*this);
}

ReaderLease::~ReaderLease() {
  if (reader_) pool_->give_back(std::move(reader_));
}

ReaderPool::ReaderPool(int most, Duration lease_wait, Connect connect)
    : most_(most), lease_wait_(lease_wait), connect_(std::move(connect)) {
  CARILLON_CHECK(most_ > 0);
}

ReaderPool::~ReaderPool() { CARILLON_CHECK(lent_ == 0); }

Result<ReaderLease> ReaderPool::lease() {
  std::unique_lock lock(mutex_);
  const bool got = freed_.wait_for(lock, std::chrono::microseconds(lease_wait_.us), [&] { return lent_ < most_; });
  if (!got) {
    return Error(ErrorCode::kOverloaded,
                 "all " + std::to_string(most_) + " connections that read are in use; try again, or raise the number");
  }
  ++lent_;
  if (!free_.empty()) {
    std::unique_ptr<Reader> reader = std::move(free_.back());
    free_.pop_back();
    return ReaderLease(*this, std::move(reader));
  }
  lock.unlock();  // connecting takes time; the place is already ours
  Result<std::unique_ptr<Reader>> made = connect_();
  if (made) return ReaderLease(*this, std::move(*made));
  lock.lock();
  --lent_;
  freed_.notify_one();
  return std::move(made).error();
}

int ReaderPool::lent() const {
  std::lock_guard lock(mutex_);
  return lent_;
}

void ReaderPool::give_back(std::unique_ptr<Reader> reader) {
  std::unique_ptr<Reader> dropped;  // closed outside the lock
  std::lock_guard lock(mutex_);
  --lent_;
  if (reader->usable()) {
    free_.push_back(std::move(reader));
  } else {
    dropped = std::move(reader);
  }
  freed_.notify_one();
}

}  // namespace carillon::store
