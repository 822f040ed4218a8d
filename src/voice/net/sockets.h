// Sockets of signalling: the few ways to open one. All are non-blocking and close on exec.
//
// Thread: any; a socket belongs to the thread that uses it.
// Errors: kInUse when somebody has the port, kConfig when the address cannot be bound, kUnavailable without descriptors.
// Example:
//   Result<Socket> socket = bind_datagrams({IpAddress::v4(0, 0, 0, 0), 5060});
#pragma once

#include <optional>

#include "base/result.h"
#include "voice/socket/socket.h"

namespace carillon::voice::net {

// Port 0: any; local_endpoint() tells which.
Result<Socket> bind_datagrams(const Endpoint& at);
Result<Socket> listen_for_streams(const Endpoint& at);
// Begins to connect; writable when that is over. No socket when it failed at once. `from`: our address, any port.
Socket begin_connecting(const Endpoint& to, const std::optional<IpAddress>& from);
// What became of it: 0, or the system's error number.
int connecting_failed(const Socket& socket);
// For a stream: no delay, and a peer that vanished is noticed within two minutes.
void set_stream_options(const Socket& socket);
// The address this machine would call the world from; empty when it has no way there. Nothing is sent.
IpAddress own_address(IpFamily family);

}  // namespace carillon::voice::net
