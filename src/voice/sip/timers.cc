#include "voice/sip/timers.h"

#include <algorithm>

namespace carillon::voice::sip {

void Timers::put(std::size_t place, const Entry& entry) {
  heap_[place] = entry;
  nodes_[entry.node].place = static_cast<std::uint32_t>(place);
}

void Timers::rise(std::size_t place) {
  const Entry entry = heap_[place];
  while (place > 0) {
    const std::size_t above = (place - 1) / 4;
    if (!before(entry, heap_[above])) break;
    put(place, heap_[above]);
    place = above;
  }
  put(place, entry);
}

void Timers::sink(std::size_t place) {
  const Entry entry = heap_[place];
  while (true) {
    const std::size_t first = place * 4 + 1;
    if (first >= heap_.size()) break;
    std::size_t least = first;
    const std::size_t end = std::min(first + 4, heap_.size());
    for (std::size_t i = first + 1; i < end; ++i) {
      if (before(heap_[i], heap_[least])) least = i;
    }
    if (!before(heap_[least], entry)) break;
    put(place, heap_[least]);
    place = least;
  }
  put(place, entry);
}

TimerId Timers::arm(Instant at, TimerKey key) {
  std::uint32_t node;
  if (free_.empty()) {
    node = static_cast<std::uint32_t>(nodes_.size());
    nodes_.emplace_back();
  } else {
    node = free_.back();
    free_.pop_back();
  }
  nodes_[node].key = key;
  if (++nodes_[node].generation == 0) nodes_[node].generation = 1;
  heap_.push_back({at, order_++, node});
  rise(heap_.size() - 1);
  return {{node, nodes_[node].generation}};
}

void Timers::remove(std::size_t place) {
  const std::uint32_t node = heap_[place].node;
  if (++nodes_[node].generation == 0) nodes_[node].generation = 1;
  free_.push_back(node);
  const Entry last = heap_.back();
  heap_.pop_back();
  if (place == heap_.size()) return;
  put(place, last);
  rise(place);
  sink(nodes_[last.node].place);
}

void Timers::cancel(TimerId& id) {
  if (!id.empty() && id.slot < nodes_.size() && nodes_[id.slot].generation == id.generation)
    remove(nodes_[id.slot].place);
  id = {};
}

std::optional<TimerKey> Timers::pop_due(Instant now) {
  if (heap_.empty() || heap_.front().at > now) return std::nullopt;
  const TimerKey key = nodes_[heap_.front().node].key;
  remove(0);
  return key;
}

}  // namespace carillon::voice::sip
