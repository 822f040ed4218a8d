// Sockets of voice: an owned descriptor, and addresses as the system wants them.
//
// Owns:   Socket closes its descriptor.
// Thread: any; a socket belongs to the thread that uses it.
// Errors: kInternal when the system does not know the address.
// Example:
//   Socket socket(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
//   const SocketAddress address = SocketAddress::from({IpAddress::v4(127, 0, 0, 1), 5060});
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <utility>

#include "base/result.h"
#include "voice/wire/address.h"

namespace carillon::voice {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  static SocketAddress from(const Endpoint& at);
  // A v4-mapped v6 address becomes the v4 one; empty for other families.
  Endpoint endpoint() const;
  const sockaddr* raw() const { return reinterpret_cast<const sockaddr*>(&storage); }
  sockaddr* raw() { return reinterpret_cast<sockaddr*>(&storage); }
};

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

Result<Endpoint> local_endpoint(const Socket& socket);

}  // namespace carillon::voice
