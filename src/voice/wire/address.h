// Addresses of the network as values: an IP address of either family, and one with a port.
//
// Why:    SIP, SDP, ICE and RTP speak of the same addresses; none of them needs a socket to do so.
// Owns:   plain values, totally ordered, cheap to copy (20 bytes).
// Errors: parse() gives nothing for what is not exactly an address; names are never looked up here.
// Thread: any.
// Example:
//   std::optional<Endpoint> at = Endpoint::parse("[2001:db8::1]:5060");
//   at->ip.is_v6(); at->port; at->text();             // "[2001:db8::1]:5060"
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace carillon::voice {

enum class IpFamily : std::uint8_t { kNone, kV4, kV6 };

struct IpAddress {
  IpFamily family = IpFamily::kNone;
  std::array<std::uint8_t, 16> bytes{};  // network order; v4 uses the first four, the others are 0

  static constexpr IpAddress v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
    return {IpFamily::kV4, {a, b, c, d}};
  }
  // Four bytes or sixteen in network order; a v4-mapped v6 address becomes the v4 address it means.
  static IpAddress from_bytes(const std::uint8_t* bytes, IpFamily family);
  // "192.0.2.1", "2001:db8::1", "[2001:db8::1]"; no zone, no leading zeros in v4.
  static std::optional<IpAddress> parse(std::string_view text);

  constexpr bool empty() const { return family == IpFamily::kNone; }
  constexpr bool is_v4() const { return family == IpFamily::kV4; }
  constexpr bool is_v6() const { return family == IpFamily::kV6; }
  bool is_loopback() const;
  bool is_unspecified() const;
  bool is_multicast() const;
  bool is_broadcast() const;  // 255.255.255.255
  bool is_private() const;    // RFC 1918, RFC 6598, link-local, unique local; loopback too
  bool in_network(const IpAddress& network, int bits) const;

  std::string text() const;       // "" when empty; v6 as RFC 5952 says
  std::string host_text() const;  // as in a URI: v6 in brackets
  constexpr auto operator<=>(const IpAddress&) const = default;
};

// A network as it is configured: "10.0.0.0/8", "2001:db8::/32", "192.0.2.7".
struct IpNetwork {
  IpAddress ip;
  int bits = 0;

  static std::optional<IpNetwork> parse(std::string_view text);
  bool contains(const IpAddress& address) const { return address.in_network(ip, bits); }
  bool operator==(const IpNetwork&) const = default;
};

struct Endpoint {
  IpAddress ip;
  std::uint16_t port = 0;

  // "192.0.2.1:5060", "[2001:db8::1]:5060"; without a port it is 0.
  static std::optional<Endpoint> parse(std::string_view text);

  constexpr bool empty() const { return ip.empty(); }
  std::string text() const;
  constexpr auto operator<=>(const Endpoint&) const = default;
};

}  // namespace carillon::voice

// For lookups only: no decision may depend on the order of a hash table.
template <>
struct std::hash<carillon::voice::IpAddress> {
  std::size_t operator()(const carillon::voice::IpAddress& ip) const noexcept;
};
template <>
struct std::hash<carillon::voice::Endpoint> {
  std::size_t operator()(const carillon::voice::Endpoint& at) const noexcept {
    return std::hash<carillon::voice::IpAddress>()(at.ip) * 31 + at.port;
  }
};
