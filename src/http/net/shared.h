// What all loops and connections of one server share.
//
// Owns:   options, router, the file thread. Lives as long as the last connection that a late Reply holds.
// Thread: atomics and log() from any thread; the rest is constant after start().
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "http/net/file_thread.h"
#include "http/net/routes.h"
#include "http/server.h"

namespace carillon::http {

struct Shared {
  Shared(ServerOptions o, std::shared_ptr<const Router> r, const Clock& c)
      : options(std::move(o)), router(std::move(r)), clock(c) {}

  const ServerOptions options;
  const std::shared_ptr<const Router> router;
  const Clock& clock;  // used only while the server runs
  FileThread files;
  Duration tick = Duration::millis(250);

  std::atomic<bool> draining{false};
  std::atomic<std::size_t> open{0};  // connections and WebSockets
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::int64_t> queued_messages{0};
  std::atomic<std::int64_t> queued_bytes{0};
  std::atomic<std::uint64_t> next_id{0};

  std::mutex drain_mutex;
  std::condition_variable drained;

  void log(const LogEvent& event) const;
  bool wants(LogLevel level) const { return level >= options.log_level; }
  // Unique in this process, hard to guess the order of; 13 characters, no allocation.
  std::string make_request_id();
  void left();  // a connection has gone
};

}  // namespace carillon::http
