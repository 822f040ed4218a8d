// A bounded mailbox without locks, for any number of senders and receivers (D. Vyukov's bounded queue).
//
// What:   push() and pop() move one pointer-sized thing; full is an answer, not a wait.
// Thread: any.
// Limits: the capacity, a power of two.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "base/check.h"

namespace carillon::media {

template <class T>
class Mailbox {
 public:
  explicit Mailbox(std::size_t capacity) : mask_(capacity - 1), cells_(std::make_unique<Cell[]>(capacity)) {
    CARILLON_CHECK(capacity >= 2 && (capacity & mask_) == 0);
    for (std::size_t i = 0; i < capacity; ++i) cells_[i].turn.store(i, std::memory_order_relaxed);
  }
  ~Mailbox() {
    while (pop()) {
    }
  }
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  // Takes `item` only when there is room.
  bool push(std::unique_ptr<T>& item) {
    std::size_t at = in_.load(std::memory_order_relaxed);
    for (;;) {
      Cell& cell = cells_[at & mask_];
      const auto ahead =
          static_cast<std::intptr_t>(cell.turn.load(std::memory_order_acquire)) - static_cast<std::intptr_t>(at);
      if (ahead == 0) {
        if (!in_.compare_exchange_weak(at, at + 1, std::memory_order_relaxed)) continue;
        cell.item = item.release();
        cell.turn.store(at + 1, std::memory_order_release);
        return true;
      }
      if (ahead < 0) return false;
      at = in_.load(std::memory_order_relaxed);
    }
  }

  std::unique_ptr<T> pop() {
    std::size_t at = out_.load(std::memory_order_relaxed);
    for (;;) {
      Cell& cell = cells_[at & mask_];
      const auto ahead =
          static_cast<std::intptr_t>(cell.turn.load(std::memory_order_acquire)) - static_cast<std::intptr_t>(at + 1);
      if (ahead == 0) {
        if (!out_.compare_exchange_weak(at, at + 1, std::memory_order_relaxed)) continue;
        std::unique_ptr<T> item(cell.item);
        cell.turn.store(at + mask_ + 1, std::memory_order_release);
        return item;
      }
      if (ahead < 0) return nullptr;
      at = out_.load(std::memory_order_relaxed);
    }
  }

  // About how many wait: a metric.
  std::size_t depth() const {
    const std::size_t in = in_.load(std::memory_order_relaxed), out = out_.load(std::memory_order_relaxed);
    return in > out ? in - out : 0;
  }

 private:
  struct Cell {
    std::atomic<std::size_t> turn{0};
    T* item = nullptr;
  };
  std::size_t mask_;
  std::unique_ptr<Cell[]> cells_;
  alignas(64) std::atomic<std::size_t> in_{0};
  alignas(64) std::atomic<std::size_t> out_{0};
};

}  // namespace carillon::media
