// UDP sockets for sound: pairs of ports from a range.
//
// Thread: PortRange from any; a socket belongs to the thread that uses it.
// Errors: kUnavailable when no port of the range is free, kConfig when an address cannot be bound.
#pragma once

#include <atomic>
#include <memory>

#include "base/result.h"
#include "voice/socket/socket.h"

namespace carillon::media {

using voice::Socket;
using voice::SocketAddress;

// Non-blocking. `buffer_bytes` is asked for in both directions.
Result<Socket> bind_udp(const voice::Endpoint& at, int buffer_bytes = 0);

struct PortPair {
  Socket rtp, rtcp;
  std::uint16_t port = 0;  // RTP's, even; RTCP's is the next
};

class PortRange {
 public:
  PortRange(std::uint16_t first, std::uint16_t last);
  Result<PortPair> take(const voice::IpAddress& bind_to);
  void give_back(std::uint16_t port);
  std::size_t used() const { return used_.load(std::memory_order_relaxed); }

 private:
  std::uint16_t first_;
  std::size_t pairs_;
  std::unique_ptr<std::atomic<bool>[]> taken_;
  std::atomic<std::size_t> next_;
  std::atomic<std::size_t> used_{0};
};

}  // namespace carillon::media
