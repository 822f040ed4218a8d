// StatementCache: a driver's prepared statements, found by SQL text.
//
// What:   find() costs one look-up by the text's hash; for literals the address decides, for others the text.
// Owns:   its entries. trim() gives back those longest unused, so that texts made at run time cannot fill memory.
// Thread: one.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/check.h"
#include "store/sql.h"

namespace carillon::store {

template <class Entry>
class StatementCache {
 public:
  // Nothing when the text was not seen, or when another text has the same hash.
  Entry* find(const Sql& sql) {
    const auto at = slots_.find(sql.hash());
    if (at == slots_.end()) return nullptr;
    Slot& slot = at->second;
    if (slot.address != sql.text().data() || !sql.is_static()) {
      if (slot.text != sql.text()) return nullptr;
    }
    slot.used = ++uses_;
    return slot.entry.get();
  }

  // After find() said nothing. Two of our texts with one 64-bit hash do not happen; a check would tell.
  Entry& add(const Sql& sql, Entry entry) {
    Slot& slot = slots_[sql.hash()];
    CARILLON_CHECK(!slot.entry);
    slot.entry = std::make_unique<Entry>(std::move(entry));
    slot.text = std::string(sql.text());
    slot.address = sql.is_static() ? sql.text().data() : nullptr;
    slot.used = ++uses_;
    return *slot.entry;
  }

  // When more than `most` are held, takes out the half longest unused.
  std::vector<std::unique_ptr<Entry>> trim(std::size_t most) {
    std::vector<std::unique_ptr<Entry>> out;
    if (slots_.size() <= most) return out;
    std::vector<std::uint64_t> ages;
    for (const auto& [hash, slot] : slots_) ages.push_back(slot.used);
    std::ranges::nth_element(ages, ages.begin() + static_cast<std::ptrdiff_t>(ages.size() / 2));
    const std::uint64_t bound = ages[ages.size() / 2];
    for (auto at = slots_.begin(); at != slots_.end();) {
      const bool old = at->second.used < bound;
      if (old) out.push_back(std::move(at->second.entry));
      at = old ? slots_.erase(at) : std::next(at);
    }
    return out;
  }

  void clear() { slots_.clear(); }
  std::size_t size() const { return slots_.size(); }

 private:
  struct Identity {
    std::size_t operator()(std::uint64_t hash) const { return hash; }
  };
  struct Slot {
    std::unique_ptr<Entry> entry;
    std::string text;
    const char* address = nullptr;
    std::uint64_t used = 0;
  };
  std::unordered_map<std::uint64_t, Slot, Identity> slots_;
  std::uint64_t uses_ = 0;
};

}  // namespace carillon::store
