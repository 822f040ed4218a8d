#include "http/testing/client.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <charconv>
#include <csignal>

namespace carillon::http::testing {
namespace {

int connect_to(std::uint16_t port, const ConnectOptions& options) {
  sockaddr_storage to{};
  socklen_t size = 0;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&to);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&to);
  if (inet_pton(AF_INET, options.address.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET, v4->sin_port = htons(port), size = sizeof *v4;
  } else if (inet_pton(AF_INET6, options.address.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6, v6->sin6_port = htons(port), size = sizeof *v6;
  } else {
    return -1;
  }
  const int fd = ::socket(to.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  const auto ms = options.timeout.count();
  const timeval wait{ms / 1000, (ms % 1000) * 1000};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
  const int yes = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (options.receive_buffer > 0) {
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &options.receive_buffer, sizeof options.receive_buffer);
  }
  if (::connect(fd, reinterpret_cast<sockaddr*>(&to), size) != 0) {
    ::close(fd);
    return -1;
  }
  return fd;
}

std::size_t to_number(std::string_view text, int base) {
  std::size_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, base);
  return value;
}

}  // namespace

boost::json::value Answer::json() const {
  boost::system::error_code ec;
  return boost::json::parse(body, ec);
}

std::string Answer::code() const {
  const boost::json::value doc = json();
  const auto* object = doc.if_object();
  const auto* code = object ? object->if_contains("code") : nullptr;
  return code && code->is_string() ? std::string(code->get_string()) : "";
}

struct RawClient::State {
  int fd = -1;
  SSL_CTX* context = nullptr;
  SSL* ssl = nullptr;
  std::string buffer;  // received, not yet given out
  bool ended = false;
};

RawClient::RawClient(std::uint16_t port, const ConnectOptions& options) : state_(std::make_unique<State>()) {
  std::signal(SIGPIPE, SIG_IGN);  // a server that closes must not end the test program
  State& s = *state_;
  s.fd = connect_to(port, options);
  if (s.fd < 0 || !options.tls) return;
  s.context = SSL_CTX_new(TLS_client_method());
  s.ssl = SSL_new(s.context);
  SSL_set_fd(s.ssl, s.fd);
  if (SSL_connect(s.ssl) != 1) close();
}

RawClient::RawClient(RawClient&& other) noexcept = default;

RawClient::~RawClient() {
  if (!state_) return;
  close();
  SSL_free(state_->ssl);
  SSL_CTX_free(state_->context);
}

bool RawClient::connected() const { return state_->fd >= 0; }

