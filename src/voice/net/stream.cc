#include "voice/net/stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <cerrno>

namespace carillon::voice::net {
namespace {

constexpr int kReadsATurn = 4;  // then the others get their turn
constexpr std::size_t kReadBytes = 16 << 10;

}  // namespace

Stream::Stream(Loop& loop, Opening opening, StreamOwner& owner, std::uint64_t key, const StreamLimits& limits)
    : loop_(loop),
      socket_(std::move(opening.socket)),
      tls_(std::move(opening.tls)),
      remote_(opening.remote),
      owner_(owner),
      key_(key),
      limits_(limits),
      state_(opening.connecting ? State::kConnecting : State::kShaking) {}

Stream::~Stream() {
  loop_.cancel(deadline_);
  loop_.cancel(write_deadline_);
  if (watching_) loop_.unwatch(socket_.fd());
}

void Stream::start() {
  interest_ = state_ == State::kConnecting ? EPOLLOUT : EPOLLIN;
  loop_.watch(socket_.fd(), interest_, *this);
  watching_ = true;
  give_time(limits_.open);
  if (state_ == State::kShaking) shake_hands();
}

void Stream::give_time(Duration time) {
  loop_.cancel(deadline_);
  deadline_ = loop_.at(loop_.now() + time, [this] { end(); });
}

void Stream::lift_deadline() { loop_.cancel(deadline_); }

void Stream::on_ready(std::uint32_t events) {
  if (state_ == State::kConnecting) connected();
  if (state_ == State::kShaking) shake_hands();
  if (state_ == State::kOpen || state_ == State::kLingering) {
    // TLS may want to write before it can read, and the other way round: both are tried.
    if (waiting() > 0 || tls_wants_write_) write_some();
    if (state_ == State::kOpen || state_ == State::kLingering) read_some();
  }
  // Nobody reads what is not ready; a socket that only reports its error would spin.
  if (state_ != State::kOver && (events & EPOLLERR) != 0) return end();
  if (state_ != State::kOver) show_interest();
}

void Stream::connected() {
  if (connecting_failed(socket_) != 0) return end();
  state_ = State::kShaking;
}

void Stream::shake_hands() {
  if (!tls_) return opened();
  ERR_clear_error();
  const int result = SSL_do_handshake(tls_.get());
  if (result == 1) return opened();
  if (tls_outcome(result) == Io::kEnd) return end();
  show_interest();
}

void Stream::opened() {
  state_ = State::kOpen;
  lift_deadline();
  owner_.on_open(*this);
  if (state_ == State::kOpen) show_interest();
}

void Stream::read_some() {
  std::array<char, kReadBytes> bytes;
  for (int i = 0; i < kReadsATurn; ++i) {
    std::size_t got = 0;
    const Io outcome = read(bytes.data(), bytes.size(), got);
    if (outcome == Io::kAgain) return;
    if (outcome == Io::kEnd) return end();
    if (finishing_) {
      // Last words are being said: nobody listens, and only so much is thrown away.
      ignored_ += got;
      if (ignored_ > limits_.linger_bytes) return end();
      continue;
    }
    owner_.on_bytes(*this, {bytes.data(), got});
    if (state_ == State::kOver) return;
  }
}

void Stream::send(std::string_view bytes) {
  if (state_ != State::kOpen || finishing_) return;
  if (waiting() + bytes.size() > limits_.queue_bytes) return end();
  const bool idle = waiting() == 0;
  out_ += bytes;
  if (!idle) return;
  write_some();
  if (state_ != State::kOver) show_interest();
}

void Stream::write_some() {
  bool progress = false;
  while (waiting() > 0) {
    std::size_t taken = 0;
    const Io outcome = write(std::string_view(out_).substr(sent_), taken);
    if (outcome == Io::kEnd) return end();
    if (outcome == Io::kAgain) break;
    sent_ += taken;
    progress = true;
  }
  if (waiting() == 0) {
    loop_.cancel(write_deadline_);
    sent_ = 0;
    out_.clear();
    if (out_.capacity() > kReadBytes) out_.shrink_to_fit();
    if (finishing_) half_close();
    return;
  }
  if (sent_ > out_.size() / 2) out_.erase(0, sent_), sent_ = 0;
  if (!progress && write_deadline_.order != 0) return;
  loop_.cancel(write_deadline_);
  write_deadline_ = loop_.at(loop_.now() + limits_.standstill, [this] { end(); });
}

void Stream::finish() {
  if (state_ == State::kOver || finishing_) return;
  if (state_ != State::kOpen) return end();
  finishing_ = true;
  state_ = State::kLingering;
  give_time(limits_.linger);
  if (waiting() == 0) half_close();
}

// The peer closes when it has read our last words; closing at once might take them away from it.
void Stream::half_close() {
  if (said_goodbye_) return;
  said_goodbye_ = true;
  if (tls_) {
    ERR_clear_error();
    SSL_shutdown(tls_.get());
  }
  ::shutdown(socket_.fd(), SHUT_WR);
}

void Stream::end() {
  if (state_ == State::kOver) return;
  state_ = State::kOver;
  loop_.cancel(deadline_);
  loop_.cancel(write_deadline_);
  if (watching_) loop_.unwatch(socket_.fd());
  watching_ = false;
  tls_.reset();
  socket_ = Socket();
  owner_.on_end(*this);
}

Stream::Io Stream::tls_outcome(int result) {
  tls_wants_write_ = false;
  switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Io::kAgain;
    case SSL_ERROR_WANT_WRITE:
      tls_wants_write_ = true;
      return Io::kAgain;
    default:
      ERR_clear_error();
      return Io::kEnd;
  }
}

Stream::Io Stream::read(char* into, std::size_t room, std::size_t& got) {
  if (tls_) {
    ERR_clear_error();
    const int result = SSL_read(tls_.get(), into, static_cast<int>(room));
    if (result <= 0) return tls_outcome(result);
    got = static_cast<std::size_t>(result);
    return Io::kDone;
  }
  const ssize_t n = ::recv(socket_.fd(), into, room, 0);
  if (n == 0) return Io::kEnd;
  if (n < 0) return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? Io::kAgain : Io::kEnd;
  got = static_cast<std::size_t>(n);
  return Io::kDone;
}

Stream::Io Stream::write(std::string_view bytes, std::size_t& taken) {
  if (tls_) {
    ERR_clear_error();
    const int result = SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()));
    if (result <= 0) return tls_outcome(result);
    tls_wants_write_ = false;
    taken = static_cast<std::size_t>(result);
    return Io::kDone;
  }
  const ssize_t n = ::send(socket_.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (n < 0) return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? Io::kAgain : Io::kEnd;
  taken = static_cast<std::size_t>(n);
  return Io::kDone;
}

void Stream::show_interest() {
  if (!watching_) return;
  const bool wants_write = tls_wants_write_ || (waiting() > 0 && state_ != State::kShaking);
  const std::uint32_t wanted = EPOLLIN | (wants_write ? std::uint32_t{EPOLLOUT} : 0U);
  if (wanted == interest_) return;
  interest_ = wanted;
  loop_.rewatch(socket_.fd(), wanted);
}

}  // namespace carillon::voice::net
