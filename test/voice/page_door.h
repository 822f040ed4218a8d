// The smallest web server a page needs to call: one request a connection, answered by a function. For tests on loopback only.
//
// Owns:   the listening socket. Thread: one. Limits: kMostBytes a request, two seconds to send it.
// Example:
//   PageDoor door;
//   door.serve(50, [](const std::string& path, const std::string& body) { return path == "/" ? page : answer(body); });
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace carillon::testing {

class PageDoor {
 public:
  static constexpr std::size_t kMostBytes = 1 << 16;
  using Answer = std::function<std::string(const std::string& path, const std::string& body)>;

  PageDoor();
  ~PageDoor();
  PageDoor(const PageDoor&) = delete;
  PageDoor& operator=(const PageDoor&) = delete;

  std::string address() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }
  int fd() const { return fd_; }
  // Serves one request that is there; to be called when fd() can be read.
  void serve(const Answer& answer);

 private:
  int fd_ = -1;
  std::uint16_t port_ = 0;
};

// Chromium without a window, ended with all its children when this dies.
class Chromium {
 public:
  static bool is_installed();
  explicit Chromium(const std::string& address);
  ~Chromium();
  Chromium(const Chromium&) = delete;
  Chromium& operator=(const Chromium&) = delete;

 private:
  int pid_ = 0;
  std::string profile_;
};

}  // namespace carillon::testing
