// Goal: WebSockets carry text both ways, refuse what is wrong with the right code, bound what waits, and end exactly once.
// Method: our raw client (which can send any frame) against the server; Beast's own client as an independent second opinion.
#include "http/websocket.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <future>
#include <thread>

#include "http/testing/client.h"
#include "http/testing/test_server.h"

namespace carillon::http {
namespace {

using testing::Answer;
using testing::TestServer;
using testing::WsClient;

// Records everything; echoes texts.
struct Recorder final : WebSocketHandler {
  std::mutex mutex;
  std::shared_ptr<WebSocket> socket;
  std::vector<std::string> texts;
  std::vector<std::pair<std::uint16_t, std::string>> closes;
  std::promise<std::shared_ptr<WebSocket>> opened;
  bool echo = true;

  void on_open(std::shared_ptr<WebSocket> s) override {
    opened.set_value(s);
    const std::lock_guard lock(mutex);
    socket = std::move(s);
  }
  void on_message(WebSocket& s, std::string_view text) override {
    if (text == "throw") throw std::runtime_error("oops");
    if (echo) s.send(std::string(text));
    const std::lock_guard lock(mutex);
    texts.emplace_back(text);
  }
  void on_close(WebSocket&, std::uint16_t code, std::string_view reason) override {
    const std::lock_guard lock(mutex);
    closes.emplace_back(code, reason);
    socket.reset();
  }
  std::vector<std::pair<std::uint16_t, std::string>> closed() {
    const std::lock_guard lock(mutex);
    return closes;
  }
};

struct Fixture {
  explicit Fixture(WebSocketOptions options = {}, ServerOptions server_options = {})
      : server(
            [&](Router& r) {
              r.websocket("/ws", std::move(options),
                          [this](Request, WebSocketDecision decide) { decide.accept(recorder); });
              r.add(Method::kGet, "/x", [](Request, Reply reply) { reply(Response::no_content()); });
            },
            std::move(server_options)) {}

  std::unique_ptr<WsClient> open(const testing::HeaderFields& fields = {}, testing::ConnectOptions connect = {}) {
    return WsClient::open(server.port(), "/ws", fields, connect);
  }
  // The code that on_close was told.
  std::uint16_t closed_with() {
    EXPECT_TRUE(TestServer::eventually([&] { return !recorder->closed().empty(); }));
    return recorder->closed().empty() ? 0 : recorder->closed()[0].first;
  }

  std::shared_ptr<Recorder> recorder = std::make_shared<Recorder>();
  TestServer server;
};

TEST(WebSocketServer, CarriesTextBothWays) {
  Fixture f;
  auto ws = f.open();
  ASSERT_TRUE(ws);
  EXPECT_TRUE(ws->send("héllo"));
  EXPECT_EQ(ws->receive_text(), "héllo");
  ws->send_frame(WsOpcode::kPing, "are you there");
  const auto pong = ws->receive();
  ASSERT_TRUE(pong);
  EXPECT_EQ(pong->kind, WsEvent::kPong);
  EXPECT_EQ(pong->text, "are you there");
  ws->close(4321, "bye");
  EXPECT_EQ(ws->receive_close().code, 4321);
  EXPECT_TRUE(ws->closed_by_peer());
  EXPECT_EQ(f.closed_with(), 4321);
  EXPECT_EQ(f.recorder->closed()[0].second, "bye");
  EXPECT_EQ(f.server.server().metrics().websockets_open, 0u);
}

TEST(WebSocketServer, FramesBehindTheHandshakeAreNotLost) {
  Fixture f;
  testing::RawClient raw(f.server.port());
  std::string text = testing::request_text("GET", "/ws", {},
                                           {{"Connection", "keep-alive, Upgrade"},
                                            {"Upgrade", "WebSocket"},
                                            {"Sec-WebSocket-Version", "13"},
                                            {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}});
  append_ws_frame(text, WsOpcode::kText, "early", 1);
  raw.send(text);
  const Answer answer = raw.receive_answer();
  EXPECT_EQ(answer.status, 101);
  EXPECT_EQ(answer.headers.value("Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  std::string got = raw.receive();
  while (got.size() < 7) got += raw.receive();
  EXPECT_EQ(got,
            "\x81\x05"
            "early");
}

TEST(WebSocketServer, SendsFromAnyThreadAndSharesTexts) {
  Fixture f;
  auto ws = f.open();
  const auto socket = f.recorder->opened.get_future().get();
  const auto shared = std::make_shared<const std::string>("shared");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) EXPECT_TRUE(socket->send(shared));
    });
  }
  for (int i = 0; i < 400; ++i) ASSERT_EQ(ws->receive_text(), "shared");
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(socket->queued_messages(), 0u);
}

