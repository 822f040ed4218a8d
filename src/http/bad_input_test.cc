// Goal: whatever a client does wrong, it gets a clear answer or loses its connection; nobody else is slowed, nothing leaks.
// Method: raw sockets that misbehave, with short timeouts injected.
#include <gtest/gtest.h>

#include <future>

#include "http/testing/client.h"
#include "http/testing/test_server.h"

namespace carillon::http {
namespace {

using testing::Answer;
using testing::Client;
using testing::RawClient;
using testing::request_text;
using testing::TestServer;

void routes(Router& r) {
  r.add(Method::kGet, "/x", [](Request, Reply reply) { reply(Response::text(200, "x")); });
  r.add(Method::kPost, "/json", {.max_body_bytes = 1000}, [](Request request, Reply reply) {
    const auto doc = request.json();
    if (!doc) return reply.problem(doc.error(), request.path);
    reply(Response::json(200, *doc));
  });
}

// Nobody has to wait long in a test: only the timeout that a test is about is short.
ServerOptions with(const std::function<void(ServerLimits&)>& change) {
  ServerOptions options;
  options.limits.linger_timeout = Duration::seconds(1);
  change(options.limits);
  return options;
}

TEST(BadInput, MalformedRequestsAre400AndTheEnd) {
  TestServer server(routes);
  for (const char* bad :
       {"NONSENSE\r\n\r\n", "GET /x HTTP/1.1\r\n\r\n", "GET x HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: h\r\nA b: c\r\n\r\n", "\x16\x03\x01\x02\x05\x01\x01\r\n\r\n",
        "POST /json HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}"}) {
    RawClient client(server.port());
    client.send(bad);
    const Answer a = client.receive_answer();
    EXPECT_EQ(a.status, 400) << bad;
    EXPECT_EQ(a.code(), "malformed_request") << bad;
    if (std::string_view(bad).starts_with("GET x")) continue;  // framing is sound: the connection goes on
    EXPECT_EQ(a.headers.value("Connection"), "close") << bad;
    EXPECT_TRUE(client.closed_by_peer()) << bad;
  }
  EXPECT_TRUE(server.logged("bad_request"));
  EXPECT_GE(server.server().metrics().bad_requests, 6u);
}

TEST(BadInput, AddressesThatCannotBeDecodedAre400AndTheConnectionGoesOn) {
  TestServer server(routes);
  RawClient client(server.port());
  for (const char* bad : {"/%zz", "/%00", "/x?a=%f", "/x#f"}) {
    client.send(request_text("GET", bad));
    EXPECT_EQ(client.receive_answer().status, 400) << bad;
  }
  client.send(request_text("GET", "/%ff"));
  EXPECT_EQ(client.receive_answer().code(), "invalid_utf8");
  client.send(request_text("GET", "/x"));
  EXPECT_EQ(client.receive_answer().status, 200);
}

TEST(BadInput, LargeHeadersAre431) {
  TestServer server(routes);
  RawClient client(server.port());
  client.send("GET /x HTTP/1.1\r\nHost: h\r\nA: " + std::string(20'000, 'a') + "\r\n\r\n");
  EXPECT_EQ(client.receive_answer().code(), "header_too_large");
  EXPECT_TRUE(client.closed_by_peer());
}

TEST(BadInput, AHugeBodyIs413BeforeItIsSent) {
  TestServer server(routes);
  RawClient client(server.port());
  client.send("POST /json HTTP/1.1\r\nHost: h\r\nContent-Length: 10000000000\r\n\r\n");
  const Answer a = client.receive_answer();
  EXPECT_EQ(a.status, 413);
  EXPECT_EQ(a.code(), "body_too_large");
  EXPECT_EQ(a.json().at("instance"), "/json");
}

TEST(BadInput, TheAnswerToAHugeBodyArrivesAlthoughTheClientGoesOnSending) {
  TestServer server(routes);
  RawClient client(server.port());
  client.send("POST /json HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n");
  client.send(std::string(1'000'000, 'x'));
  EXPECT_EQ(client.receive_answer().status, 413);
}

TEST(BadInput, AChunkedBodyIs413WhenItGrowsTooLarge) {
  TestServer server(routes);
  RawClient client(server.port());
  client.send("POST /json HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n200\r\n" + std::string(512, 'a') +
              "\r\n200\r\n");
  EXPECT_EQ(client.receive_answer().status, 413);
}

TEST(BadInput, ABodyThatIsALittleTooLongKeepsTheConnection) {
  TestServer server(routes);
  RawClient client(server.port());
  client.send(request_text("POST", "/json", std::string(2000, 'x')) + request_text("GET", "/x"));
  EXPECT_EQ(client.receive_answer().status, 413);
  EXPECT_EQ(client.receive_answer().status, 200);
}

TEST(BadInput, JsonFaultsAreProblems) {
  TestServer server(routes);
  Client client(server.port());
  EXPECT_EQ(client.post("/json", "{\"a\":").code(), "malformed_json");
  EXPECT_EQ(client.post("/json", std::string(40, '[') + std::string(40, ']')).code(), "too_deep");
  EXPECT_EQ(client.post("/json", "\"\xFF\"").code(), "invalid_utf8");
  EXPECT_EQ(client.post("/json", "\"\\u0000\"").code(), "invalid_value");
  EXPECT_EQ(client.request("POST", "/json", "{}", {{"Content-Type", "text/plain"}}).code(), "unsupported_media_type");
  EXPECT_EQ(client.post("/json", "{\"a\":1}").status, 200);
}

TEST(BadInput, AHeaderThatTricklesIs408) {
  TestServer server(routes, with([](ServerLimits& l) { l.header_timeout = Duration::millis(100); }));
  RawClient client(server.port());
  client.send("GET /x HT");
  EXPECT_EQ(client.receive_answer().code(), "request_timeout");
  EXPECT_TRUE(client.closed_by_peer());
  EXPECT_GE(server.server().metrics().timeouts, 1u);
}

TEST(BadInput, AConnectionThatSaysNothingIsClosedSilently) {
  TestServer server(routes, with([](ServerLimits& l) { l.header_timeout = l.idle_timeout = Duration::millis(60); }));
  EXPECT_EQ(RawClient(server.port()).receive_all(), "");
  RawClient later(server.port());
  later.send(request_text("GET", "/x"));
  EXPECT_EQ(later.receive_answer().status, 200);
  EXPECT_EQ(later.receive_all(), "");  // idle for too long
}

TEST(BadInput, ABodyThatStallsIs408) {
  TestServer server(routes, with([](ServerLimits& l) { l.body_timeout = Duration::millis(100); }));
  RawClient client(server.port());
  client.send("POST /json HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n{");
  EXPECT_EQ(client.receive_answer().code(), "request_timeout");
  EXPECT_TRUE(client.closed_by_peer());
}

TEST(BadInput, AHandlerThatNeverAnswersIs503) {
  std::promise<Reply> held;
  TestServer server(
      [&](Router& r) {
        r.add(Method::kGet, "/never", [&](Request, Reply reply) { held.set_value(std::move(reply)); });
      },
      with([](ServerLimits& l) { l.handler_timeout = Duration::millis(60); }));
  Client client(server.port());
  const Answer a = client.get("/never");
  EXPECT_EQ(a.status, 503);
  EXPECT_TRUE(a.headers.has("Retry-After"));
  EXPECT_TRUE(server.logged("handler_timeout"));
  Reply late = held.get_future().get();
  late(Response::text(200, "too late"));
  EXPECT_EQ(client.get("/none").status, 404);  // the late answer went nowhere
}

TEST(BadInput, AClientThatDoesNotReadLosesItsConnection) {
  const auto big = std::make_shared<const std::string>(64 << 20, 'b');
  TestServer server(
      [&](Router& r) {
        r.add(Method::kGet, "/big", [&](Request, Reply reply) {
          Response response;
          response.body = big;
          reply(std::move(response));
        });
      },
      with([](ServerLimits& l) { l.write_timeout = Duration::millis(100); }));
  RawClient client(server.port(), {.receive_buffer = 4096});
  client.send(request_text("GET", "/big"));
  EXPECT_TRUE(TestServer::eventually([&] { return server.logged("write_timeout"); }));
  EXPECT_TRUE(TestServer::eventually([&] { return server.server().metrics().connections_open == 0; }));
}

TEST(BadInput, ClientsThatLeaveInTheMiddleLeaveNothingBehind) {
  TestServer server(routes);
  for (const char* part :
       {"", "G", "GET /x HTTP/1.1\r\nHo", "POST /json HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n{",
        "POST /json HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"}) {
    RawClient orderly(server.port());
    orderly.send(part);
    orderly.close();
    RawClient rude(server.port());
    rude.send(part);
    rude.reset();
  }
  // Accepted in order, so that this one comes last; those that were reset before were perhaps never seen.
  EXPECT_EQ(Client(server.port()).get("/x").status, 200);
  EXPECT_TRUE(TestServer::eventually([&] { return server.server().metrics().connections_open == 0; }));
  EXPECT_GE(server.server().metrics().connections_accepted, 6u);
}

TEST(BadInput, TooManyConnectionsAre503) {
  TestServer server(routes, with([](ServerLimits& l) { l.max_connections = 2; }));
  RawClient one(server.port()), two(server.port());
  for (RawClient* c : {&one, &two}) {
    c->send(request_text("GET", "/x"));
    EXPECT_EQ(c->receive_answer().status, 200);
  }
  RawClient three(server.port());
  const Answer a = three.receive_answer();
  EXPECT_EQ(a.code(), "overloaded");
  EXPECT_EQ(a.headers.value("Retry-After"), "5");
  EXPECT_TRUE(three.closed_by_peer());
  three.close();
  one.close();
  EXPECT_TRUE(TestServer::eventually([&] { return Client(server.port()).get("/x").status == 200; }));
  EXPECT_GE(server.server().metrics().connections_refused, 1u);
}

TEST(BadInput, ExpectContinueIsAnsweredBeforeTheBody) {
  TestServer server(routes);
  RawClient client(server.port());
  client.send(
      "POST /json HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: "
      "2\r\n\r\n");
  EXPECT_EQ(client.receive_answer(false, true).status, 100);
  client.send("{}");
  EXPECT_EQ(client.receive_answer().status, 200);
  client.send("POST /json HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 20000\r\n\r\n");
  EXPECT_EQ(client.receive_answer(false, true).status, 413);
}

TEST(BadInput, OneSlowClientSlowsNobodyElse) {
  TestServer server(routes);
  std::vector<std::unique_ptr<RawClient>> slow;
  for (int i = 0; i < 200; ++i) {
    slow.push_back(std::make_unique<RawClient>(server.port()));
    slow.back()->send("POST /json HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n{");
  }
  Client client(server.port());
  for (int i = 0; i < 20; ++i) EXPECT_EQ(client.get("/x").status, 200);
}

}  // namespace
}  // namespace carillon::http
