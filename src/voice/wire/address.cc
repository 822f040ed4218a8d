#include "voice/wire/address.h"

#include <cstring>

#include "voice/wire/text.h"

namespace carillon::voice {
namespace {

std::optional<IpAddress> parse_v4(std::string_view text) {
  IpAddress ip{IpFamily::kV4, {}};
  for (std::size_t i = 0; i < 4; ++i) {
    const std::size_t dot = text.find('.');
    if ((dot == std::string_view::npos) != (i == 3)) return std::nullopt;
    const std::string_view part = text.substr(0, dot);
    // "010" means 8 to some and 10 to others, so it means nothing here.
    if (part.size() > 3 || (part.size() > 1 && part[0] == '0')) return std::nullopt;
    const auto value = parse_number(part, 255);
    if (!value) return std::nullopt;
    ip.bytes[i] = static_cast<std::uint8_t>(*value);
    if (i < 3) text.remove_prefix(dot + 1);
  }
  return ip;
}

struct Groups {
  std::array<std::uint8_t, 16> bytes{};
  std::size_t size = 0;
};

// Groups of 16 bits between colons; the last may be a v4 address.
bool parse_groups(std::string_view text, Groups& out) {
  if (text.empty()) return true;
  while (true) {
    const std::size_t colon = text.find(':');
    const std::string_view part = text.substr(0, colon);
    if (colon == std::string_view::npos && part.find('.') != std::string_view::npos) {
      const auto tail = parse_v4(part);
      if (!tail || out.size > 12) return false;
      std::memcpy(out.bytes.data() + out.size, tail->bytes.data(), 4);
      out.size += 4;
      return true;
    }
    const auto value = part.size() <= 4 ? parse_hex(part) : std::nullopt;
    if (!value || out.size > 14) return false;
    out.bytes[out.size++] = static_cast<std::uint8_t>(*value >> 8);
    out.bytes[out.size++] = static_cast<std::uint8_t>(*value);
    if (colon == std::string_view::npos) return true;
    text.remove_prefix(colon + 1);
  }
}

std::optional<IpAddress> parse_v6(std::string_view text) {
  if (text.size() < 2 || text.size() > 45) return std::nullopt;
  IpAddress ip{IpFamily::kV6, {}};
  const std::size_t gap = text.find("::");
  Groups head, tail;
  if (!parse_groups(text.substr(0, gap), head)) return std::nullopt;
  if (gap == std::string_view::npos) {
    if (head.size != 16) return std::nullopt;
  } else {
    if (!parse_groups(text.substr(gap + 2), tail) || head.size + tail.size > 14) return std::nullopt;
  }
  std::memcpy(ip.bytes.data(), head.bytes.data(), head.size);
  std::memcpy(ip.bytes.data() + 16 - tail.size, tail.bytes.data(), tail.size);
  return ip;
}

void append_v6(std::string& out, const IpAddress& ip) {
  std::array<unsigned, 8> groups;
  for (std::size_t i = 0; i < 8; ++i) groups[i] = static_cast<unsigned>(ip.bytes[2 * i] << 8 | ip.bytes[2 * i + 1]);
  // RFC 5952: the longest run of two or more zero groups becomes "::", the first of equals.
  std::size_t best = 8, length = 1;
  for (std::size_t i = 0; i < 8;) {
    std::size_t end = i;
    while (end < 8 && groups[end] == 0) ++end;
    if (end - i > length) best = i, length = end - i;
    i = end == i ? i + 1 : end;
  }
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == best) {
      out += "::";
      i += length - 1;
      continue;
    }
    if (i > 0 && out.back() != ':') out += ':';
    const int digits = groups[i] > 0xfff ? 4 : groups[i] > 0xff ? 3 : groups[i] > 0xf ? 2 : 1;
    append_hex(out, groups[i], digits);
  }
}

}  // namespace

