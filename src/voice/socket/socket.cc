#include "voice/socket/socket.h"

#include <arpa/inet.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace carillon::voice {

SocketAddress SocketAddress::from(const Endpoint& at) {
  SocketAddress out;
  if (at.ip.is_v6()) {
    auto* a = reinterpret_cast<sockaddr_in6*>(&out.storage);
    a->sin6_family = AF_INET6;
    a->sin6_port = htons(at.port);
    std::memcpy(&a->sin6_addr, at.ip.bytes.data(), 16);
    out.size = sizeof *a;
  } else if (at.ip.is_v4()) {
    auto* a = reinterpret_cast<sockaddr_in*>(&out.storage);
    a->sin_family = AF_INET;
    a->sin_port = htons(at.port);
    std::memcpy(&a->sin_addr, at.ip.bytes.data(), 4);
    out.size = sizeof *a;
  }
  return out;
}

Endpoint SocketAddress::endpoint() const {
  Endpoint out;
  if (storage.ss_family == AF_INET6) {
    const auto* a = reinterpret_cast<const sockaddr_in6*>(&storage);
    out.ip = IpAddress::from_bytes(reinterpret_cast<const std::uint8_t*>(&a->sin6_addr), IpFamily::kV6);
    out.port = ntohs(a->sin6_port);
  } else if (storage.ss_family == AF_INET) {
    const auto* a = reinterpret_cast<const sockaddr_in*>(&storage);
    out.ip = IpAddress::from_bytes(reinterpret_cast<const std::uint8_t*>(&a->sin_addr), IpFamily::kV4);
    out.port = ntohs(a->sin_port);
  }
  return out;
}

Socket& Socket::operator=(Socket&& other) noexcept {
  if (fd_ >= 0 && &other != this) ::close(fd_);
  fd_ = other.release();
  return *this;
}

Socket::~Socket() {
  if (fd_ >= 0) ::close(fd_);
}

Result<Endpoint> local_endpoint(const Socket& socket) {
  SocketAddress out;
  out.size = sizeof out.storage;
  if (::getsockname(socket.fd(), out.raw(), &out.size) != 0) {
    return Error(ErrorCode::kInternal, std::string("getsockname: ") + std::strerror(errno));
  }
  return out.endpoint();
}

}  // namespace carillon::voice
