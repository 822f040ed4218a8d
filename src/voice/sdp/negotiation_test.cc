// Goal: what Chromium, baresip and SIPp offer is answered so that media and transport have all they need; what they cannot have
// is refused by name.
#include "voice/sdp/negotiation.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace carillon::voice::sdp {
namespace {

const std::string kSipp =
    "v=0\r\no=user1 53655765 2353687637 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 6000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";

// As they came: Chromium's have no candidates yet; the second has video and data too.
std::string seed(const std::string& name) {
  std::ifstream in("test/fuzz/sdp/" + name, std::ios::binary);
  EXPECT_TRUE(in) << name;
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
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

SdesKey key(char letter, std::string suite = "AES_CM_128_HMAC_SHA1_80") {
  return {std::move(suite), std::vector<std::uint8_t>(30, static_cast<std::uint8_t>(letter))};
}

OurAudio ours() {
  OurAudio out;
  out.rtp = {IpAddress::v4(198, 51, 100, 1), 20000};
  out.session_id = 77;
  return out;
}

OurBrowser our_port() {
  OurBrowser out;
  out.ufrag = "ourufrag";
  out.password = "ourpasswordourpassword24";
  out.fingerprint = "sha-256 AA:BB:CC";
  out.candidates = {{"1", 2130706431, {IpAddress::v4(198, 51, 100, 1), 3478}},
                    {"2", 2130706175, *Endpoint::parse("[2001:db8::1]:3478")}};
  out.session_id = 78;
  return out;
}

TEST(Negotiation, AnswersSipp) {
  const auto answer = answer_sip(read(kSipp), ours());
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->audio.codec, Voice::kPcmu);
  EXPECT_EQ(answer->audio.send_event, -1);
  EXPECT_EQ(answer->audio.remote->text(), "127.0.0.1:6000");
  EXPECT_EQ(answer->audio.remote_rtcp->port, 6001);
  EXPECT_FALSE(answer->audio.rtcp_mux);
  EXPECT_TRUE(answer->audio.send && answer->audio.receive);
  EXPECT_EQ(print(answer->sdp),
            "v=0\r\no=- 77 1 IN IP4 198.51.100.1\r\ns=-\r\nc=IN IP4 198.51.100.1\r\nt=0 0\r\n"
            "m=audio 20000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=ptime:20\r\na=sendrecv\r\n");
}

TEST(Negotiation, AnswersBaresipWithOneCodecAndItsDigits) {
  const Session offer = read(seed("baresip"));
  auto answer = answer_sip(offer, ours());
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->audio.codec, Voice::kPcmu);
  EXPECT_EQ(answer->audio.send_event, 101);
  EXPECT_FALSE(answer->audio.several);
  ASSERT_EQ(answer->sdp.media[0].codecs.size(), 2u);
  OurAudio opus = ours();
  opus.prefer = {Voice::kOpus, Voice::kPcma};
  answer = answer_sip(offer, opus);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->audio.codec, Voice::kOpus);
  EXPECT_EQ(answer->audio.send_payload, 96);
  EXPECT_EQ(answer->audio.receive_event, 101);
  EXPECT_EQ(answer->audio.event_clock, 8000u);
  EXPECT_EQ(family_of_audio(offer), IpFamily::kV4);
}

TEST(Negotiation, HoldAndItsEnd) {
  const auto held = answer_sip(read(with(seed("baresip"), "sendrecv", "sendonly")), ours());
  ASSERT_TRUE(held);
  EXPECT_FALSE(held->audio.send);
  EXPECT_TRUE(held->audio.receive);
  EXPECT_FALSE(held->audio.held_by_peer);
  const auto still = answer_sip(read(with(seed("baresip"), "sendrecv", "inactive")), ours());
  EXPECT_TRUE(still->audio.held_by_peer);
  OurAudio holding = ours();
  holding.direction = Direction::kSendOnly;
  const auto offer = offer_sip(holding);
  EXPECT_EQ(offer->media[0].direction, Direction::kSendOnly);
  const auto agreed = read_sip_answer(*offer, read(kSipp + "a=recvonly\r\n"), holding);
  ASSERT_TRUE(agreed);
  EXPECT_TRUE(agreed->send);
  EXPECT_FALSE(agreed->receive);
}

