// Goal: a call is recorded as its number's policy and its agents say, and nobody is recorded alone.
// Method: the whole decider on a hand-moved clock; what the media must do is what plan_of() says.
#include <gtest/gtest.h>

#include "calls/core/plan.h"
#include "workspace/testing/center.h"

namespace carillon::workspace {
namespace {

using calls::Recording;
using calls::RecordingPolicy;
using events::EventType;
using events::Reason;
using testing::Center;

class CallRecording : public ::testing::Test {
 protected:
  CallRecording() : queue(center.add_queue("Sales")), ann(center.add_worker("Ann")) {}
  // A call at a number of that policy, which Ann has taken.
  void talk(RecordingPolicy policy) {
    calls::NumberRecord number{.friendly_name = "Shop", .address = "shop", .task_queue_sid = queue};
    number.recording = policy;
    const auto sid = *NumberId::parse(center.must(calls::Command{calls::PutNumber{number}}));
    calls::Arrive arrive{.leg_sid = LegId{1, 1}, .number_sid = sid, .from = "+49170", .identity = "+49170"};
    call = *CallId::parse(center.must(calls::Command{arrive}));
    tell(calls::LegConnected{call, LegId{1, 1}});
    center.accept_next(ann);
    tell(calls::LegConnected{call, row().legs.back().sid});
  }
  void tell(calls::Command command) { center.must(std::move(command)); }
  const calls::CallRecord& row() const { return *center.state->calls().call(call); }
  calls::RecordingPlan plan() const { return calls::plan_of(row()).recording; }
  template <class C>
  ErrorCode refusal() {
    auto answer = center.try_(calls::Command{C{call, ann}});
    return answer ? ErrorCode::kInternal : answer.error().code;
  }

  Center center;
  QueueId queue;
  WorkerId ann;
  CallId call;
};

TEST_F(CallRecording, NeverIsNever) {
  talk(RecordingPolicy::never);
  EXPECT_FALSE(plan().wanted);
  EXPECT_TRUE(plan().recording.empty());
  EXPECT_EQ(refusal<calls::StartRecording>(), ErrorCode::kStateForbids);
  EXPECT_EQ(refusal<calls::PauseRecording>(), ErrorCode::kStateForbids);
  EXPECT_EQ(refusal<calls::ResumeRecording>(), ErrorCode::kStateForbids);
}

TEST_F(CallRecording, AlwaysBeginsWithTheFirstAgentAndIsPausedByThemButNotStopped) {
  talk(RecordingPolicy::always);
  EXPECT_EQ(row().recording, Recording::on);
  EXPECT_TRUE(plan().wanted);
  EXPECT_FALSE(plan().paused);
  EXPECT_EQ(plan().recording, row().recording_sid);
  tell(calls::PauseRecording{call, ann});
  EXPECT_TRUE(plan().paused);
  tell(calls::ResumeRecording{call, ann});
  EXPECT_FALSE(plan().paused);
  EXPECT_EQ(refusal<calls::StopRecording>(), ErrorCode::kStateForbids);
}

TEST_F(CallRecording, AnAgentWhoMayBeginsAndStopsAndEachIsAnotherRecording) {
  talk(RecordingPolicy::agent_may);
  EXPECT_FALSE(plan().wanted);
  tell(calls::StartRecording{call, ann});
  const RecordingId first = plan().recording;
  EXPECT_TRUE(plan().wanted);
  tell(calls::StopRecording{call, ann});
  EXPECT_FALSE(plan().wanted);
  tell(calls::StartRecording{call, ann});
  EXPECT_NE(plan().recording, first);
}

TEST_F(CallRecording, OnHoldNobodyIsRecorded) {
  talk(RecordingPolicy::always);
  tell(calls::SetHold{call, ann, true});
  EXPECT_TRUE(plan().wanted);
  EXPECT_TRUE(plan().paused);
  EXPECT_EQ(row().recording, Recording::on);
  tell(calls::SetHold{call, ann, false});
  EXPECT_FALSE(plan().paused);
}

TEST_F(CallRecording, WhoWaitsAgainIsNotRecordedAndTheNextAgentBeginsAnother) {
  talk(RecordingPolicy::always);
  const RecordingId first = plan().recording;
  const WorkerId ben = center.add_worker("Ben");
  center.transfer(center.task_of(row().contact_sid), queue);
  EXPECT_EQ(row().status, calls::CallStatus::queued);
  EXPECT_FALSE(plan().wanted);
  center.accept_next(ben);
  tell(calls::LegConnected{call, row().legs.back().sid});
  EXPECT_TRUE(plan().wanted);
  EXPECT_NE(plan().recording, first);
}

TEST_F(CallRecording, ALostConnectionKeepsTheRecordingForWhoComesBack) {
  talk(RecordingPolicy::always);
  const RecordingId first = plan().recording;
  const LegId agent = row().legs.back().sid;
  tell(calls::LegEnded{call, agent, Reason::worker_lost});
  EXPECT_TRUE(plan().wanted);
  EXPECT_TRUE(plan().paused) << "the customer hears music meanwhile";
  tell(calls::LegConnected{call, agent});
  EXPECT_FALSE(plan().paused);
  EXPECT_EQ(plan().recording, first);
}

TEST_F(CallRecording, AFullDiskEndsTheRecordingAndNotTheCall) {
  talk(RecordingPolicy::always);
  tell(calls::RecordingFailed{call, RecordingId{9, 9}});
  EXPECT_TRUE(plan().wanted) << "another recording's failure";
  tell(calls::RecordingFailed{call, plan().recording});
  EXPECT_FALSE(plan().wanted);
  EXPECT_EQ(row().status, calls::CallStatus::talking);
}

TEST_F(CallRecording, ANumberFromAnOlderJournalIsNeverRecorded) {
  const auto read = decode<calls::NumberRecord>(R"({"friendly_name":"Shop","address":"shop"})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->recording, RecordingPolicy::never);
}

}  // namespace
}  // namespace carillon::workspace
