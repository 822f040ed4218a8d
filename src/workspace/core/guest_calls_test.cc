// Goal: a customer who calls from a web page is called upon as any caller: their page may be gone for a while, and a chat that runs
// becomes a call of the same conversation with the same agent.
// Method: the whole decider on a hand-moved clock.
#include <gtest/gtest.h>

#include "workspace/testing/center.h"

namespace carillon::workspace {
namespace {

using calls::CallStatus;
using calls::LegStatus;
using events::Reason;
using testing::Center;

const std::string kVisitor = "VI00000000000000000000000000000001";

class GuestCalls : public ::testing::Test {
 protected:
  GuestCalls() {
    calls::NumberRecord row{.friendly_name = "Shop", .address = "shop"};
    row.task_queue_sid = center.add_queue("Sales");
    number = *NumberId::parse(center.must(calls::Command{calls::PutNumber{row}}));
    ann = center.add_worker("Ann");
  }
  CallId call(ConversationId conversation = {}) {
    const calls::Arrive arrive{.leg_sid = LegId{1, 1},
                               .number_sid = number,
                               .from = kVisitor,
                               .from_name = "Mia",
                               .to = "shop",
                               .identity = kVisitor,
                               .conversation_sid = conversation,
                               .connect_within = Duration::seconds(30)};
    return *CallId::parse(center.must(calls::Command{arrive}));
  }
  void connected(CallId sid, LegId leg) { center.must(calls::Command{calls::LegConnected{sid, leg}}); }
  void lost(CallId sid) { center.must(calls::Command{calls::GuestLost{sid, LegId{1, 1}}}); }
  const calls::CallRecord* row(CallId sid) const { return center.state->calls().call(sid); }

  Center center;
  NumberId number;
  WorkerId ann;
};

TEST_F(GuestCalls, APageWhoseSoundNeverComesHasLeft) {
  const CallId sid = call();
  EXPECT_EQ(row(sid)->status, CallStatus::queued);
  center.advance(Duration::seconds(29));
  EXPECT_NE(row(sid), nullptr);
  center.advance(Duration::seconds(1));
  EXPECT_TRUE(center.state->calls().calls().empty());
}

TEST_F(GuestCalls, APageThatIsLoadedAgainHasHalfAMinute) {
  const CallId sid = call();
  connected(sid, LegId{1, 1});
  center.accept_next(ann);
  connected(sid, row(sid)->legs.back().sid);
  lost(sid);
  EXPECT_EQ(row(sid)->legs.front().status, LegStatus::connecting);
  EXPECT_EQ(row(sid)->status, CallStatus::talking);
  center.advance(Duration::seconds(29));
  connected(sid, LegId{1, 1});
  center.advance(Duration::minutes(10));
  EXPECT_EQ(row(sid)->legs.front().status, LegStatus::connected);
  lost(sid);
  lost(sid);  // told twice is told once
  center.advance(calls::kComeBackWithin);
  EXPECT_TRUE(center.state->calls().calls().empty());
}

TEST_F(GuestCalls, OnlyTheCustomersOwnPageIsLost) {
  const CallId sid = call();
  EXPECT_EQ(center.try_(calls::Command{calls::GuestLost{sid, LegId{9, 9}}}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(center.try_(calls::Command{calls::GuestLost{CallId{9, 9}, LegId{1, 1}}}).error().code,
            ErrorCode::kNotFound);
}

TEST_F(GuestCalls, AChatThatBecomesACallStaysOneConversationWithOneAgent) {
  WorkspaceRecord settings = center.state->workspace();
  settings.total_capacity = 133;  // a call beside a chat
  center.must(UpdateWorkspace{settings});
  const ContactId chat = *ContactId::parse(center.must(conversations::Command{center.opening(kVisitor)}));
  const ConversationId conversation = center.state->conversations().contact(chat)->conversation_sid;
  center.accept_next(ann);
  const WorkerId bob = center.add_worker("Bob");  // idle for longer than Ann, who writes
  const CallId sid = call(conversation);
  EXPECT_EQ(row(sid)->conversation_sid, conversation);
  EXPECT_NE(row(sid)->contact_sid, chat);
  EXPECT_EQ(center.offers(ann).size(), 1u);
  EXPECT_TRUE(center.offers(bob).empty());
  EXPECT_EQ(center.state->conversations().any_open_contact_of("voice", kVisitor)->sid, row(sid)->contact_sid);
  EXPECT_EQ(center.state->conversations().any_open_contact_of("voice", "VI"), nullptr);
}

TEST_F(GuestCalls, AConversationThatIsOverIsNotJoined) {
  const CallId sid = call(ConversationId{4, 4});
  EXPECT_NE(row(sid)->conversation_sid, (ConversationId{4, 4}));
  EXPECT_EQ(center.state->calls().call_from(kVisitor), row(sid));
  EXPECT_EQ(center.state->calls().call_from(""), nullptr);
}

}  // namespace
}  // namespace carillon::workspace
