// WebSockets (RFC 6455) as the rest of the product sees them.
//
// What:   text messages both ways. Binary is refused (1003), text that is not UTF-8 too (1007), messages over the limit (1009),
//         broken frames (1002), too many messages or a peer that does not read (4429), a peer that does not
//         answer pings is dropped (1006 to on_close). permessage-deflate is off.
// Who closes whom: whoever closes, on_close comes exactly once, last; then the socket lets go of the handler.
// Example:
//   router.websocket("/api/v1/events", {.subprotocols = {"carillon.v1"}}, [](Request request, WebSocketDecision decide) {
//     if (!signed_in(request)) return decide.refuse(Response::problem(Error(ErrorCode::kNotSignedIn, "...")));
//     decide.accept(std::make_shared<EventsSession>(...));
//   });
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "http/parse/token_bucket.h"
#include "http/request.h"

namespace carillon::http {

inline constexpr std::uint16_t kCloseNormal = 1000;
inline constexpr std::uint16_t kCloseGoingAway = 1001;
inline constexpr std::uint16_t kCloseProtocolError = 1002;
inline constexpr std::uint16_t kCloseBinaryRefused = 1003;
inline constexpr std::uint16_t kCloseAbnormal = 1006;  // never on the wire: the connection broke
inline constexpr std::uint16_t kCloseBadText = 1007;
inline constexpr std::uint16_t kClosePolicy = 1008;
inline constexpr std::uint16_t kCloseTooBig = 1009;
inline constexpr std::uint16_t kCloseInternal = 1011;
inline constexpr std::uint16_t kCloseTryAgain = 1013;
inline constexpr std::uint16_t kCloseSessionEnded = 4401;  // for the auth module: sign in again
inline constexpr std::uint16_t kCloseSlowConsumer = 4429;  // our outgoing queue for it was full
inline constexpr std::uint16_t kCloseRateLimited = 4429;

// One open socket. Thread: every function from any thread; all are harmless after the end.
class WebSocket {
 public:
  virtual ~WebSocket() = default;
  // Queues one text message (UTF-8, ours). One text may be shared by many sockets. False when the socket is closing or its queue
  // was full; in the latter case the socket is closed with kCloseSlowConsumer.
  virtual bool send(std::shared_ptr<const std::string> text) = 0;
  bool send(std::string text) { return send(std::make_shared<const std::string>(std::move(text))); }
  // Sends what is queued, then the close frame. The reason is cut to 123 bytes.
  virtual void close(std::uint16_t code, std::string_view reason) = 0;
  virtual std::size_t queued_messages() const = 0;
  virtual std::size_t queued_bytes() const = 0;
  virtual const std::string& subprotocol() const = 0;
};

// Thread: all callbacks on the socket's net thread, one at a time; they must not block.
class WebSocketHandler {
 public:
  virtual ~WebSocketHandler() = default;
  // First. Keep the pointer to send; drop it in on_close.
  virtual void on_open(std::shared_ptr<WebSocket> socket) = 0;
  virtual void on_message(WebSocket& socket, std::string_view text) = 0;
  // Last, exactly once.
  virtual void on_close(WebSocket& socket, std::uint16_t code, std::string_view reason) = 0;
};

struct WebSocketOptions {
  std::size_t max_message_bytes = 64 << 10;
  std::size_t max_queued_messages = 1024;
  std::size_t max_queued_bytes = 1 << 20;
  Duration ping_every = Duration::seconds(20);
  Duration dead_after = Duration::seconds(50);        // nothing received for so long
  Duration close_timeout = Duration::seconds(5);      // for the peer's close frame
  RateRule messages{.per_second = 50, .burst = 200};  // incoming, control frames included
  std::vector<std::string> subprotocols = {};  // offered by us, best first; when not empty the client must name one
  std::string rate_class = {};                 // of the upgrade request, "" for none
  // Whose pages may connect. Nothing: only our own, and clients that send no Origin.
  std::function<bool(const Request&, std::string_view origin)> origin_allowed = {};
};

// Answers an upgrade request, once, from any thread: accept or refuse. Dropped: refused with 500.
class WebSocketUpgradePort {
 public:
  virtual ~WebSocketUpgradePort() = default;
  virtual void accept(std::uint64_t ticket, std::shared_ptr<WebSocketHandler> handler, std::string subprotocol) = 0;
  virtual void refuse(std::uint64_t ticket, Response response) = 0;
};

class [[nodiscard]] WebSocketDecision {
 public:
  WebSocketDecision() = default;
  WebSocketDecision(std::shared_ptr<WebSocketUpgradePort> port, std::uint64_t ticket, std::string subprotocol);
  WebSocketDecision(WebSocketDecision&& other) noexcept = default;
  WebSocketDecision& operator=(WebSocketDecision&& other) noexcept;
  ~WebSocketDecision();

  void accept(std::shared_ptr<WebSocketHandler> handler);
  void refuse(Response response);
  // The one chosen from both sides' lists, "" when there are none.
  const std::string& subprotocol() const { return subprotocol_; }

 private:
  std::shared_ptr<WebSocketUpgradePort> port_;
  std::uint64_t ticket_ = 0;
  std::string subprotocol_;
};

// Runs on a net thread and must not block.
using OnWebSocket = std::function<void(Request, WebSocketDecision)>;

}  // namespace carillon::http
