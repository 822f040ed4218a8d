// Goal: no header of a request leads the router, or what reads the parts of a request, astray; who is not allowed gets nowhere.
// Input: one byte of circumstances, then the bytes of a request.
// Checks: an answer or a route, never neither; other sites' pages reach only what lets them; a WebSocket only by a whole handshake;
//         only addresses stand as addresses; a version read is the very text that was sent; refusals are problem documents.
#include <boost/json.hpp>

#include "base/check.h"
#include "base/testing/fuzz_input.h"
#include "http/net/fill_request.h"
#include "http/net/routes.h"
#include "http/parse/utf8.h"

namespace carillon::http {
namespace {

constexpr std::string_view kShop = "https://shop.example";
const std::string kProxies[] = {"10.0.0.1"};

struct StandingClock final : Clock {
  Instant now() const override { return Instant{1'800'000'000'000'000}; }
};

Router& router() {
  static Router table;
  static const bool made = [] {
    const Handler none = [](Request, Reply) {};
    auto cors = std::make_shared<CorsPolicy>();
    cors->allowed = [](const Request&, std::string_view origin) { return origin == kShop; };
    table.before([](Request& request, const RouteOptions& options) -> Result<void> {
      if (options.access != "key" || request.cookie("carillon_1") || request.headers.has("Authorization")) return {};
      return Error(ErrorCode::kNotSignedIn, "nobody is signed in");
    });
    table.add(Method::kGet, "/api/v1/tasks", none);
    table.add(Method::kPost, "/api/v1/tasks", {.rate_class = "few", .access = "key"}, none);
    table.add(Method::kGet, "/api/v1/tasks/{sid}", none);
    table.add(Method::kPatch, "/api/v1/tasks/{sid}", {.access = "key"}, none);
    table.add(Method::kPost, "/api/v1/visitor/{widget_sid}", {.cors = cors}, none);
    const OnWebSocket open = [](Request, WebSocketDecision) {};
    table.websocket("/api/v1/stream", {.subprotocols = {"carillon.v1"}}, open);
    WebSocketOptions visitor{.subprotocols = {"carillon.v1"}};
    visitor.origin_allowed = [](const Request&, std::string_view origin) { return origin == kShop; };
    table.websocket("/api/v1/visitor/stream", visitor, open);
    return true;
  }();
  CARILLON_CHECK(made);
  return table;
}

void check_answer(const Response& response) {
  CARILLON_CHECK(response.status == 204 || response.status == 302 || response.status / 100 == 4);
  for (std::size_t i = 0; i < response.headers.size(); ++i) {
    const auto [name, value] = response.headers.at(i);
    CARILLON_CHECK(Headers::is_token(name) && Headers::is_safe_value(value));
  }
  if (response.status / 100 != 4) return;
  boost::system::error_code failed;
  const auto problem = boost::json::parse(std::get<std::string>(response.body), failed);
  CARILLON_CHECK(!failed && problem.as_object().contains("code"));
  CARILLON_CHECK(response.status != 405 || response.headers.has("Allow"));
}

void check_handshake(const Request& request, const Decision& decision, const RequestHead& head) {
  CARILLON_CHECK(head.upgrade && request.headers.value("Sec-WebSocket-Version") == "13");
  CARILLON_CHECK(request.headers.value("Sec-WebSocket-Key").size() == 24 && decision.subprotocol == "carillon.v1");
  const auto origin = request.headers.get("Origin");
  const bool may =
      !origin || request.is_same_origin() || (request.path == "/api/v1/visitor/stream" && *origin == kShop);
  CARILLON_CHECK(may);
}

void check_parts(const Request& request) {
  CARILLON_CHECK(is_utf8(request.path) && is_utf8(request.remote) && request.remote.size() <= 45);
  for (const char c : request.remote)
    CARILLON_CHECK(std::string_view("0123456789abcdefABCDEF.:").find(c) != std::string_view::npos);
  const auto version = request.if_match_version();
  const auto header = request.headers.get("If-Match");
  if (version && *version) CARILLON_CHECK(**version > 0 && "\"" + std::to_string(**version) + "\"" == *header);
  if (!version) CARILLON_CHECK(header && version.error().http_status() == 412);
  if (const auto sid = request.sid<TaskId>("sid")) CARILLON_CHECK(sid->str() == request.param("sid"));
  if (const auto cookie = request.cookie("carillon_1")) {
    CARILLON_CHECK(cookie->find_first_of(" \t\r\n\";,\\") == std::string_view::npos);
  }
  const auto origin = request.headers.get("Origin");
  if (origin && request.is_same_origin()) CARILLON_CHECK(equals_ignoring_case(*origin, request.own_origin()));
}

void check(RequestHead& head, std::uint8_t circumstances) {
  static const StandingClock clock;
  RateLimiter limiter(clock);
  limiter.define("few", {.per_second = 1, .burst = circumstances & 4 ? 0.0 : 1.0});
  Request request;
  Peer peer{.remote = circumstances & 1 ? "10.0.0.1" : "192.0.2.1", .is_tls = (circumstances & 2) != 0};
  peer.trusted_proxies = kProxies;
  if (auto readable = fill_request(request, head, peer); !readable) {
    CARILLON_CHECK(readable.error().http_status() / 100 == 4);
    return;
  }
  if (!(circumstances & 1)) CARILLON_CHECK(request.remote == peer.remote && request.is_tls == peer.is_tls);
  const Decision decision = decide(router().state(), request, head, &limiter);
  CARILLON_CHECK(decision.metric < router().state().metric_count());
  CARILLON_CHECK(decision.answer.has_value() || decision.route);
  CARILLON_CHECK(!decision.cors || decision.origin == kShop || request.is_same_origin());
  check_parts(request);
  if (decision.answer) return check_answer(*decision.answer);
  if (decision.route->on_open) return check_handshake(request, decision, head);
  CARILLON_CHECK(decision.route->options.access != "key" || request.cookie("carillon_1") ||
                 request.headers.has("Authorization"));
  const auto origin = request.headers.get("Origin");
  const bool foreign = origin && !request.is_same_origin();
  if (decision.route->options.cors && foreign) CARILLON_CHECK(*origin == kShop && decision.cors);
}

}  // namespace
}  // namespace carillon::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace carillon::http;
  carillon::testing::FuzzInput input(data, size);
  const std::uint8_t circumstances = input.byte();
  RequestReader reader(16 << 10);
  std::size_t used = 0;
  const auto step = reader.feed(input.rest(), used);
  if (step && *step == RequestReader::Step::kHeader) check(reader.head(), circumstances);
  return 0;
}
