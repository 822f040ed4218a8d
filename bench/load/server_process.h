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
  // `config`: lines of its configuration file, none when empty.
  ServerProcess(std::string binary, std::string data, std::string config = {})
      : binary_(std::move(binary)), data_(std::move(data)), config_(std::move(config)) {}
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
  std::uint16_t sip_port() const { return sip_port_; }  // 0 unless its configuration has `sip`
  const std::string& data() const { return data_; }
  Moment started_at() const { return started_at_; }

  double cpu_seconds() const;  // user and system so far, in steps of 10 ms
  double resident_mb() const;
  // Sockets too, but not the database: its readers, eight at most, come when there is something to read at once.
  std::size_t open_files() const;
  void stay_on(int cpu) const;  // all its threads

 private:
  void read_ports();

  std::string binary_, data_, config_;
  pid_t pid_ = 0;
  int out_ = -1;
  std::uint16_t port_ = 0, sip_port_ = 0;
  Moment started_at_;
};

// User and system time of this process so far.
double own_cpu_seconds();
// "1.52 1.40 1.33"
std::string load_average();

}  // namespace carillon::bench
