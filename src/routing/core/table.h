// Tables of live objects: found by id, referred to by slot. Private to src/routing/core.
//
// What:   Slots keeps objects where they are made, so that references stay good; SlotIndex finds a slot by id; Table is both,
//         and uses the room of the dead again.
// Why:    a center with 10,000 workers is larger than a processor's near cache, and what a decision costs there is the number
//         of places it has to wait for. A lookup is one such place, and fetch_ahead() waits for all lines of an object at once.
// Limits: 2^32 - 1 objects. The order of the index is that of a hash: it is never walked.
// Example:
//   const Slot slot = table.add();
//   table[slot].row.sid = sid;
//   table.by_id.add(sid, slot);
//   table.find(sid) == slot;
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/check.h"

namespace carillon::routing {

using Slot = std::uint32_t;
inline constexpr Slot kNone = ~0u;

// Asks for memory that will be needed in a moment. Changes nothing.
inline void fetch_ahead(const void* begin, std::size_t bytes) {
  for (std::size_t line = 0; line < bytes; line += 64) __builtin_prefetch(static_cast<const char*>(begin) + line);
}

// Grows at its end, in chunks that never move.
template <class T>
class Slots {
 public:
  std::size_t size() const { return size_; }
  T& operator[](std::size_t i) { return chunks_[i / kChunk][i % kChunk]; }
  const T& operator[](std::size_t i) const { return chunks_[i / kChunk][i % kChunk]; }

  T& emplace_back() {
    if (size_ == chunks_.size() * kChunk) chunks_.push_back(std::make_unique<T[]>(kChunk));
    return (*this)[size_++];
  }

  template <class S, class Item>
  struct Iterator {
    S* slots;
    std::size_t at;
    Item& operator*() const { return (*slots)[at]; }
    Iterator& operator++() { return ++at, *this; }
    bool operator==(const Iterator& o) const { return at == o.at; }
  };
  auto begin() { return Iterator<Slots, T>{this, 0}; }
  auto end() { return Iterator<Slots, T>{this, size_}; }
  auto begin() const { return Iterator<const Slots, const T>{this, 0}; }
  auto end() const { return Iterator<const Slots, const T>{this, size_}; }

 private:
  static constexpr std::size_t kChunk = 64;
  std::vector<std::unique_ptr<T[]>> chunks_;
  std::size_t size_ = 0;
};

// Open addressing, eight bytes a place: the slot and 32 bits of the hash. The id itself stands in the object.
class SlotIndex {
 public:
  std::size_t size() const { return size_; }

  // `is_it(slot)` says whether the object there has the id of this hash.
  template <class Same>
  Slot find(std::uint64_t hash, const Same& is_it) const {
    if (places_.empty()) return kNone;
    for (std::size_t i = home(hash);; i = next(i)) {
      const Place& place = places_[i];
      if (place.slot == kNone) return kNone;
      if (place.tag == tag(hash) && is_it(place.slot)) return place.slot;
    }
  }

  void add(std::uint64_t hash, Slot slot) {
    if (2 * (size_ + 1) > places_.size()) grow();
    put({tag(hash), slot});
    ++size_;
  }

  void remove(std::uint64_t hash, Slot slot) {
    std::size_t hole = home(hash);
    while (places_[hole].slot != slot) {
      CARILLON_CHECK(places_[hole].slot != kNone);
      hole = next(hole);
    }
    // What came to lie behind its own place moves up, so that a search never meets a gap before what it looks for.
    for (std::size_t i = next(hole); places_[i].slot != kNone; i = next(i)) {
      const std::size_t own = home_of(places_[i].tag);
      const bool stays = hole <= i ? (hole < own && own <= i) : (hole < own || own <= i);
      if (stays) continue;
      places_[hole] = places_[i];
      hole = i;
    }
    places_[hole] = {};
    --size_;
  }

 private:
  struct Place {
    std::uint32_t tag = 0;
    Slot slot = kNone;
  };

  static std::uint32_t tag(std::uint64_t hash) {
    return static_cast<std::uint32_t>((hash * 0x9e3779b97f4a7c15ULL) >> 32);
  }
  std::size_t home_of(std::uint32_t tag) const { return tag >> shift_; }
  std::size_t home(std::uint64_t hash) const { return home_of(tag(hash)); }
  std::size_t next(std::size_t i) const { return (i + 1) & (places_.size() - 1); }

  void put(Place place) {
    std::size_t i = home_of(place.tag);
    while (places_[i].slot != kNone) i = next(i);
    places_[i] = place;
  }

  void grow() {
    CARILLON_CHECK(shift_ > 0);
    std::vector<Place> old(places_.empty() ? 16 : 2 * places_.size());
    old.swap(places_);
    shift_ = old.empty() ? 28 : shift_ - 1;
    for (const Place& place : old) {
      if (place.slot != kNone) put(place);
    }
  }

  std::vector<Place> places_;  // a power of two, at most half full
  std::uint32_t shift_ = 32;   // of a tag, to its place
  std::size_t size_ = 0;
};

// Objects with ids; room of the dead is reused from the next entry on.
template <class Live, class IdType>
struct Table {
  Slots<Live> slots;
  std::vector<Slot> free;
  SlotIndex by_id;

  Slot find(IdType id) const {
    return by_id.find(std::hash<IdType>()(id), [&](Slot slot) { return slots[slot].row.sid == id; });
  }
  // The object in `slot` has its id by now.
  void enter(Slot slot) { by_id.add(std::hash<IdType>()(slots[slot].row.sid), slot); }
  // Before the object loses its id.
  void leave(Slot slot) { by_id.remove(std::hash<IdType>()(slots[slot].row.sid), slot); }
  Slot add() {
    if (!free.empty()) {
      const Slot slot = free.back();
      free.pop_back();
      return slot;
    }
    slots.emplace_back();
    return static_cast<Slot>(slots.size() - 1);
  }
  Live& operator[](Slot slot) { return slots[slot]; }
  const Live& operator[](Slot slot) const { return slots[slot]; }
};

}  // namespace carillon::routing
