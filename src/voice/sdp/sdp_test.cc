// Goal: descriptions of telephones, trunks and browsers read and print, and two sides agree as RFC 3264 says.
#include "voice/sdp/sdp.h"

#include <gtest/gtest.h>

#include "voice/sdp/offer_answer.h"

namespace carillon::voice::sdp {
namespace {

const std::string kPhone =
    "v=0\r\no=alice 2890844526 2890844527 IN IP4 192.0.2.10\r\ns= \r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\n"
    "m=audio 49170 RTP/AVP 8 0 97 101 13\r\na=rtpmap:97 iLBC/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 "
    "0-15\r\n"
    "a=ptime:20\r\na=sendrecv\r\nm=video 0 RTP/AVP 31\r\n";

const std::string kBrowser =
    "v=0\r\no=- 46117317 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\na=msid-semantic: WMS\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 0 8 110 126\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\n"
    "a=candidate:1 1 udp 2113937151 x.local 54321 typ host generation "
    "0\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n"
    "a=fingerprint:sha-256 ab:cd\r\na=setup:actpass\r\na=mid:0\r\na=extmap:1 urn:x\r\na=sendrecv\r\na=rtcp-mux\r\n"
    "a=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n"
    "a=rtpmap:110 telephone-event/48000\r\na=rtpmap:126 telephone-event/8000\r\na=ssrc:1 cname:x\r\n";

LocalAudio local_audio() {
  LocalAudio local;
  local.rtp = {IpAddress::v4(198, 51, 100, 1), 20000};
  local.session_id = 7;
  local.version = 1;
  local.codecs = {codec_pcmu(), codec_pcma(), codec_telephone_event()};
  return local;
}

Session read(const std::string& text) {
  auto session = parse(text);
  EXPECT_TRUE(session) << (session ? "" : session.error().message);
  return session ? *session : Session();
}

std::string with(std::string text, const std::string& what, const std::string& instead) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), instead);
}

TEST(Sdp, ReadsATelephonesDescription) {
  const Session session = read(kPhone);
  ASSERT_EQ(session.media.size(), 2u);
  const Media& audio = session.media[0];
  EXPECT_EQ(session.endpoint_of(audio)->text(), "192.0.2.10:49170");
  ASSERT_EQ(audio.codecs.size(), 5u);
  EXPECT_EQ(audio.codecs[0].name, "PCMA");
  EXPECT_EQ(audio.codecs[3].fmtp, "0-15");
  EXPECT_EQ(session.media[1].port, 0);
}

TEST(Sdp, ReadsABrowsersDescription) {
  const Session session = read(kBrowser);
  const Media& audio = session.media.at(0);
  EXPECT_EQ(audio.profile, Profile::kDtlsSavpf);
  EXPECT_EQ(session.security_of(audio).ice_ufrag, "abcd");
  EXPECT_EQ(audio.security.fingerprints.at(0).bytes, "AB:CD");
  EXPECT_EQ(audio.security.setup, Setup::kActpass);
  EXPECT_EQ(audio.candidates.at(0).host, "x.local");
  EXPECT_TRUE(audio.rtcp_mux);
  EXPECT_EQ(session.bundle, std::vector<std::string>{"0"});
  EXPECT_EQ(audio.codecs[0].channels, 2);
  EXPECT_EQ(audio.others.size(), 2u);
}

TEST(Sdp, PrintsWhatItReads) {
  for (const std::string& text : {kPhone, kBrowser}) {
    const Session session = read(text);
    Session again = read(print(session));
    for (std::size_t i = 0; i < again.media.size(); ++i) again.media[i].formats = session.media[i].formats;
    EXPECT_EQ(again, session);
  }
}

TEST(Sdp, BrokenOnesAreRefusedWithTheirLine) {
  for (const char* text :
       {"", "x", "v=1\r\n", "o=- 1 1 IN IP4 1.1.1.1\r\n", "v=0\r\nm=audio x RTP/AVP 0\r\n", "v=0\r\no=-\r\n",
        "v=0\r\no=- 1 1 IN IP4 h\r\nm=audio 1 RTP/AVP 200\r\n", "v=0\r\no=- 1 1 IN IP4 h\r\nc=IN IP4\r\n"}) {
    EXPECT_FALSE(parse(text)) << text;
  }
  const auto wrong = parse("v=0\r\no=- 1 1 IN IP4 h\r\nm=audio 99999 RTP/AVP 0\r\n");
  EXPECT_EQ(wrong.error().column, 3);
}

