// The media thread: sockets on one side, Stage and the browsers' Port on the other. Internal to Engine.
//
// Thread: run() is the media thread; everything else is called from inside it, but post(), wake(), stop() and the counters.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "voice/media/engine.h"
#include "voice/media/mailbox.h"
#include "voice/media/recorder.h"
#include "voice/media/send_batch.h"
#include "voice/media/sockets.h"
#include "voice/media/stage.h"
#include "voice/rtp/latch.h"
#include "voice/webrtc/port.h"

namespace carillon::media {

class EngineLoop;

struct Command {
  virtual ~Command() = default;
  virtual void run(EngineLoop& loop) = 0;
};

struct LegIo;

// What epoll points at.
struct Watch {
  enum class Kind : std::uint8_t { kRtp, kRtcp, kBrowsers, kTimer, kWake };
  Kind kind = Kind::kRtp;
  int fd = -1;
  LegIo* io = nullptr;
};

struct LegIo {
  LegConfig config;
  Leg* leg = nullptr;
  PortPair ports;  // telephones
  bool rtcp_mux = false;
  bool connected =
      false;  // the socket knows its only peer: the kernel drops the rest, and sends without looking up a route
  rtp::Latch latch, rtcp_latch;
  SocketAddress target, rtcp_target;
  std::optional<webrtc::Srtp> in, out;
  bool browser = false;
  webrtc::PeerId peer;
  Watch rtp_watch, rtcp_watch;
};

class EngineLoop final : public StageHost, public webrtc::PortSink {
 public:
  struct Shared {
    Mailbox<Command> commands;
    Mailbox<Event> events;
    std::function<void()> on_events;
    PortRange ports;
    std::atomic<std::size_t> legs{0};
    std::atomic<std::uint64_t> packets_in{0}, packets_out{0}, refused{0}, late_steps{0};
    Shared(std::size_t mailbox, std::uint16_t first, std::uint16_t last)
        : commands(mailbox), events(65536), ports(first, last) {}
  };

  EngineLoop(Shared& shared, Recorder& recorder);
  ~EngineLoop() override;

  // Before run(): the browsers' sockets and what they share.
  Result<void> open(std::vector<Socket> browsers, webrtc::Port::Config config, bool with_browsers);
  void run();
  void stop();
  void wake();

  // -- what commands do
  void add_sip(std::unique_ptr<LegIo> io);
  void add_browser(std::unique_ptr<LegIo> io, webrtc::Port::Remote remote);
  void restart_browser(LegId leg, webrtc::IceCredentials remote, webrtc::IceCredentials local);
  void set_remote(LegId leg, const voice::Endpoint& remote, rtp::Latch::Trust trust);
  void set_srtp(LegId leg, const webrtc::SrtpKey& ours, const webrtc::SrtpKey& theirs);
  void close(LegId leg);
  void stop_recording(RecordingId recording);
  void tap(LegId leg, RecordingId recording, std::uint8_t channel) {
    stage_.set_tap(leg, {&recorder_.ring(), recording, channel});
  }
  Stage& stage() { return stage_; }
  Instant now() const { return now_; }            // of this round
  Instant clock() const { return read_clock(); }  // from any thread

  // -- StageHost, PortSink
  void send_rtp(Leg& leg, rtp::MutableBytes buffer, std::size_t size) override;
  void send_rtcp(Leg& leg, rtp::MutableBytes buffer, std::size_t size) override;
  void on_event(Event event) override;
  void on_send(const voice::Endpoint& to, webrtc::Bytes datagram) override;
  void on_rtp(webrtc::PeerId peer, webrtc::MutableBytes packet) override;
  void on_rtcp(webrtc::PeerId peer, webrtc::MutableBytes packet) override;
  void on_event(webrtc::PeerId peer, webrtc::PeerEvent event) override;

 private:
  static constexpr std::size_t kBuffer = 2048;
  static constexpr std::size_t kReads = 32;

  Instant read_clock() const;
  void watch(Watch& watch);
  void handle(const Watch& watch);
  void on_rtp_ready(LegIo& io);
  void on_rtcp_ready(LegIo& io);
  void on_browsers_ready(int fd);
  bool is_from_peer(LegIo& io, const SocketAddress& from, bool authenticated);
  void connect_socket(LegIo& io);
  void disconnect_socket(LegIo& io);
  void step();
  void run_commands();
  void flush_events();
  LegIo* io_of(LegId id);
  LegIo* io_of(webrtc::PeerId peer);

  Shared& shared_;
  Recorder& recorder_;
  Stage stage_{*this};
  std::unique_ptr<webrtc::Port> port_;
  std::vector<Socket> browsers_;
  std::vector<std::unique_ptr<SendBatch>> batches_;  // one for each of browsers_
  std::vector<Watch> browser_watches_;
  std::vector<voice::IpFamily> families_;
  Socket epoll_, timer_, wake_;
  Watch timer_watch_, wake_watch_;
  std::unordered_map<LegId, std::unique_ptr<LegIo>> legs_;
  std::vector<LegIo*> by_peer_;
  std::vector<RecordingId> stops_;  // for which the ring had no room yet
  std::deque<std::unique_ptr<Event>> events_;
  std::size_t events_told_ = 0;
  std::vector<std::uint8_t> buffers_;
  std::uint64_t steps_due_ = 0;
  bool commands_due_ = false;
  std::atomic<bool> ending_{false};
  Instant now_;
  Instant port_timer_;
  Instant started_;
  std::chrono::steady_clock::time_point started_steady_;
};

}  // namespace carillon::media
