// Goal: a call is routed like any contact, and who hears whom follows from what happened.
// Method: the whole decider on a hand-moved clock; media is what plan_of() says it must do.
#include <gtest/gtest.h>

#include "calls/core/plan.h"
#include "workspace/testing/center.h"

namespace carillon::workspace {
namespace {

using calls::CallStatus;
using calls::Hears;
using events::Reason;
using testing::Center;

class Calling : public ::testing::Test {
 protected:
  Calling() {
    queue = center.add_queue("Sales");
    number = put([](calls::NumberRecord&) {});
  }
  NumberId put(const std::function<void(calls::NumberRecord&)>& edit) {
    calls::NumberRecord row{.friendly_name = "Shop", .address = "+49301234" + std::to_string(numbers++)};
    row.task_queue_sid = queue;
    row.greeting = {"", "Welcome."};
    edit(row);
    return *NumberId::parse(center.must(calls::Command{calls::PutNumber{row}}));
  }
  LegId new_leg() { return LegId{1, ++legs}; }
  CallId ring(std::string from = "+491701234567", NumberId at = {}) {
    leg = new_leg();
    calls::Arrive arrive{.leg_sid = leg, .number_sid = at ? at : number, .from = from, .to = "+4930", .identity = from};
    const CallId sid = *CallId::parse(center.must(calls::Command{arrive}));
    return sid;
  }
  void connected(CallId call, LegId which) { center.must(calls::Command{calls::LegConnected{call, which}}); }
  void ended(CallId call, LegId which, Reason reason) {
    center.must(calls::Command{calls::LegEnded{call, which, reason}});
  }
  const calls::CallRecord& row(CallId sid) const {
    const auto* found = center.state->calls().call(sid);
    EXPECT_NE(found, nullptr);
    return *found;
  }
  Hears customer_hears(CallId sid) const { return calls::plan_of(row(sid)).legs.front().hears; }
  // Accepts the next offer and connects the media.
  LegId take(CallId call, WorkerId worker) {
    center.accept_next(worker);
    const LegId agent = row(call).legs.back().sid;
    connected(call, agent);
    return agent;
  }
  TaskId task(CallId sid) const { return center.task_of(row(sid).contact_sid); }

