#include "switchboard/paths.h"

#include <algorithm>

namespace carillon::switchboard {

namespace sdp = voice::sdp;

media::Role role_of(const calls::LegPlan& leg) {
  if (leg.role == calls::LegRole::customer || leg.role == calls::LegRole::outside) return media::Role::kCustomer;
  if (leg.monitoring == calls::Monitoring::listen) return media::Role::kListener;
  return leg.monitoring == calls::Monitoring::whisper ? media::Role::kCoach : media::Role::kAgent;
}

media::Format format_of(const sdp::AgreedAudio& audio) {
  static constexpr media::Codec kCodecs[] = {media::Codec::kPcmu, media::Codec::kPcma, media::Codec::kOpus};
  media::Format out;
  out.codec = kCodecs[static_cast<std::size_t>(audio.codec)];
  out.payload_type = audio.send_payload;
  out.event_payload_type = audio.send_event;
  out.receive_payload_type = audio.receive_payload;
  out.receive_event_payload_type = audio.receive_event;
  out.send = audio.send;
  out.receive = audio.receive;
  return out;
}

sdp::OurBrowser browser_of(const media::BrowserLeg& leg, std::uint64_t session_id) {
  sdp::OurBrowser out{.ufrag = leg.local.ufrag,
                      .password = leg.local.password,
                      .fingerprint = leg.local.fingerprint,
                      .candidates = {},
                      .session_id = session_id};
  for (const auto& one : leg.local.candidates) out.candidates.push_back({one.foundation, one.priority, one.at});
  return out;
}

std::optional<webrtc::SrtpKey> srtp_key_of(const sdp::SdesKey& key) {
  const auto profile = webrtc::srtp_profile_of(key.suite);
  if (!profile || key.bytes.size() != webrtc::key_bytes_of(*profile)) return std::nullopt;
  webrtc::SrtpKey out;
  out.profile = *profile;
  out.size = key.bytes.size();
  std::copy(key.bytes.begin(), key.bytes.end(), out.bytes.begin());
  return out;
}

std::vector<sdp::SdesKey> make_keys() {
  std::vector<sdp::SdesKey> out;
  for (const char* suite : {"AEAD_AES_128_GCM", "AES_CM_128_HMAC_SHA1_80"}) {
    const auto profile = webrtc::srtp_profile_of(suite);
    if (!profile) continue;
    const webrtc::SrtpKey key = webrtc::make_srtp_key(*profile);
    out.push_back({suite, {key.bytes.begin(), key.bytes.begin() + static_cast<std::ptrdiff_t>(key.size)}});
  }
  return out;
}

}  // namespace carillon::switchboard
