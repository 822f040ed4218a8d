#include "voice/webrtc/stun/stun.h"

#include <algorithm>

#include "base/check.h"

namespace carillon::stun {
namespace {

constexpr std::uint32_t kFingerprintXor = 0x5354554e;

constexpr std::uint16_t read16(const std::uint8_t* p) { return static_cast<std::uint16_t>(p[0] << 8 | p[1]); }
constexpr std::uint32_t read32(const std::uint8_t* p) {
  return std::uint32_t{read16(p)} << 16 | std::uint32_t{read16(p + 2)};
}
constexpr std::uint64_t read64(const std::uint8_t* p) { return std::uint64_t{read32(p)} << 32 | read32(p + 4); }
constexpr void write16(std::uint8_t* p, std::uint16_t v) {
  p[0] = static_cast<std::uint8_t>(v >> 8);
  p[1] = static_cast<std::uint8_t>(v);
}
constexpr void write32(std::uint8_t* p, std::uint32_t v) {
  write16(p, static_cast<std::uint16_t>(v >> 16));
  write16(p + 2, static_cast<std::uint16_t>(v));
}

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t c = i;
    for (int bit = 0; bit < 8; ++bit) c = c & 1 ? 0xedb88320 ^ (c >> 1) : c >> 1;
    table[i] = c;
  }
  return table;
}
constexpr auto kCrcTable = make_crc_table();

// The address is masked with the cookie, an IPv6 one with the transaction too (RFC 8489 section 14.2).
std::optional<voice::Endpoint> read_xor_address(Bytes value, Bytes header) {
  if (value.size() < 8) return std::nullopt;
  const bool v6 = value[1] == 2;
  if (value[1] != 1 && !v6) return std::nullopt;
  const std::size_t bytes = v6 ? 16 : 4;
  if (value.size() != 4 + bytes) return std::nullopt;
  std::array<std::uint8_t, 16> plain{};
  for (std::size_t i = 0; i < bytes; ++i) plain[i] = value[4 + i] ^ header[4 + i];
  voice::Endpoint at;
  at.ip = voice::IpAddress::from_bytes(plain.data(), v6 ? voice::IpFamily::kV6 : voice::IpFamily::kV4);
  at.port = static_cast<std::uint16_t>(read16(&value[2]) ^ (kMagicCookie >> 16));
  return at;
}

// False when an attribute has a length that its kind cannot have.
bool read_attribute(std::uint16_t kind, Bytes value, Bytes header, Message& out) {
  switch (kind) {
    case kUsername:
      if (value.size() > 513) return false;
      out.username = {reinterpret_cast<const char*>(value.data()), value.size()};
      return true;
    case kPriority:
      if (value.size() != 4) return false;
      out.priority = read32(value.data());
      return true;
    case kUseCandidate:
      out.use_candidate = true;
      return true;
    case kIceControlling:
    case kIceControlled:
      if (value.size() != 8) return false;
      (kind == kIceControlling ? out.controlling : out.controlled) = read64(value.data());
      return true;
    case kXorMappedAddress:
      out.mapped = read_xor_address(value, header);
      return out.mapped.has_value();
    case kErrorCode:
      if (value.size() < 4) return false;
      out.error = (value[2] & 7) * 100 + value[3];
      return out.error >= 300 && out.error <= 699;
    case kUnknownAttributes:
      return true;
    default:
      if (kind < 0x8000 && out.unknown_count < out.unknown.size()) out.unknown[out.unknown_count++] = kind;
      return true;
  }
}

std::optional<Message> read_header(Bytes datagram) {
  if (datagram.size() < kHeaderBytes || datagram[0] > 3) return std::nullopt;
  const std::uint16_t type = read16(&datagram[0]);
  const std::size_t length = read16(&datagram[2]);
  if (length % 4 != 0 || length + kHeaderBytes != datagram.size()) return std::nullopt;
  if (read32(&datagram[4]) != kMagicCookie) return std::nullopt;
  Message message;
  message.cls = static_cast<Class>((type >> 7 & 2) | (type >> 4 & 1));
  message.method = static_cast<std::uint16_t>((type & 0x000f) | (type >> 1 & 0x0070) | (type >> 2 & 0x0f80));
  std::copy_n(datagram.begin() + 8, 12, message.transaction.begin());
  return message;
}

}  // namespace

std::uint32_t crc32(Bytes bytes) {
  std::uint32_t c = 0xffffffff;
  for (const std::uint8_t b : bytes) c = kCrcTable[(c ^ b) & 0xff] ^ (c >> 8);
  return ~c;
}

