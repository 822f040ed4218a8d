// WebSocketSession: one open WebSocket on its loop.
//
// States: open -> closing (our close frame is queued or sent) -> closed (transport gone, on_close was called).
//         The peer's close frame is answered with its own code. Who closes second closes the TCP connection when we are the server.
// Why the queue has a lock: send() comes from any thread; the loop takes batches out of it and writes each batch with one call.
// Owns:   transport, handler (until on_close), the queue.
// Thread: WebSocket functions from any thread; the rest on the loop.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>

#include "http/net/loop.h"
#include "http/net/transport.h"
#include "http/parse/websocket_codec.h"
#include "http/websocket.h"

namespace carillon::http {

class WebSocketSession final : public WebSocket,
                               public TransportOwner,
                               public LoopMember,
                               public std::enable_shared_from_this<WebSocketSession> {
 public:
  struct Opening {
    std::unique_ptr<Transport> transport;
    std::shared_ptr<WebSocketHandler> handler;
    WebSocketOptions options;
    std::string subprotocol;
    std::string key;
    std::string request_id;
    std::string remote;
    std::string path;
    std::string early_bytes;  // frames that came right behind the request
  };

  WebSocketSession(std::shared_ptr<Loop> loop, Opening opening);
  ~WebSocketSession() override;
  void start();

  using WebSocket::send;
  bool send(std::shared_ptr<const std::string> text) override;
  void close(std::uint16_t code, std::string_view reason) override;
  std::size_t queued_messages() const override;
  std::size_t queued_bytes() const override;
  const std::string& subprotocol() const override { return opening_.subprotocol; }

  void on_read(std::size_t bytes) override;
  void on_written() override;
  void on_write_progress() override {}
  void on_end(bool clean) override;

  void on_tick(SteadyTime now) override;
  void on_drain() override { close(kCloseGoingAway, "the server is stopping"); }
  void cut() override { end(kCloseGoingAway, "the server is stopping"); }

 private:
  void want_read();
  void take_bytes(std::string_view bytes);
  bool take_event(const WsEvent& event);
  void deliver(std::string_view text);
  void wake_locked();
  void flush();
  void begin_close(std::uint16_t code, std::string_view reason, bool drop_queue);
  void end(std::uint16_t code, std::string_view reason);
  void clear_queue_locked();

  const std::shared_ptr<Loop> loop_;  // first: the transport must go before the loop's engine
  Shared& shared_;
  Opening opening_;
  WsDecoder decoder_;
  TokenBucket bucket_;
  std::string buffer_;
  std::string out_;
  std::string pong_;  // payload of the latest ping, to be answered
  bool pong_due_ = false;
  bool ping_due_ = false;
  bool writing_ = false;
  bool decoder_faulted_ = false;
  bool close_sent_ = false;
  bool close_received_ = false;
  bool ended_ = false;
  SteadyTime heard_at_;
  SteadyTime pinged_at_;
  SteadyTime close_until_;
  bool closing_ = false;  // the loop's view: a close frame is due or sent
  std::uint16_t final_code_ = kCloseAbnormal;
  std::string final_reason_;

  mutable std::mutex mutex_;
  std::deque<std::shared_ptr<const std::string>> queue_;
  std::size_t queued_bytes_ = 0;
  bool awake_ = false;        // a flush is on its way
  bool refusing_ = false;     // no more messages are taken
  bool close_asked_ = false;  // close() was called; code and reason below
  std::uint16_t asked_code_ = 0;
  std::string asked_reason_;
  bool overflowed_ = false;
};

}  // namespace carillon::http