TEST(Negotiation, TheVersionGrowsOnlyWithAChange) {
  const Session offer = read(seed("baresip"));
  const auto first = answer_sip(offer, ours());
  OurAudio now = ours();
  now.session_id = 5;  // the first one's stays
  const auto same = answer_sip(offer, now, &first->sdp);
  EXPECT_EQ(same->sdp, first->sdp);
  now.direction = Direction::kSendOnly;
  const auto other = answer_sip(offer, now, &first->sdp);
  EXPECT_EQ(other->sdp.id, 77u);
  EXPECT_EQ(other->sdp.version, first->sdp.version + 1);
  EXPECT_EQ(offer_sip(now, &other->sdp)->id, 77u);
}

TEST(Negotiation, AnAnswerToOursMayHaveItsOwnNumbers) {
  OurAudio wish = ours();
  wish.prefer = {Voice::kOpus, Voice::kPcmu};
  const auto offer = offer_sip(wish);
  ASSERT_TRUE(offer);
  const auto agreed = read_sip_answer(
      *offer,
      read("v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 99 0 97\r\n"
           "a=rtpmap:99 opus/48000/2\r\na=rtpmap:97 telephone-event/48000\r\na=ptime:40\r\n"),
      wish);
  ASSERT_TRUE(agreed) << agreed.error().message;
  EXPECT_EQ(agreed->codec, Voice::kOpus);
  EXPECT_EQ(agreed->send_payload, 99);
  EXPECT_EQ(agreed->receive_payload, 111);
  EXPECT_EQ(agreed->send_event, 97);
  EXPECT_EQ(agreed->receive_event, 110);
  EXPECT_EQ(agreed->ptime, 40);
  EXPECT_TRUE(agreed->several);
}

TEST(Negotiation, KeysOfBothSidesComeAsBytes) {
  OurAudio caller = ours(), callee = ours();
  caller.encryption = callee.encryption = Encryption::kRequired;
  EXPECT_FALSE(offer_sip(caller));
  caller.keys = {key('a', "AES_CM_128_HMAC_SHA1_32"), key('b')};
  callee.keys = {key('c')};
  const auto offer = offer_sip(caller);
  const auto answer = answer_sip(read(print(*offer)), callee);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->audio.our_key, key('c'));
  EXPECT_EQ(answer->audio.their_key, key('b'));
  EXPECT_EQ(answer->sdp.media[0].cryptos.at(0).tag, 2u);
  const auto agreed = read_sip_answer(*offer, read(print(answer->sdp)), caller);
  EXPECT_EQ(agreed->our_key, key('b'));
  EXPECT_EQ(agreed->their_key, key('c'));
}

