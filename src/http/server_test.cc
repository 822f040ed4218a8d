// Goal: requests reach their handlers and answers their clients, over real sockets, from any thread, until the server stops.
// Method: a server on a free loopback port, blocking clients.
#include "http/server.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "http/testing/client.h"
#include "http/testing/test_server.h"

namespace carillon::http {
namespace {

using testing::Answer;
using testing::Client;
using testing::RawClient;
using testing::request_text;
using testing::TestServer;

void hello(Request, Reply reply) { reply(Response::text(200, "hello")); }

void echo(Request request, Reply reply) {
  boost::json::object out;
  out["method"] = method_name(request.method);
  out["path"] = request.path;
  out["target"] = request.target;
  out["sid"] = request.param("sid");
  out["q"] = request.query.get("q").value_or("");
  out["cookie"] = request.cookie("c").value_or("");
  out["body"] = request.body;
  out["remote"] = request.remote;
  out["origin"] = request.own_origin();
  reply(Response::json(200, out));
}

TEST(Server, GivesAHandlerTheDecodedRequest) {
  TestServer server([](Router& r) { r.add(Method::kPost, "/api/{sid}/x", echo); });
  Client client(server.port());
  const Answer a = client.request("POST", "/api/a%20b/x?q=1%2B1&z", "body", {{"Cookie", "c=1"}});
  ASSERT_EQ(a.status, 200);
  EXPECT_EQ(
      a.body,
      R"({"method":"POST","path":"/api/a b/x","target":"/api/a%20b/x?q=1%2B1&z","sid":"a b","q":"1+1","cookie":"1",)"
      R"("body":"body","remote":"127.0.0.1","origin":"http://test"})");
  EXPECT_EQ(a.headers.value("Content-Type"), "application/json");
  EXPECT_EQ(a.headers.value("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(a.headers.value("Request-Id").size(), 13u);
  EXPECT_EQ(a.headers.value("Date"), "Fri, 15 Jan 2027 08:00:00 GMT");
}

TEST(Server, Tells404From405AndAnswersHeadAndOptions) {
  TestServer server([](Router& r) {
    r.add(Method::kGet, "/x", hello);
    r.add(Method::kDelete, "/x", hello);
  });
  Client client(server.port());
  EXPECT_EQ(client.get("/y").code(), "not_found");
  EXPECT_EQ(client.get("/y").headers.value("Content-Type"), "application/problem+json");
  const Answer wrong = client.post("/x", "{}");
  EXPECT_EQ(wrong.code(), "method_not_allowed");
  EXPECT_EQ(wrong.headers.value("Allow"), "GET, HEAD, DELETE, OPTIONS");
  EXPECT_EQ(client.request("BREW", "/x").status, 405);
  const Answer head = client.request("HEAD", "/x");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.value("Content-Length"), "5");
  EXPECT_EQ(head.body, "");
  const Answer options = client.request("OPTIONS", "/x");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.headers.value("Allow"), "GET, HEAD, DELETE, OPTIONS");
  EXPECT_FALSE(options.headers.has("Content-Length"));
  EXPECT_EQ(client.request("OPTIONS", "*").status, 204);
}

TEST(Server, AnswersFromAnotherThread) {
  std::vector<std::thread> threads;
  TestServer server([&](Router& r) {
    r.add(Method::kGet, "/x", [&](Request request, Reply reply) {
      threads.emplace_back([id = request.id, reply = std::move(reply)]() mutable { reply(Response::text(200, id)); });
    });
  });
  Client client(server.port());
  for (int i = 0; i < 50; ++i) {
    const Answer a = client.get("/x");
    ASSERT_EQ(a.status, 200);
    EXPECT_EQ(a.body, a.headers.value("Request-Id"));
  }
  for (std::thread& t : threads) t.join();
}

TEST(Server, AReplyThatIsDroppedIsA500AndALine) {
  TestServer server([](Router& r) {
    r.add(Method::kGet, "/drop", [](Request, Reply) {});
    r.add(Method::kGet, "/throw", [](Request, Reply) { throw std::runtime_error("oops"); });
  });
  Client client(server.port());
  EXPECT_EQ(client.get("/drop").code(), "internal");
  EXPECT_TRUE(TestServer::eventually([&] { return server.logged("reply_abandoned"); }));
  EXPECT_EQ(client.get("/throw").status, 500);
  EXPECT_TRUE(TestServer::eventually([&] { return server.logged("handler_threw"); }));
  EXPECT_EQ(client.get("/drop").status, 500);  // the connection goes on
}

TEST(Server, AClientThatHasGoneIsHarmless) {
  std::promise<Reply> held;
  auto reply = held.get_future();
  TestServer server([&](Router& r) {
    r.add(Method::kGet, "/slow", [&](Request, Reply later) { held.set_value(std::move(later)); });
    r.add(Method::kGet, "/x", hello);
  });
  {
    RawClient gone(server.port());
    gone.send(request_text("GET", "/slow"));
    Reply late = reply.get();
    gone.reset();
    late(Response::text(200, std::string(1 << 20, 'x')));
  }
  EXPECT_EQ(Client(server.port()).get("/x").status, 200);
  EXPECT_TRUE(TestServer::eventually([&] { return server.server().metrics().connections_open <= 1; }));
}

TEST(Server, AReplyMayOutliveTheServer) {
  std::promise<Reply> held;
  auto reply = held.get_future();
  std::optional<Reply> late;
  {
    TestServer server([&](Router& r) {
      r.add(Method::kGet, "/slow", [&](Request, Reply later) { held.set_value(std::move(later)); });
    });
    RawClient client(server.port());
    client.send(request_text("GET", "/slow"));
    late.emplace(reply.get());
    server.server().drain({});
    EXPECT_TRUE(client.closed_by_peer());
  }
  (*late)(Response::no_content());
}

TEST(Server, PipelinedRequestsAreAnsweredInOrder) {
  std::vector<std::thread> threads;
  TestServer server([&](Router& r) {
    r.add(Method::kGet, "/n/{n}", [&](Request request, Reply reply) {
      std::string n(request.param("n"));
      if (n == "1") return reply(Response::text(200, n));
      threads.emplace_back([n, reply = std::move(reply)]() mutable { reply(Response::text(200, n)); });
    });
  });
  RawClient client(server.port());
  std::string all;
  for (int i = 0; i < 20; ++i) all += request_text("GET", "/n/" + std::to_string(i));
  client.send(all);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(client.receive_answer().body, std::to_string(i));
  for (std::thread& t : threads) t.join();
}

TEST(Server, KeepsAliveAsTheClientAsks) {
  TestServer server([](Router& r) { r.add(Method::kGet, "/x", hello); });
  RawClient one(server.port());
  one.send("GET /x HTTP/1.0\r\n\r\n");
  EXPECT_EQ(one.receive_answer().headers.value("Connection"), "close");
  EXPECT_TRUE(one.closed_by_peer());
  RawClient two(server.port());
  two.send("GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(two.receive_answer().headers.value("Connection"), "keep-alive");
  two.send("GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(two.receive_answer().headers.value("Connection"), "close");
  EXPECT_TRUE(two.closed_by_peer());
  RawClient three(server.port());
  three.send(request_text("GET", "/x"));
  three.half_close();
  EXPECT_EQ(three.receive_answer().body, "hello");
}

TEST(Server, LargeBodiesComeWholeAndShared) {
  const auto big = std::make_shared<const std::string>(3 << 20, 'b');
  TestServer server([&](Router& r) {
    r.add(Method::kGet, "/big", [&](Request, Reply reply) {
      Response response;
      response.body = big;
      reply(std::move(response));
    });
    r.add(Method::kPost, "/echo", {.max_body_bytes = 4 << 20},
          [](Request request, Reply reply) { reply(Response::text(200, std::move(request.body))); });
  });
  Client client(server.port());
  EXPECT_EQ(client.get("/big").body, *big);
  EXPECT_EQ(client.request("POST", "/echo", *big).body, *big);
  EXPECT_EQ(client.get("/big").body.size(), big->size());
}

TEST(Server, AnswersConditionalRequests) {
  TestServer server([](Router& r) {
    r.add(Method::kGet, "/x", [](Request, Reply reply) { reply(Response::text(200, "x").etag(17)); });
  });
  Client client(server.port());
  const Answer first = client.get("/x");
  EXPECT_EQ(first.headers.value("ETag"), "\"17\"");
  const Answer same = client.get("/x", {{"If-None-Match", "\"17\""}});
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.headers.value("ETag"), "\"17\"");
  EXPECT_EQ(client.get("/x", {{"If-None-Match", "\"16\""}}).status, 200);
}

TEST(Server, HooksRunBeforeTheBodyAndMaySetThePrincipal) {
  struct Who : Principal {
    std::string name;
  };
  TestServer server([](Router& r) {
    r.before([](Request& request, const RouteOptions& options) -> Result<void> {
      if (options.access == "public") return {};
      if (request.header("Authorization").empty()) return Error(ErrorCode::kNotSignedIn, "sign in");
      auto who = std::make_shared<Who>();
      who->name = request.header("Authorization");
      request.principal = who;
      return {};
    });
    r.add(Method::kPost, "/in", [](Request request, Reply reply) {
      reply(Response::text(200, static_cast<const Who&>(*request.principal).name + request.body));
    });
    r.add(Method::kGet, "/out", {.access = "public"}, hello);
    r.add(Method::kGet, "/healthz", {.skip_before = true}, hello);
  });
  Client client(server.port());
  EXPECT_EQ(client.request("POST", "/in", "short body").code(), "not_signed_in");
  EXPECT_EQ(client.request("POST", "/in", "!", {{"Authorization", "ada"}}).body, "ada!");
  EXPECT_EQ(client.get("/out").status, 200);
  EXPECT_EQ(client.get("/healthz").status, 200);
  // A long body of somebody who may not send it is not read.
  RawClient raw(server.port());
  raw.send("POST /in HTTP/1.1\r\nHost: h\r\nContent-Length: 250000\r\n\r\n");
  const Answer refused = raw.receive_answer();
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.headers.value("Connection"), "close");
}

TEST(Server, CorsIsForAllowedOriginsOnly) {
  auto policy = std::make_shared<CorsPolicy>();
  policy->allowed = [](const Request&, std::string_view origin) { return origin == "https://shop.example"; };
  TestServer server([&](Router& r) {
    r.add(Method::kPost, "/widget", {.cors = policy}, hello);
    r.add(Method::kGet, "/private", hello);
  });
  Client client(server.port());
  const Answer preflight = client.request(
      "OPTIONS", "/widget", {}, {{"Origin", "https://shop.example"}, {"Access-Control-Request-Method", "POST"}});
  EXPECT_EQ(preflight.status, 204);
  EXPECT_EQ(preflight.headers.value("Access-Control-Allow-Origin"), "https://shop.example");
  EXPECT_NE(preflight.headers.value("Access-Control-Allow-Methods").find("POST"), std::string::npos);
  EXPECT_EQ(preflight.headers.value("Vary"), "Origin");
  const Answer actual = client.post("/widget", "{}", {{"Origin", "https://shop.example"}});
  EXPECT_EQ(actual.status, 200);
  EXPECT_EQ(actual.headers.value("Access-Control-Allow-Origin"), "https://shop.example");
  const Answer evil = client.post("/widget", "{}", {{"Origin", "https://evil.example"}});
  EXPECT_EQ(evil.code(), "origin_not_allowed");
  EXPECT_FALSE(evil.headers.has("Access-Control-Allow-Origin"));
  EXPECT_EQ(client
                .request("OPTIONS", "/widget", {},
                         {{"Origin", "https://evil.example"}, {"Access-Control-Request-Method", "POST"}})
                .status,
            403);
  EXPECT_EQ(client
                .request("OPTIONS", "/private", {},
                         {{"Origin", "https://shop.example"}, {"Access-Control-Request-Method", "GET"}})
                .status,
            403);
  EXPECT_EQ(client.post("/widget", "{}", {{"Origin", "http://test"}}).status, 200);  // our own page
}

TEST(Server, LimitsRatesByAddressAndByKey) {
  FakeClock clock;
  RateLimiter limiter(clock);
  limiter.define("login", {.per_second = 0.5, .burst = 2});
  TestServer server(
      [](Router& r) {
        r.add(Method::kGet, "/login", {.rate_class = "login"}, hello);
        r.add(Method::kGet, "/key",
              {.rate_class = "login", .rate_key = [](const Request& q) { return std::string(q.header("K")); }}, hello);
      },
      {.limiter = &limiter});
  Client client(server.port());
  EXPECT_EQ(client.get("/login").status, 200);
  EXPECT_EQ(client.get("/login").status, 200);
  const Answer refused = client.get("/login");
  EXPECT_EQ(refused.code(), "rate_limited");
  EXPECT_EQ(refused.headers.value("Retry-After"), "2");
  EXPECT_EQ(client.get("/key", {{"K", "a"}}).status, 200);
  clock.advance(Duration::seconds(2));
  EXPECT_EQ(client.get("/login").status, 200);
}

TEST(Server, LimitsSomeCallersByAClassOfTheirOwn) {
  FakeClock clock;
  RateLimiter limiter(clock);
  limiter.define("plain", {.per_second = 0, .burst = 1});
  limiter.define("plain.program", {.per_second = 0, .burst = 2});
  TestServer server(
      [](Router& r) {
        r.add(Method::kGet, "/key",
              {.rate_class = "plain",
               .rate_key = [](const Request& q) { return std::string(q.header("K")); },
               .rate_class_of =
                   [](const Request& q) { return std::string_view(q.header("K") == "p" ? "plain.program" : "plain"); }},
              hello);
      },
      {.limiter = &limiter});
  Client client(server.port());
  EXPECT_EQ(client.get("/key", {{"K", "a"}}).status, 200);
  EXPECT_EQ(client.get("/key", {{"K", "a"}}).status, 429);
  EXPECT_EQ(client.get("/key", {{"K", "p"}}).status, 200);
  EXPECT_EQ(client.get("/key", {{"K", "p"}}).status, 200);
  EXPECT_EQ(client.get("/key", {{"K", "p"}}).status, 429);
}

TEST(RateLimiter, ForgetsTheKeyThatWasUsedLongestAgo) {
  FakeClock clock;
  RateLimiter limiter(clock, 2);
  limiter.define("c", {.per_second = 0, .burst = 1});
  EXPECT_FALSE(limiter.refuse("c", "a"));
  EXPECT_FALSE(limiter.refuse("c", "b"));
  EXPECT_TRUE(limiter.refuse("c", "a"));
  EXPECT_FALSE(limiter.refuse("c", "x"));  // b is forgotten, not a
  EXPECT_TRUE(limiter.refuse("c", "a"));
  EXPECT_EQ(limiter.keys(), 2u);
  EXPECT_FALSE(limiter.refuse("undefined", "a"));
}

TEST(Server, BelievesOnlyTrustedProxies) {
  using testing::HeaderFields;
  const HeaderFields list{{"X-Forwarded-For", "6.6.6.6, 203.0.113.7"}, {"X-Forwarded-Proto", "https"}};
  const auto remote_of = [&](ServerOptions options, std::optional<HeaderFields> sent = {}) {
    TestServer server([](Router& r) { r.add(Method::kGet, "/x", echo); }, std::move(options));
    const Answer a = Client(server.port()).get("/x", sent.value_or(list));
    const auto doc = a.json();
    return std::string(doc.at("remote").as_string()) + " " + std::string(doc.at("origin").as_string());
  };
  EXPECT_EQ(remote_of({}), "127.0.0.1 http://test");
  EXPECT_EQ(remote_of({.trusted_proxies = {"127.0.0.1"}}), "203.0.113.7 https://test");
  // Some proxies add a field of their own behind the client's: the last one is theirs.
  EXPECT_EQ(remote_of({.trusted_proxies = {"127.0.0.1"}},
                      HeaderFields{{"X-Forwarded-For", "6.6.6.6"}, {"X-Forwarded-For", "203.0.113.9"}}),
            "203.0.113.9 http://test");
}

TEST(Server, ListensOnSeveralAddresses) {
  TestServer server([](Router& r) { r.add(Method::kGet, "/x", echo); },
                    {.listeners = {*Listener::parse("127.0.0.1:0"), *Listener::parse("[::1]:0")}}, 2);
  EXPECT_EQ(Client(server.port(0)).get("/x").status, 200);
  const Answer six = Client(server.port(1), {.address = "::1"}).get("/x");
  EXPECT_EQ(six.json().at("remote"), "::1");
}

TEST(Server, SaysWhyItCannotListen) {
  TestServer first([](Router&) {});
  SystemClock clock;
  Server second({.listeners = {{"127.0.0.1", first.port(), nullptr}}}, std::make_shared<Router>(), clock);
  const auto result = second.start(1);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kConfig);
  EXPECT_NE(result.error().message.find(std::to_string(first.port())), std::string::npos);
  for (const char* bad : {"", "8080", "host", "::1:80", "[::1:80", "1.2.3.4:99999", "1.2.3.4:x"}) {
    EXPECT_FALSE(Listener::parse(bad).ok()) << bad;
  }
  EXPECT_EQ(Listener::parse("[::1]:8080")->address, "::1");
  EXPECT_EQ(Listener::parse("localhost:1")->address, "127.0.0.1");
}

TEST(Server, DrainLetsRunningRequestsFinishAndEndsTheRest) {
  std::promise<Reply> held;
  auto running = held.get_future();
  TestServer server([&](Router& r) {
    r.add(Method::kGet, "/slow", [&](Request, Reply later) { held.set_value(std::move(later)); });
    r.add(Method::kGet, "/x", hello);
  });
  RawClient idle(server.port());
  idle.send(request_text("GET", "/x"));
  EXPECT_EQ(idle.receive_answer().status, 200);
  RawClient slow(server.port());
  slow.send(request_text("GET", "/slow"));
  Reply reply = running.get();
  auto drained = std::async(std::launch::async, [&] { server.server().drain(Duration::seconds(30)); });
  EXPECT_TRUE(idle.closed_by_peer());
  reply(Response::text(200, "done"));
  const Answer a = slow.receive_answer();
  EXPECT_EQ(a.body, "done");
  EXPECT_EQ(a.headers.value("Connection"), "close");
  slow.close();
  drained.get();
  EXPECT_FALSE(RawClient(server.port()).connected());
}

TEST(Server, CountsWhatItDoes) {
  TestServer server([](Router& r) { r.add(Method::kGet, "/x/{id}", hello); });
  Client client(server.port());
  for (int i = 0; i < 3; ++i) client.get("/x/" + std::to_string(i));
  client.get("/none");
  ASSERT_TRUE(TestServer::eventually([&] { return server.server().metrics().routes.back().count == 1; }));
  const ServerMetrics m = server.server().metrics();
  EXPECT_EQ(m.routes[0].route, "GET /x/{id}");
  EXPECT_EQ(m.routes[0].count, 3u);
  EXPECT_EQ(m.routes[0].by_status[0], (std::pair<int, std::uint64_t>(200, 3)));
  EXPECT_EQ(m.connections_accepted, 1u);
  EXPECT_GT(m.bytes_out, 100u);
  const std::string text = to_prometheus(m);
  EXPECT_NE(text.find("carillon_http_requests_total{route=\"GET /x/{id}\",status=\"200\"} 3\n"), std::string::npos);
  EXPECT_NE(text.find("carillon_http_request_seconds_bucket{route=\"GET /x/{id}\",le=\"+Inf\"} 3\n"),
            std::string::npos);
  EXPECT_NE(text.find("carillon_http_connections_open 1\n"), std::string::npos);
}

TEST(Server, ManyClientsOnManyThreads) {
  TestServer server(
      [](Router& r) {
        r.add(Method::kPost, "/echo", [](Request q, Reply reply) { reply(Response::text(200, q.body)); });
      },
      {}, 3);
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      Client client(server.port());
      for (int i = 0; i < 100; ++i)
        good += client.request("POST", "/echo", std::to_string(t * 1000 + i)).body == std::to_string(t * 1000 + i);
    });
  }
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(good, 800);
}

