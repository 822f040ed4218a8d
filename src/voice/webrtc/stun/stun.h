// STUN messages (RFC 8489, and RFC 8445 for the attributes of ICE): bytes to values and back.
//
// What:   parse() reads a message; Writer makes one. The keyed hash is not computed here: parse() says which bytes
//         MESSAGE-INTEGRITY covers, Writer leaves room and says where; `webrtc/integrity.h` does the rest. FINGERPRINT is
//         checked and written here.
// Owns:   nothing; views into the datagram.
// Thread: any; pure, never allocates.
// Errors: nothing when it is not a STUN message with a right length, cookie and, where there is one, fingerprint.
// Limits: kMaxAttributes attributes; attributes after MESSAGE-INTEGRITY are ignored but for FINGERPRINT (section 14.5).
// Example:
//   auto message = stun::parse(datagram);
//   if (message && message->is_request(stun::kBinding)) ...
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "voice/wire/address.h"

namespace carillon::stun {

using Bytes = std::span<const std::uint8_t>;
using TransactionId = std::array<std::uint8_t, 12>;

inline constexpr std::size_t kHeaderBytes = 20;
inline constexpr std::uint32_t kMagicCookie = 0x2112a442;
inline constexpr std::size_t kMaxAttributes = 32;
inline constexpr std::size_t kIntegrityBytes = 20;
// What is written never becomes longer.
inline constexpr std::size_t kMaxWritten = 548;

inline constexpr std::uint16_t kBinding = 0x001;

enum class Class : std::uint8_t { kRequest, kIndication, kSuccess, kError };

enum Attribute : std::uint16_t {
  kUsername = 0x0006,
  kMessageIntegrity = 0x0008,
  kErrorCode = 0x0009,
  kUnknownAttributes = 0x000a,
  kXorMappedAddress = 0x0020,
  kPriority = 0x0024,
  kUseCandidate = 0x0025,
  kSoftware = 0x8022,
  kFingerprint = 0x8028,
  kIceControlled = 0x8029,
  kIceControlling = 0x802a,
};

struct Message {
  std::uint16_t method = 0;
  Class cls = Class::kRequest;
  TransactionId transaction{};

  std::string_view username;
  std::optional<std::uint32_t> priority;
  std::optional<std::uint64_t> controlling;  // tie-breaker
  std::optional<std::uint64_t> controlled;
  bool use_candidate = false;
  std::optional<voice::Endpoint> mapped;  // XOR-MAPPED-ADDRESS
  int error = 0;                          // 300 to 699, 0 when none
  bool has_fingerprint = false;

  // MESSAGE-INTEGRITY: its value, and how many bytes of the datagram it covers (with the length field set to
  // `integrity_covers` - kHeaderBytes + 24).
  Bytes integrity;
  std::size_t integrity_covers = 0;

  // Attributes that must be understood and are not (section 6.3.1), up to four of them.
  std::array<std::uint16_t, 4> unknown{};
  std::size_t unknown_count = 0;

  bool is_request(std::uint16_t m) const { return cls == Class::kRequest && method == m; }
};

std::optional<Message> parse(Bytes datagram);

// Writes a message piece by piece, at most kMaxWritten bytes; what does not fit is a broken invariant.
class Writer {
 public:
  Writer(std::uint16_t method, Class cls, const TransactionId& transaction);

  void text(Attribute attribute, std::string_view value);
  void number32(Attribute attribute, std::uint32_t value);
  void number64(Attribute attribute, std::uint64_t value);
  void flag(Attribute attribute);
  void xor_address(Attribute attribute, const voice::Endpoint& at);
  void error(int code, std::string_view reason);
  void unknown(std::span<const std::uint16_t> attributes);

  // Adds an empty MESSAGE-INTEGRITY; what is to be hashed is before() and goes into value().
  void integrity();
  Bytes before_integrity() const { return Bytes(bytes_).first(integrity_at_); }
  std::span<std::uint8_t> integrity_value() { return std::span(bytes_).subspan(integrity_at_ + 4, kIntegrityBytes); }

  // Last: RFC 8489 section 14.7.
  void fingerprint();

  Bytes bytes() const { return Bytes(bytes_).first(size_); }

 private:
  std::span<std::uint8_t> add(std::uint16_t attribute, std::size_t bytes);

  std::array<std::uint8_t, kMaxWritten> bytes_{};
  std::size_t size_ = kHeaderBytes;
  std::size_t integrity_at_ = 0;
};

// ISO 3309 CRC-32, as FINGERPRINT uses it.
std::uint32_t crc32(Bytes bytes);

}  // namespace carillon::stun
