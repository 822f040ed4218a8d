// Connection: one client's requests, one after the other, until it leaves or becomes a WebSocket.
//
// Phases: kHandshake -> kIdle -> kHeader -> kBody <-> kDisk -> kHandling -> kWriting <-> kDisk -> kIdle ...
//         after an early or last answer: kWriting -> kLinger (reads and drops, so that the answer is not lost in a reset) -> kClosed
//         after an accepted upgrade: kClosed, and a WebSocketSession has the transport.
// Reading stops while a handler runs: pipelined requests wait in the socket, which is the bound on them.
// Owns:   transport, buffers, the sink of an upload; a share of its loop.
// Thread: its loop; answer(), abandoned(), accept() and refuse() from any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/net/loop.h"
#include "http/net/transport.h"
#include "http/wire/request_reader.h"

namespace carillon::http {

class Connection final : public TransportOwner,
                         public LoopMember,
                         public ReplyPort,
                         public WebSocketUpgradePort,
                         public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<Loop> loop, std::unique_ptr<Transport> transport, std::string remote);
  ~Connection() override;

  void start();
  // Over the limit of connections: 503, then the end. The request is not read.
  void start_refusing();

  void on_ready() override;
  void on_read(std::size_t bytes) override;
  void on_written() override;
  void on_write_progress() override;
  void on_end(bool clean) override;

  void on_tick(SteadyTime now) override;
  void on_drain() override;
  void cut() override { close(); }

  void answer(std::uint64_t ticket, Response response) override;
  void abandoned(std::uint64_t ticket) override;
  void accept(std::uint64_t ticket, std::shared_ptr<WebSocketHandler> handler, std::string subprotocol) override;
  void refuse(std::uint64_t ticket, Response response) override { answer(ticket, std::move(response)); }

 private:
  enum class Phase : std::uint8_t { kHandshake, kIdle, kHeader, kBody, kDisk, kHandling, kWriting, kLinger, kClosed };

  // What is known of the request in progress; begun anew for each.
  struct Exchange {
    Decision decision;
    std::optional<Request> request;  // until the handler has it
    std::optional<Response> early;   // sent when a short body that nobody wants has been read
    std::string id;
    std::string path;
    Method method = Method::kGet;
    bool known_method = false;
    bool http_1_1 = true;
    bool running = false;  // a handler has it
    std::string if_none_match, range, if_range;
    int status = 0;
    SteadyTime began;
    SteadyTime body_until;        // however much progress it makes
    SteadyTime body_deadline;     // put aside while the disk works
    std::uint64_t body_mark = 0;  // body bytes when progress was last seen
    SteadyTime disk_began;        // the client's time stands still while the disk works
  };

  // A file that is being sent.
  struct OpenFile;
  struct FilePiece;
  struct SinkJob;

  // connection.cc: reading
  void next_request(bool fresh);
  void want_read();
  void pump();
  bool on_header();
  bool begin_body();
  Result<void> build_request(RequestHead& head);
  void on_request();
  bool refuse_early(Response response);
  void refuse_request(const Error& error);
  void time_out(SteadyTime now);
  void close();
  void leave();
  void set_deadline(Duration after) { deadline_ = std::chrono::steady_clock::now() + after; }
  std::string_view unread() const { return {buffer_.data() + begin_, end_ - begin_}; }

  // connection_answer.cc: writing
  void take_answer(std::uint64_t ticket, Response response);
  Response explained(const Error& error) const;
  void send_answer(Response response);
  void send_memory(Response response);
  void apply_conditions(Response& response, std::uint64_t size, std::uint64_t& from, std::uint64_t& length);
  void write_head(const Response& response, std::optional<std::uint64_t> content_length);
  void open_file(Response response);
  void file_opened(Response response, std::shared_ptr<OpenFile> file);
  void read_piece();
  void piece_read(FilePiece& piece);
  void finish_answer();
  void log_request(LogLevel level, std::string_view event, std::string_view message);

  // connection_body.cc: uploads
  void feed_sink(bool last);
  void sink_done(SinkJob& job);
  void discard_sink(std::unique_ptr<BodySink> sink);

  // connection_upgrade.cc
  void take_accept(std::uint64_t ticket, std::shared_ptr<WebSocketHandler> handler, std::string subprotocol);

  const std::shared_ptr<Loop> loop_;  // first: the transport must go before the loop's engine
  Shared& shared_;
  std::unique_ptr<Transport> transport_;
  const std::string remote_;
  RequestReader reader_;
  Exchange now_;
  std::unique_ptr<BodySink> sink_;
  std::string websocket_key_;

  // What was read and not yet parsed: [begin_, end_) of buffer_.
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;

  std::string out_;      // head and short bodies
  Response::Body held_;  // a long body while it is written
  std::shared_ptr<OpenFile> file_;

  Phase phase_ = Phase::kHandshake;
  SteadyTime deadline_;
  std::uint64_t ticket_ = 0;
  std::size_t lingered_ = 0;
  bool reading_ = false;
  bool writing_continue_ = false;
  bool keep_alive_ = true;  // of the answer being written
  bool close_after_ = false;
  bool heard_ = false;  // some byte ever came
  bool refusing_ = false;
};

}  // namespace carillon::http
