// UDP sockets for sound: pairs of ports from a range, addresses of the system.
//
// Thread: PortRange from any; a socket belongs to the thread that uses it.
// Errors: kUnavailable when no port of the range is free, kConfig when an address cannot be bound.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <memory>
#include <optional>

#include "base/result.h"
#include "voice/wire/address.h"

namespace carillon::media {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  static SocketAddress from(const voice::Endpoint& at);
  voice::Endpoint endpoint() const;  // a v4-mapped v6 address becomes the v4 one
  const sockaddr* raw() const { return reinterpret_cast<const sockaddr*>(&storage); }
  sockaddr* raw() { return reinterpret_cast<sockaddr*>(&storage); }
};

// Closes on its way out.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(other.release()) {}
  Socket& operator=(Socket&& other) noexcept;
  ~Socket();
  int fd() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// Non-blocking. `buffer_bytes` is asked for in both directions.
Result<Socket> bind_udp(const voice::Endpoint& at, int buffer_bytes = 0);
Result<voice::Endpoint> local_endpoint(const Socket& socket);

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
