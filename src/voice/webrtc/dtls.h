// DTLS of one peer for SRTP keys (RFC 5763, RFC 5764): the one wrapper around OpenSSL's DTLS; no sockets.
//
// What:   Dtls takes datagrams and gives datagrams; when the handshake is done and the certificate has the fingerprint that
//         signalling named, keys() has the SRTP keys. Without the right fingerprint there are never keys.
// Why:    OpenSSL 3.0 has no datagram memory BIO, so one BIO_METHOD of our own makes every write one datagram.
// Owns:   the SSL object; DtlsContext owns the certificate (ECDSA P-256, made at start) and is shared.
// Thread: one for a Dtls; a DtlsContext is read from any.
// Errors: a handshake that fails is State::kFailed with reason(); nothing is thrown.
// Limits: records of at most 1200 bytes leave; application data is read and dropped.
// Example:
//   auto context = DtlsContext::make();
//   Dtls dtls(*context, Dtls::Role::kServer, *Fingerprint::parse("sha-256 AB:CD:.."));
//   dtls.handle(datagram, now, out);
//   if (dtls.state() == Dtls::State::kConnected) use(*dtls.keys());
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "voice/webrtc/srtp.h"

struct ssl_st;
struct ssl_ctx_st;
struct x509_st;

namespace carillon::webrtc {

using Bytes = std::span<const std::uint8_t>;
using MutableBytes = std::span<std::uint8_t>;

// A certificate's digest as SDP has it (RFC 8122): "sha-256 AB:CD:..".
struct Fingerprint {
  std::string algorithm;  // lower case; sha-256, sha-384 or sha-512
  std::vector<std::uint8_t> digest;

  static Result<Fingerprint> parse(std::string_view text);
  std::string text() const;
  bool operator==(const Fingerprint&) const = default;
};

class DtlsContext {
 public:
  // Makes key and certificate, good for a year: a process lives less long.
  static Result<std::shared_ptr<const DtlsContext>> make();
  ~DtlsContext();
  DtlsContext(const DtlsContext&) = delete;
  DtlsContext& operator=(const DtlsContext&) = delete;

  const Fingerprint& fingerprint() const { return fingerprint_; }
  ssl_ctx_st* native() const { return context_; }

 private:
  DtlsContext() = default;
  ssl_ctx_st* context_ = nullptr;
  Fingerprint fingerprint_;
};

struct SrtpKeys {
  SrtpKey local, remote;
};

class Dtls {
 public:
  enum class Role { kServer, kClient };
  enum class State { kNew, kConnecting, kConnected, kClosed, kFailed };
  using Out = std::function<void(Bytes datagram)>;

  Dtls(std::shared_ptr<const DtlsContext> context, Role role, Fingerprint peer);
  ~Dtls();
  Dtls(const Dtls&) = delete;
  Dtls& operator=(const Dtls&) = delete;

  // A client's first flight; a server waits.
  void start(Instant now, const Out& out);
  void handle(Bytes datagram, Instant now, const Out& out);
  // Sends the last flight again when its time has come (RFC 6347 section 4.2.4).
  void on_timer(Instant now, const Out& out);
  Instant next_deadline() const { return deadline_; }
  void close(const Out& out);

  State state() const { return state_; }
  const std::optional<SrtpKeys>& keys() const { return keys_; }
  const std::string& reason() const { return reason_; }

 private:
  friend struct DatagramBio;
  void handshake();
  void read_records();
  void finish();
  bool peer_is_the_right_one();
  bool export_keys();
  void fail(std::string reason);
  void set_deadline(Instant now);

  std::shared_ptr<const DtlsContext> context_;
  ssl_st* ssl_ = nullptr;
  Role role_;
  Fingerprint peer_;
  State state_ = State::kNew;
  std::optional<SrtpKeys> keys_;
  std::string reason_;
  Instant deadline_ = Instant::never();
  Bytes in_;                  // while handle() runs
  const Out* out_ = nullptr;  // while any call runs
};

}  // namespace carillon::webrtc
