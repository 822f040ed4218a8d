// Server: everything wired together: one process, its threads, its order of starting and stopping.
//
// What:    start() opens the data directory and the database, brings workspaces to life and opens the door; stop() drains.
// Owns:    all parts; each outlives those that use it (members stand in that order).
// Thread:  start and stop from main. Errors: kConfig, kStore; nothing is left running.
// Example:
//   auto server = Server::start(config);
//   if (!server) return fail(server.error());
//   wait_for_signal();
//   (*server)->stop();
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/config.h"
#include "base/result.h"

namespace carillon::app {

class Server {
 public:
  static Result<std::unique_ptr<Server>> start(const Config& config);
  ~Server();

  // Refuses what is new, finishes what was begun, commits, closes. Blocks, at most about 15 s.
  void stop();
  // "http://127.0.0.1:8080" of each listener.
  const std::vector<std::string>& addresses() const;
  void reload_tls();

  struct Parts;

 private:
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

// Opens the store that the configuration names (migrated), for tools. The data directory must be locked by the caller.
std::string database_url(const Config& config);

}  // namespace carillon::app
