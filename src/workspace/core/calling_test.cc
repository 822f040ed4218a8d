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
    if (!at && always) at = always;
    calls::Arrive arrive{.leg_sid = leg, .number_sid = at ? at : number, .from = from, .to = "+4930", .identity = from};
    const CallId sid = *CallId::parse(center.must(calls::Command{arrive}));
    return sid;
  }
  // As ring(), where nobody needs to be signed in.
  CallId wait(std::string from) {
    if (!always) always = put([](calls::NumberRecord& n) { n.turn_away_unstaffed = false; });
    return ring(std::move(from), always);
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
  NumberId number, always;
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
  EXPECT_EQ(center.state->routing().task(task(call))->customer_sid, customer);
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

TEST_F(Calling, AfterARestartWhoCallsAgainInTimeHasTheSamePlace) {
  const CallId first = wait("+491");
  const TaskId place = task(first);
  center.advance(Duration::seconds(30));
  const CallId second = wait("+492");
  center.restart(Duration::seconds(5));
  EXPECT_EQ(row(first).status, CallStatus::lost);
  EXPECT_FALSE(calls::plan_of(row(first)).legs.front().wanted);
  const auto now = center.state->routing().queue_now(queue, center.now());
  EXPECT_EQ(now->waiting, 2) << "who may come back counts as waiting";
  const WorkerId ann = center.add_worker("Ann");
  EXPECT_TRUE(center.offers(ann).empty()) << "nobody is on the line";
  const CallId other = wait("+493");
  ASSERT_EQ(center.offers(ann).size(), 1u);
  center.reject(center.offers(ann).front());
  center.advance(Duration::seconds(40));
  center.set_activity(ann, "Break");
  const CallId again = ring("+491");
  EXPECT_NE(again, first);
  EXPECT_EQ(row(again).resumes_sid, first);
  EXPECT_EQ(row(again).status, CallStatus::queued);
  EXPECT_EQ(task(again), place);
  EXPECT_NE(center.state->routing().task(place)->attributes.text.find(again.str()), std::string::npos);
  EXPECT_EQ(row(first).status, CallStatus::ended);
  center.set_activity(ann, "Available");
  take(again, ann);
  EXPECT_EQ(row(again).status, CallStatus::talking);
  EXPECT_EQ(row(second).status, CallStatus::lost);
  EXPECT_EQ(row(other).status, CallStatus::queued);
}

TEST_F(Calling, WhoDoesNotCallAgainInTimeWasFailedByUs) {
  const CallId call = wait("+491");
  const ContactId contact = row(call).contact_sid;
  center.restart(Duration::minutes(10));
  center.advance(calls::kReturnWithin - Duration::seconds(1));
  EXPECT_NE(center.state->conversations().contact(contact), nullptr);
  center.advance(Duration::seconds(1));
  EXPECT_EQ(center.state->conversations().contact(contact), nullptr);
  EXPECT_TRUE(center.state->calls().calls().empty());
  EXPECT_TRUE(center.state->routing().tasks().empty());
  const auto& entries = center.last->routing->queue_entries;
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].bucket, events::Bucket::failed_by_us);
  EXPECT_NE(row(wait("+491")).contact_sid, contact);
}

TEST_F(Calling, AnotherRestartGivesTheWholeMinuteAgain) {
  const CallId call = wait("+491");
  const TaskId place = task(call);
  center.restart(Duration::seconds(5));
  center.advance(Duration::seconds(50));
  center.restart(Duration::minutes(3));
  center.advance(Duration::seconds(50));
  EXPECT_EQ(task(ring("+491")), place);
}

TEST_F(Calling, AnAnonymousCallerCannotBeKnownAgain) {
  wait("");
  center.restart(Duration::seconds(5));
  EXPECT_TRUE(center.state->calls().calls().empty());
  EXPECT_TRUE(center.state->conversations().contacts().empty());
}

