#include "voice/media/engine.h"

#include <pthread.h>

#include <random>
#include <thread>

#include "base/check.h"
#include "base/clock.h"
#include "voice/media/engine_loop.h"

namespace carillon::media {
namespace {

template <class F>
class CommandOf final : public Command {
 public:
  explicit CommandOf(F f) : f_(std::move(f)) {}
  void run(EngineLoop& loop) override { f_(loop); }

 private:
  F f_;
};

LegConfig config_of(LegId id, const LegOptions& options) {
  std::random_device random;
  LegConfig config;
  config.id = id;
  config.format = options.format;
  config.inband_digits = options.inband_digits;
  config.silent_after = options.silent_after;
  config.ssrc = static_cast<std::uint32_t>(random());
  config.first_sequence = static_cast<std::uint16_t>(random() & 0x7fff);  // RFC 3550 section 5.1: far from the wrap
  return config;
}

}  // namespace

struct Engine::Parts {
  explicit Parts(Config c)
      : config(std::move(c)),
        shared(config.mailbox, config.first_port, config.last_port),
        recorder(config.recording_buffer, [this](RecordingDone done) { on_recorded(std::move(done)); }),
        loop(shared, recorder) {
    shared.on_events = config.on_events;
    recorder.on_silence([this](RecordingSilent silent) { tell(silent); });
  }

  template <class F>
  Result<void> post(F f) {
    std::unique_ptr<Command> command = std::make_unique<CommandOf<F>>(std::move(f));
    if (!shared.commands.push(command)) {
      return Error(ErrorCode::kOverloaded, "the media engine has more to do than it takes; try again");
    }
    loop.wake();
    return {};
  }

  // On the recording thread, which may wait.
  void on_recorded(RecordingDone done) {
    if (!done.whole) (void)post([id = done.recording](EngineLoop& l) { l.stage().drop_taps(id); });
    tell(std::move(done));
  }
  void tell(Event what) {
    auto event = std::make_unique<Event>(std::move(what));
    while (!shared.events.push(event)) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    if (config.on_events) config.on_events();
  }

  Result<void> take_leg() {
    if (shared.legs.fetch_add(1) < config.max_legs) return {};
    shared.legs.fetch_sub(1);
    return Error(ErrorCode::kLimit, "there are " + std::to_string(config.max_legs) + " legs, as many as may be");
  }

