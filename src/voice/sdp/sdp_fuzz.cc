// Goal: no description makes the reader misbehave; what it reads it prints and reads again as the same; answers hold to
// their own rules, those of the switchboard too.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "voice/sdp/negotiation.h"
#include "voice/sdp/offer_answer.h"

using namespace carillon::voice;

namespace {

// Answers keep the places of the offer, have one voice at most, no port for what is refused, and can be read.
void check_answer(const sdp::Session& offer, const sdp::Session& answer) {
  CARILLON_CHECK(answer.media.size() == offer.media.size());
  const auto again = sdp::parse(sdp::print(answer));
  CARILLON_CHECK(again && again->media.size() == answer.media.size());
  int taken = 0;
  for (const sdp::Media& m : again->media) taken += m.port != 0;
  CARILLON_CHECK(taken == 1);
}

void check_negotiation(const sdp::Session& offer) {
  sdp::OurAudio ours;
  ours.rtp = {IpAddress::v4(192, 0, 2, 1), 4000};
  ours.prefer = {sdp::Voice::kOpus, sdp::Voice::kPcma, sdp::Voice::kPcmu};
  ours.keys = {{"AES_CM_128_HMAC_SHA1_80", std::vector<std::uint8_t>(30, 7)}};
  const auto answer = sdp::answer_sip(offer, ours, &offer);
  if (answer) {
    check_answer(offer, answer->sdp);
    CARILLON_CHECK(answer->sdp.media.size() > 0 &&
                   answer->audio.our_key.has_value() == answer->audio.their_key.has_value());
    CARILLON_CHECK(!answer->audio.remote || !answer->audio.remote->ip.is_multicast());
  }
  sdp::OurBrowser port;
  port.ufrag = "u", port.password = "p", port.fingerprint = "sha-256 AA";
  port.candidates = {{"1", 1, {IpAddress::v4(192, 0, 2, 1), 4000}}};
  const auto browser = sdp::answer_browser(offer, port);
  if (browser) {
    check_answer(offer, browser->sdp);
    const auto wish = sdp::read_browser_offer(offer, port.prefer);
    CARILLON_CHECK(wish && wish->audio == browser->peer.audio && !wish->ufrag.empty() && !wish->fingerprint.empty());
  }
  const auto next = sdp::offer_sip(ours, &offer);
  if (next) (void)sdp::read_sip_answer(*next, offer, ours);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto session = sdp::parse({reinterpret_cast<const char*>(data), size});
  if (!session) return 0;
  const std::string once = sdp::print(*session);
  const auto again = sdp::parse(once);
  if (again) CARILLON_CHECK(sdp::print(*again) == once);
  check_negotiation(*session);
  sdp::LocalAudio local;
  local.rtp = {IpAddress::v4(192, 0, 2, 1), 4000};
  local.codecs = {sdp::codec_pcmu(), sdp::codec_opus(), sdp::codec_telephone_event()};
  local.sdes = {{1, "AES_CM_128_HMAC_SHA1_80", "c29tZSBrZXkgb2Ygb3VycyB3aXRoIHNhbHQgMTIz", ""}};
  local.dtls = sdp::Security{"u", "p", {{"sha-256", "AA"}}, sdp::Setup::kNone};
  const auto agreed = sdp::make_answer(*session, local);
  if (agreed) CARILLON_CHECK(agreed->local.media.size() == session->media.size());
  const sdp::Session offer = sdp::make_offer(local, &*session);
  CARILLON_CHECK(offer.media.size() >= session->media.size());
  if (const auto path = sdp::read_answer(offer, *session, local)) CARILLON_CHECK(path->codec.clock > 0);
  return 0;
}
