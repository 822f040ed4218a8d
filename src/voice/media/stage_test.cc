#include "voice/media/stage.h"

#include <gtest/gtest.h>

#include "voice/media/testing/telephone.h"
#include "voice/rtp/rtcp.h"

namespace carillon::media {
namespace {

using testing::Line;
using Tones = std::set<int>;
constexpr Format kMu{.codec = Codec::kPcmu, .payload_type = 0, .event_payload_type = 101};
constexpr Format kA{.codec = Codec::kPcma, .payload_type = 8, .event_payload_type = 96};
constexpr Format kOpusFormat{.codec = Codec::kOpus, .payload_type = 111, .event_payload_type = 110};
constexpr Duration kSecond = Duration::seconds(1);

class StageTest : public ::testing::Test {
 protected:
  Line line;
  Stage& stage = line.stage;

  void pair(Format a = kMu, Format b = kMu) {
    line.add(1, 400, a);
    line.add(2, 700, b);
    stage.join(9, 1, Role::kCustomer);
    stage.join(9, 2, Role::kAgent);
  }
  SoundPtr tone(int hz, Duration length = Duration::millis(500)) { return make_tone({{hz, 0, -10, length, {}}}); }
};

TEST_F(StageTest, TwoOfOneCodecAreRelayedAndHearEachOther) {
  pair();
  line.run(kSecond);
  EXPECT_TRUE(stage.room(9)->relay);
  EXPECT_FALSE(stage.find(1)->ear);
  EXPECT_EQ(line.tones(1), Tones{700});
  EXPECT_EQ(line.tones(2), Tones{400});
  EXPECT_EQ(line.phone(1).headers.back().ssrc, 11u);
}

TEST_F(StageTest, TwoCodecsAreMixedAndHearEachOther) {
  for (const auto& [a, b] : {std::pair(kMu, kA), std::pair(kOpusFormat, kMu)}) {
    line.forget_heard();
    if (stage.find(1)) stage.remove_leg(1, line.now), stage.remove_leg(2, line.now);
    pair(a, b);
    line.run(kSecond);
    EXPECT_FALSE(stage.room(9)->relay);
    EXPECT_EQ(line.tones(1), Tones{700});
    EXPECT_EQ(line.tones(2), Tones{400});
  }
}

TEST_F(StageTest, TwoBrowsersAreRelayedInOpus) {
  pair(kOpusFormat, kOpusFormat);
  line.run(kSecond);
  EXPECT_TRUE(stage.room(9)->relay);
  EXPECT_EQ(line.tones(2), Tones{400});
}

TEST_F(StageTest, NumbersGoOnWithoutAJumpWhenTheSourceChanges) {
  pair();
  stage.play(1, {.id = 1, .items = {tone(1500)}}, line.now);
  line.run(kSecond);
  stage.set_hold(1, true);
  line.run(kSecond);
  stage.set_hold(1, false);
  line.run(kSecond);
  const auto& headers = line.phone(1).headers;
  ASSERT_GT(headers.size(), 140u);
  for (std::size_t i = 1; i < headers.size(); ++i) {
    EXPECT_EQ(headers[i].sequence, static_cast<std::uint16_t>(headers[i - 1].sequence + 1)) << i;
    const auto step = rtp::timestamp_distance(headers[i].timestamp, headers[i - 1].timestamp);
    EXPECT_TRUE(step > 0 && step <= 400) << i << " " << step;
    EXPECT_EQ(headers[i].ssrc, headers[0].ssrc);
  }
}

TEST_F(StageTest, LossStaysVisibleThroughARelay) {
  pair();
  line.run(kSecond, 9);
  int gaps = 0;
  const auto& headers = line.phone(2).headers;
  for (std::size_t i = 1; i < headers.size(); ++i) {
    gaps += headers[i].sequence != static_cast<std::uint16_t>(headers[i - 1].sequence + 1);
  }
  EXPECT_NEAR(gaps, 5, 2);
}

TEST_F(StageTest, ThreeHearEachOtherAndNotThemselves) {
  pair();
  line.add(3, 1100, kOpusFormat);
  stage.join(9, 3, Role::kAgent);
  line.run(kSecond);
  EXPECT_EQ(line.tones(1), (Tones{700, 1100}));
  EXPECT_EQ(line.tones(2), (Tones{400, 1100}));
  EXPECT_EQ(line.tones(3), (Tones{400, 700}));
  stage.leave(3);
  line.run(kSecond);
  EXPECT_TRUE(stage.room(9)->relay);
  EXPECT_EQ(line.tones(1), Tones{700});
  EXPECT_EQ(line.tones(3), Tones{});
}

TEST_F(StageTest, AWhisperIsHeardByTheAgentOnly) {
  pair();
  line.add(3, 1100);
  stage.join(9, 3, Role::kCoach);
  line.run(kSecond);
  EXPECT_EQ(line.tones(1), Tones{700});
  EXPECT_EQ(line.tones(2), (Tones{400, 1100}));
  EXPECT_EQ(line.tones(3), (Tones{400, 700}));
}

TEST_F(StageTest, AWhisperToOneOfTwoAgentsIsHeardByThatOneOnly) {
  pair();
  line.add(3, 1100);
  line.add(4, 1500);
  stage.join(9, 4, Role::kAgent);
  stage.join(9, 3, Role::kCoach, 4);
  line.run(kSecond);
  EXPECT_EQ(line.tones(2), (Tones{400, 1500}));
  EXPECT_EQ(line.tones(4), (Tones{400, 700, 1100}));
}

TEST_F(StageTest, AListenerHearsAllAndIsHeardByNobodyUntilItBargesIn) {
  pair();
  line.add(3, 1100);
  stage.join(9, 3, Role::kListener);
  line.run(kSecond);
  EXPECT_EQ(line.tones(1), Tones{700});
  EXPECT_EQ(line.tones(2), Tones{400});
  EXPECT_EQ(line.tones(3), (Tones{400, 700}));
  stage.set_role(3, Role::kAgent);
  line.run(kSecond);
  EXPECT_EQ(line.tones(1), (Tones{700, 1100}));
  EXPECT_EQ(line.tones(2), (Tones{400, 1100}));
}

TEST_F(StageTest, OnHoldIsMusicForOneAndSilenceForTheOther) {
  pair();
  line.run(kSecond);
  stage.set_hold(1, true);
  stage.play(1, {.id = 1, .items = {tone(1800, kSecond)}, .loop = true}, line.now);
  line.run(Duration::seconds(3));
  EXPECT_EQ(line.tones(1), Tones{1800});
  EXPECT_EQ(line.tones(2), Tones{});
  stage.stop_script(1);
  stage.set_hold(1, false);
  line.run(kSecond);
  EXPECT_EQ(line.tones(1), Tones{700});
  EXPECT_EQ(line.tones(2), Tones{400});
}

TEST_F(StageTest, OnHoldInAConferenceTheOthersGoOn) {
  pair();
  line.add(3, 1100);
  stage.join(9, 3, Role::kAgent);
  stage.set_hold(1, true);
  line.run(kSecond);
  EXPECT_EQ(line.tones(1), Tones{});
  EXPECT_EQ(line.tones(2), Tones{1100});
  EXPECT_EQ(line.tones(3), Tones{700});
}

TEST_F(StageTest, WhoIsMutedHearsAndIsNotHeard) {
  pair();
  stage.set_mute(2, true);
  line.run(kSecond);
  EXPECT_EQ(line.tones(1), Tones{});
  EXPECT_EQ(line.tones(2), Tones{400});
  line.add(3, 1100);
  stage.join(9, 3, Role::kAgent);
  line.run(kSecond);
  EXPECT_EQ(line.tones(1), Tones{1100});
}

TEST_F(StageTest, LoudPartiesAreCutOffNotWrapped) {
  line.add(1, 400);
  stage.join(9, 1, Role::kCustomer);
  for (LegId id = 2; id < 12; ++id) {
    line.add(id, 700);
    stage.join(9, id, Role::kAgent);
  }
  line.run(kSecond);
  // Ten equal tones are a clipped tone: still that tone, at full level.
  const auto& heard = line.phone(1).heard;
  EXPECT_GT(testing::strength(Samples(heard).last(3200), 8000, 700), 0.9);
}

TEST_F(StageTest, ALossIsConcealedInAMix) {
  pair(kMu, kA);
  line.run(Duration::seconds(2), 20);
  EXPECT_EQ(line.tones(1), Tones{700});
  const auto& heard = line.phone(1).heard;
  EXPECT_GT(testing::strength(Samples(heard).last(4000), 8000, 700), 0.15);
}

TEST_F(StageTest, AScriptPlaysItsListAndTellsItsEnd) {
  line.add(1, 400);
  stage.play(1, {.id = 5, .items = {tone(500), tone(900)}}, line.now);
  line.run(Duration::millis(450));
  EXPECT_EQ(line.tones(1, Duration::millis(300)), Tones{500});
  line.run(Duration::millis(500));
  EXPECT_EQ(line.tones(1, Duration::millis(300)), Tones{900});
  line.run(Duration::millis(200));
  const auto ended = line.events<ScriptEnded>();
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended[0].outcome.script, 5u);
  EXPECT_EQ(ended[0].outcome.end, ScriptEnd::kPlayed);
}

TEST_F(StageTest, ADigitStopsThePromptAtOnce) {
  auto& phone = line.add(1, 400);
  stage.play(1, {.id = 5, .items = {tone(500, kSecond * 10)}, .stop_on_digit = true}, line.now);
  line.run(kSecond);
  std::vector<std::uint8_t> buffer(16 + kPacketSpare);
  rtp::write_header(buffer, {true, 101, phone.sequence++, phone.timestamp, phone.ssrc});
  rtp::write_event(std::span(buffer).subspan(12), {5, false, 10, 160});
  stage.on_rtp(*stage.find(1), buffer, 16, line.now);
  ASSERT_EQ(line.events<ScriptEnded>().size(), 1u);
  EXPECT_EQ(line.events<ScriptEnded>()[0].outcome.end, ScriptEnd::kInterrupted);
  EXPECT_EQ(line.events<ScriptEnded>()[0].outcome.digits, "5");
  EXPECT_EQ(line.events<DigitPressed>().at(0).digit, '5');
  line.run(kSecond);
  EXPECT_EQ(line.tones(1), Tones{});
}

TEST_F(StageTest, DigitsAreCollectedInTheScriptsTimes) {
  line.add(1, 400);
  const auto collect = [&](std::uint64_t id) {
    stage.play(1, {.id = id, .items = {tone(500)}, .stop_on_digit = true, .collect_max = 4}, line.now);
  };
  collect(1);
  for (const char c : {'1', '2', '3', '4'}) stage.press(1, c, line.now);
  collect(2);
  stage.press(1, '7', line.now);
  stage.press(1, '#', line.now);
  collect(3);
  line.run(kSecond * 2);
  stage.press(1, '8', line.now);
  line.run(kSecond * 4);
  collect(4);
  line.run(kSecond * 6);
  const auto ended = line.events<ScriptEnded>();
  ASSERT_EQ(ended.size(), 4u);
  EXPECT_EQ(ended[0].outcome.digits, "1234");
  EXPECT_EQ(ended[0].outcome.end, ScriptEnd::kDigits);
  EXPECT_EQ(ended[1].outcome.digits, "7");
  EXPECT_EQ(ended[1].outcome.terminator, '#');
  EXPECT_EQ(ended[2].outcome.digits, "8");
  EXPECT_EQ(ended[2].outcome.end, ScriptEnd::kTimeout);
  EXPECT_EQ(ended[3].outcome.digits, "");
  EXPECT_TRUE(line.events<DigitPressed>().empty());  // collected digits are told once, in the outcome
}

TEST_F(StageTest, ANewScriptReplacesTheOldOneAndAClosedLegEndsIt) {
  line.add(1, 400);
  stage.play(1, {.id = 1, .items = {tone(500)}}, line.now);
  stage.play(1, {.id = 2, .items = {tone(500)}}, line.now);
  stage.remove_leg(1, line.now);
  stage.play(1, {.id = 3, .items = {tone(500)}}, line.now);
  const auto ended = line.events<ScriptEnded>();
  ASSERT_EQ(ended.size(), 3u);
  EXPECT_EQ(ended[0].outcome.end, ScriptEnd::kReplaced);
  EXPECT_EQ(ended[1].outcome.end, ScriptEnd::kLegClosed);
  EXPECT_EQ(ended[2].outcome.end, ScriptEnd::kLegClosed);
}

TEST_F(StageTest, AnAnnouncementOverTheRoomIsHeardWithTheOther) {
  pair();
  stage.play(1, {.id = 1, .items = {tone(1800, kSecond)}, .over_room = true}, line.now);
  line.run(Duration::millis(800));
  EXPECT_EQ(line.tones(1), (Tones{700, 1800}));
  EXPECT_EQ(line.tones(2), Tones{400});
  line.run(kSecond);
  EXPECT_TRUE(stage.room(9)->relay);
  EXPECT_EQ(line.tones(1), Tones{700});
}

TEST_F(StageTest, DigitsReachTheOtherSideByEventOrInBand) {
  pair(kMu, kA);
  stage.send_digits(1, "42#", 100, line.now);
  line.run(kSecond * 2);
  EXPECT_EQ(line.phone(1).digits, "42#");
  Format plain = kMu;
  plain.event_payload_type = -1;
  line.add(3, 300, plain);
  line.forget_heard();
  stage.send_digits(3, "5", 100, line.now);
  line.run(Duration::millis(100));
  EXPECT_GT(testing::strength(line.phone(3).heard, 8000, 770), 0.1);
  EXPECT_GT(testing::strength(line.phone(3).heard, 8000, 1336), 0.1);
}

TEST_F(StageTest, APeerMaySendWithOtherNumbersThanItWantsToGet) {
  Format own = kMu;
  own.receive_payload_type = 97;
  own.receive_event_payload_type = 98;
  auto& phone = line.add(1, 400, own);
  phone.format.payload_type = 97;
  line.add(2, 700, kMu);
  stage.join(1, 1, Role::kCustomer);
  stage.join(1, 2, Role::kAgent);
  line.run(kSecond);
  EXPECT_EQ(line.tones(2), std::set<int>{400});
  EXPECT_EQ(line.phone(2).headers.back().payload_type, 0);
  line.add(3, 1000, kMu);
  stage.join(1, 3, Role::kAgent);  // a mix now
  line.run(kSecond);
  EXPECT_EQ(line.tones(2), (std::set<int>{400, 1000}));
}

TEST_F(StageTest, DigitsInBandAreHeard) {
  auto& phone = line.add(1, 400, {.codec = Codec::kPcma, .payload_type = 8}, true);
  phone.dtmf_sound = "19A#";
  line.run(kSecond);
  std::string digits;
  for (const auto& d : line.events<DigitPressed>()) digits += d.digit;
  EXPECT_EQ(digits, "19A#");
}

TEST_F(StageTest, SecretDigitsAreToldInTheOutcomeOnly) {
  pair();
  stage.play(1, {.id = 1, .items = {tone(500)}, .stop_on_digit = true, .collect_max = 2, .secret = true}, line.now);
  auto& phone = line.phone(1);
  for (const std::uint8_t digit : {4, 2}) {
    std::vector<std::uint8_t> buffer(16 + kPacketSpare);
    rtp::write_header(buffer, {true, 101, phone.sequence++, phone.timestamp, phone.ssrc});
    rtp::write_event(std::span(buffer).subspan(12), {digit, true, 10, 800});
    phone.timestamp += 800;
    stage.on_rtp(*stage.find(1), buffer, 16, line.now);
    line.run(kStep);
  }
  EXPECT_EQ(line.events<ScriptEnded>().at(0).outcome.digits, "42");
  EXPECT_TRUE(line.events<DigitPressed>().empty());
  EXPECT_EQ(line.phone(2).digits, "");
}

TEST_F(StageTest, WhoTypesInSecretHearsTheOtherAndIsNotHeard) {
  pair();
  line.run(kSecond);
  stage.play(1, {.id = 1, .collect_max = 2, .first_digit = kSecond * 2, .secret = true, .over_room = true}, line.now);
  line.run(kSecond);
  line.forget_heard();
  line.run(Duration::millis(500));
  EXPECT_EQ(line.tones(1), std::set<int>{700}) << "the agent says what to type";
  EXPECT_EQ(line.tones(2), std::set<int>{}) << "and hears neither voice nor tones";
  line.run(kSecond);
  EXPECT_EQ(line.events<ScriptEnded>().at(0).outcome.end, ScriptEnd::kTimeout);
  line.run(kSecond);
  EXPECT_EQ(line.tones(2), std::set<int>{400});
  EXPECT_TRUE(stage.room(9)->relay);
}

TEST_F(StageTest, APeerThatFallsSilentIsToldAsLongAsItLastsAndWhenItComesBack) {
  pair();
  line.run(kSecond);
  line.phone(1).tone_hz = 0;
  line.run(kSecond * 30);
  ASSERT_EQ(line.events<PeerSilent>().size(), 2u);  // at 10 and 20 s
  EXPECT_EQ(line.events<PeerSilent>()[0].leg, 1u);
  line.phone(1).tone_hz = 400;
  line.run(kSecond);
  EXPECT_EQ(line.events<PeerHeard>().size(), 3u);
}

TEST_F(StageTest, WhoFellSilentBeforeTheyCameIntoARoomIsToldAnewThere) {
  line.add(1, 400);
  line.phone(1).tone_hz = 0;
  line.run(kSecond * 9);
  stage.join(7, 1, Role::kCustomer);
  line.run(kSecond * 9);
  EXPECT_TRUE(line.events<PeerSilent>().empty());
  line.run(kSecond * 3);
  EXPECT_EQ(line.events<PeerSilent>().size(), 1u);
}

TEST_F(StageTest, ReportsAndQualityTellOfLoss) {
  pair();
  line.run(kSecond * 21, 9);
  ASSERT_GE(line.reports.size(), 6u);
  const auto report = rtp::parse_rtcp(line.reports.back());
  ASSERT_TRUE(report && report->sender && report->block_count == 1);
  EXPECT_NEAR(report->blocks()[0].fraction_lost, 28, 6);
  const auto quality = line.events<Quality>();
  ASSERT_FALSE(quality.empty());
  EXPECT_NEAR(quality.back().loss_in, 0.11, 0.03);
  EXPECT_LT(quality.back().mos, 4.0);
  stage.remove_leg(1, line.now);
  EXPECT_TRUE(line.events<Quality>().back().last);
  EXPECT_TRUE(rtp::parse_rtcp(line.reports.back())->bye);
}

TEST_F(StageTest, ACodecMayChangeMidCall) {
  pair();
  line.run(kSecond);
  line.phone(2) = testing::Telephone(kOpusFormat, 700);
  stage.set_format(2, kOpusFormat);
  line.run(kSecond);
  EXPECT_FALSE(stage.room(9)->relay);
  EXPECT_EQ(line.tones(1), Tones{700});
  EXPECT_EQ(line.tones(2), Tones{400});
}

TEST_F(StageTest, NothingIsLeftWhenAllHaveGone) {
  pair();
  line.run(kSecond);
  stage.remove_leg(1, line.now);
  line.run(kSecond);
  stage.remove_leg(2, line.now);
  stage.remove_leg(2, line.now);
  EXPECT_EQ(stage.legs(), 0u);
  EXPECT_EQ(stage.rooms(), 0u);
}

TEST_F(StageTest, HostilePacketsChangeNothing) {
  pair();
  line.run(kSecond);
  std::vector<std::uint8_t> buffer(1500 + kPacketSpare, 0xff);
  for (const std::size_t size : {0u, 1u, 11u, 12u, 300u, 1500u}) {
    stage.on_rtp(*stage.find(1), buffer, size, line.now);
    stage.on_rtcp(*stage.find(1), rtp::Bytes(buffer).first(size), line.now);
  }
  line.run(kSecond);
  EXPECT_EQ(line.tones(2), Tones{400});
}

}  // namespace
}  // namespace carillon::media
