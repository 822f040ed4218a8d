// Server: HTTP/1.1 and WebSocket over TCP and TLS.
//
// What:   listeners, net threads, connections, limits. Routes say what happens.
// Thread: public functions from the thread that made it; metrics() from any thread.
//         Handlers, hooks and WebSocket callbacks run on net threads ("http-N"), files are read and sinks written on "http-files".
// Owns:   threads, sockets, a share of router and TLS. Clock and limiter must outlive it.
// Errors: kConfig when a listener cannot be opened; everything that a client does wrong is a problem document or a close code.
// Limits: ServerLimits; every one of them answers rather than waits.
// Example:
//   Server server({.listeners = {{"127.0.0.1", 8080}}}, router, clock);
//   if (auto ok = server.start(1); !ok) ...
//   std::uint16_t port = server.ports()[0];
//   server.drain(Duration::seconds(10));
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "http/rate_limit.h"
#include "http/router.h"
#include "http/tls.h"

namespace carillon::http {

struct Listener {
  std::string address = "127.0.0.1";     // IPv4 or IPv6 literal; "::" takes IPv6 only, list "0.0.0.0" too
  std::uint16_t port = 0;                // 0: the system chooses, see Server::ports()
  std::shared_ptr<TlsContext> tls = {};  // null: plain

  // "127.0.0.1:8080", "[::1]:8080", "localhost:8080".
  static Result<Listener> parse(std::string_view text);
};

struct ServerLimits {
  std::size_t max_connections = 10'000;
  std::size_t max_header_bytes = 16 << 10;
  Duration header_timeout = Duration::seconds(10);  // from the first byte (or accept) to the end of the header
  Duration body_timeout = Duration::seconds(15);    // without progress
  Duration body_total_timeout = Duration::minutes(30);
  Duration idle_timeout = Duration::seconds(60);     // between requests
  Duration handler_timeout = Duration::seconds(60);  // for the Reply: then 503
  Duration write_timeout = Duration::seconds(30);    // without progress
  Duration linger_timeout = Duration::seconds(2);    // reads and drops what comes after an early answer
};

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError };

// One line for the log. Views live during the call.
struct LogEvent {
  LogLevel level = LogLevel::kInfo;
  std::string_view event = {};  // stable word: "request", "bad_request", "reply_abandoned", "handler_threw", ...
  std::string_view message = {};
  std::string_view request_id = {};
  std::string_view remote = {};
  std::string_view method = {};
  std::string_view path = {};
  int status = 0;
  Duration took = {};
};

struct ServerOptions {
  std::vector<Listener> listeners = {};
  ServerLimits limits = {};
  // Addresses of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.
  std::vector<std::string> trusted_proxies = {};
  // Called on net threads for events of log_level and above; must be quick. Nothing: they go to stderr. Every request is
  // one kDebug event ("request"); one answered with 4xx is kInfo ("bad_request"), with 5xx kWarning ("failed").
  std::function<void(const LogEvent&)> log = {};
  LogLevel log_level = LogLevel::kWarning;
  // Strict-Transport-Security on TLS answers. It binds a host name for a year: not for demos.
  bool hsts = false;
  // Null: no rate classes.
  RateLimiter* limiter = nullptr;
};

// Counters since start. A histogram's bucket counts what took at most its bound; the last has no bound.
struct ServerMetrics {
  static constexpr std::array<double, 11> kBoundsSeconds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                                         0.05,   0.1,   0.25,   1,     5};
  struct RouteNumbers {
    std::string route;  // "GET /api/v1/tasks/{sid}", "static /console", "none"
    std::vector<std::pair<int, std::uint64_t>> by_status;
    std::array<std::uint64_t, kBoundsSeconds.size() + 1> buckets{};
    std::uint64_t count = 0;
    double seconds = 0;
  };
  std::vector<RouteNumbers> routes;
  std::uint64_t connections_accepted = 0;
  std::uint64_t connections_refused = 0;  // over the limit
  std::uint64_t connections_open = 0;
  std::uint64_t requests_running = 0;
  std::uint64_t bad_requests = 0;  // could not be read
  std::uint64_t timeouts = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t websockets_open = 0;
  std::uint64_t websocket_messages_in = 0;
  std::uint64_t websocket_messages_out = 0;
  std::uint64_t websocket_queued_messages = 0;
  std::uint64_t websocket_queued_bytes = 0;
  std::uint64_t websocket_overflows = 0;
  std::uint64_t mailbox_depth = 0;  // answers on their way to net threads
};

// The same in Prometheus' text format 0.0.4, names beginning with carillon_http_.
std::string to_prometheus(const ServerMetrics& metrics);

class Server {
 public:
  Server(ServerOptions options, std::shared_ptr<const Router> router, const Clock& clock);
  ~Server();  // drain(zero) when still running
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Opens all listeners, then starts the threads. On an error nothing is left open.
  Result<void> start(std::size_t n_threads);
  // The bound port of each listener, in order.
  std::vector<std::uint16_t> ports() const;
  // Stops accepting, closes idle connections, lets running requests finish, closes WebSockets with 1001; what is left after
  // `deadline` is cut. Blocks until all threads have ended.
  void drain(Duration deadline);
  ServerMetrics metrics() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace carillon::http
