#include "voice/net/sockets.h"

#include <netinet/tcp.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace carillon::voice::net {
namespace {

// A burst of calls waits here while the thread is busy; the system gives as much of it as it allows.
constexpr int kDatagramBuffer = 4 << 20;
constexpr int kBacklog = 1024;

void set_option(const Socket& socket, int level, int name, int value) {
  ::setsockopt(socket.fd(), level, name, &value, sizeof value);
}

std::string system_words(int number) { return std::strerror(number); }

Result<Socket> open_bound(const Endpoint& at, int type, const char* what) {
  const int family = at.ip.is_v6() ? AF_INET6 : AF_INET;
  Socket socket(::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return Error(ErrorCode::kUnavailable, "no socket for " + at.text() + ": " + system_words(errno));
  // Each family has its listener; one that takes both would give mapped addresses.
  if (at.ip.is_v6()) set_option(socket, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  if (type == SOCK_STREAM) set_option(socket, SOL_SOCKET, SO_REUSEADDR, 1);
  const SocketAddress address = SocketAddress::from(at);
  if (::bind(socket.fd(), address.raw(), address.size) != 0) {
    const bool in_use = errno == EADDRINUSE;
    return Error(in_use ? ErrorCode::kInUse : ErrorCode::kConfig,
                 std::string("cannot listen on ") + what + ' ' + at.text() + ": " + system_words(errno) +
                     (in_use ? "; another program has it: end that, or choose another port"
                             : "; expected an address of this machine"));
  }
  return socket;
}

}  // namespace

Result<Socket> bind_datagrams(const Endpoint& at) {
  Result<Socket> socket = open_bound(at, SOCK_DGRAM, "UDP");
  if (!socket) return socket;
  set_option(*socket, SOL_SOCKET, SO_RCVBUF, kDatagramBuffer);
  set_option(*socket, SOL_SOCKET, SO_SNDBUF, kDatagramBuffer);
  return socket;
}

Result<Socket> listen_for_streams(const Endpoint& at) {
  Result<Socket> socket = open_bound(at, SOCK_STREAM, "TCP");
  if (!socket) return socket;
  if (::listen(socket->fd(), kBacklog) != 0) {
    return Error(ErrorCode::kInUse, "cannot listen on TCP " + at.text() + ": " + system_words(errno));
  }
  return socket;
}

Socket begin_connecting(const Endpoint& to, const std::optional<IpAddress>& from) {
  const int family = to.ip.is_v6() ? AF_INET6 : AF_INET;
  Socket socket(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return {};
  set_stream_options(socket);
  if (from) {
    // The port is chosen when connecting, so that many connections may share one.
    set_option(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    const SocketAddress ours = SocketAddress::from({*from, 0});
    if (::bind(socket.fd(), ours.raw(), ours.size) != 0) return {};
  }
  const SocketAddress address = SocketAddress::from(to);
  if (::connect(socket.fd(), address.raw(), address.size) != 0 && errno != EINPROGRESS) return {};
  return socket;
}

int connecting_failed(const Socket& socket) {
  int number = 0;
  socklen_t size = sizeof number;
  if (::getsockopt(socket.fd(), SOL_SOCKET, SO_ERROR, &number, &size) != 0) return errno;
  return number;
}

void set_stream_options(const Socket& socket) {
  set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, 60);
  set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, 15);
  set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, 4);
  set_option(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, 32'000);  // as long as SIP waits for an answer, in ms
}

IpAddress own_address(IpFamily family) {
  // Documentation addresses: nobody is there, but the way to them is the way out.
  const char* somewhere = family == IpFamily::kV6 ? "2001:db8::1" : "192.0.2.1";
  const Socket socket(::socket(family == IpFamily::kV6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const SocketAddress to = SocketAddress::from({*IpAddress::parse(somewhere), 9});
  if (!socket || ::connect(socket.fd(), to.raw(), to.size) != 0) return {};
  const Result<Endpoint> own = local_endpoint(socket);
  return own && !own->ip.is_unspecified() ? own->ip : IpAddress();
}

}  // namespace carillon::voice::net
