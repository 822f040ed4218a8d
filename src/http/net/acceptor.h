// Acceptor: one listening socket. Accepted sockets come as transports, on loops in turn.
//
// Thread: made before the loops run; stop() on the first loop.
// Errors: kConfig when the address cannot be listened on. Running out of descriptors: it waits a moment and goes on.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "http/net/transport.h"
#include "http/server.h"

namespace carillon::http {

class Acceptor {
 public:
  // Runs on the loop that the connection will live on.
  using Accepted = std::function<void(std::shared_ptr<Loop>, std::unique_ptr<Transport>, std::string remote)>;

  static Result<std::unique_ptr<Acceptor>> open(const Listener& listener, std::vector<std::shared_ptr<Loop>> loops,
                                                Accepted accepted);
  ~Acceptor();
  std::uint16_t port() const;
  void start();
  void stop();

 private:
  struct State;
  explicit Acceptor(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace carillon::http
