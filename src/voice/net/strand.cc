#include "voice/net/strand.h"

#include <algorithm>
#include <cerrno>

namespace carillon::voice::net {
namespace {

constexpr int kAcceptsATurn = 32;
constexpr Duration kAcceptRest = Duration::millis(50);

// Who has one v6 address has a network of them.
IpAddress counted(IpAddress ip) {
  if (ip.is_v6()) std::fill(ip.bytes.begin() + 8, ip.bytes.end(), std::uint8_t{0});
  return ip;
}

void add(std::atomic<std::uint64_t>& counter, std::uint64_t n = 1) { counter.fetch_add(n, std::memory_order_relaxed); }

}  // namespace

class SipHost::Strand::Acceptor final : public Loop::Ready {
 public:
  Acceptor(Strand& strand, Socket socket, sip::Transport transport)
      : strand_(strand), socket_(std::move(socket)), transport_(transport) {
    strand_.loop_->watch(socket_.fd(), EPOLLIN, *this);
  }
  ~Acceptor() override {
    strand_.loop_->cancel(rest_);
    strand_.loop_->unwatch(socket_.fd());
  }
  void on_ready(std::uint32_t) override { strand_.accept(*this); }
  // No descriptors left: trying again at once would only burn the processor.
  void rest() {
    strand_.loop_->rewatch(socket_.fd(), 0);
    rest_ = strand_.loop_->at(strand_.loop_->now() + kAcceptRest,
                              [this] { strand_.loop_->rewatch(socket_.fd(), EPOLLIN); });
  }
  int fd() const { return socket_.fd(); }
  sip::Transport transport() const { return transport_; }

