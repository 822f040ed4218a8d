// What runs on the host's thread: the stack with everything that carries its bytes. Internal to SipHost.
//
// Thread: open() and the counters from any; all else the host's, once it runs.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "voice/net/datagrams.h"
#include "voice/net/loop.h"
#include "voice/net/resolver.h"
#include "voice/net/sip_host.h"
#include "voice/net/stream.h"
#include "voice/net/websocket.h"

namespace carillon::voice::net {

class SipHost::Strand final : public StreamOwner {
 public:
  static Result<std::unique_ptr<Strand>> open(Config config, const Clock& clock, OnEvent on_event);
  ~Strand() override;

  Loop& loop() { return *loop_; }
  const std::vector<sip::Listener>& listeners() const { return listeners_; }
  HostCounts counts() const;
  // Until stop(), which any thread may call.
  void run();
  void stop();
  void work(const Work& work);

  void on_open(Stream& stream) override;
  void on_bytes(Stream& stream, std::string_view bytes) override;
  void on_end(Stream& stream) override;

 private:
  // A stream and what the stack calls it.
  struct Line {
    std::unique_ptr<Stream> stream;
    std::unique_ptr<WebSocketLine> websocket;
    sip::Transport transport = sip::Transport::kTcp;
    sip::ConnectionId id;  // empty: the stack does not know of it, or not any more
    IpAddress came_from;   // whose limit it counts for; empty: we called
  };
  using Lines = std::unordered_map<std::uint64_t, Line>;
  class Acceptor;

  Strand(std::unique_ptr<Loop> loop, OnEvent on_event, HostLimits limits);
  Result<void> open_listeners(const Config& config);
  Result<void> open_tls(const Config& config);

  // -- what the stack wants --
  void drain();
  void carry_out();
  void connect(const sip::OpenConnection& wanted);
  void send(sip::Send& send);
  void close(sip::ConnectionId id);

  // -- connections --
  void accept(Acceptor& acceptor);
  void accepted(Socket socket, Endpoint remote, sip::Transport transport);
  Line& add_line(Stream::Opening opening, sip::Transport transport);
  void tell_accepted(Line& line);
  void feed_websocket(Line& line, std::string_view bytes);
  std::optional<IpAddress> source_for(const Endpoint& to, sip::Transport transport) const;
  void end_turn();
  void copy_counts();

  std::unique_ptr<Loop> loop_;
  OnEvent on_event_;
  HostLimits limits_;
  OpensslHashes hashes_;
  std::vector<sip::Listener> listeners_;
  SslContext server_tls_, client_tls_;
  DatagramRoom room_;
  std::vector<std::unique_ptr<Datagrams>> datagrams_;  // by listener; empty where it is none
  std::vector<std::unique_ptr<Acceptor>> acceptors_;
  std::unique_ptr<sip::Stack> stack_;
  std::unique_ptr<Resolver> resolver_;
  Loop::Job after_each_;

  Lines lines_;
  std::vector<Lines::node_type> ended_;  // kept until the turn is over
  std::map<sip::ConnectionId, std::uint64_t> by_id_;
  std::unordered_map<IpAddress, std::size_t> from_address_;
  std::size_t came_in_ = 0;
  std::uint64_t last_key_ = 0;
  std::size_t most_message_;
  sip::Outputs out_;
  bool draining_ = false;

  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> datagrams_in_{0}, datagrams_out_{0}, datagrams_dropped_{0}, open_lines_{0}, refused_{0},
      lookups_{0};
  // The stack's, copied at the end of a turn.
  std::atomic<std::uint64_t> calls_in_{0}, calls_busy_{0}, unheard_{0}, refused_strangers_{0}, blocked_{0};
};

}  // namespace carillon::voice::net