TEST(WebSocketServer, ClosesAfterWhatWasQueued) {
  Fixture f;
  auto ws = f.open();
  const auto socket = f.recorder->opened.get_future().get();
  for (int i = 0; i < 10; ++i) socket->send("n" + std::to_string(i));
  socket->close(4001, "session ended");
  EXPECT_FALSE(socket->send("too late"));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(ws->receive_text(), "n" + std::to_string(i));
  const auto close = ws->receive_close();
  EXPECT_EQ(close.code, 4001);
  EXPECT_EQ(close.text, "session ended");
  ws->close(4001);
  EXPECT_EQ(f.closed_with(), 4001);
  EXPECT_EQ(f.recorder->closed().size(), 1u);
}

TEST(WebSocketServer, RefusesBeforeTheUpgradeAndFromAnotherThread) {
  std::vector<std::thread> threads;
  TestServer server([&](Router& r) {
    r.websocket("/ws", {}, [&](Request request, WebSocketDecision decide) {
      threads.emplace_back([path = request.path, decide = std::move(decide)]() mutable {
        decide.refuse(Response::problem(Error(ErrorCode::kNotSignedIn, "sign in"), path));
      });
    });
    r.websocket("/lost", {}, [](Request, WebSocketDecision) {});
  });
  Answer refusal;
  EXPECT_FALSE(WsClient::open(server.port(), "/ws", {}, {}, &refusal));
  EXPECT_EQ(refusal.code(), "not_signed_in");
  EXPECT_FALSE(WsClient::open(server.port(), "/lost", {}, {}, &refusal));
  EXPECT_EQ(refusal.status, 500);
  for (std::thread& t : threads) t.join();
}

TEST(WebSocketServer, ChecksTheHandshake) {
  Fixture f({.subprotocols = {"carillon.v2", "carillon.v1"}});
  testing::Client client(f.server.port());
  EXPECT_EQ(client.get("/ws").code(), "upgrade_required");
  EXPECT_EQ(client.post("/ws", "{}").code(), "method_not_allowed");
  const testing::HeaderFields good{{"Connection", "Upgrade"},
                                   {"Upgrade", "websocket"},
                                   {"Sec-WebSocket-Version", "13"},
                                   {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}};
  auto fields = good;
  fields[2].second = "8";
  const Answer old = client.get("/ws", fields);
  EXPECT_EQ(old.status, 426);
  EXPECT_EQ(old.headers.value("Sec-WebSocket-Version"), "13");
  fields = good;
  fields[3].second = "short";
  EXPECT_EQ(client.get("/ws", fields).status, 400);
  EXPECT_EQ(client.get("/ws", good).status, 400);  // no subprotocol of ours
  fields = good;
  fields.push_back({"Origin", "https://evil.example"});
  EXPECT_EQ(client.get("/ws", fields).code(), "origin_not_allowed");
  auto ws = f.open({{"Sec-WebSocket-Protocol", "other, carillon.v1"}, {"Origin", "http://test"}});
  ASSERT_TRUE(ws);
  EXPECT_EQ(ws->subprotocol, "carillon.v1");
}

TEST(WebSocketServer, OtherSitesMayConnectWhereTheyAreAllowed) {
  Fixture f(
      {.origin_allowed = [](const Request&, std::string_view origin) { return origin == "https://shop.example"; }});
  EXPECT_TRUE(f.open({{"Origin", "https://shop.example"}}));
}

TEST(WebSocketServer, MalformedFramesCloseWithTheirCode) {
  const auto masked = [](unsigned char first, unsigned char length) {
    return std::string{static_cast<char>(first), static_cast<char>(0x80 | length), 0, 0, 0, 0} +
           std::string(length, 'x');
  };
  const std::pair<std::string, std::uint16_t> kCases[] = {{masked(0x82, 3), 1003},
                                                          {masked(0xC1, 3), 1002},
                                                          {masked(0x83, 1), 1002},
                                                          {masked(0x80, 1), 1002},
                                                          {masked(0x09, 1), 1002},
                                                          {"\x81\x01x", 1002},
                                                          {std::string("\x81\x81\0\0\0\0\xFF", 7), 1007},
                                                          {std::string("\x81\xFF\0\0\0\0\0\1\0\1\0\0\0\0", 14), 1009},
                                                          {std::string("\x88\x81\0\0\0\0\3", 7), 1002}};
  for (const auto& [bytes, code] : kCases) {
    Fixture f;
    auto ws = f.open();
    ASSERT_TRUE(ws);
    ws->send("before");
    EXPECT_EQ(ws->receive_text(), "before");
    ws->send_raw(bytes);
    EXPECT_EQ(ws->receive_close().code, code);
    ws->close(code);
    EXPECT_TRUE(ws->closed_by_peer());
    ws.reset();
    EXPECT_EQ(f.closed_with(), code);
    EXPECT_TRUE(f.server.logged("websocket_fault"));
  }
}

