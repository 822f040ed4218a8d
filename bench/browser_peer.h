// BrowserPeer: what a browser does to send and hear sound: checks of ICE, the client's side of DTLS, SRTP. No audio of its own.
//
// Why:    calls with browsers cannot be measured without their transport, and real browsers would take the machine.
// Owns:   one UDP socket on 127.0.0.1 that never waits. All peers of a program may share one certificate.
// Thread: one.
// Example:
//   BrowserPeer peer(certificate);
//   peer.aim(server, {"ufrag", "password"}, fingerprint);       // of the server's answer
//   while (!peer.connected()) { peer.look_after(now); peer.receive(buffer, now); }
//   peer.send(buffer, size);                                    // an RTP packet, with kSrtpSpare bytes behind it
#pragma once

#include <array>
#include <memory>
#include <optional>

#include "voice/socket/socket.h"
#include "voice/webrtc/dtls.h"
#include "voice/webrtc/ice.h"
#include "voice/webrtc/srtp.h"

namespace carillon::bench {

class BrowserPeer {
 public:
  explicit BrowserPeer(std::shared_ptr<const webrtc::DtlsContext> certificate);
  BrowserPeer(BrowserPeer&&) noexcept;
  ~BrowserPeer();

  int fd() const { return socket_.fd(); }
  const webrtc::IceCredentials& credentials() const { return own_; }
  void aim(const voice::Endpoint& server, webrtc::IceCredentials theirs, const webrtc::Fingerprint& fingerprint);
  // Checks and handshakes when their time has come. Consent needs it every few seconds.
  void look_after(Instant now);
  // Reads one datagram; the bytes of a decrypted RTP packet in `buffer`, 0 when it was something else or nothing came.
  std::size_t receive(webrtc::MutableBytes buffer, Instant now, bool& any);
  void send(webrtc::MutableBytes buffer, std::size_t size);
  bool connected() const { return in_ && out_; }

 private:
  void send_raw(webrtc::Bytes datagram);
  void check();

  std::shared_ptr<const webrtc::DtlsContext> certificate_;
  voice::Socket socket_;
  webrtc::IceCredentials own_ = webrtc::make_credentials(), theirs_;
  std::unique_ptr<webrtc::Dtls> dtls_;
  std::optional<webrtc::Srtp> in_, out_;
  Instant checked_;
  std::uint8_t checks_ = 0;
};

}  // namespace carillon::bench
