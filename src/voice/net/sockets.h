// Sockets of signalling: addresses as the system wants them, and the few ways to open one.
//
// Owns:   Socket closes its descriptor. All are non-blocking and close on exec.
// Thread: any; a socket belongs to the thread that uses it.
// Errors: kInUse when somebody has the port, kConfig when the address cannot be bound, kUnavailable without descriptors.
// Example:
//   Result<Socket> socket = bind_datagrams({IpAddress::v4(0, 0, 0, 0), 5060});
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>
#include <utility>

#include "base/result.h"
#include "voice/wire/address.h"

namespace carillon::voice::net {

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

// Port 0: any; local_endpoint() tells which.
Result<Socket> bind_datagrams(const Endpoint& at);
Result<Socket> listen_for_streams(const Endpoint& at);
// Begins to connect; writable when that is over. No socket when it failed at once. `from`: our address, any port.
Socket begin_connecting(const Endpoint& to, const std::optional<IpAddress>& from);
// What became of it: 0, or the system's error number.
int connecting_failed(const Socket& socket);
// For a stream: no delay, and a peer that vanished is noticed within two minutes.
void set_stream_options(const Socket& socket);
Result<Endpoint> local_endpoint(const Socket& socket);
// The address this machine would call the world from; empty when it has no way there. Nothing is sent.
IpAddress own_address(IpFamily family);

}  // namespace carillon::voice::net
