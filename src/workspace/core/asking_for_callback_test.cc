// Goal: whoever waits can ask to be called back without losing their place, on a number that may be called and in time; whoever rather
//       waits on, waits on.
// Method: the whole decider on a hand-moved clock; what the media must do is what plan_of() says.
#include "workspace/core/testing/calling_back.h"

namespace carillon::workspace {
namespace {

using calls::CallbackMode;
using calls::CallbackStatus;
using calls::CallbackStep;
using calls::CallStatus;
using calls::Hears;
using calls::LegStatus;
using events::Bucket;
using events::Reason;

class AskingForCallback : public testing::CallingBack {};

TEST_F(AskingForCallback, AWaitingCallerIsToldOfTheKey) {
  put();
  ring();
  ASSERT_EQ(plan(call).words.size(), 2u);
  EXPECT_EQ(plan(call).words[1].text, "To be called back without losing your place, press 1.");
  EXPECT_EQ(plan(call).keys, "1");
  EXPECT_FALSE(row().announce_at.is_never());
}

TEST_F(AskingForCallback, TheNumberTheyCallFromIsReadToThem) {
  put();
  ring("+49170");
  press("1");
  EXPECT_EQ(row().asking.step, CallbackStep::confirm);
  std::string digits;
  for (const auto& words : plan(call).words) {
    if (words.prompt.starts_with("digits/")) digits += words.text;
  }
  EXPECT_EQ(digits, "49170");
  EXPECT_EQ(plan(call).keys, "12*");
  EXPECT_TRUE(plan(call).asks);
}

TEST_F(AskingForCallback, WhoAsksIsNotOfferedAndKeepsTheirPlace) {
  put();
  ring();
  press("1");
  const WorkerId ann = center.add_worker("Ann");
  EXPECT_TRUE(center.offers(ann).empty());
  press("*");
  EXPECT_EQ(row().asking.step, CallbackStep::none);
  EXPECT_EQ(center.offers(ann).size(), 1u);
}

TEST_F(AskingForCallback, ConfirmedTheCallEndsAndAFurtherTaskOfTheContactHasThePlace) {
  put();
  ring();
  const ContactId contact = row().contact_sid;
  const TaskId first = center.task_of(contact);
  const Instant since = center.state->routing().task(first)->virtual_start_time;
  center.advance(Duration::seconds(50));
  press("11");
  EXPECT_EQ(bucket(), Bucket::callback_taken);
  EXPECT_EQ(row().status, CallStatus::farewell);
  EXPECT_EQ(row().reason, Reason::callback_taken);
  callback = row().callback_sid;
  EXPECT_EQ(back().status, CallbackStatus::waiting);
  EXPECT_EQ(back().to, "+49170");
  EXPECT_EQ(back().contact_sid, contact);
  EXPECT_NE(task(), first);
  EXPECT_EQ(task_row().task_channel_sid, center.channel("callback"));
  EXPECT_EQ(task_row().task_queue_sid, queue);
  EXPECT_EQ(task_row().virtual_start_time, since);
  EXPECT_EQ(task_row().contact_sid, contact);
  tell(calls::WordsEnded{call, row().words_count});
  EXPECT_EQ(center.state->calls().call(call)->status, CallStatus::ended);
  ASSERT_NE(center.state->conversations().contact(contact), nullptr) << "open until the callback has ended";
  EXPECT_EQ(center.state->conversations().contact(contact)->customer_ended_at.us, 0);
  EXPECT_EQ(sum("voice").callback_taken, 1);
  EXPECT_EQ(sum("callback").offered, 1);
}

TEST_F(AskingForCallback, HangingUpDuringTheThanksLeavesTheCallback) {
  put();
  asked();
  const ContactId contact = back().contact_sid;
  tell(calls::LegEnded{call, leg, Reason::customer_left});
  EXPECT_EQ(back().status, CallbackStatus::waiting);
  EXPECT_NE(center.state->conversations().contact(contact), nullptr);
}

TEST_F(AskingForCallback, HangingUpWhileAskedIsAbandoned) {
  put();
  ring();
  center.advance(Duration::seconds(30));
  press("1");
  tell(calls::LegEnded{call, leg, Reason::customer_left});
  EXPECT_EQ(bucket(), Bucket::abandoned);
  EXPECT_TRUE(center.state->calls().callbacks().empty());
}

TEST_F(AskingForCallback, AnotherNumberIsTypedAndReadBack) {
  put();
  ring();
  press("12");
  EXPECT_EQ(row().asking.step, CallbackStep::enter);
  EXPECT_EQ(plan(call).keys, "0123456789*#");
  EXPECT_EQ(plan(call).legs.front().hears, Hears::words);
  press("00");
  EXPECT_EQ(plan(call).legs.front().hears, Hears::silence) << "who types hears nothing else";
  press("4930555#");
  EXPECT_EQ(row().asking.step, CallbackStep::confirm);
  EXPECT_EQ(row().asking.to, "+4930555");
  press("1");
  EXPECT_EQ(center.state->calls().callbacks().front()->to, "+4930555");
}

TEST_F(AskingForCallback, WhoCallsAnonymouslyMustTypeANumber) {
  put();
  ring("");
  EXPECT_EQ(row().from, "anonymous");
  press("1");
  EXPECT_EQ(row().asking.step, CallbackStep::enter);
  press("0305551#1");
  EXPECT_EQ(center.state->calls().callbacks().front()->to, "0305551");
}

TEST_F(AskingForCallback, NoNumberIsAskedForAgainAndThenTheyWaitOn) {
  put();
  ring("");
  press("1#");
  EXPECT_EQ(row().asking.step, CallbackStep::enter);
  press("12#");
  EXPECT_EQ(row().asking.step, CallbackStep::enter);
  press("#");
  EXPECT_EQ(row().asking.step, CallbackStep::none);
  EXPECT_EQ(row().status, CallStatus::queued);
  EXPECT_EQ(plan(call).words.front().text, calls::waiting_on_words().text);
}

TEST_F(AskingForCallback, WhoPressesNothingWaitsOnInTheirPlace) {
  put();
  ring();
  press("1");
  center.advance(calls::kStepWithin + calls::kStepWithin + calls::kStepWithin);
  EXPECT_EQ(row().asking.step, CallbackStep::none);
  const WorkerId ann = center.add_worker("Ann");
  EXPECT_EQ(center.offers(ann).size(), 1u);
}

TEST_F(AskingForCallback, TheLongestWaitDoesNotEndAQuestion) {
  put([](auto& n) { n.max_wait = Duration::seconds(20); });
  ring();
  center.advance(Duration::seconds(10));
  press("1");
  center.advance(Duration::seconds(15));
  EXPECT_EQ(row().asking.step, CallbackStep::confirm);
  press("*");
  EXPECT_EQ(row().status, CallStatus::queued);
  center.advance(Duration::seconds(1));
  EXPECT_NE(center.state->calls().call(call) ? row().status : CallStatus::ended, CallStatus::queued);
}

TEST_F(AskingForCallback, NobodyIsPromisedWhatClosingTimeWouldBreak) {
  put([&](auto& n) {
    n.always_open = false;
    n.openings = {{center.now() - Duration::hours(1), center.now() + Duration::minutes(20)}};
  });
  ring();  // nobody is there by whom the wait could be estimated: it counts as half an hour
  press("1");
  EXPECT_EQ(row().asking.step, CallbackStep::none);
  EXPECT_EQ(row().status, CallStatus::queued);
  EXPECT_EQ(plan(call).words.front().text, calls::too_late_words().text);
  center.add_worker("Ann");
  center.reject(center.offers(center.state->routing().workers().front()->sid).front());
  press("1");  // an estimate of minutes
  EXPECT_EQ(row().asking.step, CallbackStep::confirm);
}

TEST_F(AskingForCallback, OneOfANumberIsOpenAtATime) {
  put();
  asked("+49170");
  ring("+49171");
  press("12");
  press("0049170#1");
  EXPECT_EQ(row().status, CallStatus::queued);
  EXPECT_EQ(plan(call).words.front().text, calls::open_already_words().text);
  EXPECT_EQ(center.state->calls().callbacks().size(), 1u);
  const auto twice = request([](auto& wish) { wish.to = "+49170"; });
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, ErrorCode::kStateForbids);
}

TEST_F(AskingForCallback, WhatMayNotBeCalledIsNotCalledBack) {
  put();
  calls::PutDialling dialling;
  dialling.dialling.destinations = {{"+49900", calls::DiallingRight::supervisor, 0}};
  dialling.dialling.emergency.push_back({.address = "112"});
  tell(dialling);
  for (const std::string to : {"+49900123", "112"}) {
    ring("+49900123");
    press("12");
    for (const char key : to == "112" ? to : "0049900123") press(std::string(1, key));
    press("#1");
    EXPECT_EQ(row().asking.step, CallbackStep::enter) << to;
    EXPECT_EQ(plan(call).words.front().text, calls::not_callable_words().text);
    tell(calls::LegEnded{call, leg, Reason::customer_left});
  }
  ring();
  press("1");
  tell(calls::PressKey{call, leg, "1", "+49170", true});
  EXPECT_EQ(row().asking.step, CallbackStep::enter) << "on the do-not-call list";
  EXPECT_TRUE(center.state->calls().callbacks().empty());
  EXPECT_EQ(request([](auto& wish) { wish.to = "112"; }).error().code, ErrorCode::kDestinationForbidden);
  EXPECT_EQ(request([](auto& wish) { wish.to = "+49900123"; }).error().code, ErrorCode::kDestinationForbidden);
  EXPECT_EQ(request([](auto& wish) { wish.do_not_call = true; }).error().code, ErrorCode::kDoNotCall);
  EXPECT_TRUE(request([](auto& wish) { wish.to = "+49900123", wish.right = calls::DiallingRight::supervisor; }));
}

TEST_F(AskingForCallback, ANumberThatWasNotLookedUpIsNotConfirmed) {
  put();
  ring();
  press("1");
  tell(calls::PressKey{call, leg, "1", "", false});
  tell(calls::PressKey{call, leg, "1", "+49171", false});
  EXPECT_EQ(row().asking.step, CallbackStep::confirm);
  EXPECT_TRUE(center.state->calls().callbacks().empty());
}

TEST_F(AskingForCallback, AnAgentWhoIsJustComingGoesBeforeTheKey) {
  put();
  const WorkerId ann = center.add_worker("Ann");
  ring();
  center.accept_next(ann);
  press("1");
  EXPECT_EQ(row().asking.step, CallbackStep::none);
}

TEST_F(AskingForCallback, TheKeyMustMeanNothingElseAndLeadToAQueue) {
  const auto refused = [&](const std::function<void(calls::NumberRecord&)>& edit) {
    calls::NumberRecord row{.friendly_name = "Other", .address = "other"};
    row.task_queue_sid = queue;
    row.callback.key = "1";
    edit(row);
    const auto answer = center.try_(calls::Command{calls::PutNumber{row}});
    return answer ? std::string() : answer.error().field;
  };
  const WorkerId ann = center.add_worker("Ann");
  EXPECT_EQ(refused([](auto& n) { n.voicemail_key = "1"; }), "callback/key");
  EXPECT_EQ(refused([](auto& n) { n.callback.key = "12"; }), "callback/key");
  EXPECT_EQ(refused([](auto& n) { n.callback.tries = 11; }), "callback/tries");
  EXPECT_EQ(refused([](auto& n) { n.callback.retry_after = {}; }), "callback/retry_after_s");
  EXPECT_EQ(refused([&](auto& n) { n.task_queue_sid = {}, n.worker_sid = ann; }), "callback/key");
  EXPECT_EQ(refused([](auto& n) {
              n.consent = calls::ConsentRule::ask, n.consent_words = {"", "May we?"};
            }),
            "callback/key");
  EXPECT_EQ(refused([](auto&) {}), "");
}

TEST(CallbackWords, ATypedNumberIsDialledAsItIsMeant) {
  EXPECT_EQ(calls::typed_number("0049301"), "+49301");
  EXPECT_EQ(calls::typed_number("030555"), "030555");
  EXPECT_EQ(calls::typed_number("12"), "");
  EXPECT_EQ(calls::typed_number(""), "");
  EXPECT_EQ(calls::typed_number("1234567890123456789012"), "");
}

TEST(CallbackWords, WhoseNumberIsUnknownHasNone) {
  calls::CallRecord call;
  call.from = "anonymous";
  EXPECT_EQ(calls::own_number(call), "");
  call.from = "alice", call.identity = "sip:alice@example.org";
  EXPECT_EQ(calls::own_number(call), "sip:alice@example.org");
  call.from = "+49 30 1";
  EXPECT_EQ(calls::own_number(call), "+49301");
}

TEST(CallbackHours, OpeningsThatFollowOneAnotherAreOne) {
  const Instant t{1'000'000'000'000};
  calls::NumberRecord number;
  EXPECT_TRUE(calls::closes_at(number, t).is_never());
  number.always_open = false;
  number.openings = {{t, t + Duration::hours(1)}, {t + Duration::hours(1), t + Duration::hours(2)}};
  EXPECT_EQ(calls::closes_at(number, t), t + Duration::hours(2));
  EXPECT_EQ(calls::opens_at(number, t - Duration::hours(1)), t);
  EXPECT_TRUE(calls::opens_at(number, t + Duration::hours(3)).is_never());
}

}  // namespace
}  // namespace carillon::workspace
