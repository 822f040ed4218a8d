// A Server on a free loopback port for tests, with a FakeClock and a log that can be looked at.
//
// Example:
//   TestServer server([](Router& r) { r.add(Method::kGet, "/x", handler); });
//   Client client(server.port());
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "http/server.h"

namespace carillon::http::testing {

struct LoggedEvent {
  LogLevel level = LogLevel::kInfo;
  std::string event;
  std::string message;
  std::string path;
  int status = 0;
};

class TestServer {
 public:
  explicit TestServer(const std::function<void(Router&)>& routes, ServerOptions options = {}, std::size_t threads = 1);
  ~TestServer();

  std::uint16_t port(std::size_t listener = 0) const { return server_->ports()[listener]; }
  Server& server() { return *server_; }
  FakeClock& clock() { return clock_; }
  std::vector<LoggedEvent> log() const;
  bool logged(std::string_view event) const;
  // Waits until the condition holds, at most five seconds; looks again whenever the scheduler lets it.
  static bool eventually(const std::function<bool()>& condition);

 private:
  FakeClock clock_;
  mutable std::mutex mutex_;
  std::vector<LoggedEvent> log_;
  std::unique_ptr<Server> server_;
};

}  // namespace carillon::http::testing
