// Goal: the same server over TLS: certificates made and loaded, reloaded while it runs, faults named.
// Method: a self-signed pair, OpenSSL as client.
#include "http/tls.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "http/testing/client.h"
#include "http/testing/test_server.h"

namespace carillon::http {
namespace {

using testing::Client;
using testing::RawClient;
using testing::TestServer;
using testing::WsClient;

const testing::ConnectOptions kTls{.tls = true};
constexpr Instant kNow{1'800'000'000'000'000};

ServerOptions tls_options(std::shared_ptr<TlsContext> tls) {
  ServerOptions options;
  options.listeners = {{"127.0.0.1", 0, std::move(tls)}, {"127.0.0.1", 0, nullptr}};
  return options;
}

std::shared_ptr<TlsContext> demo_context() {
  return *TlsContext::from_pem(*make_self_signed({"localhost", "127.0.0.1", "::1"}, kNow));
}

void routes(Router& r) {
  r.add(Method::kPost, "/echo", {.max_body_bytes = 8 << 20}, [](Request request, Reply reply) {
    EXPECT_TRUE(request.is_tls);
    reply(Response::text(200, std::move(request.body)));
  });
  r.websocket("/ws", {}, [](Request, WebSocketDecision decide) {
    struct Echo final : WebSocketHandler {
      void on_open(std::shared_ptr<WebSocket>) override {}
      void on_message(WebSocket& s, std::string_view text) override { s.send(std::string(text)); }
      void on_close(WebSocket&, std::uint16_t, std::string_view) override {}
    };
    decide.accept(std::make_shared<Echo>());
  });
}

TEST(Tls, CarriesRequestsAndWebSockets) {
  TestServer server(routes, tls_options(demo_context()));
  Client client(server.port(), kTls);
  EXPECT_EQ(client.request("POST", "/echo", "hello").body, "hello");
  const std::string big(3 << 20, 'b');
  EXPECT_EQ(client.request("POST", "/echo", big).body, big);
  auto ws = WsClient::open(server.port(), "/ws", {}, kTls);
  ASSERT_TRUE(ws);
  ws->send("over tls");
  EXPECT_EQ(ws->receive_text(), "over tls");
}

TEST(Tls, PlainTalkAndStalledHandshakesAreDropped) {
  ServerOptions options = tls_options(demo_context());
  options.limits.header_timeout = Duration::millis(500);  // both are dropped, so that it may come too early
  TestServer server(routes, options);
  RawClient plain(server.port());
  plain.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  plain.receive_all();
  EXPECT_TRUE(plain.closed_by_peer());
  RawClient silent(server.port());
  EXPECT_EQ(silent.receive_all(), "");
  EXPECT_TRUE(TestServer::eventually([&] { return server.server().metrics().connections_open == 0; }));
}

class PemFiles {
 public:
  PemFiles() {
    std::string name = (std::filesystem::temp_directory_path() / "carillon-tls-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~PemFiles() { std::filesystem::remove_all(folder_); }
  void write(const PemPair& pair) const {
    std::ofstream(certificate()) << pair.certificate;
    std::ofstream(key()) << pair.key;
  }
  std::string certificate() const { return (folder_ / "cert.pem").string(); }
  std::string key() const { return (folder_ / "key.pem").string(); }

 private:
  std::filesystem::path folder_;
};

TEST(Tls, ReloadsItsFiles) {
  PemFiles files;
  files.write(*make_self_signed({"localhost"}, kNow));
  auto tls = TlsContext::from_files(files.certificate(), files.key());
  ASSERT_TRUE(tls.ok()) << tls.error().message;
  const auto before = (*tls)->current();
  TestServer server(routes, tls_options(*tls));
  EXPECT_EQ(Client(server.port(), kTls).request("POST", "/echo", "1").body, "1");
  files.write(*make_self_signed({"localhost"}, kNow));
  EXPECT_TRUE((*tls)->reload().ok());
  EXPECT_NE((*tls)->current(), before);
  EXPECT_EQ(Client(server.port(), kTls).request("POST", "/echo", "2").body, "2");
  std::ofstream(files.key()) << "nonsense";
  const auto kept = (*tls)->current();
  EXPECT_EQ((*tls)->reload().error().code, ErrorCode::kConfig);
  EXPECT_EQ((*tls)->current(), kept);
}

TEST(Tls, NamesTheFileThatIsWrong) {
  PemFiles files;
  const auto missing = TlsContext::from_files(files.certificate(), files.key());
  ASSERT_FALSE(missing.ok());
  EXPECT_NE(missing.error().message.find(files.certificate()), std::string::npos);
  PemPair mixed = *make_self_signed({"a"}, kNow);
  mixed.key = make_self_signed({"b"}, kNow)->key;
  files.write(mixed);
  const auto misfit = TlsContext::from_files(files.certificate(), files.key());
  ASSERT_FALSE(misfit.ok());
  EXPECT_NE(misfit.error().message.find(files.key()), std::string::npos);
  EXPECT_FALSE(make_self_signed({}, kNow).ok());
  EXPECT_FALSE(make_self_signed({"a,DNS:b"}, kNow).ok());
}

}  // namespace
}  // namespace carillon::http
