// Where bytes come from and go to: a datagram socket with a peer, or a connection.
//
// Owns:   plain values. A ConnectionId is given by the stack, for connections it asks for and for those it is told of, and
//         is never used twice.
// Thread: any.
// Example:
//   stack.receive(now, Flow::datagram(0, from), bytes);
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

#include "voice/wire/address.h"

namespace carillon::voice::sip {

enum class Transport : std::uint8_t { kUdp, kTcp, kTls, kWs, kWss };

constexpr bool is_reliable(Transport t) { return t != Transport::kUdp; }
constexpr bool is_secure(Transport t) { return t == Transport::kTls || t == Transport::kWss; }
constexpr bool is_websocket(Transport t) { return t == Transport::kWs || t == Transport::kWss; }
std::string_view transport_name(Transport t);   // "UDP", as in Via
std::string_view transport_param(Transport t);  // "udp", as in a URI

// A slot and how often it was used: a handle to something that may be gone.
struct Handle {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;  // 0: nothing

  constexpr bool empty() const { return generation == 0; }
  constexpr auto operator<=>(const Handle&) const = default;
};

// Each kind of thing has its own handle, so that one is never taken for another.
struct ConnectionId : Handle {
  constexpr auto operator<=>(const ConnectionId&) const = default;
};
struct LegId : Handle {
  constexpr auto operator<=>(const LegId&) const = default;
};
struct LookupId : Handle {
  constexpr auto operator<=>(const LookupId&) const = default;
};

struct Flow {
  Transport transport = Transport::kUdp;
  std::uint16_t listener = 0;  // datagrams: which of Settings::listeners
  ConnectionId connection;     // all others
  Endpoint remote;

  static Flow datagram(std::uint16_t which, Endpoint peer) { return {Transport::kUdp, which, {}, peer}; }
  bool operator==(const Flow&) const = default;
};

}  // namespace carillon::voice::sip
