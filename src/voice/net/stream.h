// A connection of signalling: TCP, or TLS over it. Bytes in, bytes out, with an end to everything.
//
//   connecting -> shaking hands -> open -> lingering -> over         (finish() and failures lead on from wherever it is)
//
// What:   opens within its time or ends; queues what the peer does not take yet; says its last words when it is finished.
// Owns:   socket, TLS session, the write queue.
// Thread: the loop's.
// Errors: there is one: on_end(). Why does not matter to SIP.
// Limits: StreamLimits. A peer that does not read loses its connection when the queue is full or stands still.
// Who closes whom: after finish() the owner hears nothing but on_end(), which comes once and last; the owner may then let
//         go of the stream, but not while it is being called: it keeps it until the loop's turn is over.
#pragma once

#include <string>
#include <string_view>

#include "voice/net/loop.h"
#include "voice/net/openssl.h"
#include "voice/net/sockets.h"

namespace carillon::voice::net {

struct StreamLimits {
  std::size_t queue_bytes = 1 << 20;            // that the peer has not taken
  Duration open = Duration::seconds(10);        // to connect and shake hands
  Duration standstill = Duration::seconds(30);  // of a write queue
  Duration linger = Duration::seconds(5);       // from finish() to the end
  std::size_t linger_bytes = 256 << 10;         // and of what still comes then
};

class Stream;

class StreamOwner {
 public:
  virtual ~StreamOwner() = default;
  virtual void on_open(Stream& stream) = 0;
  virtual void on_bytes(Stream& stream, std::string_view bytes) = 0;
  virtual void on_end(Stream& stream) = 0;
};

class Stream final : public Loop::Ready {
 public:
  struct Opening {
    Socket socket;
    Endpoint remote;
    Ssl tls = {};  // empty: plain
    bool connecting = false;
  };
  // `key` is the owner's name for it. Nothing is told before start().
  Stream(Loop& loop, Opening opening, StreamOwner& owner, std::uint64_t key, const StreamLimits& limits);
  ~Stream() override;

  void start();
  void send(std::string_view bytes);
  // What was sent before goes out, then it ends.
  void finish();
  // Ends unless extended or lifted in this time: for an owner who expects something.
  void give_time(Duration time);
  void lift_deadline();

  std::uint64_t key() const { return key_; }
  const Endpoint& remote() const { return remote_; }
  bool is_tls() const { return tls_ != nullptr; }
  std::size_t waiting() const { return out_.size() - sent_; }

  void on_ready(std::uint32_t events) override;

 private:
  enum class State : std::uint8_t { kConnecting, kShaking, kOpen, kLingering, kOver };
  enum class Io : std::uint8_t { kDone, kAgain, kEnd };

  void connected();
  void shake_hands();
  void opened();
  void read_some();
  void write_some();
  void half_close();
  void end();
  Io read(char* into, std::size_t room, std::size_t& got);
  Io write(std::string_view bytes, std::size_t& taken);
  Io tls_outcome(int result);
  void show_interest();

  Loop& loop_;
  Socket socket_;
  Ssl tls_;
  Endpoint remote_;
  StreamOwner& owner_;
  std::uint64_t key_;
  StreamLimits limits_;
  State state_;
  bool watching_ = false, tls_wants_write_ = false, said_goodbye_ = false, finishing_ = false;
  std::uint32_t interest_ = 0;
  std::string out_;
  std::size_t sent_ = 0;     // of out_
  std::size_t ignored_ = 0;  // read after finish()
  Loop::Deadline deadline_, write_deadline_;
};

}  // namespace carillon::voice::net