TEST_F(Calling, AnOfferThatRangAtTheRestartIsTakenBackUntilTheCallerReturns) {
  const WorkerId ann = center.add_worker("Ann");
  const CallId ringing = ring("+491");
  ASSERT_EQ(center.offers(ann).size(), 1u);
  center.restart(Duration::seconds(5));
  center.connect(ann);
  EXPECT_TRUE(center.offers(ann).empty());
  EXPECT_EQ(row(ringing).status, CallStatus::lost);
  ring("+491");
  EXPECT_EQ(center.offers(ann).size(), 1u);
}

TEST_F(Calling, AnAgentWhoWasConnectingAtTheRestartGivesThePlaceBack) {
  const WorkerId ann = center.add_worker("Ann");
  const CallId call = ring("+491");
  const TaskId place = task(call);
  center.accept_next(ann);
  center.restart(Duration::seconds(5));
  EXPECT_EQ(center.state->routing().task(place)->status, routing::TaskStatus::pending);
  EXPECT_TRUE(center.tasks_of(ann).empty());
  center.connect(ann);
  const CallId again = ring("+491");
  EXPECT_EQ(task(again), place);
  take(again, ann);
}

TEST_F(Calling, WhoTalkedAtTheRestartIsOfferedToTheSameAgentFirst) {
  queue = center.put_queue([](routing::TaskQueueRecord& row) {
    row.friendly_name = "Written up";
    row.wrap_up = routing::WrapUpMode::timed;
    row.wrap_up_time = Duration::minutes(2);
  });
  const NumberId shop = put([](calls::NumberRecord&) {});
  const WorkerId ann = center.add_worker("Ann");
  const CallId call = ring("+491", shop);
  const TaskId before = task(call);
  take(call, ann);
  const WorkerId bob = center.add_worker("Bob");
  center.advance(Duration::minutes(1));
  center.restart(Duration::seconds(5));
  center.connect(ann), center.connect(bob);
  EXPECT_EQ(row(call).status, CallStatus::lost);
  EXPECT_EQ(center.state->routing().task(before)->status, routing::TaskStatus::wrapping);
  center.advance(Duration::seconds(10));
  const CallId again = ring("+491", shop);
  EXPECT_EQ(row(again).resumes_sid, call);
  EXPECT_NE(task(again), before);
  EXPECT_EQ(center.state->routing().task(before), nullptr) << "what was being written up is taken up again";
  ASSERT_EQ(center.offers(ann).size(), 1u);
  EXPECT_TRUE(center.offers(bob).empty());
  center.reject(center.offers(ann).front());
  EXPECT_TRUE(center.offers(bob).empty());
  center.advance(Duration::seconds(20));
  EXPECT_EQ(center.offers(bob).size(), 1u);
  EXPECT_EQ(center.state->routing().task(task(again))->boost, Duration::seconds(60));
}

TEST_F(Calling, WhoTalkedAndDoesNotCallAgainWasServed) {
  const WorkerId ann = center.add_worker("Ann");
  const CallId call = ring("+491");
  take(call, ann);
  center.restart(Duration::seconds(5));
  ASSERT_EQ(center.tasks_of(ann).size(), 1u);
  EXPECT_EQ(center.state->routing().task(center.tasks_of(ann)[0])->status, routing::TaskStatus::wrapping);
  center.advance(calls::kReturnWithin);
  EXPECT_TRUE(center.state->calls().calls().empty());
  EXPECT_EQ(row(ring("+491")).resumes_sid, CallId{});
}

TEST_F(Calling, ALostCallThatASupervisorEndsIsOver) {
  const CallId call = wait("+491");
  center.restart(Duration::seconds(5));
  center.must(calls::Command{calls::HangUp{call, Reason::by_supervisor}});
  EXPECT_TRUE(center.state->routing().tasks().empty());
  EXPECT_EQ(row(wait("+491")).resumes_sid, CallId{});
}