TEST(Reply, WorksWithoutASocket) {
  Response got;
  hello(Request{}, Reply::to([&](Response r) { got = std::move(r); }));
  EXPECT_EQ(std::get<std::string>(got.body), "hello");
  {
    Reply dropped = Reply::to([&](Response r) { got = std::move(r); });
  }
  EXPECT_EQ(got.status, 500);
}

TEST(Request, ReadsVersionsIdsAndJson) {
  Request q;
  q.headers.add("If-Match", "\"17\"");
  EXPECT_EQ(**q.if_match_version(), 17);
  q.headers.set("If-Match", "17");
  EXPECT_EQ(q.if_match_version().error().code, ErrorCode::kVersionMismatch);
  // What names no version we ever gave must not count as "whatever there is".
  for (const char* never : {"\"0\"", "\"-1\"", "\"007\"", "\"\"", "\"9223372036854775808\""}) {
    q.headers.set("If-Match", never);
    EXPECT_FALSE(q.if_match_version().ok()) << never;
  }
  q.headers.set("If-Match", "*");
  EXPECT_FALSE(q.if_match_version()->has_value());
  q.add_param("sid", "WT0000000000000000000000000000000a");
  EXPECT_EQ(q.sid<TaskId>("sid")->lo, 10u);
  EXPECT_EQ(q.sid<QueueId>("sid").error().code, ErrorCode::kNotFound);
  q.body = "{}";
  EXPECT_EQ(q.json().error().code, ErrorCode::kUnsupportedMediaType);
  q.headers.set("Content-Type", "Application/JSON; charset=utf-8");
  EXPECT_TRUE(q.json().ok());
}

TEST(Response, SetsItsHeaders) {
  const Response r = Response::json(201, {{"a", 1}})
                         .etag(3)
                         .location("/x")
                         .cookie({.name = "carillon_1", .value = "v", .max_age = Duration::hours(1), .secure = true});
  EXPECT_EQ(r.headers.value("ETag"), "\"3\"");
  EXPECT_EQ(r.headers.value("Set-Cookie"), "carillon_1=v; Path=/; Max-Age=3600; HttpOnly; Secure; SameSite=Lax");
  EXPECT_EQ(Response::problem(Error(ErrorCode::kOverloaded, "x")).headers.value("Retry-After"), "1");
  EXPECT_EQ(Response::file("/f", "a/b", "rechnung \"ü\".pdf").headers.value("Content-Disposition"),
            "attachment; filename*=UTF-8''rechnung%20%22%C3%BC%22.pdf");
}

}  // namespace
}  // namespace carillon::http