TEST(Sdp, SizesAreBounded) {
  EXPECT_FALSE(parse("v=0\r\no=- 1 1 IN IP4 h\r\n" + std::string(40000, 'x')));
  std::string many = "v=0\r\no=- 1 1 IN IP4 h\r\n";
  for (int i = 0; i < 17; ++i) many += "m=audio 1 RTP/AVP 0\r\n";
  EXPECT_FALSE(parse(many));
  std::string formats = "v=0\r\no=- 1 1 IN IP4 h\r\nm=audio 1 RTP/AVP";
  for (int i = 0; i < 65; ++i) formats += " 0";
  EXPECT_FALSE(parse(formats));
}

TEST(Sdp, AFaxOfferWithACommaEndsTheReadingAtOnce) {
  const Session session = read("v=0\r\no=- 1 1 IN IP4 h\r\nm=image 5 udptl t38,\r\n");
  EXPECT_EQ(session.media.at(0).profile, Profile::kUdptl);
}

TEST(OfferAnswer, TheAnswerTakesCommonCodecsInOurOrderAndDeclinesTheRest) {
  const auto agreed = make_answer(read(kPhone), local_audio());
  ASSERT_TRUE(agreed);
  ASSERT_EQ(agreed->local.media.size(), 2u);
  EXPECT_EQ(agreed->local.media[1].port, 0);
  EXPECT_EQ(agreed->path.codec.name, "PCMU");
  EXPECT_EQ(agreed->path.dtmf_send, 101);
  EXPECT_EQ(agreed->path.also.size(), 1u);
  EXPECT_EQ(agreed->path.remote->text(), "192.0.2.10:49170");
  EXPECT_EQ(agreed->path.remote_rtcp_port, 49171);
  EXPECT_EQ(print(agreed->local).find("m=audio 20000 RTP/AVP 0 8 101\r\n") != std::string::npos, true)
      << print(agreed->local);
}

TEST(OfferAnswer, PayloadNumbersAreTheOfferers) {
  std::string text = with(kPhone, "RTP/AVP 8 0 97 101", "RTP/AVP 96 97 99");
  text = with(text, "97 iLBC/8000", "96 PCMU/8000");
  text = with(text, "a=rtpmap:101 telephone-event/8000", "a=rtpmap:99 telephone-event/8000");
  const auto agreed = make_answer(read(text), local_audio());
  ASSERT_TRUE(agreed);
  EXPECT_EQ(agreed->path.codec.payload, 96);
  EXPECT_EQ(agreed->path.receive_payload, 96);
  EXPECT_EQ(agreed->path.dtmf_send, 99);
}

TEST(OfferAnswer, NothingInCommonIsAnError) {
  LocalAudio local = local_audio();
  local.codecs = {codec_opus()};
  EXPECT_FALSE(make_answer(read(kPhone), local));
  EXPECT_FALSE(make_answer(read("v=0\r\no=- 1 1 IN IP4 h\r\n"), local_audio()));
  EXPECT_FALSE(make_answer(read(kBrowser), local_audio()));  // no DTLS here
  local = local_audio();
  local.allow_plain = false;
  EXPECT_FALSE(make_answer(read(kPhone), local));
}

TEST(OfferAnswer, HoldIsSendOnlyAndItsAnswerRecvOnly) {
  auto agreed = make_answer(read(with(kPhone, "sendrecv", "sendonly")), local_audio());
  ASSERT_TRUE(agreed);
  EXPECT_EQ(agreed->local.media[0].direction, Direction::kRecvOnly);
  EXPECT_FALSE(sends(agreed->path.direction));
  EXPECT_TRUE(receives(agreed->path.direction));
  agreed = make_answer(read(with(kPhone, "sendrecv", "inactive")), local_audio());
  EXPECT_EQ(agreed->path.direction, Direction::kInactive);
  EXPECT_TRUE(agreed->path.held_by_peer());
  agreed = make_answer(read(with(kPhone, "c=IN IP4 192.0.2.10", "c=IN IP4 0.0.0.0")), local_audio());
  EXPECT_FALSE(sends(agreed->path.direction));
  EXPECT_TRUE(agreed->path.held_by_peer());
}

