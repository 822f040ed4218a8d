// ServerProcess: one `carillon serve --demo --no-demo-traffic` on a data directory, started, watched and killed.
//
// Owns:   the child. It ends with us, however we end. Its log is DATA/server.log.
// Thread: one.
// Errors: give_up() when it does not listen within a minute, or cannot be started.
// Example:
//   ServerProcess server(binary, data);
//   server.start();                      // until it listens
//   Loop loop;  HttpLine line(loop, server.port());
//   server.kill_now();
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "bench/load/loop.h"

namespace carillon::bench {

class ServerProcess {
 public:
  ServerProcess(std::string binary, std::string data) : binary_(std::move(binary)), data_(std::move(data)) {}
  ~ServerProcess() { kill_now(); }
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  // Returns when it listens; started_at() is the moment of its exec.
  void start();
  // As start(), but does not wait.
  void launch();
  // Asks /readyz until it says 200; seconds since exec.
  double wait_ready();
  void kill_now();       // SIGKILL, and waits for its end
  bool stop_in_peace();  // SIGTERM, and waits; whether it ended with 0

  bool is_running() const { return pid_ > 0; }
  std::uint16_t port() const { return port_; }
  const std::string& data() const { return data_; }
  Moment started_at() const { return started_at_; }

  double cpu_seconds() const;  // user and system so far, in steps of 10 ms
  double resident_mb() const;

 private:
  std::uint16_t read_port();

  std::string binary_, data_;
  pid_t pid_ = 0;
  int out_ = -1;
  std::uint16_t port_ = 0;
  Moment started_at_;
};

// User and system time of this process so far.
double own_cpu_seconds();
// "1.52 1.40 1.33"
std::string load_average();

}  // namespace carillon::bench
