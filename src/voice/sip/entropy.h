// Unguessable numbers from one seed, and a keyed hash for tables.
//
// What:   SipHash-2-4 of a counter under the caller's 128-bit seed: tags, branches, Call-IDs and nonces come from here, so a
//         run with the same seed and the same input is the same run.
// Why:    who cannot guess a tag or branch cannot end calls by spraying packets; who cannot guess the key of the tables
//         cannot slow them down.
// Limits: as secret as the seed; the caller takes it from the operating system.
// Thread: one at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.h"

namespace carillon::voice::sip {

std::uint64_t sip_hash(const Seed& key, std::string_view bytes);

class Entropy {
 public:
  explicit Entropy(Seed seed) : seed_(seed) {}

  std::uint64_t next();
  std::uint64_t below(std::uint64_t n) { return n == 0 ? 0 : next() % n; }
  // A number that belongs to these bytes, the same each time.
  std::uint64_t of(std::string_view bytes) const { return sip_hash(seed_, bytes); }
  const Seed& seed() const { return seed_; }

 private:
  Seed seed_;
  std::uint64_t count_ = 0;
};

// For unordered maps whose keys come from outside.
struct KeyedHash {
  Seed key;
  std::size_t operator()(std::string_view bytes) const { return static_cast<std::size_t>(sip_hash(key, bytes)); }
};

}  // namespace carillon::voice::sip