TEST(OfferAnswer, ABrowserBecomesTheDtlsClient) {
  LocalAudio local = local_audio();
  local.codecs = {codec_opus(), codec_pcmu(), codec_telephone_event()};
  local.dtls = Security{"uf", "pw", {{"sha-256", "AA:BB"}}, Setup::kNone};
  local.candidates = {{"1", 1, "udp", 2130706431, "198.51.100.1", 20000, "host", ""}};
  const auto agreed = make_answer(read(kBrowser), local);
  ASSERT_TRUE(agreed);
  const std::string text = print(agreed->local);
  for (const char* line : {"a=ice-lite\r\n", "a=group:BUNDLE 0\r\n", "a=mid:0\r\n", "a=rtcp-mux\r\n",
                           "a=setup:passive\r\n", "a=end-of-candidates\r\n", "a=fingerprint:sha-256 AA:BB\r\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  }
  EXPECT_EQ(agreed->path.keys, Keys::kDtls);
  EXPECT_FALSE(agreed->path.dtls_client);
  EXPECT_FALSE(agreed->path.remote);
  EXPECT_EQ(agreed->path.codec.payload, 111);
  EXPECT_EQ(agreed->path.dtmf_send, 126);
  EXPECT_TRUE(sends(agreed->path.direction));
}

TEST(OfferAnswer, SdesKeepsTheTagOfTheOffer) {
  LocalAudio local = local_audio();
  local.sdes = {{1, "AES_CM_128_HMAC_SHA1_80", "c29tZSBrZXkgb2Ygb3VycyB3aXRoIHNhbHQgMTIz", ""}};
  const Session offer = read(with(with(kPhone, "RTP/AVP 8", "RTP/SAVP 8"), "a=ptime",
                                  "a=crypto:3 F8_128_HMAC_SHA1_80 inline:eA==\r\na=crypto:5 AES_CM_128_HMAC_SHA1_80 "
                                  "inline:dGhlaXIga2V5IHdpdGggaXRzIHNhbHQsIDMwIGJ5|2^20\r\na=ptime"));
  const auto agreed = make_answer(offer, local);
  ASSERT_TRUE(agreed) << agreed.error().message;
  EXPECT_EQ(agreed->path.sdes_send->tag, 5u);
  EXPECT_EQ(agreed->path.sdes_receive->key, "dGhlaXIga2V5IHdpdGggaXRzIHNhbHQsIDMwIGJ5");
  EXPECT_EQ(agreed->path.sdes_receive->more, "|2^20");
}

TEST(OfferAnswer, TwoSidesOfOursAgree) {
  for (const Keys keys : {Keys::kNone, Keys::kSdes, Keys::kDtls}) {
    LocalAudio caller = local_audio(), callee = local_audio();
    callee.rtp.port = 30000;
    callee.codecs = {codec_pcma(), codec_telephone_event(96)};
    caller.keys = keys;
    for (LocalAudio* side : {&caller, &callee}) {
      side->sdes = {
          {1, "AES_CM_128_HMAC_SHA1_80",
           side == &caller ? "dGhlIGNhbGxlciBoYXMgdGhpcyBrZXksIDMwIGJ5" : "dGhlIGNhbGxlZSBoYXMgdGhpcyBrZXksIDMwIGJ5",
           ""}};
      side->dtls = Security{"uf", "pw", {{"sha-256", "AA"}}, Setup::kNone};
    }
    const Session offer = read(print(make_offer(caller)));
    const auto agreed = make_answer(offer, callee);
    ASSERT_TRUE(agreed) << agreed.error().message;
    const auto path = read_answer(offer, read(print(agreed->local)), caller);
    ASSERT_TRUE(path) << path.error().message;
    EXPECT_EQ(path->codec.name, "PCMA");
    EXPECT_EQ(agreed->path.codec.name, "PCMA");
    EXPECT_EQ(path->keys, keys);
    EXPECT_EQ(path->dtmf_send, 101);
    EXPECT_EQ(path->remote->port, 30000);
    if (keys == Keys::kSdes) {
      EXPECT_EQ(path->sdes_receive->key, "dGhlIGNhbGxlZSBoYXMgdGhpcyBrZXksIDMwIGJ5");
    }
    EXPECT_EQ(path->dtls_client, keys == Keys::kDtls);
  }
}

TEST(OfferAnswer, ANewOfferKeepsTheMediaInTheirPlaces) {
  const auto agreed = make_answer(read(with(kPhone, "m=audio", "m=video 5 RTP/AVP 31\r\nm=audio")), local_audio());
  ASSERT_TRUE(agreed);
  LocalAudio local = local_audio();
  local.direction = Direction::kSendOnly;
  local.version = 2;
  const Session offer = make_offer(local, &agreed->local);
  ASSERT_EQ(offer.media.size(), 3u);
  EXPECT_EQ(offer.media[0].port, 0);
  EXPECT_EQ(offer.media[1].kind, MediaKind::kAudio);
  EXPECT_EQ(offer.media[1].direction, Direction::kSendOnly);
  EXPECT_EQ(offer.id, agreed->local.id);
}

}  // namespace
}  // namespace carillon::voice::sdp
