// Slots: things with generation-counted handles, used again when free.
//
// Why:    a handle to something that is gone finds nothing instead of something else, and no lookup table is needed.
// Owns:   the things; they stay in place until released.
// Thread: one at a time.
// Example:
//   Handle handle = slots.take();
//   slots.find(handle)->name = "x";
//   slots.release(handle);          // slots.find(handle) == nullptr
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "base/check.h"
#include "voice/sip/flow.h"

namespace carillon::voice::sip {

template <class T>
class Slots {
 public:
  Handle take() {
    std::uint32_t slot;
    if (free_.empty()) {
      slot = static_cast<std::uint32_t>(all_.size());
      all_.push_back(std::make_unique<Entry>());
    } else {
      slot = free_.back();
      free_.pop_back();
    }
    Entry& entry = *all_[slot];
    entry.used = true;
    if (++entry.generation == 0) entry.generation = 1;
    ++used_;
    return {slot, entry.generation};
  }

  T* find(Handle handle) {
    if (handle.slot >= all_.size()) return nullptr;
    Entry& entry = *all_[handle.slot];
    return entry.used && entry.generation == handle.generation ? &entry.value : nullptr;
  }
  const T* find(Handle handle) const { return const_cast<Slots*>(this)->find(handle); }

  T& at(Handle handle) {
    T* found = find(handle);
    CARILLON_CHECK(found != nullptr);
    return *found;
  }

  // The handle of a slot that is in use, whatever its generation; empty when it is not.
  Handle in_slot(std::uint32_t slot) const {
    if (slot >= all_.size() || !all_[slot]->used) return {};
    return {slot, all_[slot]->generation};
  }

  void release(Handle handle) {
    T* found = find(handle);
    CARILLON_CHECK(found != nullptr);
    *found = T();
    all_[handle.slot]->used = false;
    free_.push_back(handle.slot);
    --used_;
  }

  std::size_t size() const { return used_; }

 private:
  struct Entry {
    T value{};
    std::uint32_t generation = 0;
    bool used = false;
  };
  std::vector<std::unique_ptr<Entry>> all_;
  std::vector<std::uint32_t> free_;
  std::size_t used_ = 0;
};

}  // namespace carillon::voice::sip
