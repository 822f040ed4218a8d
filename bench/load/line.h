// Line: one TCP connection to the server on this machine; HttpLine and StreamLine speak HTTP and WebSocket on it.
//
// What:   an HttpLine keeps its connection alive and sends one request after the other, the next when the answer to the
//         last has come. A StreamLine shakes hands and hands out the texts that come; it answers the protocol's pings and
//         the contract's.
// Why:    a few hundred lines of these cost the generator next to nothing; a general client would not.
// Owns:   its socket. The loop outlives it.
// Thread: the loop's.
// Errors: a line that breaks answers what was asked with status 0 and stays closed.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <string_view>

#include "bench/load/loop.h"
#include "http/parse/websocket_codec.h"

namespace carillon::bench {

class Line : public Source {
 public:
  // `from`: the address of this machine to come from, "" for any. Rate limits count by address.
  Line(Loop& loop, std::uint16_t port, const std::string& from);
  ~Line() override;
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  bool is_open() const { return fd_ >= 0; }
  void close();

 protected:
  void send(std::string_view bytes);
  // Takes what it can use from the front of `in`; the rest comes again with more behind it.
  virtual void on_bytes(std::string_view& in) = 0;
  virtual void on_closed() = 0;

 private:
  void on_ready(std::uint32_t events) override;
  void read();
  void write();

  Loop& loop_;
  int fd_ = -1;
  std::string in_, out_;
};

struct Answer {
  int status = 0;         // 0: no answer came
  std::string_view head;  // status line and fields, valid during the call
  std::string_view body;
  std::int64_t position = 0;  // Carillon-Position

  bool ok() const { return status >= 200 && status < 300; }
  std::string_view field(std::string_view name) const;  // of the head; "" when absent
};
using Answered = std::function<void(const Answer&)>;

// A request as it goes on the wire. `fields` are whole lines, each with CRLF.
std::string request_text(std::string_view method, std::string_view target, std::string_view fields,
                         std::string_view body = {});

class HttpLine final : public Line {
 public:
  HttpLine(Loop& loop, std::uint16_t port, const std::string& from = {}) : Line(loop, port, from) {}

  void ask(std::string request, Answered answered);
  std::size_t waiting() const { return asked_.size(); }  // asked and not yet answered

 private:
  struct Asked {
    std::string request;
    Answered answered;
  };
  void on_bytes(std::string_view& in) override;
  void on_closed() override;

  std::deque<Asked> asked_;
};

class StreamLine final : public Line {
 public:
  using OnText = std::function<void(std::string_view)>;
  // `fields`: lines of the handshake, each with CRLF.
  StreamLine(Loop& loop, std::uint16_t port, std::string_view target, std::string_view fields, OnText on_text);

  void say(std::string_view text);                         // once hands are shaken
  bool is_ready() const { return ready_; }                 // shaken hands
  const std::string& refusal() const { return refusal_; }  // the server's answer, when it did not

 private:
  void on_bytes(std::string_view& in) override;
  void on_closed() override {}
  void take_frames(std::string_view& in);

  OnText on_text_;
  http::WsDecoder decoder_{{.from_client = false, .take_binary = false, .max_message_bytes = 16 << 20}};
  std::string refusal_;
  bool ready_ = false;
};

}  // namespace carillon::bench
