// Goal: no description makes the reader misbehave; what it reads it prints and reads again as the same; answers hold to
// their own rules.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "voice/sdp/offer_answer.h"

using namespace carillon::voice;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto session = sdp::parse({reinterpret_cast<const char*>(data), size});
  if (!session) return 0;
  const std::string once = sdp::print(*session);
  const auto again = sdp::parse(once);
  if (again) CARILLON_CHECK(sdp::print(*again) == once);
  sdp::LocalAudio local;
  local.rtp = {IpAddress::v4(192, 0, 2, 1), 4000};
  local.codecs = {sdp::codec_pcmu(), sdp::codec_opus(), sdp::codec_telephone_event()};
  local.sdes = {{1, "AES_CM_128_HMAC_SHA1_80", "a2V5", ""}};
  local.dtls = sdp::Security{"u", "p", {{"sha-256", "AA"}}, sdp::Setup::kNone};
  const auto agreed = sdp::make_answer(*session, local);
  if (agreed) CARILLON_CHECK(agreed->local.media.size() == session->media.size());
  const sdp::Session offer = sdp::make_offer(local, &*session);
  CARILLON_CHECK(offer.media.size() >= session->media.size());
  if (const auto path = sdp::read_answer(offer, *session, local)) CARILLON_CHECK(path->codec.clock > 0);
  return 0;
}
