// Paths: what session descriptions agreed on and what the media engine wants to know, turned into one another.
//
// Thread: any; plain functions.
// Example:
//   engine.set_format(leg, format_of(answer->audio));
#pragma once

#include "calls/core/plan.h"
#include "voice/media/engine.h"
#include "voice/sdp/negotiation.h"

namespace carillon::switchboard {

// What a leg is in its room: whom it hears, and who hears it.
media::Role role_of(const calls::LegPlan& leg);

media::Format format_of(const voice::sdp::AgreedAudio& audio);

// What our answer says of a browser's leg.
voice::sdp::OurBrowser browser_of(const media::BrowserLeg& leg, std::uint64_t session_id);

// Nothing for a suite that the engine does not know.
std::optional<webrtc::SrtpKey> srtp_key_of(const voice::sdp::SdesKey& key);
// Fresh keys of a leg, the suite that costs least first (voice.md: AES-GCM).
std::vector<voice::sdp::SdesKey> make_keys();

}  // namespace carillon::switchboard