TEST(Negotiation, EncryptionIsAsThisSideWantsIt) {
  const std::string safe = with(with(seed("baresip"), "RTP/AVP", "RTP/SAVP"), "a=label:1",
                                "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + crypto_of(key('t'), 1).key);
  OurAudio us = ours();
  EXPECT_FALSE(answer_sip(read(safe), us));  // no key of ours
  us.keys = {key('o')};
  EXPECT_TRUE(answer_sip(read(safe), us));
  EXPECT_TRUE(answer_sip(read(seed("baresip")), us));
  us.encryption = Encryption::kNever;
  EXPECT_FALSE(answer_sip(read(safe), us));
  us.encryption = Encryption::kRequired;
  EXPECT_FALSE(answer_sip(read(seed("baresip")), us));
}

TEST(Sdes, OnlyKeysThatCanBeUsedAreTaken) {
  const Crypto good = crypto_of(key('k'), 1);
  EXPECT_EQ(key_of(good), key('k'));
  SdesKey gcm{"AEAD_AES_128_GCM", std::vector<std::uint8_t>(28, 0xfe)};
  EXPECT_EQ(key_of(crypto_of(gcm, 9)), gcm);
  Crypto c = crypto_of(gcm, 1);
  EXPECT_EQ(c.key.substr(c.key.size() - 2), "==");
  c.key.resize(c.key.size() - 2);
  EXPECT_EQ(key_of(c), gcm);  // without its padding
  for (const char* more : {"", "|2^20", "|1000", "|2^31 WSH=64"}) {
    c = good;
    c.more = more;
    EXPECT_TRUE(key_of(c)) << more;
  }
  for (const char* more : {"|2^20|1:4", "|1:4", ";inline:x", "|2^20 UNENCRYPTED_SRTP", " KDR=1", " WSH=64 KDR=1"}) {
    c = good;
    c.more = more;
    EXPECT_FALSE(key_of(c)) << more;
  }
  for (const auto& [suite, text] : {std::pair<std::string, std::string>{"F8_128_HMAC_SHA1_80", good.key},
                                    {good.suite, "short"},
                                    {good.suite, good.key + "AAAA"},
                                    {good.suite, "!" + good.key.substr(1)},
                                    {good.suite, ""}}) {
    EXPECT_FALSE(key_of({1, suite, text, ""})) << suite << ' ' << text;
  }
}

TEST(Negotiation, NobodyIsMadeToSendToMany) {
  for (const char* host : {"224.0.0.1", "255.255.255.255"}) {
    EXPECT_FALSE(answer_sip(read(with(kSipp, "c=IN IP4 127.0.0.1", std::string("c=IN IP4 ") + host)), ours())) << host;
  }
  EXPECT_FALSE(answer_sip(read(with(kSipp, "c=IN IP4 127.0.0.1", "c=IN IP6 ff02::1")), ours()));
  const auto named = answer_sip(read(with(kSipp, "c=IN IP4 127.0.0.1", "c=IN IP4 phone.example.net")), ours());
  ASSERT_TRUE(named);
  EXPECT_FALSE(named->audio.remote);
}

TEST(Negotiation, ABrowsersOfferIsReadBeforeAnythingIsOpened) {
  const auto wish = read_browser_offer(read(seed("chromium")));
  ASSERT_TRUE(wish) << wish.error().message;
  EXPECT_EQ(wish->ufrag.size(), 4u);
  EXPECT_EQ(wish->password.size(), 24u);
  EXPECT_TRUE(wish->fingerprint.starts_with("sha-256 BB:94:39:"));
  EXPECT_EQ(wish->audio.codec, Voice::kPcmu);
  EXPECT_EQ(wish->audio.send_event, 126);
  EXPECT_TRUE(wish->audio.send && wish->audio.receive);  // c=0.0.0.0 without candidates is no hold here
  EXPECT_FALSE(wish->audio.held_by_peer);
  EXPECT_FALSE(wish->audio.remote);
  const auto wide = read_browser_offer(read(seed("chromium")), {Voice::kOpus});
  EXPECT_EQ(wide->audio.codec, Voice::kOpus);
  EXPECT_EQ(wide->audio.send_payload, 111);
  EXPECT_EQ(wide->audio.send_event, 110);
  EXPECT_EQ(wide->audio.event_clock, 48000u);
}

TEST(Negotiation, AnswersChromiumAsItsDtlsServer) {
  const auto answer = answer_browser(read(seed("chromium")), our_port());
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(print(answer->sdp),
            "v=0\r\no=- 78 1 IN IP4 198.51.100.1\r\ns=-\r\nc=IN IP4 198.51.100.1\r\nt=0 0\r\na=group:BUNDLE 0\r\n"
            "a=ice-lite\r\nm=audio 3478 UDP/TLS/RTP/SAVPF 0 126\r\na=mid:0\r\na=rtpmap:0 PCMU/8000\r\n"
            "a=rtpmap:126 telephone-event/8000\r\na=fmtp:126 0-16\r\na=ptime:20\r\na=sendrecv\r\na=rtcp-mux\r\n"
            "a=ice-ufrag:ourufrag\r\na=ice-pwd:ourpasswordourpassword24\r\na=fingerprint:sha-256 AA:BB:CC\r\n"
            "a=setup:passive\r\na=candidate:1 1 udp 2130706431 198.51.100.1 3478 typ host\r\n"
            "a=candidate:2 1 udp 2130706175 2001:db8::1 3478 typ host\r\na=end-of-candidates\r\n"
            "a=msid:carillon audio\r\n");
}

TEST(Negotiation, OtherMediaOfABrowserAreRefusedInTheirPlace) {
  OurBrowser opus = our_port();
  opus.prefer = {Voice::kOpus};
  const auto answer = answer_browser(read(seed("chromium_all")), opus);
  ASSERT_TRUE(answer) << answer.error().message;
  const Session said = read(print(answer->sdp));
  ASSERT_EQ(said.media.size(), 3u);
  EXPECT_EQ(said.bundle, std::vector<std::string>{"0"});
  EXPECT_EQ(said.media[0].codecs.size(), 2u);
  for (const std::size_t i : {1u, 2u}) {
    EXPECT_EQ(said.media[i].port, 0);
    EXPECT_EQ(said.media[i].mid, std::to_string(i));
    EXPECT_TRUE(said.media[i].candidates.empty());
  }
}

TEST(Negotiation, AudioMayShareThePortOfARefusedMedium) {
  const std::string text =
      with(seed("chromium"), "m=audio 9", "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:v\r\nm=audio 0");
  EXPECT_FALSE(answer_browser(read(text), our_port()));
  const auto answer = answer_browser(read(with(text, "a=mid:0", "a=mid:0\r\na=bundle-only")), our_port());
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->sdp.media[0].port, 0);
  EXPECT_EQ(answer->sdp.media[1].port, 3478);
}

