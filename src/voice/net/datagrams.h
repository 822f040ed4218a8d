// A UDP socket of signalling: datagrams come and go in batches.
//
// What:   on_ready() takes what is there (bounded, so that other sockets get their turn) and tells each; send() collects,
//         flush() sends what was collected.
// Why:    one system call for up to 32 datagrams: most of the cost of SIP over UDP is system calls.
// Owns:   the socket; the memory to receive into is shared by all sockets of a thread.
// Errors: a datagram that the system does not take is dropped and counted: it is UDP, the transaction sends it again.
// Thread: the loop's.
#pragma once

#include <sys/socket.h>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "voice/net/loop.h"
#include "voice/net/sockets.h"

namespace carillon::voice::net {

class DatagramRoom {
 public:
  static constexpr std::size_t kBatch = 32, kBytes = 65536;
  DatagramRoom();
  DatagramRoom(const DatagramRoom&) = delete;
  DatagramRoom& operator=(const DatagramRoom&) = delete;

 private:
  friend class Datagrams;
  std::unique_ptr<char[]> bytes_;
  std::array<SocketAddress, kBatch> from_;
  std::array<iovec, kBatch> pieces_;
  std::array<mmsghdr, kBatch> heads_;
};

class Datagrams final : public Loop::Ready {
 public:
  using Take = std::function<void(const Endpoint& from, std::string_view bytes)>;

  Datagrams(Loop& loop, Socket socket, DatagramRoom& room, Take take);
  ~Datagrams() override;

  void on_ready(std::uint32_t events) override;
  void send(const Endpoint& to, std::string bytes);
  void flush();
  std::uint64_t dropped() const { return dropped_; }

 private:
  static constexpr std::size_t kBatch = DatagramRoom::kBatch;
  struct Waiting {
    SocketAddress to;
    std::string bytes;
  };

  Loop& loop_;
  Socket socket_;
  DatagramRoom& room_;
  Take take_;
  std::array<Waiting, kBatch> waiting_;
  std::size_t waits_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace carillon::voice::net
