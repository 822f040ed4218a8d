// FaultyWriter: a Writer that fails when a test says so.
//
// What:   wraps any Writer. Faults are set by the number of the commit (0 is the first) or for all from now on.
// Owns:   nothing; the wrapped writer must outlive it.
// Thread: commit() from one thread; the rest from any.
// Example:
//   FaultyWriter writer(store->writer());
//   writer.fail_at(3, FaultyWriter::Fault::kAfter);   // the fourth commit is done, and answers kStoreUnknown
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>

#include "store/writer.h"

namespace carillon::store::testing {

class FaultyWriter final : public Writer {
 public:
  enum class Fault {
    kNone,
    kBefore,         // nothing is done: kStore
    kAfter,          // done, but the answer is lost: kStoreUnknown
    kUnknownBefore,  // nothing is done, and nobody knows: kStoreUnknown
  };

  explicit FaultyWriter(Writer& inner) : inner_(inner) {}

  Result<CommitAnswers> commit(std::span<const Change> changes) override;

  void fail_at(std::int64_t nth, Fault fault);
  void fail_always(Fault fault);  // kNone heals
  // From now on commits wait before they begin, until release(n) lets n of them go or release_all() all.
  void hold();
  void release(std::int64_t n = 1);
  void release_all();
  // Returns once `n` commits wait in hold().
  void wait_until_held(std::int64_t n = 1);
  std::int64_t commits() const;  // how many were begun

 private:
  Writer& inner_;

  mutable std::mutex mutex_;
  std::condition_variable moved_;
  std::map<std::int64_t, Fault> faults_;
  Fault always_ = Fault::kNone;
  bool holding_ = false;
  std::int64_t held_ = 0;
  std::int64_t tickets_ = 0;
  std::int64_t begun_ = 0;
};

}  // namespace carillon::store::testing