TEST(Negotiation, ABrowsersOfferWithoutWhatItTakesIsRefusedByName) {
  const std::string good = seed("chromium");
  const std::pair<std::string, std::string> missing[] = {
      {"a=ice-ufrag:", "a=ice-ufrag"}, {"a=ice-pwd:", "a=ice-pwd"}, {"a=rtcp-mux", "a=rtcp-mux"}};
  for (const auto& [line, named] : missing) {
    const auto answer = answer_browser(read(with(good, line, "a=x-" + line.substr(2))), our_port());
    ASSERT_FALSE(answer) << line;
    EXPECT_NE(answer.error().message.find(named), std::string::npos) << answer.error().message;
  }
  EXPECT_FALSE(answer_browser(read(with(good, "a=fingerprint:", "a=x-fingerprint:")), our_port()));
  EXPECT_FALSE(answer_browser(read(with(good, "sha-256", "md5")), our_port()));
  EXPECT_FALSE(answer_browser(read(with(good, "a=setup:actpass", "a=setup:passive")), our_port()));
  EXPECT_FALSE(answer_browser(read(seed("baresip")), our_port()));
  EXPECT_FALSE(answer_browser(read(good), OurBrowser()));
  OurBrowser silent = our_port();
  silent.prefer.clear();
  EXPECT_FALSE(answer_browser(read(good), silent));
}

TEST(Negotiation, NoWordOfAnOfferEndsALineOfTheAnswer) {
  EXPECT_FALSE(parse(with(seed("chromium"), "a=mid:0", "a=mid:0\ra=sendonly")));
  EXPECT_FALSE(parse(with(kSipp, "RTP/AVP", std::string("RTP/AVP\0x", 9))));
}

}  // namespace
}  // namespace carillon::voice::sdp
