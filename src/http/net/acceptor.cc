#include "http/net/acceptor.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>

#include "http/net/loop.h"

namespace carillon::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// The two streams differ in their handshake and in what "the socket" is.
struct PlainStream {
  tcp::socket stream;
  tcp::socket& socket() { return stream; }
  static constexpr bool kTls = false;
};

struct TlsStream {
  std::shared_ptr<ssl_ctx_st> context;
  asio::ssl::stream<tcp::socket> stream;
  tcp::socket& socket() { return stream.next_layer(); }
  static constexpr bool kTls = true;
};

template <class S>
class StreamTransport final : public Transport {
 public:
  explicit StreamTransport(S s) : s_(std::move(s)) {}

  void attach(std::weak_ptr<TransportOwner> owner) override { owner_ = std::move(owner); }
  bool is_tls() const override { return S::kTls; }

  void start() override {
    auto owner = owner_.lock();
    if (!owner) return;
    if constexpr (S::kTls) {
      s_.stream.async_handshake(asio::ssl::stream_base::server, [this, owner](const error_code& ec) {
        if (closed_) return;
        if (ec) return owner->on_end(false);
        owner->on_ready();
      });
    } else {
      owner->on_ready();
    }
  }

  void read(std::span<char> into) override {
    auto owner = owner_.lock();
    if (closed_ || !owner) return;
    s_.stream.async_read_some(asio::buffer(into.data(), into.size()),
                              [this, owner = std::move(owner)](const error_code& ec, std::size_t n) {
                                if (closed_) return;
                                if (ec) return owner->on_end(ec == asio::error::eof);
                                owner->on_read(n);
                              });
  }

  void write(std::string_view first, std::string_view second) override {
    first_ = first, second_ = second;
    write_some();
  }

  void shutdown_send() override {
    error_code ignored;
    s_.socket().shutdown(tcp::socket::shutdown_send, ignored);
  }

  void close() override {
    if (std::exchange(closed_, true)) return;
    error_code ignored;
    s_.socket().shutdown(tcp::socket::shutdown_both, ignored);
    s_.socket().close(ignored);
  }

 private:
  void write_some() {
    auto owner = owner_.lock();
    if (closed_ || !owner) return;
    const std::array<asio::const_buffer, 2> buffers{asio::const_buffer(first_.data(), first_.size()),
                                                    asio::const_buffer(second_.data(), second_.size())};
    s_.stream.async_write_some(buffers, [this, owner = std::move(owner)](const error_code& ec, std::size_t n) {
      if (closed_) return;
      if (ec) return owner->on_end(false);
      const std::size_t from_first = std::min(n, first_.size());
      first_.remove_prefix(from_first);
      second_.remove_prefix(n - from_first);
      if (first_.empty() && second_.empty()) return owner->on_written();
      owner->on_write_progress();
      write_some();
    });
  }

  S s_;
  std::weak_ptr<TransportOwner> owner_;
  std::string_view first_, second_;
  bool closed_ = false;
};

std::string address_text(const tcp::endpoint& endpoint) {
  const auto address = endpoint.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

}  // namespace

struct Acceptor::State : std::enable_shared_from_this<Acceptor::State> {
  State(std::vector<std::shared_ptr<Loop>> l, std::shared_ptr<TlsContext> t, Accepted a)
      : loops(std::move(l)),
        tls(std::move(t)),
        accepted(std::move(a)),
        acceptor(loops[0]->io()),
        pause(loops[0]->io()) {}

  std::vector<std::shared_ptr<Loop>> loops;
  std::shared_ptr<TlsContext> tls;
  Accepted accepted;
  tcp::acceptor acceptor;
  asio::steady_timer pause;
  std::size_t next = 0;

  void accept_one() {
    if (!acceptor.is_open()) return;
    std::shared_ptr<Loop> loop = loops[next++ % loops.size()];
    acceptor.async_accept(loop->io(), [self = shared_from_this(), loop](const error_code& ec, tcp::socket socket) {
      if (ec == asio::error::operation_aborted || !self->acceptor.is_open()) return;
      if (ec) return self->rest();
      self->hand_over(loop, std::move(socket));
      self->accept_one();
    });
  }

  // No descriptors or memory left: trying again at once would only burn the processor.
  void rest() {
    pause.expires_after(std::chrono::milliseconds(50));
    pause.async_wait([self = shared_from_this()](const error_code& ec) {
      if (!ec) self->accept_one();
    });
  }

  void hand_over(const std::shared_ptr<Loop>& loop, tcp::socket socket) {
    error_code ec;
    const tcp::endpoint remote = socket.remote_endpoint(ec);
    if (ec) return;  // gone already
    socket.set_option(tcp::no_delay(true), ec);
    std::unique_ptr<Transport> transport;
    if (tls) {
      auto context = tls->current();
      SSL* ssl = SSL_new(context.get());
      if (!ssl) return;
      transport = std::make_unique<StreamTransport<TlsStream>>(
          TlsStream{std::move(context), asio::ssl::stream<tcp::socket>(std::move(socket), ssl)});
    } else {
      transport = std::make_unique<StreamTransport<PlainStream>>(PlainStream{std::move(socket)});
    }
    // std::function wants copyable things.
    auto held = std::make_shared<std::unique_ptr<Transport>>(std::move(transport));
    auto job = [accept = accepted, loop, held, text = address_text(remote)] { accept(loop, std::move(*held), text); };
    if (loop->in_thread()) return job();
    loop->post(std::move(job));
  }
};

Acceptor::Acceptor(std::shared_ptr<State> state) : state_(std::move(state)) {}
Acceptor::~Acceptor() = default;

Result<std::unique_ptr<Acceptor>> Acceptor::open(const Listener& listener, std::vector<std::shared_ptr<Loop>> loops,
                                                 Accepted accepted) {
  const std::string name = listener.address + ":" + std::to_string(listener.port);
  error_code ec;
  const auto address = asio::ip::make_address(listener.address, ec);
  if (ec)
    return Error(ErrorCode::kConfig, "cannot listen on \"" + listener.address + "\": expected an IPv4 or IPv6 address");
  auto state = std::make_shared<State>(std::move(loops), listener.tls, std::move(accepted));
  tcp::acceptor& acceptor = state->acceptor;
  const tcp::endpoint endpoint(address, listener.port);
  acceptor.open(endpoint.protocol(), ec);
  if (!ec) acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
  if (!ec && address.is_v6()) acceptor.set_option(asio::ip::v6_only(true), ec);
  if (!ec) acceptor.bind(endpoint, ec);
  if (!ec) acceptor.listen(1024, ec);
  if (ec)
    return Error(ErrorCode::kConfig, "cannot listen on " + name + ": " + ec.message() + "; is another server running?");
  return std::unique_ptr<Acceptor>(new Acceptor(std::move(state)));
}

std::uint16_t Acceptor::port() const {
  error_code ec;
  return state_->acceptor.local_endpoint(ec).port();
}

void Acceptor::start() { state_->accept_one(); }

void Acceptor::stop() {
  error_code ignored;
  state_->acceptor.close(ignored);
  state_->pause.cancel();
}

}  // namespace carillon::http
