// Goal: calls that begin here, and who has a call when others come and go: outbound, colleagues, consult, conference.
// Method: the whole decider on a hand-moved clock; media is what plan_of() says it must do.
#include "workspace/core/testing/calling_out.h"

namespace carillon::workspace {
namespace {

using calls::CallStatus;
using calls::Hears;
using calls::LegStatus;
using calls::Purpose;
using events::Reason;
using testing::CallingOut;
using testing::Center;

// ---- outbound ----

TEST_F(CallingOut, WhoCallsHasTheTaskAtOnceAndNobodyRingsBeforeTheirPhoneIsThere) {
  const CallId call = dial("+49 171-1");
  EXPECT_EQ(row(call).status, CallStatus::dialling);
  EXPECT_EQ(row(call).direction, calls::Direction::outbound);
  EXPECT_EQ(contact(call)->direction, conversations::Direction::outbound);
  EXPECT_EQ(task_status(ann), routing::TaskStatus::assigned);
  const auto& customer = row(call).legs.front();
  EXPECT_EQ(customer.address, "+491711");
  EXPECT_EQ(customer.caller_id, "+4930123");
  EXPECT_EQ(customer.trunks, std::vector<std::string>{"north"});
  EXPECT_FALSE(plan(call, customer.sid).dial);
  connected(call, leg_of(call, ann));
  EXPECT_TRUE(plan(call, customer.sid).dial);
  EXPECT_EQ(plan(call, leg_of(call, ann)).hears, Hears::ringing);
  EXPECT_EQ(row(call).answered_at.us, 0);
}

TEST_F(CallingOut, AnsweredIsWhenTheCustomersMediaConnects) {
  const CallId call = dial();
  connected(call, leg_of(call, ann));
  center.advance(Duration::seconds(5));
  connected(call, row(call).legs.front().sid);
  EXPECT_EQ(row(call).status, CallStatus::talking);
  EXPECT_EQ(row(call).answered_at, center.now());
  EXPECT_EQ(contact(call)->answered_at, center.now());
  EXPECT_EQ(customer_hears(call), Hears::room);
  EXPECT_EQ(plan(call, leg_of(call, ann)).hears, Hears::room);
}

TEST_F(CallingOut, WhoIsCalledIsNotRecordedBeforeTheyAgree) {
  calls::NumberRecord asks{.friendly_name = "Asks", .address = "+4930124"};
  asks.task_queue_sid = queue;
  asks.recording = calls::RecordingPolicy::always;
  asks.consent = calls::ConsentRule::ask;
  asks.consent_words = {"", "Press 1."};
  number = *NumberId::parse(center.must(calls::Command{calls::PutNumber{asks}}));
  const CallId call = talk();
  EXPECT_FALSE(calls::plan_of(row(call)).recording.wanted);
  center.must(calls::Command{calls::PressKey{.call_sid = call, .leg_sid = row(call).legs.front().sid, .key = "1"}});
  EXPECT_TRUE(calls::plan_of(row(call)).recording.wanted);
}

TEST_F(CallingOut, WhoIsNotReachedEndsTheCallWithTheirReasonAndTheTaskWrapsUp) {
  for (const Reason reason : {Reason::busy, Reason::declined, Reason::unreachable}) {
    const CallId call = dial();
    connected(call, leg_of(call, ann));
    const ContactId sid = row(call).contact_sid;
    ended(call, row(call).legs.front().sid, reason);
    EXPECT_FALSE(live(call));
    EXPECT_EQ(center.state->conversations().contact(sid)->reason, reason);
    ASSERT_EQ(task_status(ann), routing::TaskStatus::wrapping);
    center.complete(center.tasks_of(ann).front());
  }
}

TEST_F(CallingOut, AMinuteOfRingingIsNoAnswer) {
  const CallId call = dial();
  center.advance(Duration::seconds(4));
  connected(call, leg_of(call, ann));
  center.advance(calls::kAnswerWithin - Duration::seconds(1));
  EXPECT_TRUE(live(call));
  center.advance(Duration::seconds(1));
  EXPECT_EQ(center.count(events::EventType::kCallEnded), 1u);
  EXPECT_EQ(task_status(ann), routing::TaskStatus::wrapping);
}

TEST_F(CallingOut, WhoGivesUpWhileItRingsEndsIt) {
  const CallId call = dial();
  connected(call, leg_of(call, ann));
  ended(call, leg_of(call, ann), Reason::by_worker);
  EXPECT_FALSE(live(call));
  EXPECT_EQ(task_status(ann), routing::TaskStatus::wrapping);
}

TEST_F(CallingOut, APhoneThatIsNotThereMakesNoCall) {
  const CallId call = dial();
  center.advance(calls::kConnectWithin);
  EXPECT_FALSE(live(call));
}

TEST_F(CallingOut, AnAgentWhoIsLostWhileItRingsEndsIt) {
  const CallId call = dial();
  connected(call, leg_of(call, ann));
  const ContactId sid = row(call).contact_sid;
  center.set_activity(ann, "Offline", false, true);
  EXPECT_FALSE(live(call));
  EXPECT_EQ(center.state->conversations().contact(sid), nullptr);
  EXPECT_TRUE(center.tasks_of(ann).empty());
}

TEST_F(CallingOut, WhoHasNoRoomOrIsSignedOffIsRefused) {
  talk();
  EXPECT_EQ(try_dial("+491").error().code, ErrorCode::kStateForbids);
  const WorkerId off = center.add_worker("Off", "{}", false);
  const auto refused = center.try_(calls::Command{calls::Dial{.worker_sid = off, .to = "+491", .number_sid = number}});
  EXPECT_EQ(refused.error().code, ErrorCode::kStateForbids);
}

TEST_F(CallingOut, AnAddressThatCannotBeCalledIsRefused) {
  for (const char* to : {"", "+", "call me", "eva@a b", "+4930\r\nX: 1"}) EXPECT_FALSE(try_dial(to)) << to;
  EXPECT_TRUE(center.tasks_of(ann).empty());
  EXPECT_EQ(row(dial("eva@example.org")).to, "sip:eva@example.org");
}

TEST_F(CallingOut, ARestartEndsCallsOfOurs) {
  const CallId call = talk();
  const ContactId sid = row(call).contact_sid;
  center.restart(Duration::seconds(1));
  EXPECT_FALSE(live(call));
  EXPECT_EQ(center.state->conversations().contact(sid)->reason, Reason::lost_by_us);
}

// ---- what may be called ----

class DiallingRules : public CallingOut {
 protected:
  DiallingRules() {
    calls::DiallingRecord record;
    record.version = 0;
    record.destinations = {{"+1", calls::DiallingRight::supervisor, 0},
                           {"+1212", calls::DiallingRight::agent, 2},
                           {"+49900", calls::DiallingRight::nobody, 0}};
    record.emergency = {{"112", "emergency", "+4930999", "Main Street 1"}, {"+112", "", "", ""}};
    center.must(calls::Command{calls::PutDialling{record}});
  }
  ErrorCode refusal(std::string to, calls::DiallingRight right = calls::DiallingRight::agent, bool listed = false) {
    const auto answer = try_dial(std::move(to), right, listed);
    return answer ? ErrorCode::kInternal : answer.error().code;
  }
  void call_and_hang_up(std::string to) {
    const CallId call = dial(std::move(to));
    center.must(calls::Command{calls::HangUp{call, Reason::by_worker}});
    center.complete(center.tasks_of(ann).front());
  }
};

TEST_F(DiallingRules, TheLongestPrefixSaysWhoMayCall) {
  EXPECT_EQ(refusal("+1555"), ErrorCode::kDestinationForbidden);
  EXPECT_EQ(refusal("+499001", calls::DiallingRight::admin), ErrorCode::kDestinationForbidden);
  call_and_hang_up("+12125");
  EXPECT_TRUE(try_dial("+1555", calls::DiallingRight::supervisor));
}

TEST_F(DiallingRules, SoManyAnHourAndThenNoMore) {
  call_and_hang_up("+12121");
  call_and_hang_up("+12122");
  EXPECT_EQ(refusal("+12123"), ErrorCode::kDestinationLimit);
  center.restart(Duration::minutes(1));
  EXPECT_EQ(refusal("+12123"), ErrorCode::kDestinationLimit);
  center.connect(ann);
  center.advance(Duration::hours(1));
  EXPECT_TRUE(try_dial("+12123"));
}

TEST_F(DiallingRules, WhoIsOnTheListIsNotCalled) {
  EXPECT_EQ(refusal("+4930", calls::DiallingRight::admin, true), ErrorCode::kDoNotCall);
}

TEST_F(DiallingRules, AnEmergencyIsCalledByAnybodyOverItsTrunkAndAtOnce) {
  const auto sid = center.try_(calls::Command{calls::Dial{.worker_sid = ann, .to = "112", .do_not_call = true}});
  ASSERT_TRUE(sid) << sid.error().message;
  const auto& leg = row(*CallId::parse(*sid)).legs.front();
  EXPECT_TRUE(leg.emergency);
  EXPECT_EQ(leg.trunks, std::vector<std::string>{"emergency"});
  EXPECT_EQ(leg.caller_id, "+4930999");
  EXPECT_EQ(leg.location, "Main Street 1");
  EXPECT_TRUE(plan(*CallId::parse(*sid), leg.sid).dial);
}

TEST_F(DiallingRules, RulesThatMakeNoSenseAreRefused) {
  const auto put = [&](auto edit) {
    calls::DiallingRecord record;
    record.version = 0;
    edit(record);
    return center.try_(calls::Command{calls::PutDialling{record}}).ok();
  };
  EXPECT_FALSE(put([](auto& r) { r.destinations = {{"abc"}}; }));
  EXPECT_FALSE(put([](auto& r) { r.destinations = {{"+1"}, {"+1"}}; }));
  EXPECT_FALSE(put([](auto& r) { r.destinations = {{"+1", calls::DiallingRight::agent, -1}}; }));
  EXPECT_FALSE(put([](auto& r) { r.emergency = {{""}}; }));
  EXPECT_FALSE(put([](auto& r) { r.version = 77; }));
}

// ---- colleagues ----

TEST_F(CallingOut, ACallToAColleagueIsNoContactAndRingsAtThem) {
  const WorkerId bob = colleague();
  const CallId call = *CallId::parse(center.must(calls::Command{calls::Dial{.worker_sid = ann, .to_worker_sid = bob}}));
  EXPECT_EQ(row(call).direction, calls::Direction::internal);
  EXPECT_TRUE(row(call).contact_sid.empty());
  EXPECT_EQ(center.count(events::EventType::kContactCreated), 0u);
  ASSERT_EQ(center.offers(bob).size(), 1u);
  connected(call, leg_of(call, ann));
  EXPECT_EQ(plan(call, leg_of(call, ann)).hears, Hears::ringing);
  EXPECT_TRUE(plan(call, leg_of(call, bob)).rings);
  center.accept_next(bob);
  connected(call, leg_of(call, bob));
  EXPECT_EQ(row(call).status, CallStatus::talking);
  EXPECT_EQ(plan(call, leg_of(call, ann)).hears, Hears::room);
  leave(call, bob);
  EXPECT_FALSE(live(call));
  EXPECT_TRUE(center.tasks_of(ann).empty());
  EXPECT_TRUE(center.tasks_of(bob).empty());
}

TEST_F(CallingOut, AColleagueWhoDoesNotTakeItEndsTheCall) {
  const WorkerId bob = colleague();
  const auto ring = [&] {
    return *CallId::parse(center.must(calls::Command{calls::Dial{.worker_sid = ann, .to_worker_sid = bob}}));
  };
  const CallId rejected = ring();
  center.reject(center.offers(bob).front());
  EXPECT_FALSE(live(rejected));
  EXPECT_TRUE(center.tasks_of(ann).empty());
  center.advance(Duration::minutes(1));
  const CallId missed = ring();
  connected(missed, leg_of(missed, ann));
  center.advance(Duration::seconds(15));
  EXPECT_FALSE(live(missed));
  EXPECT_TRUE(center.tasks_of(ann).empty());
}

TEST_F(CallingOut, AnInternalCallHasNoCustomerToHoldOrTransfer) {
  const WorkerId bob = colleague();
  const CallId call = *CallId::parse(center.must(calls::Command{calls::Dial{.worker_sid = ann, .to_worker_sid = bob}}));
  connected(call, leg_of(call, ann));
  center.accept_next(bob);
  connected(call, leg_of(call, bob));
  EXPECT_EQ(center.try_(calls::Command{calls::SetHold{call, ann, true}}).error().code, ErrorCode::kStateForbids);
  center.restart(Duration::seconds(1));
  EXPECT_TRUE(center.tasks_of(ann).empty());
}

// ---- consult and conference ----

TEST_F(CallingOut, AConsultIsPrivate) {
  const CallId call = taken();
  const WorkerId bob = colleague();
  const LegId invited = invite(call, bob);
  EXPECT_TRUE(row(call).consulting);
  EXPECT_EQ(customer_hears(call), Hears::music);
  EXPECT_EQ(plan(call, leg_of(call, ann)).hears, Hears::ringing);
  EXPECT_EQ(leg(call, invited).status, LegStatus::ringing);
  center.accept_next(bob);
  connected(call, invited);
  EXPECT_EQ(customer_hears(call), Hears::music);
  EXPECT_FALSE(calls::plan_of(row(call)).legs.front().speaks);
  EXPECT_EQ(plan(call, leg_of(call, ann)).hears, Hears::room);
  EXPECT_EQ(plan(call, invited).hears, Hears::room);
  EXPECT_EQ(center.count(events::EventType::kContactCreated), 1u);
}

TEST_F(CallingOut, TakingTheCustomerBackMakesThreeParties) {
  const CallId call = taken();
  const LegId bob = consult(call, colleague());
  hold(call, false);
  EXPECT_FALSE(row(call).consulting);
  EXPECT_EQ(customer_hears(call), Hears::room);
  EXPECT_TRUE(plan(call, bob).speaks);
}

TEST_F(CallingOut, WhoCompletesAConsultWrapsUpAndTheOthersGoOn) {
  const CallId call = taken();
  const WorkerId bob = colleague();
  consult(call, bob);
  leave(call, ann);
  EXPECT_EQ(row(call).status, CallStatus::talking);
  EXPECT_EQ(customer_hears(call), Hears::room);
  EXPECT_EQ(task_status(ann), routing::TaskStatus::wrapping);
  EXPECT_EQ(task_status(bob), routing::TaskStatus::assigned);
  EXPECT_EQ(contact(call)->customer_ended_at.us, 0);
  ended(call, row(call).legs.front().sid, Reason::customer_left);
  EXPECT_EQ(task_status(bob), routing::TaskStatus::wrapping);
}

TEST_F(CallingOut, CancelEndsTheInvitedLegAndTheCustomerIsBack) {
  const CallId call = taken();
  const WorkerId bob = colleague();
  const LegId invited = invite(call, bob);
  center.must(calls::Command{calls::Remove{call, ann, invited}});
  EXPECT_EQ(leg(call, invited).status, LegStatus::ended);
  EXPECT_TRUE(center.offers(bob).empty());
  EXPECT_EQ(customer_hears(call), Hears::room);
  const LegId again = consult(call, bob);
  center.must(calls::Command{calls::Remove{call, ann, again}});
  EXPECT_EQ(customer_hears(call), Hears::room);
  EXPECT_EQ(task_status(bob), routing::TaskStatus::wrapping);
  EXPECT_EQ(center.try_(calls::Command{calls::Remove{call, ann, row(call).legs.front().sid}}).error().code,
            ErrorCode::kStateForbids);
}

TEST_F(CallingOut, WhoDoesNotTakeAConsultLeavesTheCustomerOnHold) {
  const CallId call = taken();
  const WorkerId bob = colleague();
  const LegId invited = invite(call, bob);
  center.reject(center.offers(bob).front());
  EXPECT_EQ(leg(call, invited).reason, Reason::rejected);
  EXPECT_FALSE(row(call).consulting);
  EXPECT_EQ(customer_hears(call), Hears::music);
  hold(call, false);
  EXPECT_EQ(customer_hears(call), Hears::room);
}

TEST_F(CallingOut, WhoWasConsultedMayLeaveAgain) {
  const CallId call = taken();
  const WorkerId bob = colleague();
  consult(call, bob);
  leave(call, bob);
  EXPECT_EQ(task_status(bob), routing::TaskStatus::wrapping);
  EXPECT_EQ(customer_hears(call), Hears::music);
  EXPECT_EQ(task_status(ann), routing::TaskStatus::assigned);
}

TEST_F(CallingOut, ACustomerWhoHangsUpDuringAConsultEndsItForAll) {
  const CallId call = taken();
  const WorkerId bob = colleague(), eve = colleague("Eve");
  consult(call, bob);
  invite(call, eve);
  ended(call, row(call).legs.front().sid, Reason::customer_left);
  EXPECT_FALSE(live(call));
  EXPECT_EQ(task_status(ann), routing::TaskStatus::wrapping);
  EXPECT_EQ(task_status(bob), routing::TaskStatus::wrapping);
  EXPECT_TRUE(center.offers(eve).empty());
}

TEST_F(CallingOut, AnAgentWhoIsLostInAConferenceLeavesTheCustomerToTheOther) {
  const CallId call = taken();
  const WorkerId bob = colleague();
  consult(call, bob);
  ended(call, leg_of(call, ann), Reason::worker_lost);
  center.advance(calls::kComeBackWithin);
  EXPECT_EQ(row(call).status, CallStatus::talking);
  EXPECT_EQ(customer_hears(call), Hears::room);
  EXPECT_EQ(contact(call)->tasks.size(), 2u);
  EXPECT_TRUE(center.offers(bob).empty());
}

TEST_F(CallingOut, WhoIsOnlyBeingAskedCommandsNothing) {
  const CallId call = taken();
  const WorkerId bob = colleague();
  const LegId invited = invite(call, bob);
  EXPECT_FALSE(center.try_(calls::Command{calls::SetHold{call, bob, false}}));
  EXPECT_FALSE(center.try_(calls::Command{calls::SetMuted{call, bob, true}}));
  EXPECT_FALSE(center.try_(calls::Command{calls::Leave{call, bob}}));
  EXPECT_FALSE(center.try_(calls::Command{calls::Remove{call, bob, invited}}));
}

TEST_F(CallingOut, WhoIsBusyOrAlreadyThereIsNotInvited) {
  const CallId call = taken();
  const WorkerId bob = colleague();
  consult(call, bob);
  EXPECT_EQ(try_invite(call, bob, "").error().code, ErrorCode::kStateForbids);
  EXPECT_EQ(try_invite(call, center.add_worker("Off", "{}", false), "").error().code, ErrorCode::kStateForbids);
  EXPECT_EQ(try_invite(call, colleague("Eve"), "+49").error().code, ErrorCode::kInvalidValue);
  EXPECT_EQ(try_invite(call, {}, "").error().code, ErrorCode::kInvalidValue);
}

TEST_F(CallingOut, NoMoreThanEightPartiesAtOnce) {
  const CallId call = taken();
  for (int i = 0; i < 6; ++i) call_out(call, Purpose::join);
  EXPECT_EQ(try_invite(call, {}, "+4955").error().code, ErrorCode::kLimit);
}

}  // namespace
}  // namespace carillon::workspace
