// RecentKeys: the Idempotency-Keys a workspace has used in the last minutes.
//
// Why:    the rows know every key of the last 24 hours, but a request looks there before it is submitted; one that comes
//         twice at the same moment is in no row yet. This remembers keys until every look-up that could have missed
//         them is too old, and refuses look-ups older than what it remembers (kUnavailable: ask again).
// Owns:   the keys. Thread: one (the brain).
// Example:
//   auto known = keys.find(key, committed_entry, now);      // error: mismatch, or looked up too long ago
//   if (known && *known) return repeat(**known);
//   keys.add(key, slot, entry, now);
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/result.h"
#include "runtime/submission.h"

namespace carillon::runtime {

class RecentKeys {
 public:
  using Slot = std::shared_ptr<Committed>;  // filled when the entry is committed

  // A strand that was (re)built remembers nothing, so earlier look-ups are too old for it.
  explicit RecentKeys(Instant since) : complete_since_(since) {}

  // The slot of the same key with the same request, or nothing. Errors: kIdempotencyMismatch, kUnavailable.
  Result<Slot> find(const IdempotencyKey& key) const;
  void add(const IdempotencyKey& key, Slot slot, std::int64_t entry, Instant now);
  // Forgets what every look-up finds in the rows by now.
  void settle(std::int64_t committed_entry, Instant now);

 private:
  struct Known {
    std::string request_hash;
    Slot slot;
  };
  struct Generation {
    std::unordered_map<std::string, Known> keys;
    Instant began;
    std::int64_t last_entry = 0;
    Instant settled_at;  // us = 0: not all committed
  };
  std::deque<Generation> generations_;  // the newest last
  Instant complete_since_;
};

}  // namespace carillon::runtime
