// Counts: what an operator's monitoring sees of voice, in Prometheus' words.
//
// Thread: any. docs/operations/voice.md says which of them are worth an alarm.
#pragma once

#include <cstdint>
#include <string>

#include "evidence/keeper.h"
#include "voice/media/engine.h"
#include "voice/net/sip_host.h"

namespace carillon::switchboard {

struct Counts {
  voice::net::HostCounts sip;
  media::Engine::Counts sound;
  evidence::Keeper::Counts evidence;
  std::uint64_t lines = 0, calls = 0, phones = 0;  // now
  std::uint64_t commands_waiting = 0;              // told to workspaces and not answered yet
  bool overloaded = false;
  std::uint64_t overloads = 0;    // how often it has begun
  std::uint64_t silent_ends = 0;  // calls ended because the peer sent nothing
};

std::string to_prometheus(const Counts& counts);

}  // namespace carillon::switchboard
