#include "bench/load/line.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

#include "http/parse/headers.h"

namespace carillon::bench {
namespace {

sockaddr_in address_of(const std::string& text, std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  inet_pton(AF_INET, text.c_str(), &out.sin_addr);
  return out;
}

int connect_from(const std::string& from, std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) give_up("no more sockets: raise the limit of open files (ulimit -n)");
  const int yes = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (!from.empty()) {
    const sockaddr_in ours = address_of(from, 0);
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&ours), sizeof ours) != 0) give_up("cannot come from " + from);
  }
  const sockaddr_in to = address_of("127.0.0.1", port);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
    ::close(fd);
    return -1;
  }
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  return fd;
}

template <class Number>
Number number_of(std::string_view text) {
  Number value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

Line::Line(Loop& loop, std::uint16_t port, const std::string& from) : loop_(loop), fd_(connect_from(from, port)) {
  if (fd_ >= 0) loop_.add(fd_, *this);
}

Line::~Line() {
  if (fd_ < 0) return;
  loop_.remove(fd_);
  ::close(fd_);
}

void Line::close() {
  if (fd_ < 0) return;
  loop_.remove(fd_);
  ::close(fd_);
  fd_ = -1;
  on_closed();
}

void Line::send(std::string_view bytes) {
  if (fd_ < 0) return;
  const bool idle = out_.empty();
  out_ += bytes;
  if (idle) write();
}

void Line::write() {
  while (!out_.empty()) {
    const ssize_t n = ::send(fd_, out_.data(), out_.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EAGAIN) return loop_.watch_writable(fd_, *this, true);
    if (n <= 0) return close();
    out_.erase(0, static_cast<std::size_t>(n));
  }
}

void Line::on_ready(std::uint32_t events) {
  if (fd_ >= 0 && (events & EPOLLOUT)) {
    loop_.watch_writable(fd_, *this, false);
    write();
  }
  if (fd_ >= 0 && (events & (EPOLLIN | EPOLLHUP | EPOLLERR))) read();
}

void Line::read() {
  char bytes[32 << 10];
  const ssize_t n = ::recv(fd_, bytes, sizeof bytes, 0);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0) return close();
  const std::string_view fresh(bytes, static_cast<std::size_t>(n));
  if (in_.empty()) {
    std::string_view rest = fresh;
    on_bytes(rest);
    in_.assign(rest);
    return;
  }
  in_ += fresh;
  std::string_view rest = in_;
  on_bytes(rest);
  in_.erase(0, in_.size() - rest.size());
}

// ---- HTTP ----

std::string_view Answer::field(std::string_view name) const {
  std::string_view lines = head;
  while (!lines.empty()) {
    const std::size_t end = lines.find("\r\n");
    const std::string_view line = lines.substr(0, end);
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && http::equals_ignoring_case(line.substr(0, colon), name)) {
      std::string_view value = line.substr(colon + 1);
      while (value.starts_with(' ')) value.remove_prefix(1);
      return value;
    }
    if (end == std::string_view::npos) break;
    lines.remove_prefix(end + 2);
  }
  return {};
}

std::string request_text(std::string_view method, std::string_view target, std::string_view fields,
                         std::string_view body) {
  std::string out;
  out.reserve(160 + target.size() + fields.size() + body.size());
  out.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\n").append(fields);
  if (!body.empty()) out.append("Content-Type: application/json\r\n");
  if (method != "GET") out.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  return out.append("\r\n").append(body);
}

void HttpLine::ask(std::string request, Answered answered) {
  if (!is_open()) return answered({});
  asked_.push_back({std::move(request), std::move(answered)});
  if (asked_.size() == 1) send(asked_.front().request);
}

void HttpLine::on_bytes(std::string_view& in) {
  while (!asked_.empty()) {
    const std::size_t end = in.find("\r\n\r\n");
    if (end == std::string_view::npos) return;
    Answer answer;
    answer.head = in.substr(0, end);
    const auto length = number_of<std::size_t>(answer.field("Content-Length"));
    if (in.size() < end + 4 + length) return;
    answer.status = number_of<int>(in.substr(9, 3));
    answer.body = in.substr(end + 4, length);
    answer.position = number_of<std::int64_t>(answer.field("Carillon-Position"));
    const Asked asked = std::move(asked_.front());
    asked_.pop_front();
    if (!asked_.empty()) send(asked_.front().request);
    asked.answered(answer);
    in.remove_prefix(end + 4 + length);
  }
}

void HttpLine::on_closed() {
  const std::deque<Asked> lost = std::move(asked_);
  asked_.clear();
  for (const Asked& one : lost) one.answered({});
}

// ---- WebSocket ----

namespace {
constexpr std::uint32_t kMask = 0x5a17c0de;
}

StreamLine::StreamLine(Loop& loop, std::uint16_t port, std::string_view target, std::string_view fields, OnText on_text)
    : Line(loop, port, {}), on_text_(std::move(on_text)) {
  std::string lines(fields);
  lines +=
      "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";  // RFC 6455 section 1.3
  send(request_text("GET", target, lines));
}

void StreamLine::on_bytes(std::string_view& in) {
  if (!ready_) {
    const std::size_t end = in.find("\r\n\r\n");
    if (end == std::string_view::npos) return;
    if (in.substr(9, 3) != "101") {
      refusal_ = in;
      in = {};
      return;
    }
    ready_ = true;
    in.remove_prefix(end + 4);
  }
  take_frames(in);
}

void StreamLine::say(std::string_view text) {
  std::string frame;
  http::append_ws_frame(frame, http::WsOpcode::kText, text, kMask);
  send(frame);
}

void StreamLine::take_frames(std::string_view& in) {
  while (true) {
    const http::WsEvent event = decoder_.next(in);
    std::string reply;
    switch (event.kind) {
      case http::WsEvent::kNeedMore:
        return;
      case http::WsEvent::kText:
        // The contract's ping wants an answer, or the stream is taken for dead.
        if (event.payload.starts_with(R"({"type":"ping")")) {
          http::append_ws_frame(reply, http::WsOpcode::kText, R"({"type":"pong"})", kMask);
        } else {
          on_text_(event.payload);
        }
        break;
      case http::WsEvent::kPing:
        http::append_ws_frame(reply, http::WsOpcode::kPong, event.payload, kMask);
        break;
      case http::WsEvent::kClose:
      case http::WsEvent::kFault:
        refusal_ = "closed with " + std::to_string(event.code) + " " + std::string(event.payload);
        in = {};
        return close();
      default:
        break;
    }
    if (!reply.empty()) send(reply);
  }
}

}  // namespace carillon::bench
