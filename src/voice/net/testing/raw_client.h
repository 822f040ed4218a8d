// A TCP client that does as a test says: blocking, with a generous limit.
#pragma once

#include <string>
#include <string_view>

#include "voice/net/sockets.h"

namespace carillon::voice::net {

class RawClient {
 public:
  explicit RawClient(const Endpoint& to, int receive_buffer = 0);
  // False when the other side does not take it any more.
  bool send(std::string_view bytes);
  // What has come, up to and with `end`; what came before the connection ended, when it ends.
  std::string read_until(std::string_view end);
  // Has the other side closed? Waits for it, and drops what comes before.
  bool is_closed();

 private:
  Socket socket_;
  std::string read_;
};

}  // namespace carillon::voice::net
