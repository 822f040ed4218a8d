// From the media thread to the recording thread: packets as they came, through one bounded ring without locks.
//
// What:   push() copies a payload with its marks, or says that there is no room; it never waits, allocates or locks.
// Why:    the packet path does no more for a recording than one copy; decoding, order and the disk are the writer's.
// Thread: one pushes, one pops.
// Limits: the bytes given to the constructor (a power of two).
#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>

#include "base/check.h"
#include "base/time.h"
#include "voice/media/codec.h"

namespace carillon::media {

struct RecordedPacket {
  enum class Kind : std::uint8_t { kSound, kStop };
  std::uint64_t recording = 0;
  Instant arrival;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;
  std::uint16_t sequence = 0;
  std::uint16_t bytes = 0;
  Codec codec = Codec::kPcmu;
  std::uint8_t channel = 0;
  Kind kind = Kind::kSound;
};

class RecordingRing {
 public:
  explicit RecordingRing(std::size_t bytes)
      : size_(bytes), memory_(std::make_unique_for_overwrite<std::uint8_t[]>(bytes)) {
    CARILLON_CHECK(bytes >= 4096 && (bytes & (bytes - 1)) == 0);
  }

  bool push(RecordedPacket packet, std::span<const std::uint8_t> payload) {
    packet.bytes = static_cast<std::uint16_t>(payload.size());
    const std::size_t need = sizeof packet + payload.size();
    const std::uint64_t head = head_.load(std::memory_order_relaxed);
    if (size_ - (head - tail_.load(std::memory_order_acquire)) < need) {
      return dropped_.fetch_add(1, std::memory_order_relaxed), false;
    }
    copy_in(head, &packet, sizeof packet);
    copy_in(head + sizeof packet, payload.data(), payload.size());
    head_.store(head + need, std::memory_order_release);
    return true;
  }

  // `payload` holds 1500 bytes. False when there is nothing.
  bool pop(RecordedPacket& packet, std::span<std::uint8_t> payload) {
    const std::uint64_t tail = tail_.load(std::memory_order_relaxed);
    if (head_.load(std::memory_order_acquire) == tail) return false;
    copy_out(tail, &packet, sizeof packet);
    CARILLON_CHECK(packet.bytes <= payload.size());
    copy_out(tail + sizeof packet, payload.data(), packet.bytes);
    tail_.store(tail + sizeof packet + packet.bytes, std::memory_order_release);
    return true;
  }

  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  void copy_in(std::uint64_t at, const void* from, std::size_t bytes) {
    if (bytes == 0) return;
    const std::size_t offset = at & (size_ - 1), first = std::min(bytes, size_ - offset);
    std::memcpy(memory_.get() + offset, from, first);
    std::memcpy(memory_.get(), static_cast<const std::uint8_t*>(from) + first, bytes - first);
  }
  void copy_out(std::uint64_t at, void* to, std::size_t bytes) const {
    if (bytes == 0) return;
    const std::size_t offset = at & (size_ - 1), first = std::min(bytes, size_ - offset);
    std::memcpy(to, memory_.get() + offset, first);
    std::memcpy(static_cast<std::uint8_t*>(to) + first, memory_.get(), bytes - first);
  }

  std::size_t size_;
  std::unique_ptr<std::uint8_t[]> memory_;
  alignas(64) std::atomic<std::uint64_t> head_{0};
  alignas(64) std::atomic<std::uint64_t> tail_{0};
  std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace carillon::media
