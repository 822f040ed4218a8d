// Datagrams for many peers through one socket, handed to the kernel together (sendmmsg).
//
// Thread: one. add() flushes by itself when full; never allocates.
#pragma once

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "voice/media/sockets.h"

namespace carillon::media {

class SendBatch {
 public:
  explicit SendBatch(int fd) : fd_(fd) {}

  void add(const voice::Endpoint& to, std::span<const std::uint8_t> bytes) {
    if (bytes.size() > kBytes) return;
    if (count_ == kMost) flush();
    std::copy(bytes.begin(), bytes.end(), bytes_[count_].begin());
    to_[count_] = SocketAddress::from(to);
    pieces_[count_] = {bytes_[count_].data(), bytes.size()};
    ++count_;
  }

  void flush() {
    for (std::size_t i = 0; i < count_; ++i) {
      heads_[i] = {};
      heads_[i].msg_hdr.msg_name = &to_[i].storage;
      heads_[i].msg_hdr.msg_namelen = to_[i].size;
      heads_[i].msg_hdr.msg_iov = &pieces_[i];
      heads_[i].msg_hdr.msg_iovlen = 1;
    }
    // One that cannot be sent is stepped over: the network loses packets too.
    for (std::size_t done = 0; done < count_;) {
      const int n = ::sendmmsg(fd_, &heads_[done], static_cast<unsigned>(count_ - done), MSG_DONTWAIT);
      done += n > 0 ? static_cast<std::size_t>(n) : 1;
    }
    count_ = 0;
  }

 private:
  static constexpr std::size_t kMost = 64, kBytes = 1700;
  int fd_;
  std::size_t count_ = 0;
  std::array<std::array<std::uint8_t, kBytes>, kMost> bytes_;
  std::array<SocketAddress, kMost> to_;
  std::array<iovec, kMost> pieces_;
  std::array<mmsghdr, kMost> heads_;
};

}  // namespace carillon::media