  Center center;
  QueueId queue;
  NumberId number;
  LegId leg;
  std::uint64_t legs = 0;
  int numbers = 0;
};

TEST_F(Calling, WhoCallsMayBeLearnedDuringTheCall) {
  center.add_worker("Ann");
  const CallId call = ring();
  const CustomerId customer{7, 7};
  center.must(conversations::Command{conversations::SetCustomer{row(call).conversation_sid, customer}});
  EXPECT_EQ(row(call).customer_sid, customer);
  EXPECT_EQ(center.state->conversations().contact(row(call).contact_sid)->customer_sid, customer);
}

TEST_F(Calling, ACallerIsGreetedAndWaitsWithMusicWhileItRingsSomewhere) {
  const WorkerId ann = center.add_worker("Ann");
  const CallId call = ring();
  EXPECT_EQ(row(call).status, CallStatus::queued);
  EXPECT_EQ(row(call).words.text, "Welcome.");
  EXPECT_EQ(row(call).words_count, 1);
  EXPECT_EQ(customer_hears(call), Hears::words);
  EXPECT_EQ(center.offers(ann).size(), 1u);
  const auto* task = center.state->routing().task(this->task(call));
  EXPECT_NE(task->attributes.text.find(call.str()), std::string::npos);
  EXPECT_NE(task->attributes.text.find("+491701234567"), std::string::npos);
}

TEST_F(Calling, AnsweredIsWhenTheMediaConnects) {
  const WorkerId ann = center.add_worker("Ann");
  const CallId call = ring();
  connected(call, leg);
  center.accept_next(ann);
  EXPECT_EQ(row(call).status, CallStatus::queued);
  EXPECT_EQ(row(call).legs.back().worker_sid, ann);
  center.advance(Duration::seconds(2));
  connected(call, row(call).legs.back().sid);
  EXPECT_EQ(row(call).status, CallStatus::talking);
  EXPECT_EQ(row(call).answered_at, center.now());
  EXPECT_EQ(center.state->conversations().contact(row(call).contact_sid)->answered_at, center.now());
  EXPECT_EQ(customer_hears(call), Hears::room);
  EXPECT_TRUE(calls::plan_of(row(call)).legs.back().speaks);
}

TEST_F(Calling, WhoCannotBeConnectedGivesTheCallBack) {
  const WorkerId ann = center.add_worker("Ann");
  const CallId call = ring();
  center.accept_next(ann);
  center.advance(calls::kConnectWithin);
  EXPECT_EQ(row(call).status, CallStatus::queued);
  EXPECT_EQ(row(call).legs.back().status, calls::LegStatus::ended);
  EXPECT_EQ(center.state->routing().task(task(call))->status == routing::TaskStatus::assigned, false);
}

TEST_F(Calling, ACallerWhoHangsUpInTheQueueIsAbandoned) {
  center.add_worker("Ann");
  const CallId call = ring();
  const ContactId contact = row(call).contact_sid;
  ended(call, leg, Reason::customer_left);
  EXPECT_EQ(center.state->calls().calls().size(), 0u);
  EXPECT_EQ(center.state->conversations().contact(contact), nullptr);
  EXPECT_TRUE(center.state->routing().tasks().empty());
}

TEST_F(Calling, ACallerWhoHangsUpInTalkLeavesTheAgentWrappingUp) {
  const WorkerId ann = center.add_worker("Ann");
  const CallId call = ring();
  take(call, ann);
  const TaskId mine = task(call);
  ended(call, leg, Reason::customer_left);
  EXPECT_TRUE(center.state->calls().calls().empty());
  const auto* task = center.state->routing().task(mine);
  ASSERT_NE(task, nullptr);
  EXPECT_EQ(task->status, routing::TaskStatus::wrapping);
}

TEST_F(Calling, AnAgentWhoHangsUpEndsTheCallForTheCustomer) {
  const WorkerId ann = center.add_worker("Ann");
  const CallId call = ring();
  const LegId agent = take(call, ann);
  ended(call, agent, Reason::by_worker);
  EXPECT_TRUE(center.state->calls().calls().empty());
  EXPECT_EQ(center.count(events::EventType::kCallEnded), 1u);
}

TEST_F(Calling, AnAgentWhosePageIsGoneHasHalfAMinuteToComeBack) {
  const WorkerId ann = center.add_worker("Ann");
  const CallId call = ring();
  const LegId agent = take(call, ann);
  ended(call, agent, Reason::worker_lost);
  EXPECT_EQ(customer_hears(call), Hears::music);
  center.advance(Duration::seconds(20));
  connected(call, agent);
  EXPECT_EQ(customer_hears(call), Hears::room);
  ended(call, agent, Reason::worker_lost);
  center.advance(calls::kComeBackWithin);
  EXPECT_EQ(row(call).status, CallStatus::queued);
}

TEST_F(Calling, OnHoldTheCustomerHearsMusicAndIsNotHeard) {
  const WorkerId ann = center.add_worker("Ann");
  const CallId call = ring();
  take(call, ann);
  center.must(calls::Command{calls::SetHold{call, ann, true}});
  EXPECT_EQ(customer_hears(call), Hears::music);
  EXPECT_FALSE(calls::plan_of(row(call)).legs.front().speaks);
  center.must(calls::Command{calls::SetHold{call, ann, false}});
  EXPECT_EQ(customer_hears(call), Hears::room);
  EXPECT_EQ(center.try_(calls::Command{calls::SetHold{call, center.add_worker("Bob"), true}}).error().code,
            ErrorCode::kNotFound);
}

TEST_F(Calling, TransferredToAQueueTheCustomerWaitsAgainAndTheNextAgentHasThem) {
  const WorkerId ann = center.add_worker("Ann");
  const CallId call = ring();
  take(call, ann);
  const QueueId other = center.add_queue("Service");
  center.transfer(task(call), other);
  EXPECT_EQ(row(call).status, CallStatus::queued);
  EXPECT_EQ(customer_hears(call), Hears::words);
  const WorkerId bob = center.add_worker("Bob");
  take(call, bob);
  EXPECT_EQ(row(call).status, CallStatus::talking);
  EXPECT_EQ(row(call).legs.back().worker_sid, bob);
}

TEST_F(Calling, OutsideOpeningHoursWordsAreSaidAndNobodyIsBothered) {
  const WorkerId ann = center.add_worker("Ann");
  const NumberId closed = put([&](calls::NumberRecord& n) {
    n.always_open = false;
    n.openings = {{center.now() + Duration::hours(1), center.now() + Duration::hours(2)}};
    n.closed_words = {"", "We are closed."};
  });
  const CallId call = ring("+491", closed);
  EXPECT_EQ(row(call).status, CallStatus::farewell);
  EXPECT_EQ(row(call).turned_away, events::Bucket::closed);
  EXPECT_TRUE(center.offers(ann).empty());
  center.must(calls::Command{calls::WordsEnded{call, row(call).words_count}});
  EXPECT_TRUE(center.state->calls().calls().empty());
  center.advance(Duration::minutes(90));
  EXPECT_EQ(row(ring("+491", closed)).status, CallStatus::queued);
}

TEST_F(Calling, WhereNobodyIsSignedInACallerIsToldSo) {
  const NumberId unstaffed = put([](calls::NumberRecord& n) { n.nobody_words = {"", "Nobody is here."}; });
  const CallId call = ring("+491", unstaffed);
  EXPECT_EQ(row(call).turned_away, events::Bucket::failed_by_us);
  center.advance(calls::kFarewellWithin);
  EXPECT_TRUE(center.state->calls().calls().empty());
}

TEST_F(Calling, AFullQueueSaysSo) {
  center.add_worker("Ann");
  queue = center.put_queue([](routing::TaskQueueRecord& row) {
    row.friendly_name = "Tiny";
    row.max_size = 1;
    row.expression = "nobody == true";
  });
  const NumberId tiny = put([](calls::NumberRecord& n) { n.full_words = {"", "All lines are busy."}; });
  ring("+491", tiny);
  const CallId second = ring("+492", tiny);
  EXPECT_EQ(row(second).turned_away, events::Bucket::full);
  EXPECT_EQ(row(second).words.text, "All lines are busy.");
}

TEST_F(Calling, TwoCallsOfOneNumberAreTwoContactsOfOneConversation) {
  center.add_worker("Ann");
  const CallId first = ring("+491");
  const CallId second = ring("+491");
  EXPECT_NE(row(first).contact_sid, row(second).contact_sid);
  EXPECT_EQ(row(first).conversation_sid, row(second).conversation_sid);
  EXPECT_NE(row(ring("")).conversation_sid, row(ring("")).conversation_sid);
}

TEST_F(Calling, BlockedAndAnonymousCallersAreRefusedWhereTheNumberSaysSo) {
  center.add_worker("Ann");
  const NumberId strict = put([](calls::NumberRecord& n) {
    n.refuse_anonymous = true;
    n.blocked = {"+49666"};
  });
  for (const char* from : {"", "+49666"}) {
    calls::Arrive arrive{.leg_sid = new_leg(), .number_sid = strict, .from = from, .to = "x", .identity = from};
    EXPECT_EQ(center.try_(calls::Command{arrive}).error().code, ErrorCode::kForbidden) << from;
  }
  EXPECT_TRUE(center.state->calls().calls().empty());
}

TEST_F(Calling, ADirectNumberRingsItsOwner) {
  const WorkerId ann = center.add_worker("Ann");
  const WorkerId bob = center.add_worker("Bob");
  const NumberId direct = put([&](calls::NumberRecord& n) { n.task_queue_sid = {}, n.worker_sid = bob; });
  ring("+491", direct);
  EXPECT_TRUE(center.offers(ann).empty());
  EXPECT_EQ(center.offers(bob).size(), 1u);
}

TEST_F(Calling, TheSameHistoryGivesTheSameState) {
  const WorkerId ann = center.add_worker("Ann");
  const CallId call = ring();
  connected(call, leg);
  take(call, ann);
  center.must(calls::Command{calls::SetHold{call, ann, true}});
  center.advance(Duration::seconds(30));
  ring("+492");
  EXPECT_EQ(center.hash_of_replay(), center.state->hash());
}

}  // namespace
}  // namespace carillon::workspace
