#include "voice/net/datagrams.h"

#include <sys/uio.h>

#include <cerrno>

namespace carillon::voice::net {
namespace {

constexpr int kBatchesATurn = 4;

}  // namespace

DatagramRoom::DatagramRoom() : bytes_(std::make_unique<char[]>(kBatch * kBytes)) {
  for (std::size_t i = 0; i < kBatch; ++i) {
    pieces_[i] = {bytes_.get() + i * kBytes, kBytes};
    heads_[i] = {};
    heads_[i].msg_hdr.msg_iov = &pieces_[i];
    heads_[i].msg_hdr.msg_iovlen = 1;
    heads_[i].msg_hdr.msg_name = &from_[i].storage;
  }
}

Datagrams::Datagrams(Loop& loop, Socket socket, DatagramRoom& room, Take take)
    : loop_(loop), socket_(std::move(socket)), room_(room), take_(std::move(take)) {
  loop_.watch(socket_.fd(), EPOLLIN, *this);
}

Datagrams::~Datagrams() { loop_.unwatch(socket_.fd()); }

void Datagrams::on_ready(std::uint32_t) {
  for (int batch = 0; batch < kBatchesATurn; ++batch) {
    for (mmsghdr& head : room_.heads_) head.msg_hdr.msg_namelen = sizeof(sockaddr_storage);
    const int n = ::recvmmsg(socket_.fd(), room_.heads_.data(), kBatch, MSG_DONTWAIT, nullptr);
    // An error of the socket (an ICMP answer) is about a datagram that is gone; the next call reads on.
    if (n <= 0) return;
    for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) {
      const mmsghdr& head = room_.heads_[i];
      const Endpoint from = room_.from_[i].endpoint();
      // What does not fit is no SIP message of ours, and port 0 cannot be answered.
      if ((head.msg_hdr.msg_flags & MSG_TRUNC) != 0 || from.empty() || from.port == 0) continue;
      take_(from, {static_cast<const char*>(room_.pieces_[i].iov_base), head.msg_len});
    }
    if (static_cast<std::size_t>(n) < kBatch) return;
  }
}

void Datagrams::send(const Endpoint& to, std::string bytes) {
  if (waits_ == kBatch) flush();
  waiting_[waits_].to = SocketAddress::from(to);
  waiting_[waits_].bytes = std::move(bytes);
  ++waits_;
}

void Datagrams::flush() {
  if (waits_ == 0) return;
  std::array<iovec, kBatch> pieces;
  std::array<mmsghdr, kBatch> heads;
  for (std::size_t i = 0; i < waits_; ++i) {
    Waiting& one = waiting_[i];
    pieces[i] = {one.bytes.data(), one.bytes.size()};
    heads[i] = {};
    heads[i].msg_hdr.msg_name = one.to.raw();
    heads[i].msg_hdr.msg_namelen = one.to.size;
    heads[i].msg_hdr.msg_iov = &pieces[i];
    heads[i].msg_hdr.msg_iovlen = 1;
  }
  for (std::size_t done = 0; done < waits_;) {
    const int n = ::sendmmsg(socket_.fd(), &heads[done], static_cast<unsigned>(waits_ - done), MSG_DONTWAIT);
    if (n > 0) {
      done += static_cast<std::size_t>(n);
      continue;
    }
    if (n < 0 && errno == EINTR) continue;
    // The first of these cannot be sent; the others may.
    ++done, ++dropped_;
  }
  waits_ = 0;
}

}  // namespace carillon::voice::net