TEST_F(Calling, ASupervisorListensWhispersBargesAndGoes) {
  const WorkerId ann = center.add_worker("Ann");
  const WorkerId eve = calls::ears_of(UserId{5, 5});
  const CallId call = ring();
  take(call, ann);
  const auto monitor = [&](calls::Monitoring mode) {
    center.must(calls::Command{calls::Monitor{call, eve, UserId{5, 5}, mode}});
    return calls::plan_of(row(call)).legs.back();
  };
  const auto listening = monitor(calls::Monitoring::listen);
  EXPECT_EQ(listening.role, calls::LegRole::coach);
  EXPECT_EQ(listening.worker, eve);
  EXPECT_EQ(listening.hears, Hears::room);
  EXPECT_FALSE(listening.speaks);
  connected(call, listening.leg);
  const auto whispering = monitor(calls::Monitoring::whisper);
  EXPECT_EQ(whispering.leg, listening.leg);
  EXPECT_EQ(whispering.monitoring, calls::Monitoring::whisper);
  EXPECT_TRUE(whispering.speaks);
  EXPECT_EQ(monitor(calls::Monitoring::barge).monitoring, calls::Monitoring::barge);
  EXPECT_EQ(row(call).answered_at, row(call).legs[1].connected_at);
  EXPECT_FALSE(monitor(calls::Monitoring::off).wanted);
  EXPECT_EQ(row(call).status, CallStatus::talking);
  monitor(calls::Monitoring::listen);
  ended(call, row(call).legs[1].sid, Reason::by_worker);
  EXPECT_TRUE(center.state->calls().calls().empty()) << "who listens keeps nobody on the line";
}

TEST_F(Calling, WhoListensIsInOneCallAndTasksGoFirst) {
  const WorkerId ann = center.add_worker("Ann");
  const CallId first = ring("+491");
  take(first, ann);
  const WorkerId eve = center.add_worker("Eve");
  const auto listen = [&](CallId call, WorkerId who) {
    return center.try_(calls::Command{calls::Monitor{call, who, UserId{5, 5}, calls::Monitoring::listen}});
  };
  EXPECT_EQ(listen(first, ann).error().code, ErrorCode::kStateForbids);
  EXPECT_EQ(listen(first, {}).error().code, ErrorCode::kMissingField);
  ASSERT_TRUE(listen(first, eve));
  const CallId second = ring("+492");
  ASSERT_TRUE(listen(second, eve));
  EXPECT_EQ(row(first).legs.back().status, calls::LegStatus::ended);
  EXPECT_EQ(row(second).legs.back().role, calls::LegRole::coach);
  const LegId coach = row(second).legs.back().sid;
  center.accept_next(eve);
  EXPECT_EQ(row(second).legs[1].sid, coach);
  EXPECT_EQ(row(second).legs[1].status, calls::LegStatus::ended);
  EXPECT_EQ(row(second).legs.back().role, calls::LegRole::agent);
}

TEST_F(Calling, ACoachWhosePhoneDoesNotConnectIsNotThere) {
  const WorkerId ann = center.add_worker("Ann");
  const CallId call = ring();
  take(call, ann);
  const WorkerId eve = calls::ears_of(UserId{5, 5});
  center.must(calls::Command{calls::Monitor{call, eve, UserId{5, 5}, calls::Monitoring::listen}});
  center.advance(calls::kConnectWithin);
  EXPECT_EQ(row(call).legs.back().reason, Reason::connect_failed);
  EXPECT_EQ(row(call).status, CallStatus::talking);
  EXPECT_EQ(center.tasks_of(ann).size(), 1u);
}

TEST_F(Calling, TheSameHistoryGivesTheSameState) {
  const WorkerId ann = center.add_worker("Ann");
  const CallId call = ring();
  connected(call, leg);
  take(call, ann);
  center.must(calls::Command{calls::SetHold{call, ann, true}});
  center.advance(Duration::seconds(30));
  ring("+492");
  center.restart(Duration::seconds(5));
  ring("+492");
  EXPECT_EQ(center.hash_of_replay(), center.state->hash());
}

}  // namespace
}  // namespace carillon::workspace