TEST(WebSocketServer, ASlowReaderIsClosedAndItsQueueFreed) {
  Fixture f({.max_queued_messages = 50, .close_timeout = Duration::millis(200)});
  auto ws = f.open({}, {.receive_buffer = 4096});
  const auto socket = f.recorder->opened.get_future().get();
  const auto text = std::make_shared<const std::string>(16 << 10, 'x');
  int sent = 0;
  while (socket->send(text)) ASSERT_LT(++sent, 100'000);
  EXPECT_GE(sent, 50);
  EXPECT_EQ(socket->queued_messages(), 0u);
  EXPECT_EQ(f.closed_with(), kCloseSlowConsumer);
  const ServerMetrics m = f.server.server().metrics();
  EXPECT_EQ(m.websocket_overflows, 1u);
  EXPECT_EQ(m.websocket_queued_messages, 0u);
  EXPECT_EQ(m.websocket_queued_bytes, 0u);
}

TEST(WebSocketServer, TheQueueIsBoundedByBytesToo) {
  Fixture f({.max_queued_bytes = 1000});
  auto ws = f.open();
  const auto socket = f.recorder->opened.get_future().get();
  EXPECT_FALSE(socket->send(std::string(1001, 'x')));
  EXPECT_EQ(ws->receive_close().code, kCloseSlowConsumer);
}

TEST(WebSocketServer, TooManyMessagesAreRefused) {
  Fixture f({.messages = {.per_second = 1, .burst = 5}});
  auto ws = f.open();
  for (int i = 0; i < 6; ++i) ws->send("x");
  EXPECT_EQ(ws->receive_close().code, kCloseRateLimited);
  ws->close(kCloseRateLimited);
  EXPECT_EQ(f.closed_with(), kCloseRateLimited);
}

TEST(WebSocketServer, DeadPeersAreDropped) {
  Fixture f({.ping_every = Duration::millis(40), .dead_after = Duration::millis(150)});
  auto ws = f.open();
  const auto ping = ws->receive();
  ASSERT_TRUE(ping);
  EXPECT_EQ(ping->kind, WsEvent::kPing);  // answered, so it lives on
  EXPECT_EQ(ws->receive()->kind, WsEvent::kPing);
  ws->answer_pings = false;
  while (ws->receive()) {
  }
  EXPECT_EQ(f.closed_with(), kCloseAbnormal);
}

TEST(WebSocketServer, APeerThatNeverClosesIsCut) {
  Fixture f({.close_timeout = Duration::millis(60)});
  auto ws = f.open();
  f.recorder->opened.get_future().get()->close(kCloseNormal, "");
  EXPECT_EQ(ws->receive_close().code, 1000);
  EXPECT_EQ(f.closed_with(), kCloseNormal);
  EXPECT_TRUE(ws->closed_by_peer());
}

TEST(WebSocketServer, ABrokenConnectionIs1006) {
  Fixture f;
  auto ws = f.open();
  ws->send("x");
  ws->receive_text();
  ws->reset();
  EXPECT_EQ(f.closed_with(), kCloseAbnormal);
}

TEST(WebSocketServer, AHandlerThatThrowsClosesItsSocketOnly) {
  Fixture f;
  auto ws = f.open();
  ws->send("throw");
  EXPECT_EQ(ws->receive_close().code, kCloseInternal);
  EXPECT_TRUE(TestServer::eventually([&] { return f.server.logged("handler_threw"); }));
  EXPECT_EQ(testing::Client(f.server.port()).get("/x").status, 204);
}

TEST(WebSocketServer, DrainClosesWith1001) {
  Fixture f;
  auto ws = f.open();
  const auto socket = f.recorder->opened.get_future().get();
  auto drained = std::async(std::launch::async, [&] { f.server.server().drain(Duration::seconds(30)); });
  EXPECT_EQ(ws->receive_close().code, kCloseGoingAway);
  ws->close(kCloseGoingAway);
  drained.get();
  EXPECT_EQ(f.closed_with(), kCloseGoingAway);
  EXPECT_FALSE(socket->send("after the end"));
  socket->close(1000, "harmless");
}

TEST(WebSocketServer, UnderstandsBeastsClient) {
  namespace asio = boost::asio;
  namespace websocket = boost::beast::websocket;
  Fixture f({.max_message_bytes = 1 << 20, .max_queued_bytes = 4 << 20});
  asio::io_context io;
  websocket::stream<asio::ip::tcp::socket> ws(io);
  ws.next_layer().connect({asio::ip::make_address("127.0.0.1"), f.server.port()});
  ws.handshake("test", "/ws");
  boost::beast::flat_buffer buffer;
  for (const std::size_t n : {0u, 1u, 125u, 126u, 70'000u, 500'000u}) {
    const std::string text(n, 'y');
    ws.write(asio::buffer(text));
    buffer.clear();
    ws.read(buffer);
    EXPECT_EQ(boost::beast::buffers_to_string(buffer.data()), text);
    EXPECT_TRUE(ws.got_text());
  }
  ws.close(websocket::close_reason(websocket::close_code::normal, "done"));
  EXPECT_EQ(f.closed_with(), kCloseNormal);
  EXPECT_EQ(f.recorder->closed()[0].second, "done");
}

}  // namespace
}  // namespace carillon::http
