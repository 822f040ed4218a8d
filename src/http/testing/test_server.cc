#include "http/testing/test_server.h"

#include <chrono>
#include <thread>

namespace carillon::http::testing {

TestServer::TestServer(const std::function<void(Router&)>& routes, ServerOptions options, std::size_t threads) {
  auto router = std::make_shared<Router>();
  routes(*router);
  if (options.listeners.empty()) options.listeners.push_back({});
  options.log_level = LogLevel::kDebug;
  options.log = [this](const LogEvent& e) {
    const std::lock_guard lock(mutex_);
    log_.push_back({e.level, std::string(e.event), std::string(e.message), std::string(e.path), e.status});
  };
  server_ = std::make_unique<Server>(std::move(options), std::move(router), clock_);
  const Result<void> started = server_->start(threads);
  CARILLON_CHECK(started.ok());
}

TestServer::~TestServer() { server_.reset(); }

std::vector<LoggedEvent> TestServer::log() const {
  const std::lock_guard lock(mutex_);
  return log_;
}

bool TestServer::logged(std::string_view event) const {
  const std::lock_guard lock(mutex_);
  for (const LoggedEvent& line : log_) {
    if (line.event == event) return true;
  }
  return false;
}

bool TestServer::eventually(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace carillon::http::testing
