// Goal: nobody is recorded before they were told, or have agreed, as the number wants it; who withdraws is recorded no more.
// Method: the whole decider on a hand-moved clock; what the media must do is what plan_of() says.
#include <gtest/gtest.h>

#include "calls/core/plan.h"
#include "workspace/testing/center.h"

namespace carillon::workspace {
namespace {

using calls::CallStatus;
using calls::Consent;
using calls::ConsentRule;
using calls::Hears;
using calls::Recording;
using calls::RecordingPolicy;
using testing::Center;

class CallConsent : public ::testing::Test {
 protected:
  CallConsent() : queue(center.add_queue("Sales")), ann(center.add_worker("Ann")) {}
  NumberId put(
      ConsentRule rule, RecordingPolicy policy,
      const std::function<void(calls::NumberRecord&)>& edit = [](calls::NumberRecord&) {}) {
    calls::NumberRecord row{.friendly_name = "Shop", .address = "shop", .task_queue_sid = queue};
    row.greeting = {"", "Welcome."};
    row.recording = policy;
    row.consent = rule;
    row.consent_words = {"", "This call is recorded."};
    edit(row);
    return *NumberId::parse(center.must(calls::Command{calls::PutNumber{row}}));
  }
  void ring(NumberId number) {
    leg = LegId{1, ++legs};
    call = *CallId::parse(center.must(
        calls::Command{calls::Arrive{.leg_sid = leg, .number_sid = number, .from = "+49170", .identity = "+49170"}}));
    tell(calls::LegConnected{call, leg});
  }
  void take() {
    center.accept_next(ann);
    tell(calls::LegConnected{call, row().legs.back().sid});
  }
  void tell(calls::Command command) { center.must(std::move(command)); }
  void press(std::string key) { tell(calls::PressKey{call, leg, std::move(key)}); }
  void words_ended() { tell(calls::WordsEnded{call, row().words_count}); }
  const calls::CallRecord& row() const { return *center.state->calls().call(call); }
  calls::CallPlan plan() const { return calls::plan_of(row()); }
  Consent consent() const { return row().legs.front().consent; }
  Hears customer_hears() const { return plan().legs.front().hears; }

