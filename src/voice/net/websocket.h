// The server's side of SIP over WebSocket (RFC 7118): the opening request, then one SIP message a frame.
//
// What:   bytes of the stream in; answers to send and messages out. Frames are read by the HTTP module's codec.
// Why:    softphones in other people's pages speak it. Ours has its own signalling and does not come here.
// Owns:   the request until it is whole, then the decoder.
// Errors: a request that is none, or does not ask for the subprotocol "sip", gets its HTTP status and broken(); a broken frame its
//         close code.
// Limits: 8 KiB of request, messages as Limits says.
// Thread: one at a time. No socket.
// Example:
//   line.feed(bytes);
//   stream.send(line.take_output());
//   while (auto message = line.take_message()) stack.receive(now, flow, *message);
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "http/parse/websocket_codec.h"

namespace carillon::voice::net {

class WebSocketLine {
 public:
  explicit WebSocketLine(std::size_t most_message_bytes) : decoder_({true, true, most_message_bytes}) {}

  void feed(std::string_view bytes);
  bool is_open() const { return open_; }
  // Nothing more is read: close the stream when the output is sent.
  bool over() const { return over_; }
  std::string take_output() { return std::exchange(output_, {}); }
  std::optional<std::string> take_message();
  // The frame that carries a message.
  static std::string frame(std::string_view message);

 private:
  void read_request();
  void refuse(std::string_view status);
  void read_frames(std::string_view bytes);

  http::WsDecoder decoder_;
  std::string request_, output_;
  std::deque<std::string> messages_;
  bool open_ = false, over_ = false;
};

}  // namespace carillon::voice::net