  Config config;
  std::shared_ptr<const webrtc::DtlsContext> context;
  EngineLoop::Shared shared;
  Recorder recorder;
  EngineLoop loop;
  std::thread thread;
  std::atomic<std::uint64_t> next_id{1};
};

Engine::Engine(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Result<std::unique_ptr<Engine>> Engine::start(Config config) {
  std::vector<Socket> browsers;
  const bool with_browsers = !config.browsers_bind.empty();
  std::vector<voice::Endpoint> bound;
  for (const auto& at : config.browsers_bind) {
    auto socket = bind_udp(at, 4 << 20);
    if (!socket) return socket.error();
    auto own = local_endpoint(*socket);
    if (!own) return own.error();
    bound.push_back(*own);
    browsers.push_back(std::move(socket).value());
  }
  if (config.browsers_public.empty()) config.browsers_public = bound;
  for (auto& at : config.browsers_public) {
    if (at.port == 0 && !bound.empty()) at.port = bound.front().port;
  }
  auto parts = std::make_unique<Parts>(std::move(config));
  webrtc::Port::Config port;
  if (with_browsers) {
    auto context = webrtc::DtlsContext::make();
    if (!context) return context.error();
    parts->context = *context;
    port.context = *context;
    port.addresses = parts->config.browsers_public;
    port.max_peers = parts->config.max_legs;
  }
  if (auto ok = parts->loop.open(std::move(browsers), std::move(port), with_browsers); !ok) return ok.error();
  Parts* p = parts.get();
  parts->thread = std::thread([p] {
    ::pthread_setname_np(::pthread_self(), "media");
    p->loop.run();
  });
  return std::unique_ptr<Engine>(new Engine(std::move(parts)));
}

Engine::~Engine() {
  parts_->loop.stop();
  parts_->thread.join();
  parts_->recorder.finish();  // it may still tell, while the loop is there to be told
}

std::uint64_t Engine::next_id() { return parts_->next_id.fetch_add(1); }

Result<SipLeg> Engine::open_sip(const LegOptions& options) {
  Parts& p = *parts_;
  if (options.v6 && !p.config.bind_v6) return Error(ErrorCode::kConfig, "no IPv6 address is bound for sound");
  const voice::IpAddress ip = options.v6 ? *p.config.bind_v6 : p.config.bind_v4;
  if (auto ok = p.take_leg(); !ok) return ok.error();
  auto ports = p.shared.ports.take(ip);
  if (!ports) {
    p.shared.legs.fetch_sub(1);
    return ports.error();
  }
  auto io = std::make_shared<std::unique_ptr<LegIo>>(std::make_unique<LegIo>());
  LegIo& leg = **io;
  leg.config = config_of(next_id(), options);
  leg.ports = std::move(ports).value();
  leg.rtcp_mux = options.rtcp_mux;
  const SipLeg out{leg.config.id, {ip, leg.ports.port}};
  auto posted = p.post([io](EngineLoop& l) { l.add_sip(std::move(*io)); });
  if (posted) return out;
  io->reset();
  p.shared.ports.give_back(out.local.port);
  p.shared.legs.fetch_sub(1);
  return posted.error();
}

Result<BrowserLeg> Engine::open_browser(const LegOptions& options, webrtc::IceCredentials remote,
                                        webrtc::Fingerprint fingerprint) {
  Parts& p = *parts_;
  if (!p.context) return Error(ErrorCode::kConfig, "no UDP port is bound for browsers");
  if (auto ok = p.take_leg(); !ok) return ok.error();
  const LegConfig config = config_of(next_id(), options);
  const webrtc::IceCredentials local = webrtc::make_credentials();
  BrowserLeg out{config.id,
                 webrtc::local_transport(*p.context, local, webrtc::Dtls::Role::kServer, p.config.browsers_public)};
  webrtc::Port::Remote peer{std::move(remote), std::move(fingerprint), webrtc::Dtls::Role::kServer, local};
  auto posted = p.post([config, peer = std::move(peer)](EngineLoop& l) {
    auto io = std::make_unique<LegIo>();
    io->config = config;
    l.add_browser(std::move(io), peer);
  });
  if (posted) return out;
  p.shared.legs.fetch_sub(1);
  return posted.error();
}

Result<BrowserLeg> Engine::restart_browser(LegId leg, webrtc::IceCredentials remote) {
  Parts& p = *parts_;
  if (!p.context) return Error(ErrorCode::kConfig, "no UDP port is bound for browsers");
  const webrtc::IceCredentials local = webrtc::make_credentials();
  auto posted = p.post([=](EngineLoop& l) { l.restart_browser(leg, remote, local); });
  if (!posted) return posted.error();
  return BrowserLeg{leg,
                    webrtc::local_transport(*p.context, local, webrtc::Dtls::Role::kServer, p.config.browsers_public)};
}

Result<void> Engine::set_remote(LegId leg, const voice::Endpoint& remote, rtp::Latch::Trust trust) {
  return parts_->post([=](EngineLoop& l) { l.set_remote(leg, remote, trust); });
}
Result<void> Engine::set_srtp(LegId leg, const webrtc::SrtpKey& ours, const webrtc::SrtpKey& theirs) {
  return parts_->post([=](EngineLoop& l) { l.set_srtp(leg, ours, theirs); });
}
Result<void> Engine::set_format(LegId leg, const Format& format) {
  return parts_->post([=](EngineLoop& l) { l.stage().set_format(leg, format); });
}
Result<void> Engine::close(LegId leg) {
  return parts_->post([=](EngineLoop& l) { l.close(leg); });
}
Result<void> Engine::join(RoomId room, LegId leg, Role role, LegId coaches) {
  return parts_->post([=](EngineLoop& l) { l.stage().join(room, leg, role, coaches); });
}
Result<void> Engine::leave(LegId leg) {
  return parts_->post([=](EngineLoop& l) { l.stage().leave(leg); });
}
Result<void> Engine::set_role(LegId leg, Role role, LegId coaches) {
  return parts_->post([=](EngineLoop& l) { l.stage().set_role(leg, role, coaches); });
}
Result<void> Engine::set_hold(LegId leg, bool hold) {
  return parts_->post([=](EngineLoop& l) { l.stage().set_hold(leg, hold); });
}
Result<void> Engine::set_mute(LegId leg, bool muted) {
  return parts_->post([=](EngineLoop& l) { l.stage().set_mute(leg, muted); });
}

Result<void> Engine::play(LegId leg, Script script) {
  if (script.items.size() > kMaxItems || script.collect_max < 0 || script.collect_max > static_cast<int>(kMaxDigits)) {
    return Error(ErrorCode::kOutOfRange, "a script of " + std::to_string(script.items.size()) + " sounds and " +
                                             std::to_string(script.collect_max) + " digits; up to " +
                                             std::to_string(kMaxItems) + " and " + std::to_string(kMaxDigits) +
                                             " are taken");
  }
  return parts_->post(
      [leg, script = std::move(script)](EngineLoop& l) mutable { l.stage().play(leg, std::move(script), l.now()); });
}
Result<void> Engine::stop_script(LegId leg) {
  return parts_->post([=](EngineLoop& l) { l.stage().stop_script(leg); });
}
Result<void> Engine::send_digits(LegId leg, std::string digits, int ms) {
  return parts_->post(
      [leg, digits = std::move(digits), ms](EngineLoop& l) { l.stage().send_digits(leg, digits, ms, l.now()); });
}
Result<void> Engine::press(LegId leg, char digit) {
  return parts_->post([=](EngineLoop& l) { l.stage().press(leg, digit, l.now()); });
}

Result<RecordingId> Engine::start_recording(RecordingOrder order) {
  Parts& p = *parts_;
  const RecordingId id = next_id();
  RecordingPlan plan;
  plan.id = id;
  plan.path = order.path;
  plan.key = order.key;
  plan.shape.encoding = order.wide ? RecordingEncoding::kPcm16 : RecordingEncoding::kMuLaw;
  plan.shape.rate = order.wide ? 16000 : 8000;
  plan.shape.channels =
      std::max(order.channels, static_cast<std::uint8_t>(std::min<std::size_t>(order.legs.size(), 64)));
  plan.shape.begin = p.loop.clock();
  plan.silence_after = order.silence_after;
  if (plan.shape.channels == 0 || plan.shape.channels > 64) {
    return Error(ErrorCode::kOutOfRange, "a recording has 1 to 64 channels");
  }
  if (auto ok = p.recorder.begin(std::move(plan)); !ok) return ok.error();
  auto posted = p.post([id, legs = std::move(order.legs)](EngineLoop& l) {
    for (std::size_t i = 0; i < legs.size() && i < 64; ++i) l.tap(legs[i], id, static_cast<std::uint8_t>(i));
  });
  if (!posted) return posted.error();
  return id;
}
Result<void> Engine::record_leg(RecordingId recording, LegId leg, std::uint8_t channel) {
  return parts_->post([=](EngineLoop& l) { l.tap(leg, recording, channel); });
}
Result<void> Engine::pause_recording(RecordingId recording, bool paused) {
  return parts_->post([=](EngineLoop& l) { l.stage().pause_taps(recording, paused); });
}
Result<void> Engine::stop_recording(RecordingId recording) {
  return parts_->post([=](EngineLoop& l) { l.stop_recording(recording); });
}

std::size_t Engine::poll(const std::function<void(Event)>& take) {
  std::size_t n = 0;
  while (auto event = parts_->shared.events.pop()) {
    take(std::move(*event));
    ++n;
  }
  return n;
}

Engine::Counts Engine::counts() const {
  const auto& s = parts_->shared;
  Counts out;
  out.packets_in = s.packets_in.load(std::memory_order_relaxed);
  out.packets_out = s.packets_out.load(std::memory_order_relaxed);
  out.refused = s.refused.load(std::memory_order_relaxed);
  out.late_steps = s.late_steps.load(std::memory_order_relaxed);
  out.recording_dropped = parts_->recorder.ring().dropped();
  out.legs = s.legs.load(std::memory_order_relaxed);
  out.mailbox_depth = s.commands.depth();
  out.ports = s.ports.used();
  out.recordings = parts_->recorder.open();
  return out;
}

}  // namespace carillon::media
