// Router: which address does what.
//
// What:   patterns like "/api/v1/tasks/{sid}"; a literal segment wins over a parameter. 404 and 405 (with Allow), HEAD by GET, OPTIONS,
//         CORS preflight, static files and WebSockets are answered from the same table.
// Thread: build it on one thread, then hand it to the Server: it never changes afterwards and is read from all net threads.
// Errors: a pattern that is malformed or given twice breaks an invariant at start.
// Limits: 8 parameters, 16 segments, parameters of 256 bytes.
// Order for a request: route -> CORS -> rate class by address -> before() hooks -> rate class by key -> body -> handler.
// Example:
//   auto router = std::make_shared<Router>();
//   router->before([](Request& r, const RouteOptions& o) { return auth.check(r, o); });
//   router->add(Method::kPost, "/api/v1/tasks", {.max_body_bytes = 64 << 10}, create_task);
//   router->static_files("/console", web_dir + "/console", {.spa = true});
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/websocket.h"

namespace carillon::http {

class StaticFiles;

// Which other sites' pages may read the answers of a route (the widget runs on customers' sites).
struct CorsPolicy {
  // Runs on a net thread, must not block. Our own origin is not asked for.
  std::function<bool(const Request&, std::string_view origin)> allowed = {};
  bool credentials = false;
  std::string allow_headers = "Content-Type, Authorization, Idempotency-Key, If-Match, Carillon-Session";
  std::string expose_headers = "ETag, Location, Request-Id, Retry-After";
  Duration max_age = Duration::minutes(10);
};

// What is particular about a route. Auth modules read `access` and `tag` in their before() hook.
struct RouteOptions {
  std::size_t max_body_bytes = 256 << 10;
  std::string rate_class = {};  // "" for none; defined in the server's RateLimiter
  // The key of the bucket. Nothing: the remote address, checked before any hook. Else called after the hooks.
  std::function<std::string(const Request&)> rate_key = {};
  // With rate_key: the class when not all count alike. Nothing: rate_class. The text outlives the route.
  std::function<std::string_view(const Request&)> rate_class_of = {};
  std::shared_ptr<const CorsPolicy> cors = {};  // null: other sites' pages cannot read it
  // Streams the body: called on a net thread after the hooks, must not block; the handler finds the sink in the request.
  std::function<Result<std::unique_ptr<BodySink>>(const Request&)> sink = {};
  std::string access = {};   // for before(): for example "public", "visitor", "agent", "admin"
  std::int64_t tag = 0;      // for before(): whatever the application likes
  bool skip_before = false;  // hooks are not called: health pages
};

// A hook before a handler, after the header and before the body was read. An error is the answer, as a problem document.
using Before = std::function<Result<void>(Request&, const RouteOptions&)>;

struct StaticOptions {
  bool spa = false;                          // unknown paths without a dot give index.html
  std::string immutable_prefix = "assets/";  // hashed names: cached for a year
  std::string content_security_policy =
      "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; connect-src 'self' ws: wss:; "
      "media-src 'self' blob:; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'";
  std::string frame_ancestors = "'none'";  // appended to the policy; "*" for what other sites may frame
  std::string referrer_policy = "same-origin";
  bool allow_cross_origin = false;         // a script that other sites load (the widget's loader)
  std::size_t max_total_bytes = 64 << 20;  // kept in memory
};

class Router {
 public:
  Router();
  ~Router();
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;

  void add(Method method, std::string_view pattern, RouteOptions options, Handler handler);
  void add(Method method, std::string_view pattern, Handler handler) { add(method, pattern, {}, std::move(handler)); }
  void websocket(std::string_view pattern, WebSocketOptions options, OnWebSocket on_open);
  // Reads the whole folder now (blocking). kConfig when it is missing or larger than allowed. Gives the number of files.
  Result<std::size_t> static_files(std::string_view prefix, const std::string& directory, StaticOptions options = {});
  // Hooks run in the order of their registration, for add() routes only.
  void before(Before hook);

  // "GET /api/v1/tasks/{sid}" of every add() and websocket(), in order: for the contract test.
  std::vector<std::string> routes() const;

  struct Route;
  struct State;
  const State& state() const { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

}  // namespace carillon::http
