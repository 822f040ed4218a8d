#include "voice/media/engine_loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/check.h"
#include "base/clock.h"

namespace carillon::media {
namespace {

static_assert(kPacketSpare >= webrtc::kSrtpSpare);

constexpr int kEvents = 256;
constexpr std::uint64_t kMostStepsAtOnce = 5;

Transport transport_of(webrtc::PeerEvent event) {
  switch (event) {
    case webrtc::PeerEvent::kConnected:
      return Transport::kConnected;
    case webrtc::PeerEvent::kAddressChanged:
      return Transport::kMoved;
    case webrtc::PeerEvent::kClosed:
      return Transport::kClosed;
    case webrtc::PeerEvent::kConsentLost:
      return Transport::kSilent;
    case webrtc::PeerEvent::kFailed:
      return Transport::kFailed;
  }
  return Transport::kFailed;
}

}  // namespace

EngineLoop::EngineLoop(Shared& shared, Recorder& recorder)
    : shared_(shared),
      recorder_(recorder),
      buffers_(kReads * kBuffer),
      started_(SystemClock().now()),
      started_steady_(std::chrono::steady_clock::now()) {
  now_ = started_;
}

EngineLoop::~EngineLoop() = default;

// Steady, whatever happens to the system's clock; near enough to the time of day for RTCP.
Instant EngineLoop::read_clock() const {
  const auto passed = std::chrono::steady_clock::now() - started_steady_;
  return started_ + Duration::micros(std::chrono::duration_cast<std::chrono::microseconds>(passed).count());
}

Result<void> EngineLoop::open(std::vector<Socket> browsers, webrtc::Port::Config config, bool with_browsers) {
  epoll_ = Socket(::epoll_create1(EPOLL_CLOEXEC));
  timer_ = Socket(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
  wake_ = Socket(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  itimerspec every{};
  every.it_interval.tv_nsec = every.it_value.tv_nsec = static_cast<long>(kStep.us * 1000);
  if (!epoll_ || !timer_ || !wake_ || ::timerfd_settime(timer_.fd(), 0, &every, nullptr) != 0) {
    return Error(ErrorCode::kUnavailable, std::string("no epoll, timer or event: ") + std::strerror(errno));
  }
  timer_watch_ = {Watch::Kind::kTimer, timer_.fd(), nullptr};
  wake_watch_ = {Watch::Kind::kWake, wake_.fd(), nullptr};
  watch(timer_watch_);
  watch(wake_watch_);
  if (!with_browsers) return {};
  port_ = std::make_unique<webrtc::Port>(std::move(config), *this);
  browsers_ = std::move(browsers);
  browser_watches_.reserve(browsers_.size());
  for (const Socket& s : browsers_) {
    const auto own = local_endpoint(s);
    if (!own) return own.error();
    families_.push_back(own->ip.family);
    batches_.push_back(std::make_unique<SendBatch>(s.fd()));
    browser_watches_.push_back({Watch::Kind::kBrowsers, s.fd(), nullptr});
    watch(browser_watches_.back());
  }
  return {};
}

void EngineLoop::watch(Watch& w) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = &w;
  CARILLON_CHECK(::epoll_ctl(epoll_.fd(), EPOLL_CTL_ADD, w.fd, &event) == 0);
}

void EngineLoop::stop() {
  ending_ = true;
  wake();
}

void EngineLoop::wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t n = ::write(wake_.fd(), &one, sizeof one);
}

void EngineLoop::run() {
  std::array<epoll_event, kEvents> ready;
  while (!ending_) {
    const int n = ::epoll_wait(epoll_.fd(), ready.data(), kEvents, -1);
    now_ = read_clock();
    for (int i = 0; i < n; ++i) handle(*static_cast<const Watch*>(ready[static_cast<std::size_t>(i)].data.ptr));
    for (std::uint64_t due = std::exchange(steps_due_, 0); due > 0; --due) step();
    // Last: a command may close a leg that this round of events still points at.
    if (std::exchange(commands_due_, false)) run_commands();
    for (const auto& batch : batches_) batch->flush();
    flush_events();
  }
  std::vector<LegId> open;
  for (const auto& [id, io] : legs_) open.push_back(id);
  for (const LegId id : open) close(id);
  for (const auto& batch : batches_) batch->flush();
  flush_events();
}

void EngineLoop::handle(const Watch& w) {
  std::uint64_t count = 0;
  switch (w.kind) {
    case Watch::Kind::kRtp:
      return on_rtp_ready(*w.io);
    case Watch::Kind::kRtcp:
      return on_rtcp_ready(*w.io);
    case Watch::Kind::kBrowsers:
      return on_browsers_ready(w.fd);
    case Watch::Kind::kTimer:
      if (::read(w.fd, &count, sizeof count) != sizeof count) return;
      if (count > 1) shared_.late_steps.fetch_add(count - 1, std::memory_order_relaxed);
      steps_due_ = std::min(count, kMostStepsAtOnce);
      return;
    case Watch::Kind::kWake:
      if (::read(w.fd, &count, sizeof count) == sizeof count) commands_due_ = true;
      return;
  }
}

void EngineLoop::step() {
  stage_.tick(now_);
  if (port_ && now_ >= port_timer_) {
    port_->on_timer(now_);
    port_timer_ = now_ + port_->timer_step();
  }
  std::erase_if(stops_, [&](RecordingId id) {
    RecordedPacket stop;
    stop.recording = id;
    stop.arrival = now_;
    stop.kind = RecordedPacket::Kind::kStop;
    return recorder_.ring().push(stop, {});
  });
}

void EngineLoop::run_commands() {
  while (const auto command = shared_.commands.pop()) command->run(*this);
}

// What does not fit into the mailbox waits here: an event is never lost.
void EngineLoop::flush_events() {
  while (!events_.empty() && shared_.events.push(events_.front())) {
    events_.pop_front();
    ++events_told_;
  }
  if (std::exchange(events_told_, 0) > 0 && shared_.on_events) shared_.on_events();
}

void EngineLoop::on_event(Event event) { events_.push_back(std::make_unique<Event>(std::move(event))); }

LegIo* EngineLoop::io_of(LegId id) {
  const auto found = legs_.find(id);
  return found == legs_.end() ? nullptr : found->second.get();
}

LegIo* EngineLoop::io_of(webrtc::PeerId peer) {
  LegIo* io = peer.slot < by_peer_.size() ? by_peer_[peer.slot] : nullptr;
  return io && io->peer == peer ? io : nullptr;
}

// -- telephones

void EngineLoop::on_rtp_ready(LegIo& io) {
  const rtp::MutableBytes buffer(buffers_.data(), kBuffer);
  SocketAddress from;
  from.size = sizeof from.storage;
  const ssize_t n = io.connected
                        ? ::recv(io.ports.rtp.fd(), buffer.data(), rtp::kMaxPacketBytes, 0)
                        : ::recvfrom(io.ports.rtp.fd(), buffer.data(), rtp::kMaxPacketBytes, 0, from.raw(), &from.size);
  if (n <= 0) return;
  auto size = static_cast<std::size_t>(n);
  const bool rtcp = rtp::looks_like_rtcp(buffer.first(size));
  if (!rtp::parse(buffer.first(size)) && !rtcp) return void(shared_.refused.fetch_add(1, std::memory_order_relaxed));
  if (io.in && !(rtcp ? io.in->unprotect_rtcp(buffer, size) : io.in->unprotect(buffer.first(size), size))) {
    return void(shared_.refused.fetch_add(1, std::memory_order_relaxed));
  }
  if (!io.connected && !is_from_peer(io, from, io.in.has_value())) {
    return void(shared_.refused.fetch_add(1, std::memory_order_relaxed));
  }
  shared_.packets_in.fetch_add(1, std::memory_order_relaxed);
  if (rtcp) return stage_.on_rtcp(*io.leg, buffer.first(size), now_);
  stage_.on_rtp(*io.leg, buffer, size, now_);
}

// Encrypted packets prove themselves, so their source may change; plain ones come from where the first came from.
bool EngineLoop::is_from_peer(LegIo& io, const SocketAddress& from, bool authenticated) {
  const voice::Endpoint at = from.endpoint();
  if (authenticated) {
    if (at != io.target.endpoint()) io.target = from;
    return true;
  }
  const bool before = io.latch.latched();
  if (!io.latch.accept(at)) return false;
  if (!before) {
    io.target = SocketAddress::from(io.latch.target());
    connect_socket(io);
  }
  return true;
}

void EngineLoop::connect_socket(LegIo& io) {
  if (::connect(io.ports.rtp.fd(), io.target.raw(), io.target.size) == 0) io.connected = true;
}

void EngineLoop::disconnect_socket(LegIo& io) {
  if (!std::exchange(io.connected, false)) return;
  sockaddr none{};
  none.sa_family = AF_UNSPEC;
  ::connect(io.ports.rtp.fd(), &none, sizeof none);
}

void EngineLoop::on_rtcp_ready(LegIo& io) {
  const rtp::MutableBytes buffer(buffers_.data(), kBuffer);
  SocketAddress from;
  from.size = sizeof from.storage;
  const ssize_t n = ::recvfrom(io.ports.rtcp.fd(), buffer.data(), rtp::kMaxPacketBytes, 0, from.raw(), &from.size);
  if (n <= 0) return;
  auto size = static_cast<std::size_t>(n);
  if (!rtp::looks_like_rtcp(buffer.first(size))) return;
  if (io.in && !io.in->unprotect_rtcp(buffer.first(size), size)) return;
  if (!io.rtcp_latch.accept(from.endpoint())) return;
  io.rtcp_target = from;
  stage_.on_rtcp(*io.leg, buffer.first(size), now_);
}

void EngineLoop::send_rtp(Leg& leg, rtp::MutableBytes buffer, std::size_t size) {
  auto& io = *static_cast<LegIo*>(leg.transport);
  if (io.browser) {
    if (port_->send_rtp(io.peer, buffer, size)) shared_.packets_out.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  if (io.out && !io.out->protect(buffer, size)) return;
  if (io.connected) {
    ::send(io.ports.rtp.fd(), buffer.data(), size, MSG_DONTWAIT);
  } else if (io.target.size > 0) {
    ::sendto(io.ports.rtp.fd(), buffer.data(), size, MSG_DONTWAIT, io.target.raw(), io.target.size);
  }
  shared_.packets_out.fetch_add(1, std::memory_order_relaxed);
}

void EngineLoop::send_rtcp(Leg& leg, rtp::MutableBytes buffer, std::size_t size) {
  auto& io = *static_cast<LegIo*>(leg.transport);
  if (io.browser) return void(port_->send_rtcp(io.peer, buffer, size));
  if (io.out && !io.out->protect_rtcp(buffer, size)) return;
  const SocketAddress& to = io.rtcp_mux ? io.target : io.rtcp_target;
  const int fd = io.rtcp_mux ? io.ports.rtp.fd() : io.ports.rtcp.fd();
  if (io.rtcp_mux && io.connected) {
    ::send(fd, buffer.data(), size, MSG_DONTWAIT);
  } else if (to.size > 0) {
    ::sendto(fd, buffer.data(), size, MSG_DONTWAIT, to.raw(), to.size);
  }
}

// -- browsers

void EngineLoop::on_browsers_ready(int fd) {
  std::array<mmsghdr, kReads> heads{};
  std::array<iovec, kReads> pieces;
  std::array<SocketAddress, kReads> from;
  for (std::size_t i = 0; i < kReads; ++i) {
    pieces[i] = {buffers_.data() + i * kBuffer, rtp::kMaxPacketBytes};
    heads[i].msg_hdr.msg_name = &from[i].storage;
    heads[i].msg_hdr.msg_namelen = sizeof from[i].storage;
    heads[i].msg_hdr.msg_iov = &pieces[i];
    heads[i].msg_hdr.msg_iovlen = 1;
  }
  const int n = ::recvmmsg(fd, heads.data(), kReads, MSG_DONTWAIT, nullptr);
  for (int i = 0; i < n; ++i) {
    const auto at = static_cast<std::size_t>(i);
    port_->handle({buffers_.data() + at * kBuffer, heads[at].msg_len}, from[at].endpoint(), now_);
  }
  if (n > 0) shared_.packets_in.fetch_add(static_cast<std::uint64_t>(n), std::memory_order_relaxed);
}

void EngineLoop::on_send(const voice::Endpoint& to, webrtc::Bytes datagram) {
  for (std::size_t i = 0; i < families_.size(); ++i) {
    if (families_[i] == to.ip.family) return batches_[i]->add(to, datagram);
  }
}

// Packets lie at the beginning of one of our buffers, so that there is room behind them.
void EngineLoop::on_rtp(webrtc::PeerId peer, webrtc::MutableBytes packet) {
  if (LegIo* io = io_of(peer)) stage_.on_rtp(*io->leg, {packet.data(), kBuffer}, packet.size(), now_);
}

void EngineLoop::on_rtcp(webrtc::PeerId peer, webrtc::MutableBytes packet) {
  if (LegIo* io = io_of(peer)) stage_.on_rtcp(*io->leg, packet, now_);
}

void EngineLoop::on_event(webrtc::PeerId peer, webrtc::PeerEvent event) {
  LegIo* io = io_of(peer);
  if (!io) return;
  const Transport state = transport_of(event);
  if (state != Transport::kMoved) stage_.set_sendable(io->config.id, state == Transport::kConnected);
  on_event(TransportChanged{io->config.id, state, state == Transport::kFailed ? port_->reason(peer) : ""});
}

// -- commands

void EngineLoop::add_sip(std::unique_ptr<LegIo> io) {
  LegIo& leg = *io;
  leg.leg = stage_.add_leg(leg.config, &leg, now_);
  leg.rtp_watch = {Watch::Kind::kRtp, leg.ports.rtp.fd(), &leg};
  leg.rtcp_watch = {Watch::Kind::kRtcp, leg.ports.rtcp.fd(), &leg};
  legs_[leg.config.id] = std::move(io);
  watch(leg.rtp_watch);
  watch(leg.rtcp_watch);
}

void EngineLoop::add_browser(std::unique_ptr<LegIo> io, webrtc::Port::Remote remote) {
  LegIo& leg = *io;
  leg.browser = true;
  leg.leg = stage_.add_leg(leg.config, &leg, now_);
  legs_[leg.config.id] = std::move(io);
  const auto peer = port_->add(std::move(remote), now_);
  if (!peer) return on_event(TransportChanged{leg.config.id, Transport::kFailed, peer.error().message});
  leg.peer = *peer;
  if (by_peer_.size() <= peer->slot) by_peer_.resize(peer->slot + 1);
  by_peer_[peer->slot] = &leg;
  port_timer_ = now_;
}

void EngineLoop::restart_browser(LegId id, webrtc::IceCredentials remote, webrtc::IceCredentials local) {
  LegIo* io = io_of(id);
  if (!io || !io->peer) return;
  const auto done = port_->restart(io->peer, std::move(remote), std::move(local));
  if (!done) on_event(TransportChanged{id, Transport::kFailed, done.error().message});
}

void EngineLoop::set_remote(LegId id, const voice::Endpoint& remote, rtp::Latch::Trust trust) {
  LegIo* io = io_of(id);
  if (!io || io->browser) return;
  const bool latched = io->latch.latched();
  io->latch.expect(remote, trust);
  if (latched && io->latch.latched()) return;  // the same as before
  disconnect_socket(*io);
  io->target = SocketAddress::from(remote);
  const voice::Endpoint rtcp{remote.ip, static_cast<std::uint16_t>(remote.port + 1)};
  io->rtcp_latch.expect(rtcp, trust);
  io->rtcp_target = SocketAddress::from(rtcp);
  stage_.set_sendable(id, !remote.empty() && remote.port != 0 && !remote.ip.is_unspecified());
}

void EngineLoop::set_srtp(LegId id, const webrtc::SrtpKey& ours, const webrtc::SrtpKey& theirs) {
  LegIo* io = io_of(id);
  if (!io || io->browser) return;
  auto out = webrtc::Srtp::make(ours, webrtc::Srtp::Direction::kSend);
  auto in = webrtc::Srtp::make(theirs, webrtc::Srtp::Direction::kReceive);
  if (!out || !in) return on_event(TransportChanged{id, Transport::kFailed, (out ? in : out).error().message});
  disconnect_socket(*io);
  io->out.emplace(std::move(out).value());
  io->in.emplace(std::move(in).value());
}

void EngineLoop::close(LegId id) {
  const auto found = legs_.find(id);
  if (found == legs_.end()) return;
  LegIo& io = *found->second;
  const std::uint16_t port = io.ports.port;
  stage_.remove_leg(id, now_);
  if (io.peer) {
    port_->remove(io.peer);
    by_peer_[io.peer.slot] = nullptr;
  }
  legs_.erase(found);  // its sockets leave epoll with it
  if (port) shared_.ports.give_back(port);
  shared_.legs.fetch_sub(1, std::memory_order_relaxed);
}

void EngineLoop::stop_recording(RecordingId recording) {
  stage_.drop_taps(recording);
  stops_.push_back(recording);
}

}  // namespace carillon::media