bool RawClient::send(std::string_view bytes) {
  State& s = *state_;
  while (!bytes.empty()) {
    if (s.fd < 0) return false;
    const long n = s.ssl ? SSL_write(s.ssl, bytes.data(), static_cast<int>(bytes.size()))
                         : ::send(s.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool RawClient::fill() {
  State& s = *state_;
  if (s.fd < 0 || s.ended) return false;
  char bytes[16 << 10];
  const long n = s.ssl ? SSL_read(s.ssl, bytes, sizeof bytes) : ::recv(s.fd, bytes, sizeof bytes, 0);
  if (n <= 0) {
    const bool timed_out = !s.ssl && n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    s.ended = !timed_out;
    return false;
  }
  s.buffer.append(bytes, static_cast<std::size_t>(n));
  return true;
}

std::string RawClient::receive() {
  if (state_->buffer.empty()) fill();
  return std::exchange(state_->buffer, {});
}

std::string RawClient::receive_all() {
  while (fill()) {
  }
  return std::exchange(state_->buffer, {});
}

Answer RawClient::receive_answer(bool head, bool take_interim) {
  std::string& in = state_->buffer;
  while (true) {
    std::size_t end = in.find("\r\n\r\n");
    while (end == std::string::npos) {
      if (!fill()) return {};
      end = in.find("\r\n\r\n");
    }
    Answer out;
    std::string_view lines = std::string_view(in).substr(0, end + 2);
    out.status = static_cast<int>(to_number(lines.substr(9, 3), 10));
    lines.remove_prefix(lines.find("\r\n") + 2);
    while (!lines.empty()) {
      const std::size_t eol = lines.find("\r\n");
      const std::string_view line = lines.substr(0, eol);
      const std::size_t colon = line.find(": ");
      out.headers.add(line.substr(0, colon), line.substr(colon + 2));
      lines.remove_prefix(eol + 2);
    }
    in.erase(0, end + 4);
    if (out.status == 100 && !take_interim) continue;
    const std::size_t length = to_number(out.headers.value("Content-Length"), 10);
    if (head || out.status < 200 || out.status == 204 || out.status == 304) return out;
    while (in.size() < length) {
      if (!fill()) return {};
    }
    out.body = in.substr(0, length);
    in.erase(0, length);
    return out;
  }
}

bool RawClient::closed_by_peer() {
  State& s = *state_;
  if (!s.buffer.empty()) return false;
  return !fill() && s.ended;
}

void RawClient::half_close() {
  if (state_->fd >= 0) ::shutdown(state_->fd, SHUT_WR);
}

void RawClient::close() {
  if (state_->fd >= 0) ::close(std::exchange(state_->fd, -1));
}

void RawClient::reset() {
  if (state_->fd < 0) return;
  const linger now{1, 0};
  setsockopt(state_->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close();
}

std::string request_text(std::string_view method, std::string_view target, std::string_view body,
                         const HeaderFields& fields) {
  std::string out;
  out.append(method).append(" ").append(target).append(" HTTP/1.1\r\n");
  bool host = false;
  for (const auto& [name, value] : fields) {
    host = host || equals_ignoring_case(name, "Host");
    out.append(name).append(": ").append(value).append("\r\n");
  }
  if (!host) out += "Host: test\r\n";
  if (!body.empty() || method == "POST" || method == "PUT" || method == "PATCH") {
    out.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  }
  return out.append("\r\n").append(body);
}

Client::Client(std::uint16_t port, ConnectOptions options) : port_(port), options_(std::move(options)) {}

Answer Client::request(std::string_view method, std::string_view target, std::string_view body,
                       const HeaderFields& fields) {
  const std::string text = request_text(method, target, body, fields);
  const bool fresh = raw_ == nullptr;
  if (fresh) raw_ = std::make_unique<RawClient>(port_, options_);
  raw_->send(text);
  Answer answer = raw_->receive_answer(method == "HEAD");
  if (answer.status == 0 && !fresh) {
    raw_ = std::make_unique<RawClient>(port_, options_);
    raw_->send(text);
    answer = raw_->receive_answer(method == "HEAD");
  }
  if (answer.status == 0 || answer.headers.value("Connection") == "close") raw_.reset();
  return answer;
}

Answer Client::post(std::string_view target, std::string_view json, HeaderFields fields) {
  fields.emplace_back("Content-Type", "application/json");
  return request("POST", target, json, fields);
}

Answer Client::patch(std::string_view target, std::string_view json, HeaderFields fields) {
  fields.emplace_back("Content-Type", "application/json");
  return request("PATCH", target, json, fields);
}

std::unique_ptr<WsClient> WsClient::open(std::uint16_t port, std::string_view target, const HeaderFields& fields,
                                         const ConnectOptions& options, Answer* refusal) {
  RawClient raw(port, options);
  HeaderFields all = fields;
  all.emplace_back("Connection", "Upgrade");
  all.emplace_back("Upgrade", "websocket");
  all.emplace_back("Sec-WebSocket-Version", "13");
  all.emplace_back("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");  // RFC 6455 section 1.3
  raw.send(request_text("GET", target, {}, all));
  Answer answer = raw.receive_answer();
  if (answer.status != 101 || answer.headers.value("Sec-WebSocket-Accept") != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") {
    if (refusal) *refusal = std::move(answer);
    return nullptr;
  }
  std::unique_ptr<WsClient> out(new WsClient(std::move(raw)));
  out->subprotocol = answer.headers.value("Sec-WebSocket-Protocol");
  return out;
}

bool WsClient::send(std::string_view text) { return send_frame(WsOpcode::kText, text); }

bool WsClient::send_frame(WsOpcode opcode, std::string_view payload) {
  std::string out;
  append_ws_frame(out, opcode, payload, 0x5a17c0de);
  return send_raw(out);
}

bool WsClient::send_raw(std::string_view bytes) { return raw_.send(bytes); }

std::optional<WsClient::Message> WsClient::receive() {
  while (true) {
    std::string_view in = unread_;
    const WsEvent event = decoder_.next(in);
    Message message{event.kind, std::string(event.payload), event.code};
    unread_.erase(0, unread_.size() - in.size());
    if (event.kind == WsEvent::kPing && answer_pings) send_frame(WsOpcode::kPong, message.text);
    if (event.kind != WsEvent::kNeedMore) return message;
    const std::string more = raw_.receive();
    if (more.empty()) return std::nullopt;
    unread_ += more;
  }
}

std::optional<std::string> WsClient::receive_text() {
  while (auto message = receive()) {
    if (message->kind == WsEvent::kText) return std::move(message->text);
    if (message->kind == WsEvent::kClose || message->kind == WsEvent::kFault) break;
  }
  return std::nullopt;
}

WsClient::Message WsClient::receive_close() {
  while (auto message = receive()) {
    if (message->kind == WsEvent::kClose || message->kind == WsEvent::kFault) return *message;
  }
  return {WsEvent::kClose, "", 1006};
}

bool WsClient::close(std::uint16_t code, std::string_view reason) {
  return send_frame(WsOpcode::kClose, ws_close_payload(code, reason));
}

}  // namespace carillon::http::testing
