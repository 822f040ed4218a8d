// TURN: time-limited credentials for relays that carry browsers' sound where nothing else gets through (RFC 8656).
//
// What:   the REST scheme that coturn calls use-auth-secret (draft-uberti-behave-turn-rest): the user name is "EXPIRY:id", the
//         password the base64 of HMAC-SHA1 over it, keyed with a secret that relay and server share. Nothing is stored, and who
//         takes a credential along can use it until its expiry only.
// Owns:   nothing. Thread: any; pure but for OpenSSL.
// Example:
//   std::vector<IceServer> servers = ice_servers({.urls = {"turn:turn.example:3478"}, .secret = "..."}, now, "US..");
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace carillon::turn {

// One relay, or one STUN server: then without secret.
struct Relay {
  std::vector<std::string> urls;  // "turn:turn.example:3478?transport=udp", "turns:..", "stun:.." (RFC 7065, RFC 7064)
  std::string secret;
  Duration valid = Duration::hours(12);  // of a credential; a call longer than that loses its relay
};

// As RTCConfiguration.iceServers wants it.
struct IceServer {
  std::vector<std::string> urls;
  std::string username, credential;  // "" of a STUN server
  Instant expires_at;                // of the credential; us = 0: never
  bool operator==(const IceServer&) const = default;
};

// `id` says for whom, for the relay's log; it never holds a ':'.
std::vector<IceServer> ice_servers(const std::vector<Relay>& relays, Instant now, std::string_view id);

}  // namespace carillon::turn
