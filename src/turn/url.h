// Addresses of relays, as they are configured.
//
// Thread: any; pure.
#pragma once

#include <algorithm>
#include <string_view>

namespace carillon::turn {

// Whether a browser would take it: turn:, turns:, stun: or stuns: with a host.
inline bool is_ice_url(std::string_view url) {
  const std::size_t colon = url.find(':');
  if (colon == std::string_view::npos || url.size() > 256) return false;
  const std::string_view scheme = url.substr(0, colon), rest = url.substr(colon + 1);
  const bool known = scheme == "turn" || scheme == "turns" || scheme == "stun" || scheme == "stuns";
  const bool plain = std::all_of(rest.begin(), rest.end(), [](char c) { return c > ' ' && c < 0x7f && c != '"'; });
  return known && plain && !rest.empty() && rest.front() != '/' && rest.front() != ':';
}

}  // namespace carillon::turn
