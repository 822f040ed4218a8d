// The trunks the host has told of: by their name, and by the address a call comes from.
//
// Owns:   copies of the Trunks.
// Thread: that of the stack.
#pragma once

#include <map>
#include <string>

#include "voice/sip/settings.h"

namespace carillon::voice::sip {

class TrunkBook {
 public:
  void set(const Trunk& trunk) { trunks_[trunk.id] = trunk; }
  void remove(const std::string& id) { trunks_.erase(id); }
  const Trunk* find(const std::string& id) const {
    const auto found = trunks_.find(id);
    return found == trunks_.end() ? nullptr : &found->second;
  }
  // The trunk whose most exact network holds this address.
  const Trunk* by_source(const IpAddress& ip) const {
    const Trunk* best = nullptr;
    int bits = -1;
    for (const auto& [id, trunk] : trunks_) {
      for (const IpNetwork& network : trunk.sources) {
        if (network.bits > bits && network.contains(ip)) best = &trunk, bits = network.bits;
      }
    }
    return best;
  }

 private:
  std::map<std::string, Trunk> trunks_;
};

}  // namespace carillon::voice::sip
