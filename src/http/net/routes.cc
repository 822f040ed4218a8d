#include "http/net/routes.h"

#include "http/parse/target.h"

namespace carillon::http {
namespace {

using Slots = std::array<int, RouteTable::kSlots>;

std::string allowed_methods(const Slots& slots) {
  std::string out;
  const auto add = [&](Method m) { out += (out.empty() ? "" : ", ") + std::string(method_name(m)); };
  for (std::size_t i = 0; i < kMethods; ++i) {
    if (slots[i] != RouteTable::kNone) add(static_cast<Method>(i));
    const bool head_by_get = static_cast<Method>(i) == Method::kHead && slots[i] == RouteTable::kNone;
    if (head_by_get && slots[static_cast<std::size_t>(Method::kGet)] != RouteTable::kNone) add(Method::kHead);
  }
  if (slots[kWebSocketSlot] != RouteTable::kNone && slots[0] == RouteTable::kNone) add(Method::kGet);
  if (slots[static_cast<std::size_t>(Method::kOptions)] == RouteTable::kNone) add(Method::kOptions);
  return out;
}

Response method_refused(const std::string& method, const std::string& allow, const Request& request) {
  return Response::problem(Error(ErrorCode::kMethodNotAllowed,
                                 "this address does not take " + method.substr(0, 32) + "; it takes " + allow),
                           request.path)
      .header("Allow", allow);
}

const Router::Route* route_at(const Router::State& router, const Slots& slots, std::size_t slot) {
  return slots[slot] == RouteTable::kNone ? nullptr : router.routes[static_cast<std::size_t>(slots[slot])].get();
}

const Router::Route* route_for(const Router::State& router, const Slots& slots, Method method) {
  const Router::Route* route = route_at(router, slots, static_cast<std::size_t>(method));
  if (!route && method == Method::kHead) route = route_at(router, slots, static_cast<std::size_t>(Method::kGet));
  return route;
}

// OPTIONS: a browser's preflight (Fetch standard, "CORS-preflight request"), or a plain question.
Response answer_options(const Router::State& router, const Slots& slots, Request& request, Decision& decision) {
  const auto origin = request.headers.get("Origin");
  const auto wanted = request.headers.get("Access-Control-Request-Method");
  Response out = Response::no_content();
  out.headers.add("Allow", allowed_methods(slots));
  if (!origin || !wanted) return out;
  const auto method = method_from(*wanted);
  const Router::Route* route = method ? route_for(router, slots, *method) : nullptr;
  if (route) decision.metric = route->number;
  const CorsPolicy* policy = route ? route->options.cors.get() : nullptr;
  const bool allowed = policy && (request.is_same_origin() || (policy->allowed && policy->allowed(request, *origin)));
  if (!allowed) {
    return Response::problem(Error(ErrorCode::kOriginNotAllowed, "pages of this site may not call this address"),
                             request.path);
  }
  decision.cors = policy;
  decision.origin = *origin;
  out.headers.add("Access-Control-Allow-Methods", allowed_methods(slots));
  out.headers.add("Access-Control-Allow-Headers", policy->allow_headers);
  out.headers.add("Access-Control-Max-Age", std::to_string(policy->max_age.us / 1'000'000));
  return out;
}

std::optional<Response> limited(RateLimiter* limiter, std::string_view rate_class, std::string_view key,
                                const Request& request) {
  if (!limiter || rate_class.empty()) return std::nullopt;
  const auto wait = limiter->refuse(rate_class, key);
  if (!wait) return std::nullopt;
  return Response::problem(Error(ErrorCode::kRateLimited, "too many requests of this kind; wait, then try again"),
                           request.path, *wait);
}

std::optional<Response> check_cors(const Router::Route& route, const Request& request, Decision& decision) {
  const auto origin = request.headers.get("Origin");
  const CorsPolicy* policy = route.options.cors.get();
  if (!policy || !origin || request.is_same_origin()) return std::nullopt;
  if (!policy->allowed || !policy->allowed(request, *origin)) {
    return Response::problem(Error(ErrorCode::kOriginNotAllowed, "pages of this site may not call this address"),
                             request.path);
  }
  decision.cors = policy;
  decision.origin = *origin;
  return std::nullopt;
}

std::optional<Response> guard(const Router::State& router, const Router::Route& route, Request& request,
                              Decision& decision, RateLimiter* limiter) {
  const RouteOptions& options = route.options;
  if (auto refused = check_cors(route, request, decision)) return refused;
  if (!options.rate_key) {
    if (auto refused = limited(limiter, options.rate_class, request.remote, request)) return refused;
  }
  if (!options.skip_before) {
    for (const Before& hook : router.hooks) {
      if (auto ok = hook(request, options); !ok) return Response::problem(ok.error(), request.path);
    }
  }
  if (options.rate_key) {
    const std::string_view rate_class = options.rate_class_of ? options.rate_class_of(request) : options.rate_class;
    if (auto refused = limited(limiter, rate_class, options.rate_key(request), request)) return refused;
  }
  return std::nullopt;
}

// RFC 6455 section 4.2.1.
std::optional<Response> check_handshake(const Router::Route& route, const Request& request, RateLimiter* limiter,
                                        Decision& decision) {
  const WebSocketOptions& options = route.websocket;
  const auto refuse = [&](ErrorCode code, const char* why) {
    return Response::problem(Error(code, why), request.path);
  };
  if (request.headers.value("Sec-WebSocket-Version") != "13") {
    return refuse(ErrorCode::kUpgradeRequired, "WebSocket version 13 is what is spoken here")
        .header("Sec-WebSocket-Version", "13");
  }
  const std::string_view key = request.headers.value("Sec-WebSocket-Key");
  if (key.size() != 24 || !key.ends_with("==")) {
    return refuse(ErrorCode::kMalformedRequest, "Sec-WebSocket-Key must be 16 bytes in base64");
  }
  if (const auto origin = request.headers.get("Origin"); origin && !request.is_same_origin()) {
    if (!options.origin_allowed || !options.origin_allowed(request, *origin)) {
      return refuse(ErrorCode::kOriginNotAllowed, "pages of this site may not open this WebSocket");
    }
  }
  if (auto refused = limited(limiter, options.rate_class, request.remote, request)) return refused;
  for (const std::string& ours : options.subprotocols) {
    for (std::size_t i = 0; i < request.headers.size() && decision.subprotocol.empty(); ++i) {
      const auto [name, value] = request.headers.at(i);
      if (equals_ignoring_case(name, "Sec-WebSocket-Protocol") && list_has_token(value, ours))
        decision.subprotocol = ours;
    }
  }
  if (!options.subprotocols.empty() && decision.subprotocol.empty()) {
    return Response::problem(
        Error(ErrorCode::kMalformedRequest, "no subprotocol in Sec-WebSocket-Protocol is spoken here")
            .at("Sec-WebSocket-Protocol")
            .expecting(options.subprotocols.front()),
        request.path);
  }
  return std::nullopt;
}

Decision decide_prefix(const Router::State& router, int prefix, const Request& request, const RequestHead& head) {
  Decision out;
  const auto i = static_cast<std::size_t>(prefix);
  out.metric = router.routes.size() + i;
  const auto method = method_from(head.method);
  if (method == Method::kOptions) {
    out.answer = Response::no_content().header("Allow", "GET, HEAD, OPTIONS");
  } else if (method != Method::kGet && method != Method::kHead) {
    out.answer = method_refused(head.method, "GET, HEAD, OPTIONS", request);
  } else {
    out.answer = router.statics[i]->answer(request);
  }
  return out;
}

Decision decide_pattern(const Router::State& router, const Slots& slots, Request& request, const RequestHead& head,
                        RateLimiter* limiter) {
  Decision out;
  out.metric = router.no_route();
  const auto method = method_from(head.method);
  const bool upgrade = head.upgrade && equals_ignoring_case(request.headers.value("Upgrade"), "websocket");
  if (const Router::Route* socket = route_at(router, slots, kWebSocketSlot);
      socket && method == Method::kGet && upgrade) {
    out.metric = socket->number;
    out.route = socket;
    out.answer = check_handshake(*socket, request, limiter, out);
    return out;
  }
  const Router::Route* route = method ? route_for(router, slots, *method) : nullptr;
  if (route) {
    out.metric = route->number;
    out.route = route;
    out.answer = guard(router, *route, request, out, limiter);
  } else if (method == Method::kOptions) {
    out.answer = answer_options(router, slots, request, out);
  } else if (slots[kWebSocketSlot] != RouteTable::kNone && method == Method::kGet) {
    out.answer =
        Response::problem(Error(ErrorCode::kUpgradeRequired, "this address speaks WebSocket; ask for an upgrade"),
                          request.path)
            .header("Upgrade", "websocket");
  } else {
    out.answer = method_refused(head.method, allowed_methods(slots), request);
  }
  return out;
}

}  // namespace

std::string Router::State::metric_name(std::size_t number) const {
  if (number < routes.size()) return routes[number]->name;
  if (number < no_route()) return "static " + statics[number - routes.size()]->prefix() + "/";
  return "none";
}

void add_cors_headers(const CorsPolicy& policy, std::string_view origin, Response& response) {
  response.headers.set("Access-Control-Allow-Origin", origin);
  response.headers.add("Vary", "Origin");
  if (policy.credentials) response.headers.set("Access-Control-Allow-Credentials", "true");
  if (!policy.expose_headers.empty()) response.headers.set("Access-Control-Expose-Headers", policy.expose_headers);
}

Decision decide(const Router::State& router, Request& request, const RequestHead& head, RateLimiter* limiter) {
  const std::string_view target = request.target;
  const std::string_view path = target.substr(0, target.find('?'));
  if (path == "*") {
    Decision out;
    out.metric = router.no_route();
    if (head.method != "OPTIONS") {
      out.answer = Response::problem(Error(ErrorCode::kMalformedRequest, "the address '*' goes with OPTIONS only"));
    } else {
      out.answer = Response::no_content();
    }
    return out;
  }
  RouteTable::Found found = router.table.find(path);
  for (RouteTable::Param& p : found.params) request.add_param(p.name, std::move(p.value));
  if (found.slots) return decide_pattern(router, *found.slots, request, head, limiter);
  if (found.prefix != RouteTable::kNone) return decide_prefix(router, found.prefix, request, head);
  Decision out;
  out.metric = router.no_route();
  out.answer = Response::problem(Error(ErrorCode::kNotFound, "nothing is at this address; /api/docs lists the API"),
                                 request.path);
  return out;
}

}  // namespace carillon::http