 private:
  Strand& strand_;
  Socket socket_;
  sip::Transport transport_;
  Loop::Deadline rest_;
};

SipHost::Strand::Strand(std::unique_ptr<Loop> loop, OnEvent on_event, HostLimits limits)
    : loop_(std::move(loop)), on_event_(std::move(on_event)), limits_(limits), after_each_([this] { drain(); }) {}

SipHost::Strand::~Strand() = default;

Result<std::unique_ptr<SipHost::Strand>> SipHost::Strand::open(Config config, const Clock& clock, OnEvent on_event) {
  Result<std::unique_ptr<Loop>> loop = Loop::open(clock);
  if (!loop) return loop.error();
  std::unique_ptr<Strand> strand(new Strand(std::move(*loop), std::move(on_event), config.limits));
  if (Result<void> done = strand->open_tls(config); !done) return done.error();
  if (Result<void> done = strand->open_listeners(config); !done) return done.error();
  auto resolver = Resolver::open(*strand->loop_, config.name_servers,
                                 [s = strand.get()](sip::LookupId id, const sip::Records& records) {
                                   s->stack_->resolved(s->loop_->now(), id, records);
                                   s->drain();
                                 });
  if (!resolver) return resolver.error();
  strand->resolver_ = std::move(*resolver);
  config.settings.listeners = strand->listeners_;
  strand->most_message_ = config.settings.limits.message_bytes;
  strand->stack_ = std::make_unique<sip::Stack>(std::move(config.settings), random_seed(), strand->hashes_);
  return strand;
}

Result<void> SipHost::Strand::open_tls(const Config& config) {
  const bool serves = std::any_of(config.listen.begin(), config.listen.end(),
                                  [](const ListenAt& one) { return sip::is_secure(one.transport); });
  if (serves) {
    Result<SslContext> context = server_context(config.tls);
    if (!context) return context.error();
    server_tls_ = std::move(*context);
  }
  if (config.settings.tls) {
    Result<SslContext> context = client_context(config.tls);
    if (!context) return context.error();
    client_tls_ = std::move(*context);
  }
  return {};
}

Result<void> SipHost::Strand::open_listeners(const Config& config) {
  for (const ListenAt& wanted : config.listen) {
    const bool udp = wanted.transport == sip::Transport::kUdp;
    Result<Socket> socket = udp ? bind_datagrams(wanted.at) : listen_for_streams(wanted.at);
    if (!socket) return socket.error();
    const Result<Endpoint> bound = local_endpoint(*socket);
    if (!bound) return bound.error();
    const auto index = static_cast<std::uint16_t>(listeners_.size());
    const IpAddress own = bound->ip.is_unspecified() ? own_address(bound->ip.family) : IpAddress();
    listeners_.push_back({wanted.transport, *bound, wanted.public_host, own});
    datagrams_.emplace_back();
    if (!udp) {
      acceptors_.push_back(std::make_unique<Acceptor>(*this, std::move(*socket), wanted.transport));
      continue;
    }
    datagrams_.back() = std::make_unique<Datagrams>(
        *loop_, std::move(*socket), room_, [this, index](const Endpoint& from, std::string_view bytes) {
          add(datagrams_in_);
          stack_->receive(loop_->now(), sip::Flow::datagram(index, from), bytes);
          drain();
        });
  }
  return {};
}

HostCounts SipHost::Strand::counts() const {
  HostCounts out;
  out.datagrams_in = datagrams_in_.load(std::memory_order_relaxed);
  out.datagrams_out = datagrams_out_.load(std::memory_order_relaxed);
  out.datagrams_dropped = datagrams_dropped_.load(std::memory_order_relaxed);
  out.connections = open_lines_.load(std::memory_order_relaxed);
  out.connections_refused = refused_.load(std::memory_order_relaxed);
  out.lookups = lookups_.load(std::memory_order_relaxed);
  out.works_waiting = loop_->posted();
  out.stack.calls_in = calls_in_.load(std::memory_order_relaxed);
  out.stack.calls_busy = calls_busy_.load(std::memory_order_relaxed);
  out.stack.strangers_unheard = unheard_.load(std::memory_order_relaxed);
  out.stack.strangers_refused = refused_strangers_.load(std::memory_order_relaxed);
  out.stack.sources_blocked = blocked_.load(std::memory_order_relaxed);
  return out;
}

void SipHost::Strand::run() {
  while (!stopping_.load(std::memory_order_acquire)) {
    loop_->turn(stack_->next_deadline(), after_each_);
    if (stack_->next_deadline() <= loop_->now()) stack_->tick(loop_->now());
    drain();
    end_turn();
  }
  loop_->run_jobs(after_each_);
  end_turn();
}

void SipHost::Strand::stop() {
  loop_->refuse_jobs();
  stopping_.store(true, std::memory_order_release);
  loop_->wake();
}

void SipHost::Strand::work(const Work& work) { work(*stack_, loop_->now()); }

void SipHost::Strand::end_turn() {
  std::uint64_t dropped = 0;
  for (const auto& socket : datagrams_) {
    if (!socket) continue;
    socket->flush();
    dropped += socket->dropped();
  }
  datagrams_dropped_.store(dropped, std::memory_order_relaxed);
  copy_counts();
  ended_.clear();
}

void SipHost::Strand::copy_counts() {
  const sip::StackCounts& now = stack_->counts();
  calls_in_.store(now.calls_in, std::memory_order_relaxed);
  calls_busy_.store(now.calls_busy, std::memory_order_relaxed);
  unheard_.store(now.strangers_unheard, std::memory_order_relaxed);
  refused_strangers_.store(now.strangers_refused, std::memory_order_relaxed);
  blocked_.store(now.sources_blocked, std::memory_order_relaxed);
}

// Whatever is called from here may call the stack, and so come here again; the outermost goes on until nothing is left.
void SipHost::Strand::drain() {
  if (draining_) return;
  draining_ = true;
  for (stack_->drain(out_); !out_.empty(); stack_->drain(out_)) carry_out();
  draining_ = false;
}

void SipHost::Strand::carry_out() {
  for (const sip::OpenConnection& wanted : out_.opens) connect(wanted);
  for (sip::Send& one : out_.sends) send(one);
  for (const sip::CloseConnection& one : out_.closes) close(one.id);
  for (const sip::Lookup& lookup : out_.lookups) {
    add(lookups_);
    resolver_->ask(lookup);
  }
  for (sip::Event& event : out_.events) on_event_(*stack_, loop_->now(), event);
}

void SipHost::Strand::send(sip::Send& send) {
  if (send.flow.transport == sip::Transport::kUdp) {
    if (send.flow.listener >= datagrams_.size() || !datagrams_[send.flow.listener]) return;
    add(datagrams_out_);
    return datagrams_[send.flow.listener]->send(send.flow.remote, std::move(send.bytes));
  }
  const auto known = by_id_.find(send.flow.connection);
  if (known == by_id_.end()) return;
  const Line& line = lines_.at(known->second);
  if (line.websocket) return line.stream->send(WebSocketLine::frame(send.bytes));
  line.stream->send(send.bytes);
}

void SipHost::Strand::connect(const sip::OpenConnection& wanted) {
  const bool tls = wanted.transport == sip::Transport::kTls;
  if (!sip::is_websocket(wanted.transport) && (!tls || client_tls_)) {
    Stream::Opening opening;
    opening.socket = begin_connecting(wanted.to, source_for(wanted.to, wanted.transport));
    opening.remote = wanted.to;
    opening.connecting = true;
    if (tls && opening.socket) opening.tls = connect_on(client_tls_.get(), opening.socket.fd(), wanted.name);
    if (opening.socket && (!tls || opening.tls)) {
      Line& line = add_line(std::move(opening), wanted.transport);
      line.id = wanted.id;
      by_id_[wanted.id] = line.stream->key();
      return line.stream->start();
    }
  }
  stack_->connection_closed(loop_->now(), wanted.id);
}

// Carriers know us by the address we listen on; a machine may have others.
std::optional<IpAddress> SipHost::Strand::source_for(const Endpoint& to, sip::Transport transport) const {
  for (const sip::Listener& listener : listeners_) {
    const IpAddress& ip = listener.bound.ip;
    if (listener.transport != transport || ip.family != to.ip.family || ip.is_unspecified()) continue;
    if (ip.is_loopback() == to.ip.is_loopback()) return ip;
  }
  return std::nullopt;
}

// The stack forgets it now; its last words still go out.
void SipHost::Strand::close(sip::ConnectionId id) {
  if (const auto known = by_id_.find(id); known != by_id_.end()) {
    Line& line = lines_.at(known->second);
    by_id_.erase(known);
    line.id = {};
    line.stream->finish();
  }
  stack_->connection_closed(loop_->now(), id);
}

void SipHost::Strand::accept(Acceptor& acceptor) {
  for (int i = 0; i < kAcceptsATurn; ++i) {
    SocketAddress from;
    from.size = sizeof from.storage;
    Socket socket(::accept4(acceptor.fd(), from.raw(), &from.size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket) {
      accepted(std::move(socket), from.endpoint(), acceptor.transport());
      continue;
    }
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) return acceptor.rest();
    if (errno == EAGAIN || errno == EWOULDBLOCK) return;
    // The peer was gone before we came: the next.
  }
}

void SipHost::Strand::accepted(Socket socket, Endpoint remote, sip::Transport transport) {
  const IpAddress who = counted(remote.ip);
  const auto known = from_address_.find(who);
  const std::size_t has = known == from_address_.end() ? 0 : known->second;
  if (remote.empty() || came_in_ >= limits_.connections || has >= limits_.connections_of_address) return add(refused_);
  set_stream_options(socket);
  Stream::Opening opening;
  if (sip::is_secure(transport)) {
    opening.tls = accept_on(server_tls_.get(), socket.fd());
    if (!opening.tls) return add(refused_);
  }
  opening.socket = std::move(socket);
  opening.remote = remote;
  Line& line = add_line(std::move(opening), transport);
  line.came_from = who;
  ++came_in_;
  ++from_address_[who];
  if (sip::is_websocket(transport)) line.websocket = std::make_unique<WebSocketLine>(most_message_);
  line.stream->start();
}

SipHost::Strand::Line& SipHost::Strand::add_line(Stream::Opening opening, sip::Transport transport) {
  const std::uint64_t key = ++last_key_;
  Line& line = lines_[key];
  line.transport = transport;
  line.stream = std::make_unique<Stream>(*loop_, std::move(opening), *this, key, limits_.stream);
  open_lines_.store(lines_.size(), std::memory_order_relaxed);
  return line;
}

void SipHost::Strand::tell_accepted(Line& line) {
  line.id = stack_->connection_accepted(loop_->now(), line.transport, line.stream->remote());
  by_id_[line.id] = line.stream->key();
}

void SipHost::Strand::on_open(Stream& stream) {
  Line& line = lines_.at(stream.key());
  if (line.websocket) return stream.give_time(limits_.stream.open);  // for the opening request
  if (line.came_from.empty()) {
    stack_->connection_opened(loop_->now(), line.id);
  } else {
    tell_accepted(line);
  }
  drain();
}

void SipHost::Strand::on_bytes(Stream& stream, std::string_view bytes) {
  Line& line = lines_.at(stream.key());
  if (line.websocket) {
    feed_websocket(line, bytes);
  } else {
    stack_->receive(loop_->now(), {line.transport, 0, line.id, stream.remote()}, bytes);
  }
  drain();
}

void SipHost::Strand::feed_websocket(Line& line, std::string_view bytes) {
  Stream& stream = *line.stream;
  const bool was_open = line.websocket->is_open();
  line.websocket->feed(bytes);
  if (const std::string output = line.websocket->take_output(); !output.empty()) stream.send(output);
  if (!was_open && line.websocket->is_open() && lines_.count(stream.key()) != 0) {
    stream.lift_deadline();
    tell_accepted(line);
  }
  while (const auto message = line.websocket->take_message()) {
    if (line.id.empty()) break;  // gone meanwhile
    stack_->receive(loop_->now(), {line.transport, 0, line.id, stream.remote()}, *message);
    drain();
  }
  if (!line.websocket->over()) return;
  if (!line.id.empty()) return close(line.id);
  stream.finish();
}

void SipHost::Strand::on_end(Stream& stream) {
  const auto found = lines_.find(stream.key());
  Line& line = found->second;
  const sip::ConnectionId id = line.id;
  line.id = {};
  if (!line.came_from.empty()) {
    --came_in_;
    if (const auto known = from_address_.find(line.came_from); --known->second == 0) from_address_.erase(known);
  }
  ended_.push_back(lines_.extract(found));
  open_lines_.store(lines_.size(), std::memory_order_relaxed);
  if (id.empty()) return;
  by_id_.erase(id);
  stack_->connection_closed(loop_->now(), id);
  drain();
}

}  // namespace carillon::voice::net
