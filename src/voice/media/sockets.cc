#include "voice/media/sockets.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/check.h"

namespace carillon::media {

Result<Socket> bind_udp(const voice::Endpoint& at, int buffer_bytes) {
  Socket socket(::socket(at.ip.is_v6() ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return Error(ErrorCode::kUnavailable, std::string("no socket: ") + std::strerror(errno));
  const int yes = 1;
  if (at.ip.is_v6()) ::setsockopt(socket.fd(), IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
  if (buffer_bytes > 0) {
    ::setsockopt(socket.fd(), SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof buffer_bytes);
    ::setsockopt(socket.fd(), SOL_SOCKET, SO_SNDBUF, &buffer_bytes, sizeof buffer_bytes);
  }
  const SocketAddress address = SocketAddress::from(at);
  if (::bind(socket.fd(), address.raw(), address.size) != 0) {
    const auto code = errno == EADDRINUSE ? ErrorCode::kInUse : ErrorCode::kConfig;
    return Error(code, "cannot take UDP " + at.text() + ": " + std::strerror(errno));
  }
  return socket;
}

PortRange::PortRange(std::uint16_t first, std::uint16_t last)
    : first_(static_cast<std::uint16_t>(first + first % 2)),
      pairs_(last > first_ ? static_cast<std::size_t>(last - first_ + 1) / 2 : 0),
      taken_(std::make_unique<std::atomic<bool>[]>(pairs_ + 1)),
      next_(pairs_ > 0 ? static_cast<std::size_t>(::getpid()) * 17 % pairs_ : 0) {}

Result<PortPair> PortRange::take(const voice::IpAddress& bind_to) {
  for (std::size_t tries = 0; tries < pairs_; ++tries) {
    const std::size_t n = next_.fetch_add(1, std::memory_order_relaxed) % pairs_;
    bool free = false;
    if (!taken_[n].compare_exchange_strong(free, true)) continue;
    const auto port = static_cast<std::uint16_t>(first_ + 2 * n);
    auto rtp = bind_udp({bind_to, port});
    auto rtcp = rtp ? bind_udp({bind_to, static_cast<std::uint16_t>(port + 1)}) : Result<Socket>(rtp.error());
    if (rtcp) {
      used_.fetch_add(1, std::memory_order_relaxed);
      return PortPair{std::move(rtp).value(), std::move(rtcp).value(), port};
    }
    taken_[n].store(false);
    if (rtcp.error().code != ErrorCode::kInUse) return rtcp.error();  // another program's port: try the next
  }
  return Error(ErrorCode::kUnavailable, "no pair of RTP ports is free among " + std::to_string(pairs_) +
                                            "; widen the port range, or calls are not ended");
}

void PortRange::give_back(std::uint16_t port) {
  const std::size_t n = static_cast<std::size_t>(port - first_) / 2;
  CARILLON_CHECK(port >= first_ && n < pairs_ && taken_[n].load());
  taken_[n].store(false);
  used_.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace carillon::media
