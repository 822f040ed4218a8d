// Goal: the messages of a call's telephones are kept with it whenever they come, and nothing stays of what is no call.
#include "switchboard/witness.h"

#include <gtest/gtest.h>

namespace carillon::switchboard {
namespace {

namespace sip = voice::sip;

const WorkspaceId kWorkspace{1, 1};
const CallId kCall{2, 2};

struct WitnessTest : ::testing::Test {
  Instant now{1'000'000'000};
  std::vector<evidence::Record> kept;
  Witness witness{{.listeners = {{sip::Transport::kUdp, *voice::Endpoint::parse("0.0.0.0:5060"), "",
                                  voice::IpAddress::v4(192, 0, 2, 1)}},
                   .keep = [this](evidence::Record record) { kept.push_back(std::move(record)); }}};

  static sip::LegId leg(std::uint32_t n) { return {{n, 1}}; }
  void say(std::uint32_t n, const std::string& text, bool sent = false) {
    sip::Trace trace{leg(n), sent, sip::Flow::datagram(0, *voice::Endpoint::parse("198.51.100.7:5060")), text};
    witness.message(trace, now);
  }
  // Until nothing is due any more; how long that was.
  Duration wait() {
    const Instant from = now;
    while (witness.tick(now) && now - from < Duration::minutes(5)) now = now + Duration::seconds(1);
    return now - from;
  }
};

TEST_F(WitnessTest, ACallHasTheMessagesFromBeforeItWasOneAndAfterItsEnd) {
  say(1, "INVITE");
  witness.belongs(leg(1), kWorkspace, kCall, LegId{3, 3}, now);
  witness.belongs(leg(1), kWorkspace, kCall, LegId{3, 3}, now);
  say(1, "200", true);
  ASSERT_TRUE(witness.evidence_of(kWorkspace, kCall, now));
  EXPECT_FALSE(witness.evidence_of(WorkspaceId{9, 9}, kCall, now));
  witness.quality(leg(1), now, {.mos = 4.2});
  witness.quality(kCall, WorkerId{4, 4}, now, {.mos = 4.3});
  witness.why(kCall, {now, "queued", "{}"});
  witness.over(kCall, now);
  say(1, "BYE");
  wait();
  ASSERT_EQ(kept.size(), 1u);
  const evidence::Record& record = kept.front();
  EXPECT_EQ(record.call, kCall);
  ASSERT_EQ(record.parties.size(), 2u);
  EXPECT_EQ(record.parties[0].leg, (LegId{3, 3}));
  EXPECT_EQ(record.parties[0].messages.size(), 3u);
  EXPECT_EQ(record.parties[0].messages[1].ours.text(), "192.0.2.1:5060");
  EXPECT_EQ(record.parties[0].quality.size(), 1u);
  EXPECT_EQ(record.parties[1].worker, (WorkerId{4, 4}));
  EXPECT_EQ(record.whys.size(), 1u);
  EXPECT_EQ(std::pair(witness.telephones(), witness.calls()), std::pair(std::size_t{0}, std::size_t{0}));
}

TEST_F(WitnessTest, ACallThatWeMakeHasItsMessagesFromTheFirstOn) {
  witness.dials(leg(1), kWorkspace, kCall, LegId{3, 3}, now);
  say(1, "INVITE", true);
  witness.over(kCall, now);
  say(1, "486");
  wait();
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept.front().parties.at(0).messages.size(), 2u);
  EXPECT_EQ(witness.telephones(), 0u);
}

TEST_F(WitnessTest, ACallAmongBrowsersIsKeptWithTheirQuality) {
  witness.begins(kWorkspace, kCall, now);
  witness.begins(kWorkspace, kCall, now);
  witness.quality(kCall, WorkerId{4, 4}, now, {.mos = 4.3});
  witness.over(kCall, now);
  wait();
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept.front().parties.at(0).quality.size(), 1u);
  EXPECT_EQ(witness.calls(), 0u);
}

TEST_F(WitnessTest, WhatNeverBecomesACallIsForgotten) {
  say(1, "INVITE");
  say(2, "INVITE");
  witness.gone(leg(1));
  wait();
  EXPECT_EQ(witness.telephones(), 0u);
  EXPECT_TRUE(kept.empty());
}

TEST_F(WitnessTest, WordsThatComeAfterACallWasKeptLeaveNothing) {
  say(1, "INVITE");
  witness.belongs(leg(1), kWorkspace, kCall, LegId{3, 3}, now);
  witness.over(kCall, now);
  wait();
  say(1, "BYE once more");
  EXPECT_LE(wait(), Duration::seconds(40));
  EXPECT_EQ(witness.telephones(), 0u);
  EXPECT_EQ(kept.size(), 1u);
}

TEST_F(WitnessTest, AServerThatStopsKeepsWhatGoesOn) {
  say(1, "INVITE");
  witness.belongs(leg(1), kWorkspace, kCall, LegId{3, 3}, now);
  witness.keep_all(now);
  EXPECT_EQ(kept.size(), 1u);
  EXPECT_EQ(witness.telephones(), 0u);
}

}  // namespace
}  // namespace carillon::switchboard