std::optional<Message> parse(Bytes datagram) {
  auto message = read_header(datagram);
  if (!message) return std::nullopt;
  std::size_t at = kHeaderBytes, count = 0;
  while (at < datagram.size()) {
    if (datagram.size() - at < 4 || ++count > kMaxAttributes) return std::nullopt;
    const std::uint16_t kind = read16(&datagram[at]);
    const std::size_t length = read16(&datagram[at + 2]);
    const std::size_t padded = (length + 3) / 4 * 4;
    if (datagram.size() - at - 4 < padded || message->has_fingerprint) return std::nullopt;
    const Bytes value = datagram.subspan(at + 4, length);
    if (kind == kFingerprint) {
      if (length != 4 || read32(value.data()) != (crc32(datagram.first(at)) ^ kFingerprintXor)) return std::nullopt;
      message->has_fingerprint = true;
    } else if (kind == kMessageIntegrity && message->integrity.empty()) {
      if (length != kIntegrityBytes) return std::nullopt;
      message->integrity = value;
      message->integrity_covers = at;
    } else if (message->integrity.empty()) {
      if (!read_attribute(kind, value, datagram.first(kHeaderBytes), *message)) return std::nullopt;
    }
    at += 4 + padded;
  }
  return message;
}

Writer::Writer(std::uint16_t method, Class cls, const TransactionId& transaction) {
  const auto c = static_cast<unsigned>(cls);
  write16(&bytes_[0], static_cast<std::uint16_t>((method & 0x000f) | (method & 0x0070) << 1 | (method & 0x0f80) << 2 |
                                                 (c & 1) << 4 | (c & 2) << 7));
  write32(&bytes_[4], kMagicCookie);
  std::copy(transaction.begin(), transaction.end(), bytes_.begin() + 8);
}

std::span<std::uint8_t> Writer::add(std::uint16_t attribute, std::size_t bytes) {
  const std::size_t padded = (bytes + 3) / 4 * 4;
  CARILLON_CHECK(size_ + 4 + padded <= bytes_.size());
  write16(&bytes_[size_], attribute);
  write16(&bytes_[size_ + 2], static_cast<std::uint16_t>(bytes));
  const auto value = std::span(bytes_).subspan(size_ + 4, bytes);
  size_ += 4 + padded;
  // The length counts what stands so far, as both hashes need it.
  write16(&bytes_[2], static_cast<std::uint16_t>(size_ - kHeaderBytes));
  return value;
}

void Writer::text(Attribute attribute, std::string_view value) {
  std::copy(value.begin(), value.end(), add(attribute, value.size()).begin());
}

void Writer::number32(Attribute attribute, std::uint32_t value) { write32(add(attribute, 4).data(), value); }

void Writer::number64(Attribute attribute, std::uint64_t value) {
  const auto out = add(attribute, 8);
  write32(&out[0], static_cast<std::uint32_t>(value >> 32));
  write32(&out[4], static_cast<std::uint32_t>(value));
}

void Writer::flag(Attribute attribute) { add(attribute, 0); }

void Writer::xor_address(Attribute attribute, const voice::Endpoint& at) {
  const bool v6 = at.ip.is_v6();
  const std::size_t bytes = v6 ? 16 : 4;
  const auto out = add(attribute, 4 + bytes);
  out[0] = 0;
  out[1] = v6 ? 2 : 1;
  write16(&out[2], static_cast<std::uint16_t>(at.port ^ (kMagicCookie >> 16)));
  for (std::size_t i = 0; i < bytes; ++i) out[4 + i] = at.ip.bytes[i] ^ bytes_[4 + i];
}

void Writer::error(int code, std::string_view reason) {
  const auto out = add(kErrorCode, 4 + reason.size());
  out[2] = static_cast<std::uint8_t>(code / 100);
  out[3] = static_cast<std::uint8_t>(code % 100);
  std::copy(reason.begin(), reason.end(), out.begin() + 4);
}

void Writer::unknown(std::span<const std::uint16_t> attributes) {
  const auto out = add(kUnknownAttributes, attributes.size() * 2);
  for (std::size_t i = 0; i < attributes.size(); ++i) write16(&out[i * 2], attributes[i]);
}

void Writer::integrity() {
  integrity_at_ = size_;
  add(kMessageIntegrity, kIntegrityBytes);
}

void Writer::fingerprint() {
  const std::size_t covers = size_;
  const auto out = add(kFingerprint, 4);
  write32(out.data(), crc32(Bytes(bytes_).first(covers)) ^ kFingerprintXor);
}

}  // namespace carillon::stun
