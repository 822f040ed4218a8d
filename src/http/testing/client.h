// Blocking HTTP and WebSocket clients for tests: small, raw where a test needs to misbehave, with a timeout on everything.
//
// Thread: one at a time; not for product code.
// Errors: nothing / false on timeout (5 s unless told) and on a closed connection.
// Example:
//   Client client(server.port());
//   Answer a = client.post("/api/v1/tasks", R"({"x":1})");      EXPECT_EQ(a.status, 201);
//   auto ws = WsClient::open(server.port(), "/api/v1/events");   ws->send("hello");   EXPECT_EQ(ws->receive()->text, "...");
#pragma once

#include <boost/json/value.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/parse/headers.h"
#include "http/parse/websocket_codec.h"

namespace carillon::http::testing {

using HeaderFields = std::vector<std::pair<std::string, std::string>>;

struct Answer {
  int status = 0;  // 0: no answer came
  Headers headers;
  std::string body;

  boost::json::value json() const;  // null when it is not JSON
  std::string code() const;         // of a problem document
};

struct ConnectOptions {
  std::string address = "127.0.0.1";
  bool tls = false;  // certificates are not checked
  std::chrono::milliseconds timeout{5000};
  int receive_buffer = 0;  // bytes, before connecting; 0: the system's
};

// One TCP (or TLS) connection and its bytes.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port, const ConnectOptions& options = {});
  ~RawClient();
  RawClient(RawClient&& other) noexcept;
  RawClient& operator=(RawClient&&) = delete;

  bool connected() const;
  bool send(std::string_view bytes);
  // Some bytes; "" when the peer closed or the time is over.
  std::string receive();
  // All bytes until the peer closes.
  std::string receive_all();
  // One answer; `head` when the request was HEAD. 1xx are skipped unless `take_interim`.
  Answer receive_answer(bool head = false, bool take_interim = false);
  // True when the peer has closed (or reset), having sent nothing more.
  bool closed_by_peer();
  void half_close();
  void close();
  // Closes with a reset instead of an orderly end.
  void reset();

 private:
  friend class WsClient;
  struct State;
  bool fill();
  std::unique_ptr<State> state_;
};

// Requests over one kept-alive connection; connects again when the server closed it.
class Client {
 public:
  explicit Client(std::uint16_t port, ConnectOptions options = {});

  Answer request(std::string_view method, std::string_view target, std::string_view body = {},
                 const HeaderFields& fields = {});
  Answer get(std::string_view target, const HeaderFields& fields = {}) { return request("GET", target, {}, fields); }
  Answer post(std::string_view target, std::string_view json, HeaderFields fields = {});
  Answer patch(std::string_view target, std::string_view json, HeaderFields fields = {});
  Answer del(std::string_view target, const HeaderFields& fields = {}) { return request("DELETE", target, {}, fields); }

 private:
  std::uint16_t port_;
  ConnectOptions options_;
  std::unique_ptr<RawClient> raw_;
};

// The request as it goes on the wire.
std::string request_text(std::string_view method, std::string_view target, std::string_view body = {},
                         const HeaderFields& fields = {});

class WsClient {
 public:
  struct Message {
    WsEvent::Kind kind = WsEvent::kText;  // text, binary, ping, pong, close
    std::string text;
    std::uint16_t code = 0;
  };

  // Null when the server did not upgrade; `refusal` then has its answer.
  static std::unique_ptr<WsClient> open(std::uint16_t port, std::string_view target, const HeaderFields& fields = {},
                                        const ConnectOptions& options = {}, Answer* refusal = nullptr);
  bool send(std::string_view text);
  bool send_frame(WsOpcode opcode, std::string_view payload);
  bool send_raw(std::string_view bytes);
  // The next message or control frame; nothing on timeout or a closed connection. Pings are answered when asked to.
  std::optional<Message> receive();
  // The next text, skipping control frames; nothing when the socket closes.
  std::optional<std::string> receive_text();
  // Reads until the close frame; 1006 when the connection just broke.
  Message receive_close();
  bool close(std::uint16_t code = 1000, std::string_view reason = {});
  bool closed_by_peer() { return raw_.closed_by_peer(); }
  void reset() { raw_.reset(); }

  bool answer_pings = true;
  std::string subprotocol;

 private:
  explicit WsClient(RawClient raw) : raw_(std::move(raw)) {}
  RawClient raw_;
  WsDecoder decoder_{{.from_client = false, .take_binary = true, .max_message_bytes = 16 << 20}};
  std::string unread_;
};

}  // namespace carillon::http::testing
