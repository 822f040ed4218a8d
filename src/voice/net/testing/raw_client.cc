#include "voice/net/testing/raw_client.h"

#include <sys/time.h>

#include <array>
#include <cerrno>

#include "base/check.h"

namespace carillon::voice::net {

RawClient::RawClient(const Endpoint& to, int receive_buffer)
    : socket_(::socket(to.ip.is_v6() ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  CARILLON_CHECK(socket_);
  const timeval patience{30, 0};
  ::setsockopt(socket_.fd(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_.fd(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (receive_buffer > 0) {
    ::setsockopt(socket_.fd(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  const SocketAddress address = SocketAddress::from(to);
  CARILLON_CHECK(::connect(socket_.fd(), address.raw(), address.size) == 0);
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(socket_.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

std::string RawClient::read_until(std::string_view end) {
  std::array<char, 4096> piece;
  std::size_t found = read_.find(end);
  while (found == std::string::npos) {
    const ssize_t n = ::recv(socket_.fd(), piece.data(), piece.size(), 0);
    if (n <= 0) return std::exchange(read_, {});
    read_.append(piece.data(), static_cast<std::size_t>(n));
    found = read_.find(end);
  }
  std::string out = read_.substr(0, found + end.size());
  read_.erase(0, found + end.size());
  return out;
}

bool RawClient::is_closed() {
  std::array<char, 4096> piece;
  while (true) {
    const ssize_t n = ::recv(socket_.fd(), piece.data(), piece.size(), 0);
    if (n > 0) continue;
    return n == 0 || errno == ECONNRESET;
  }
}

}  // namespace carillon::voice::net
