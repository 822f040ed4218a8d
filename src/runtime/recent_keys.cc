#include "runtime/recent_keys.h"

namespace carillon::runtime {
namespace {

constexpr std::size_t kKeysOfGeneration = 20'000;
constexpr Duration kGeneration = Duration::minutes(1);
constexpr Duration kKeptAfterSettling = Duration::minutes(1);

std::string name_of(const IdempotencyKey& key) { return key.principal + '\n' + key.key; }

}  // namespace

Result<RecentKeys::Slot> RecentKeys::find(const IdempotencyKey& key) const {
  if (key.looked_up_at < complete_since_) {
    return Error(ErrorCode::kUnavailable, "this took too long to be begun; ask again with the same Idempotency-Key");
  }
  const std::string name = name_of(key);
  for (const Generation& generation : generations_) {
    const auto found = generation.keys.find(name);
    if (found == generation.keys.end()) continue;
    if (found->second.request_hash == key.request_hash) return found->second.slot;
    return Error(ErrorCode::kIdempotencyMismatch,
                 "this Idempotency-Key was used for another request; use a new key for each thing you mean")
        .at("Idempotency-Key");
  }
  return Slot();
}

void RecentKeys::add(const IdempotencyKey& key, Slot slot, std::int64_t entry, Instant now) {
  if (generations_.empty() || generations_.back().keys.size() >= kKeysOfGeneration ||
      now >= generations_.back().began + kGeneration) {
    generations_.emplace_back().began = now;
  }
  generations_.back().keys[name_of(key)] = {key.request_hash, std::move(slot)};
  generations_.back().last_entry = entry;
}

void RecentKeys::settle(std::int64_t committed_entry, Instant now) {
  // All but the newest, which may still grow.
  for (std::size_t i = 0; i + 1 < generations_.size(); ++i) {
    Generation& generation = generations_[i];
    if (generation.settled_at.us == 0 && generation.last_entry <= committed_entry) generation.settled_at = now;
  }
  while (generations_.size() > 1 && generations_.front().settled_at.us != 0 &&
         now >= generations_.front().settled_at + kKeptAfterSettling) {
    // Everything in it was committed by then: a look-up since then has seen its row.
    complete_since_ = generations_.front().settled_at;
    generations_.pop_front();
  }
}

}  // namespace carillon::runtime
