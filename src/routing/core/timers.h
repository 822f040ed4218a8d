// The earliest deadline of every live object: an indexed heap, so that a deadline is moved, not forgotten.
//
// Why:    most deadlines never come (a task ends long before its time to live); dead entries would pile up.
// Order:  (deadline, seq), so that a run is repeatable.
// Limits: one deadline an object; set and remove are O(log n).
// Example:
//   timers.set(slot, deadline, seq);
//   while (!timers.empty() && timers.top().at <= now) fire(timers.top().item);
#pragma once

#include <cstdint>
#include <vector>

#include "base/check.h"
#include "base/time.h"

namespace carillon::routing {

class Timers {
 public:
  struct Entry {
    Instant at;
    std::int64_t seq = 0;
    std::uint32_t item = 0;
  };

  bool empty() const { return heap_.empty(); }
  const Entry& top() const { return heap_.front(); }
  std::size_t size() const { return heap_.size(); }
  bool has(std::uint32_t item) const { return item < place_.size() && place_[item] != kNowhere; }

  // Arms, moves, or (never) removes the item's deadline.
  void set(std::uint32_t item, Instant at, std::int64_t seq) {
    if (at.is_never()) return remove(item);
    if (item >= place_.size()) place_.resize(item + 1, kNowhere);
    const Entry entry{at, seq, item};
    if (place_[item] == kNowhere) {
      place_[item] = static_cast<std::uint32_t>(heap_.size());
      heap_.push_back(entry);
      up(heap_.size() - 1);
      return;
    }
    const std::size_t i = place_[item];
    if (heap_[i].at == at && heap_[i].seq == seq) return;
    heap_[i] = entry;
    up(i);
    down(place_[item]);
  }

  void remove(std::uint32_t item) {
    if (!has(item)) return;
    const std::size_t i = place_[item];
    place_[item] = kNowhere;
    const Entry last = heap_.back();
    heap_.pop_back();
    if (i == heap_.size()) return;
    heap_[i] = last;
    place_[last.item] = static_cast<std::uint32_t>(i);
    up(i);
    down(place_[last.item]);
  }

  void clear() { heap_.clear(), place_.clear(); }

  // Whether a's first deadline comes before b's.
  static bool is_before(const Timers& a, const Timers& b) {
    return !a.empty() && (b.empty() || before(a.top(), b.top()));
  }

 private:
  static constexpr std::uint32_t kNowhere = ~0u;

  static bool before(const Entry& a, const Entry& b) { return a.at != b.at ? a.at < b.at : a.seq < b.seq; }

  void put(std::size_t i, const Entry& entry) {
    heap_[i] = entry;
    place_[entry.item] = static_cast<std::uint32_t>(i);
  }

  void up(std::size_t i) {
    const Entry entry = heap_[i];
    while (i > 0) {
      const std::size_t parent = (i - 1) / 4;
      if (!before(entry, heap_[parent])) break;
      put(i, heap_[parent]);
      i = parent;
    }
    put(i, entry);
  }

  void down(std::size_t i) {
    const Entry entry = heap_[i];
    for (;;) {
      std::size_t least = i;
      const Entry* best = &entry;
      for (std::size_t c = 4 * i + 1; c <= 4 * i + 4 && c < heap_.size(); ++c) {
        if (before(heap_[c], *best)) least = c, best = &heap_[c];
      }
      if (least == i) break;
      put(i, heap_[least]);
      i = least;
    }
    put(i, entry);
  }

  std::vector<Entry> heap_;           // four children a node: fewer cache misses
  std::vector<std::uint32_t> place_;  // by item
};

}  // namespace carillon::routing