IpAddress IpAddress::from_bytes(const std::uint8_t* raw, IpFamily which) {
  IpAddress ip{which, {}};
  static constexpr std::uint8_t kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (which == IpFamily::kV6 && std::memcmp(raw, kMapped, 12) == 0) return from_bytes(raw + 12, IpFamily::kV4);
  if (which != IpFamily::kNone) std::memcpy(ip.bytes.data(), raw, which == IpFamily::kV4 ? 4 : 16);
  return ip;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
    return parse_v6(text.substr(1, text.size() - 2));
  }
  if (text.find(':') != std::string_view::npos) return parse_v6(text);
  if (text.size() < 7 || text.size() > 15 || !is_digit(text.front())) return std::nullopt;
  return parse_v4(text);
}

bool IpAddress::is_loopback() const {
  if (is_v4()) return bytes[0] == 127;
  for (std::size_t i = 0; i < 15; ++i) {
    if (bytes[i] != 0) return false;
  }
  return is_v6() && bytes[15] == 1;
}

bool IpAddress::is_unspecified() const { return !empty() && bytes == std::array<std::uint8_t, 16>{}; }

bool IpAddress::is_multicast() const { return is_v4() ? (bytes[0] & 0xf0) == 0xe0 : is_v6() && bytes[0] == 0xff; }

bool IpAddress::is_broadcast() const { return *this == v4(255, 255, 255, 255); }

bool IpAddress::is_private() const {
  if (is_loopback()) return true;
  if (is_v6()) return (bytes[0] & 0xfe) == 0xfc || (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80);
  if (!is_v4()) return false;
  return bytes[0] == 10 || (bytes[0] == 172 && (bytes[1] & 0xf0) == 16) || (bytes[0] == 192 && bytes[1] == 168) ||
         (bytes[0] == 169 && bytes[1] == 254) || (bytes[0] == 100 && (bytes[1] & 0xc0) == 64);
}

bool IpAddress::in_network(const IpAddress& network, int bits) const {
  if (family != network.family || empty()) return false;
  const auto whole = static_cast<std::size_t>(bits / 8);
  if (std::memcmp(bytes.data(), network.bytes.data(), whole) != 0) return false;
  const int left = bits % 8;
  return left == 0 || (bytes[whole] ^ network.bytes[whole]) >> (8 - left) == 0;
}

std::string IpAddress::text() const {
  std::string out;
  if (is_v4()) {
    for (std::size_t i = 0; i < 4; ++i) {
      if (i > 0) out += '.';
      append_number(out, bytes[i]);
    }
  } else if (is_v6()) {
    append_v6(out, *this);
  }
  return out;
}

std::string IpAddress::host_text() const { return is_v6() ? '[' + text() + ']' : text(); }

std::optional<IpNetwork> IpNetwork::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto ip = IpAddress::parse(text.substr(0, slash));
  if (!ip) return std::nullopt;
  const int most = ip->is_v4() ? 32 : 128;
  if (slash == std::string_view::npos) return IpNetwork{*ip, most};
  const auto bits = parse_number(text.substr(slash + 1), static_cast<std::uint64_t>(most));
  return bits ? std::optional(IpNetwork{*ip, static_cast<int>(*bits)}) : std::nullopt;
}

std::optional<Endpoint> Endpoint::parse(std::string_view text) {
  if (const auto alone = IpAddress::parse(text)) return Endpoint{*alone, 0};
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view host = text.substr(0, colon);
  if (host.find(':') != std::string_view::npos && host.front() != '[') return std::nullopt;
  const auto ip = IpAddress::parse(host);
  const auto port = parse_number(text.substr(colon + 1), 65535);
  return ip && port ? std::optional(Endpoint{*ip, static_cast<std::uint16_t>(*port)}) : std::nullopt;
}

std::string Endpoint::text() const {
  if (empty()) return {};
  std::string out = ip.host_text();
  out += ':';
  append_number(out, port);
  return out;
}

}  // namespace carillon::voice

std::size_t std::hash<carillon::voice::IpAddress>::operator()(const carillon::voice::IpAddress& ip) const noexcept {
  std::uint64_t high = 0, low = 0;
  std::memcpy(&high, ip.bytes.data(), 8);
  std::memcpy(&low, ip.bytes.data() + 8, 8);
  return static_cast<std::size_t>((high * 0x9e3779b97f4a7c15ULL ^ low) * 0xff51afd7ed558ccdULL) +
         static_cast<std::size_t>(ip.family);
}
