// SRTP and SRTCP of one direction (RFC 3711, RFC 7714 for AES-GCM): the one wrapper around libsrtp2.
//
// What:   protect() and unprotect() change a packet in place. Keys come from DTLS (`dtls.h`) or from SDES (RFC 4568).
// Owns:   the libsrtp2 session (18 to 30 KiB with its replay window of 1024 packets).
// Thread: one; sessions are independent of one another.
// Errors: false for a packet that is forged, replayed or too short; nothing of it may be used then.
// Limits: a packet to protect needs kSrtpSpare bytes behind it in its buffer.
// Example:
//   auto out = Srtp::make(keys.local, Srtp::Direction::kSend);
//   std::size_t size = packet_size;
//   if (out->protect(buffer, size)) send(buffer.first(size));
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"

struct srtp_ctx_t_;

namespace carillon::webrtc {

enum class SrtpProfile { kAeadAes128Gcm, kAes128CmSha1_80, kAes128CmSha1_32 };

// libsrtp2's SRTP_MAX_TRAILER_LEN and the four bytes that SRTCP adds.
inline constexpr std::size_t kSrtpSpare = 16 + 128 + 4;

// Master key and salt behind one another; wiped when it dies.
struct SrtpKey {
  SrtpProfile profile = SrtpProfile::kAeadAes128Gcm;
  std::array<std::uint8_t, 30> bytes{};
  std::size_t size = 0;

  SrtpKey() = default;
  SrtpKey(const SrtpKey&) = default;
  SrtpKey& operator=(const SrtpKey&) = default;
  ~SrtpKey();
};

constexpr std::size_t salt_bytes_of(SrtpProfile profile) { return profile == SrtpProfile::kAeadAes128Gcm ? 12 : 14; }
constexpr std::size_t key_bytes_of(SrtpProfile profile) { return 16 + salt_bytes_of(profile); }

// The names that SDP's a=crypto uses (RFC 4568 section 6.2, RFC 7714 section 14.2).
std::optional<SrtpProfile> srtp_profile_of(std::string_view crypto_suite);
std::string_view name_of(SrtpProfile profile);

// A key for our own side of SDES.
SrtpKey make_srtp_key(SrtpProfile profile);

class Srtp {
 public:
  enum class Direction { kSend, kReceive };
  static Result<Srtp> make(const SrtpKey& key, Direction direction);

  bool protect(std::span<std::uint8_t> buffer, std::size_t& size);
  bool unprotect(std::span<std::uint8_t> packet, std::size_t& size);
  bool protect_rtcp(std::span<std::uint8_t> buffer, std::size_t& size);
  bool unprotect_rtcp(std::span<std::uint8_t> packet, std::size_t& size);

 private:
  struct Deleter {
    void operator()(srtp_ctx_t_* session) const;
  };
  explicit Srtp(srtp_ctx_t_* session) : session_(session) {}
  std::unique_ptr<srtp_ctx_t_, Deleter> session_;
};

}  // namespace carillon::webrtc
