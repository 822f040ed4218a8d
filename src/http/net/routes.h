// What a Router holds, and the decision for one request header.
//
// Thread: read from all net threads; never changed after the server started.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/net/static_files.h"
#include "http/parse/route_table.h"
#include "http/rate_limit.h"
#include "http/router.h"
#include "http/wire/request_reader.h"

namespace carillon::http {

struct Router::Route {
  std::size_t number = 0;  // place in State::routes, and in the metrics
  std::string name;        // "GET /api/v1/tasks/{sid}"
  Method method = Method::kGet;
  RouteOptions options;
  Handler handler;
  WebSocketOptions websocket;  // when on_open is set
  OnWebSocket on_open;
};

inline constexpr std::size_t kWebSocketSlot = kMethods;

struct Router::State {
  RouteTable table;
  std::vector<std::unique_ptr<Route>> routes;
  std::vector<std::unique_ptr<StaticFiles>> statics;
  std::vector<Before> hooks;

  // Metrics are counted by number: routes, static prefixes, and one for what met nothing.
  std::size_t metric_count() const { return routes.size() + statics.size() + 1; }
  std::size_t no_route() const { return routes.size() + statics.size(); }
  std::string metric_name(std::size_t number) const;
};

struct Decision {
  std::optional<Response> answer;        // the answer is known already; else `route` takes the request
  const Router::Route* route = nullptr;  // a handler, or a WebSocket when route->on_open is set
  std::size_t metric = 0;
  const CorsPolicy* cors = nullptr;  // set when the answer may be read by `origin`
  std::string origin;
  std::string subprotocol;  // WebSocket only
};

// Route, CORS, rate classes and hooks, in the order that router.h promises. Fills the request's parameters and principal.
Decision decide(const Router::State& router, Request& request, const RequestHead& head, RateLimiter* limiter);

void add_cors_headers(const CorsPolicy& policy, std::string_view origin, Response& response);

}  // namespace carillon::http