  Center center;
  QueueId queue;
  WorkerId ann;
  CallId call;
  LegId leg;
  std::uint64_t legs = 0;
};

TEST_F(CallConsent, AnAnnouncementIsHeardBeforeTheAgent) {
  ring(put(ConsentRule::announce, RecordingPolicy::always));
  ASSERT_EQ(plan().words.size(), 2u);
  EXPECT_EQ(plan().words[1].text, "This call is recorded.");
  take();
  EXPECT_EQ(customer_hears(), Hears::words) << "the agent answered in the midst of it";
  EXPECT_FALSE(plan().recording.wanted);
  words_ended();
  EXPECT_EQ(consent(), Consent::announced);
  EXPECT_EQ(customer_hears(), Hears::room);
  EXPECT_TRUE(plan().recording.wanted);
}

TEST_F(CallConsent, WhoHeardTheAnnouncementInTheQueueHearsTheAgentAtOnce) {
  ring(put(ConsentRule::announce, RecordingPolicy::always));
  words_ended();
  EXPECT_EQ(consent(), Consent::announced);
  take();
  EXPECT_EQ(customer_hears(), Hears::room);
  EXPECT_TRUE(plan().recording.wanted);
}

TEST_F(CallConsent, NothingIsRecordedBeforeYes) {
  ring(put(ConsentRule::ask, RecordingPolicy::always));
  EXPECT_EQ(plan().keys, "12");
  words_ended();
  take();
  EXPECT_EQ(consent(), Consent::none);
  EXPECT_EQ(customer_hears(), Hears::room);
  EXPECT_FALSE(plan().recording.wanted);
  press("1");
  EXPECT_EQ(consent(), Consent::yes);
  EXPECT_TRUE(plan().recording.wanted);
  EXPECT_EQ(plan().keys, "") << "said once";
}

TEST_F(CallConsent, AYesInTheQueueCountsFromTheFirstAgentOn) {
  ring(put(ConsentRule::ask, RecordingPolicy::always));
  press("1");
  EXPECT_FALSE(plan().recording.wanted);
  take();
  EXPECT_TRUE(plan().recording.wanted);
}

TEST_F(CallConsent, AfterNoTheCallGoesOnUnrecorded) {
  ring(put(ConsentRule::ask, RecordingPolicy::agent_may));
  press("2");
  EXPECT_EQ(consent(), Consent::no);
  take();
  EXPECT_EQ(row().status, CallStatus::talking);
  const auto refused = center.try_(calls::Command{calls::StartRecording{call, ann}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kStateForbids);
  EXPECT_FALSE(plan().recording.wanted);
}

TEST_F(CallConsent, WhoWithdrawsIsRecordedNoMoreAndWhatWasMadeGoes) {
  ring(put(ConsentRule::none, RecordingPolicy::always));
  take();
  ASSERT_TRUE(plan().recording.wanted);
  tell(calls::WithdrawConsent{call, ann});
  EXPECT_EQ(consent(), Consent::withdrawn);
  EXPECT_FALSE(plan().recording.wanted);
  EXPECT_EQ(row().recording, Recording::off);
  EXPECT_TRUE(row().erase_recordings);
  EXPECT_FALSE(center.try_(calls::Command{calls::StartRecording{call, ann}}));
  EXPECT_EQ(row().status, CallStatus::talking);
}

TEST_F(CallConsent, WhatWasMadeStaysWhereTheNumberSaysSo) {
  ring(put(ConsentRule::none, RecordingPolicy::always, [](auto& n) { n.keep_withdrawn = true; }));
  take();
  tell(calls::WithdrawConsent{call, ann});
  EXPECT_FALSE(row().erase_recordings);
  EXPECT_FALSE(plan().recording.wanted);
}

TEST_F(CallConsent, ANextAgentDoesNotRecordWhoHasWithdrawn) {
  ring(put(ConsentRule::announce, RecordingPolicy::always));
  words_ended();
  take();
  tell(calls::WithdrawConsent{call, ann});
  const WorkerId ben = center.add_worker("Ben");
  center.transfer(center.task_of(row().contact_sid), queue);
  center.accept_next(ben);
  tell(calls::LegConnected{call, row().legs.back().sid});
  EXPECT_EQ(row().status, CallStatus::talking);
  EXPECT_FALSE(plan().recording.wanted);
}

TEST_F(CallConsent, OnlyWhoIsInTheCallTakesAConsentBack) {
  ring(put(ConsentRule::none, RecordingPolicy::always));
  take();
  const WorkerId ben = center.add_worker("Ben");
  EXPECT_FALSE(center.try_(calls::Command{calls::WithdrawConsent{call, ben}}));
}

TEST_F(CallConsent, WhereNothingIsRecordedNobodyIsAsked) {
  ring(put(ConsentRule::ask, RecordingPolicy::never));
  EXPECT_EQ(plan().words.size(), 1u);
  EXPECT_EQ(plan().keys, "");
}

TEST_F(CallConsent, QuestionsWithoutWordsOrWithTakenKeysAreRefused) {
  calls::NumberRecord row{.friendly_name = "Shop", .address = "shop", .task_queue_sid = queue};
  row.consent = ConsentRule::ask;
  const auto field = [&] {
    auto answer = center.try_(calls::Command{calls::PutNumber{row}});
    return answer ? std::string() : answer.error().field;
  };
  EXPECT_EQ(field(), "consent_words");
  row.consent_words = {"", "May we record? 1 for yes, 2 for no."};
  row.voicemail_key = "2";
  EXPECT_EQ(field(), "voicemail_key");
  row.voicemail_key = "3", row.sample_percent = 101;
  EXPECT_EQ(field(), "sample_percent");
  row.sample_percent = 5, row.recordings_kept_days = -2;
  EXPECT_EQ(field(), "recordings_kept_days");
}

TEST_F(CallConsent, ASampleIsDrawnFromTheCallsIdAndIsAsLargeAsItShouldBe) {
  calls::NumberRecord number;
  number.recording = RecordingPolicy::sample;
  number.sample_percent = 20;
  IdMaker ids(Seed{7, 7});
  int recorded = 0;
  for (int i = 0; i < 10'000; ++i) {
    const CallId sid = ids.next<CallId>();
    const RecordingPolicy policy = calls::policy_of(number, sid);
    EXPECT_EQ(policy, calls::policy_of(number, sid));
    ASSERT_TRUE(policy == RecordingPolicy::always || policy == RecordingPolicy::never);
    recorded += policy == RecordingPolicy::always;
  }
  EXPECT_NEAR(recorded, 2'000, 200);
}

}  // namespace
}  // namespace carillon::workspace
