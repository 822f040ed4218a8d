// Goal: whoever waits can ask to be called back without losing their place, is called by the agent who takes it, again when they
//       were not reached, and not at all once they have called themselves; every wait ends in the bucket it belongs to.
// Method: the whole decider on a hand-moved clock; what the media must do is what plan_of() says.
#include <gtest/gtest.h>

#include "calls/core/callbacks.h"
#include "calls/core/plan.h"
#include "workspace/testing/center.h"

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
using testing::Center;

class Callbacks : public ::testing::Test {
 protected:
  Callbacks() : queue(center.add_queue("Sales")) {}
  NumberId put(const std::function<void(calls::NumberRecord&)>& edit = [](calls::NumberRecord&) {}) {
    calls::NumberRecord row{.friendly_name = "Shop", .address = "+4930100"};
    row.task_queue_sid = queue;
    row.greeting = {"", "Welcome."};
    row.turn_away_unstaffed = false;
    row.callback.key = "1";
    edit(row);
    return number = *NumberId::parse(center.must(calls::Command{calls::PutNumber{row}}));
  }
  CallId ring(const std::string& from = "+49170") {
    arrive(from);
    tell(calls::LegConnected{call, leg});
    return call;
  }
  void arrive(const std::string& from) {
    leg = LegId{1, ++legs};
    calls::Arrive arrive{.leg_sid = leg, .number_sid = number, .from = from, .from_name = "Carla"};
    arrive.identity = from;
    call = *CallId::parse(center.must(calls::Command{arrive}));
  }
  void tell(calls::Command command) { center.must(std::move(command)); }
  void press(const std::string& keys) {
    for (const char key : keys) tell(calls::PressKey{call, leg, std::string(1, key)});
  }
  // The caller of `from` is to be called back.
  const calls::CallbackRecord& asked(const std::string& from = "+49170") {
    ring(from);
    press("11");
    EXPECT_EQ(row().status, CallStatus::farewell);
    EXPECT_FALSE(center.state->calls().callbacks().empty());
    callback = center.state->calls().callbacks().back()->sid;
    return back();
  }
  const calls::CallRecord& row() const { return row(call); }
  const calls::CallRecord& row(CallId sid) const {
    const auto* found = center.state->calls().call(sid);
    EXPECT_NE(found, nullptr);
    return *found;
  }
  const calls::CallbackRecord& back() const {
    const auto* found = center.state->calls().callback(callback);
    EXPECT_NE(found, nullptr);
    return *found;
  }
  calls::CallPlan plan(CallId sid) const { return calls::plan_of(row(sid)); }
  TaskId task() const { return back().task_sid; }
  const routing::TaskRecord& task_row() const { return *center.state->routing().task(task()); }
  // Of the queue entries that ended in the last entry, the first.
  Bucket bucket() const {
    for (const auto& event : center.last->events) {
      if (event.type == events::EventType::kQueueEntryEnded) return event.bucket;
    }
    return Bucket::none;
  }
  // Ann has taken it and her sound is there: the customer is called.
  CallId calling(WorkerId ann) {
    center.accept_next(ann);
    const CallId made = back().call_sid;
    tell(calls::LegConnected{made, row(made).legs[1].sid});
    return made;
  }
  void fails(CallId made, Reason reason = Reason::no_answer) {
    tell(calls::LegEnded{made, row(made).legs.front().sid, reason});
  }
  Result<std::string> request(const std::function<void(calls::RequestCallback&)>& edit = [](auto&) {}) {
    calls::RequestCallback wish{.to = "+49 (30) 77", .name = "Carla"};
    wish.number_sid = number;
    edit(wish);
    return center.try_(calls::Command{wish});
  }
  metrics::QueueInterval sum(std::string_view channel) const {
    metrics::QueueInterval out;
    for (const auto& one : center.metrics.queues) {
      if (one.task_queue_sid != queue || one.task_channel_sid != center.channel(channel)) continue;
      out.offered += one.offered, out.answered += one.answered, out.callback_taken += one.callback_taken;
      out.canceled += one.canceled, out.abandoned += one.abandoned;
    }
    return out;
  }

  Center center;
  QueueId queue;
  NumberId number;
  CallId call;
  LegId leg;
  CallbackId callback;
  std::uint64_t legs = 0;
};

// ---- asking ----

TEST_F(Callbacks, AWaitingCallerIsToldOfTheKey) {
  put();
  ring();
  ASSERT_EQ(plan(call).words.size(), 2u);
  EXPECT_EQ(plan(call).words[1].text, "To be called back without losing your place, press 1.");
  EXPECT_EQ(plan(call).keys, "1");
  EXPECT_FALSE(row().announce_at.is_never());
}

TEST_F(Callbacks, TheNumberTheyCallFromIsReadToThem) {
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

TEST_F(Callbacks, WhoAsksIsNotOfferedAndKeepsTheirPlace) {
  put();
  ring();
  press("1");
  const WorkerId ann = center.add_worker("Ann");
  EXPECT_TRUE(center.offers(ann).empty());
  press("*");
  EXPECT_EQ(row().asking.step, CallbackStep::none);
  EXPECT_EQ(center.offers(ann).size(), 1u);
}

TEST_F(Callbacks, ConfirmedTheCallEndsAndAFurtherTaskOfTheContactHasThePlace) {
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

TEST_F(Callbacks, HangingUpDuringTheThanksLeavesTheCallback) {
  put();
  asked();
  const ContactId contact = back().contact_sid;
  tell(calls::LegEnded{call, leg, Reason::customer_left});
  EXPECT_EQ(back().status, CallbackStatus::waiting);
  EXPECT_NE(center.state->conversations().contact(contact), nullptr);
}

TEST_F(Callbacks, HangingUpWhileAskedIsAbandoned) {
  put();
  ring();
  center.advance(Duration::seconds(30));
  press("1");
  tell(calls::LegEnded{call, leg, Reason::customer_left});
  EXPECT_EQ(bucket(), Bucket::abandoned);
  EXPECT_TRUE(center.state->calls().callbacks().empty());
}

TEST_F(Callbacks, AnotherNumberIsTypedAndReadBack) {
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

TEST_F(Callbacks, WhoCallsAnonymouslyMustTypeANumber) {
  put();
  ring("");
  EXPECT_EQ(row().from, "anonymous");
  press("1");
  EXPECT_EQ(row().asking.step, CallbackStep::enter);
  press("0305551#1");
  EXPECT_EQ(center.state->calls().callbacks().front()->to, "0305551");
}

TEST_F(Callbacks, NoNumberIsAskedForAgainAndThenTheyWaitOn) {
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

TEST_F(Callbacks, WhoPressesNothingWaitsOnInTheirPlace) {
  put();
  ring();
  press("1");
  center.advance(calls::kStepWithin + calls::kStepWithin + calls::kStepWithin);
  EXPECT_EQ(row().asking.step, CallbackStep::none);
  const WorkerId ann = center.add_worker("Ann");
  EXPECT_EQ(center.offers(ann).size(), 1u);
}

TEST_F(Callbacks, TheLongestWaitDoesNotEndAQuestion) {
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

TEST_F(Callbacks, NobodyIsPromisedWhatClosingTimeWouldBreak) {
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

TEST_F(Callbacks, OneOfANumberIsOpenAtATime) {
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

TEST_F(Callbacks, WhatMayNotBeCalledIsNotCalledBack) {
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
  tell(calls::PressKey{call, leg, "1", true});
  EXPECT_EQ(row().asking.step, CallbackStep::enter) << "on the do-not-call list";
  EXPECT_TRUE(center.state->calls().callbacks().empty());
  EXPECT_EQ(request([](auto& wish) { wish.to = "112"; }).error().code, ErrorCode::kDestinationForbidden);
  EXPECT_EQ(request([](auto& wish) { wish.to = "+49900123"; }).error().code, ErrorCode::kDestinationForbidden);
  EXPECT_EQ(request([](auto& wish) { wish.do_not_call = true; }).error().code, ErrorCode::kDoNotCall);
  EXPECT_TRUE(request([](auto& wish) { wish.to = "+49900123", wish.right = calls::DiallingRight::supervisor; }));
}

TEST_F(Callbacks, AnAgentWhoIsJustComingGoesBeforeTheKey) {
  put();
  const WorkerId ann = center.add_worker("Ann");
  ring();
  center.accept_next(ann);
  press("1");
  EXPECT_EQ(row().asking.step, CallbackStep::none);
}

TEST_F(Callbacks, TheKeyMustMeanNothingElseAndLeadToAQueue) {
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

// ---- calling back ----

TEST_F(Callbacks, WhoAskedFirstIsServedFirst) {
  put();
  asked("+49170");
  center.advance(Duration::seconds(10));
  ring("+49171");
  const WorkerId ann = center.add_worker("Ann");
  ASSERT_EQ(center.offers(ann).size(), 1u);
  EXPECT_EQ(center.state->routing().reservation(center.offers(ann).front())->task_sid, task());
  EXPECT_EQ(center.state->routing().reservation(center.offers(ann).front())->expires_at,
            center.now() + Duration::seconds(20));
}

TEST_F(Callbacks, TheAgentWhoTakesItIsConnectedAndThenTheCustomerIsCalled) {
  put();
  asked();
  center.advance(Duration::minutes(2));
  const WorkerId ann = center.add_worker("Ann");
  center.accept_next(ann);
  EXPECT_EQ(back().status, CallbackStatus::calling);
  const CallId made = back().call_sid;
  EXPECT_EQ(row(made).direction, calls::Direction::outbound);
  EXPECT_EQ(row(made).status, CallStatus::dialling);
  EXPECT_EQ(row(made).callback_sid, callback);
  EXPECT_EQ(row(made).from, "+4930100");
  EXPECT_FALSE(plan(made).legs.front().dial);
  tell(calls::LegConnected{made, row(made).legs[1].sid});
  EXPECT_TRUE(plan(made).legs.front().dial);
  EXPECT_EQ(plan(made).legs[1].hears, Hears::ringing);
  EXPECT_EQ(sum("callback").answered, 0);
  tell(calls::LegConnected{made, row(made).legs.front().sid});
  EXPECT_EQ(bucket(), Bucket::answered);
  EXPECT_EQ(row(made).status, CallStatus::talking);
  EXPECT_EQ(back().status, CallbackStatus::reached);
  EXPECT_EQ(sum("callback").answered, 1);
  const ContactId contact = row(made).contact_sid;
  EXPECT_NE(center.state->conversations().contact(contact)->answered_at.us, 0);
  tell(calls::LegEnded{made, row(made).legs.front().sid, Reason::customer_left});
  for (const TaskId left : center.tasks_of(ann)) center.complete(left);
  EXPECT_EQ(center.state->conversations().contact(contact), nullptr);
  EXPECT_TRUE(center.state->calls().callbacks().empty());
}

TEST_F(Callbacks, CustomerFirstTheyAreCalledAtOnceAndTheAgentJoins) {
  put([](auto& n) { n.callback.mode = CallbackMode::customer_first; });
  asked();
  const WorkerId ann = center.add_worker("Ann");
  center.accept_next(ann);
  const CallId made = back().call_sid;
  ASSERT_EQ(row(made).legs.size(), 1u);
  EXPECT_TRUE(plan(made).legs.front().dial);
  tell(calls::LegConnected{made, row(made).legs.front().sid});
  EXPECT_EQ(center.state->calls().callback(callback)->status, CallbackStatus::reached);
  ASSERT_EQ(row(made).legs.size(), 2u);
  EXPECT_EQ(row(made).legs[1].worker_sid, ann);
  EXPECT_EQ(bucket(), Bucket::none) << "answered when they can talk";
  tell(calls::LegConnected{made, row(made).legs[1].sid});
  EXPECT_EQ(bucket(), Bucket::answered);
  EXPECT_EQ(plan(made).legs.front().hears, Hears::room);
}

TEST_F(Callbacks, CustomerFirstAnAgentWithoutSoundLeavesThemWaitingForTheNext) {
  put([](auto& n) { n.callback.mode = CallbackMode::customer_first; });
  asked();
  const WorkerId ann = center.add_worker("Ann");
  center.accept_next(ann);
  const CallId made = back().call_sid;
  tell(calls::LegConnected{made, row(made).legs.front().sid});
  center.advance(calls::kConnectWithin);
  EXPECT_EQ(row(made).status, CallStatus::queued);
  center.accept_next(ann);
  ASSERT_EQ(row(made).legs.size(), 3u);
  tell(calls::LegConnected{made, row(made).legs[2].sid});
  EXPECT_EQ(row(made).status, CallStatus::talking);
}

TEST_F(Callbacks, WhoIsNotReachedIsTriedAgainAndKeepsThePlaceOnce) {
  put();
  asked();
  const Instant place = task_row().virtual_start_time;
  const ContactId contact = back().contact_sid;
  const WorkerId ann = center.add_worker("Ann");
  center.advance(Duration::seconds(5));
  fails(calling(ann), Reason::busy);
  EXPECT_EQ(back().status, CallbackStatus::paused);
  EXPECT_EQ(back().next_try_at, center.now() + Duration::minutes(15));
  EXPECT_TRUE(task_row().held);
  EXPECT_TRUE(center.tasks_of(ann).empty());
  const auto why = center.state->routing().why(task(), center.now(), 10);
  EXPECT_EQ(why->next_change, "its customer may be called again");
  EXPECT_EQ(why->next_change_at, back().next_try_at);
  EXPECT_EQ(why->candidates.front().verdict, "held_back");
  center.advance(Duration::minutes(15));
  EXPECT_EQ(back().status, CallbackStatus::waiting);
  EXPECT_LE(task_row().virtual_start_time - place, Duration::seconds(6)) << "only the time with the agent is left out";
  EXPECT_EQ(center.offers(ann).size(), 1u);

  fails(calling(ann));
  center.advance(Duration::minutes(15));
  EXPECT_EQ(task_row().virtual_start_time, center.now()) << "then normal order";

  const CallId last = calling(ann);
  fails(last, Reason::unreachable);
  EXPECT_EQ(back().status, CallbackStatus::not_reached);
  ASSERT_EQ(back().tries.size(), 3u);
  EXPECT_EQ(back().tries[0].reason, Reason::busy);
  EXPECT_EQ(back().tries[2].reason, Reason::unreachable);
  EXPECT_EQ(back().tries[2].worker_sid, ann);
  EXPECT_EQ(bucket(), Bucket::canceled);
  EXPECT_EQ(center.state->conversations().contact(contact), nullptr);
  EXPECT_TRUE(center.tasks_of(ann).empty());
}

TEST_F(Callbacks, NobodyIsTriedAgainWhileItIsClosed) {
  const Instant opens = center.now() + Duration::hours(14);
  put([&](auto& n) {
    n.always_open = false;
    n.openings = {{center.now() - Duration::hours(1), center.now() + Duration::minutes(10)},
                  {opens, opens + Duration::hours(8)}};
    n.openings.front().until = center.now() + Duration::minutes(40);
  });
  const WorkerId ann = center.add_worker("Ann");
  center.set_activity(ann, "Break");
  asked();
  center.advance(Duration::minutes(30));
  center.set_activity(ann, "Available");
  fails(calling(ann));
  EXPECT_EQ(back().next_try_at, opens);
}

TEST_F(Callbacks, AnAgentWithoutSoundIsNoTryAndTheTaskIsBackInItsPlace) {
  put();
  asked();
  const WorkerId ann = center.add_worker("Ann");
  center.accept_next(ann);
  center.advance(calls::kConnectWithin);
  EXPECT_EQ(back().status, CallbackStatus::waiting);
  EXPECT_TRUE(back().tries.empty());
  EXPECT_FALSE(task_row().held);
  EXPECT_EQ(center.offers(ann).size(), 1u);
}

TEST_F(Callbacks, AnAgentWhoHangsUpWhileItRingsHasTried) {
  put();
  asked();
  const WorkerId ann = center.add_worker("Ann");
  const CallId made = calling(ann);
  tell(calls::LegEnded{made, row(made).legs[1].sid, Reason::by_worker});
  EXPECT_EQ(back().status, CallbackStatus::paused);
  EXPECT_EQ(back().tries.size(), 1u);
  EXPECT_EQ(row(made).legs.front().status, LegStatus::ended);
}

TEST_F(Callbacks, AnAgentWhoIsLostWhileItRingsHasTriedAndTheTaskWaitsForTheNextTime) {
  put();
  asked();
  const WorkerId ann = center.add_worker("Ann");
  calling(ann);
  center.connect(ann, false);
  center.advance(Duration::seconds(40));
  EXPECT_NE(back().status, CallbackStatus::calling);
  EXPECT_TRUE(center.tasks_of(ann).empty());
}

TEST_F(Callbacks, WhoTransfersItWhileItRingsGivesTheCallbackOn) {
  put();
  asked();
  const WorkerId ann = center.add_worker("Ann");
  calling(ann);
  const TaskId first = task();
  const TaskId second = center.transfer(first, queue);
  EXPECT_EQ(task(), second);
  EXPECT_EQ(back().status, CallbackStatus::paused);
  EXPECT_TRUE(task_row().held);
}

TEST_F(Callbacks, CompletingTheTaskEndsTheCallback) {
  put();
  asked();
  const WorkerId ann = center.add_worker("Ann");
  const CallId made = calling(ann);
  center.complete(task());
  EXPECT_EQ(back().status, CallbackStatus::canceled);
  EXPECT_EQ(row(made).status, CallStatus::ended);
}

TEST_F(Callbacks, TheQueuesLongestWaitIsNotTheirs) {
  queue = center.put_queue([](auto& q) { q.friendly_name = "Short", q.max_wait = Duration::seconds(30); });
  put();
  asked();
  center.advance(Duration::minutes(20));
  EXPECT_EQ(task_row().status, routing::TaskStatus::pending);
  EXPECT_FALSE(task_row().max_wait_alerted);
}

TEST_F(Callbacks, AWorkflowGoesOnWhereTheCallerStood) {
  const QueueId other = center.add_queue("Other");
  const WorkflowId workflow = center.add_workflow(
      "W", R"({"task_routing":{"filters":[{"filter_friendly_name":"All","expression":"1==1","targets":[{"queue":")" +
               queue.str() + R"(","timeout":60},{"queue":")" + other.str() + R"("}]}],"default_filter":{"queue":")" +
               queue.str() + R"("}}})");
  put([&](auto& n) { n.task_queue_sid = {}, n.workflow_sid = workflow; });
  ring();
  center.advance(Duration::seconds(20));
  press("11");
  callback = row().callback_sid;
  EXPECT_EQ(task_row().task_queue_sid, queue);
  center.advance(Duration::seconds(41));
  EXPECT_EQ(task_row().task_queue_sid, other);
  const Instant first = task_row().virtual_start_time;
  EXPECT_EQ(center.now() - first, Duration::seconds(61));
}

// ---- the caller calls first ----

TEST_F(Callbacks, WhoCallsThemselvesTakesThePlaceAndTheCallbackIsOver) {
  put();
  asked();
  const ContactId contact = back().contact_sid;
  const TaskId before = task();
  const Instant place = task_row().virtual_start_time;
  center.advance(Duration::minutes(4));
  arrive("+49170");
  EXPECT_EQ(center.state->calls().callback(callback)->status, CallbackStatus::joined);
  EXPECT_EQ(row().contact_sid, contact);
  EXPECT_EQ(row().status, CallStatus::queued);
  EXPECT_EQ(row().callback_sid, callback);
  EXPECT_EQ(center.state->routing().task(before), nullptr);
  const TaskId now = center.task_of(contact);
  EXPECT_EQ(center.state->routing().task(now)->task_channel_sid, center.channel("voice"));
  EXPECT_EQ(center.state->routing().task(now)->virtual_start_time, place);
  EXPECT_EQ(sum("callback").canceled, 1);
  const WorkerId ann = center.add_worker("Ann");
  center.accept_next(ann);
  tell(calls::LegConnected{call, row().legs[1].sid});
  EXPECT_EQ(row().status, CallStatus::talking);
  EXPECT_EQ(bucket(), Bucket::answered);
}

TEST_F(Callbacks, WhoCallsWhileTheyAreCalledIsTakenByWhoeverCalls) {
  put();
  asked();
  const WorkerId bob = center.add_worker("Bob");
  const CallId made = calling(bob);
  center.add_worker("Ann");
  arrive("+49170");
  EXPECT_EQ(center.state->calls().call(made)->status, CallStatus::ended);
  EXPECT_EQ(center.state->calls().callback(callback)->status, CallbackStatus::joined);
  ASSERT_EQ(center.offers(bob).size(), 1u);
  center.accept_next(bob);
  tell(calls::LegConnected{call, row().legs[1].sid});
  EXPECT_EQ(row().status, CallStatus::talking);
}

TEST_F(Callbacks, WhoCallsWhileItIsPausedWaitsNoLonger) {
  put();
  asked();
  const WorkerId ann = center.add_worker("Ann");
  fails(calling(ann));
  ring("+49170");
  EXPECT_EQ(center.offers(ann).size(), 1u);
}

TEST_F(Callbacks, WhileItIsClosedACallerIsToldSoAndIsCalledBackAllTheSame) {
  put([&](auto& n) {
    n.always_open = false, n.closed_words = {"", "Closed."};
    n.openings = {{center.now() - Duration::hours(1), center.now() + Duration::minutes(40)}};
  });
  asked();
  center.advance(Duration::hours(1));
  ring("+49170");
  EXPECT_EQ(row().turned_away, Bucket::closed);
  EXPECT_EQ(back().status, CallbackStatus::waiting);
}

// ---- asked for by others ----

TEST_F(Callbacks, AProgramAsksAndItsContactBeginsWithTheCallback) {
  put();
  const auto sid = request();
  ASSERT_TRUE(sid) << sid.error().message;
  callback = *CallbackId::parse(*sid);
  EXPECT_EQ(back().to, "+493077");
  EXPECT_EQ(back().status, CallbackStatus::waiting);
  EXPECT_EQ(task_row().task_queue_sid, queue);
  EXPECT_EQ(task_row().task_channel_sid, center.channel("callback"));
  const WorkerId ann = center.add_worker("Ann");
  const CallId made = calling(ann);
  tell(calls::LegConnected{made, row(made).legs.front().sid});
  EXPECT_EQ(bucket(), Bucket::answered);
}

TEST_F(Callbacks, LaterMeansLaterAndTooLateMeansNever) {
  put();
  const Instant then = center.now() + Duration::hours(2);
  const auto sid = request([&](auto& wish) { wish.not_before = then, wish.not_after = then + Duration::hours(1); });
  ASSERT_TRUE(sid);
  callback = *CallbackId::parse(*sid);
  EXPECT_EQ(back().status, CallbackStatus::paused);
  const WorkerId ann = center.add_worker("Ann");
  EXPECT_TRUE(center.offers(ann).empty());
  center.set_activity(ann, "Break");
  center.advance(Duration::hours(2));
  EXPECT_EQ(back().status, CallbackStatus::waiting);
  const ContactId contact = back().contact_sid;
  center.advance(Duration::hours(1));
  EXPECT_EQ(center.state->calls().callback(callback), nullptr);
  EXPECT_EQ(center.state->conversations().contact(contact), nullptr);
  const auto never = request([&](auto& wish) { wish.not_after = center.now(); });
  ASSERT_FALSE(never);
  EXPECT_EQ(never.error().code, ErrorCode::kStateForbids);
}

TEST_F(Callbacks, CanceledItIsOverAndWhoeverIsCalledIsHungUpOn) {
  put();
  asked();
  const ContactId contact = back().contact_sid;
  const WorkerId ann = center.add_worker("Ann");
  const CallId made = calling(ann);
  tell(calls::CancelCallback{callback, Reason::by_supervisor});
  EXPECT_EQ(back().status, CallbackStatus::canceled);
  EXPECT_EQ(row(made).status, CallStatus::ended);
  for (const TaskId left : center.tasks_of(ann)) center.complete(left);
  EXPECT_EQ(center.state->conversations().contact(contact), nullptr);
  const auto again = center.try_(calls::Command{calls::CancelCallback{callback, Reason::by_api}});
  EXPECT_EQ(again.error().code, ErrorCode::kNotFound);
}

// ---- restart ----

TEST_F(Callbacks, ARestartLosesNeitherPlaceNorTimeNorTry) {
  put();
  asked("+49170");
  const CallbackId first = callback;
  asked("+49171");
  const WorkerId ann = center.add_worker("Ann");
  callback = first;
  fails(calling(ann));
  const Instant next = back().next_try_at;
  callback = center.state->calls().callbacks().back()->sid;
  calling(ann);
  center.restart(Duration::minutes(2));
  EXPECT_EQ(back().status, CallbackStatus::waiting) << "the line is cut: it was no try";
  EXPECT_TRUE(back().tries.empty());
  callback = first;
  EXPECT_EQ(back().status, CallbackStatus::paused);
  EXPECT_EQ(back().next_try_at, next);
  EXPECT_TRUE(task_row().held);
  center.advance(Duration::minutes(14));
  EXPECT_EQ(back().status, CallbackStatus::waiting);
  EXPECT_EQ(center.hash_of_replay(), center.state->hash());
}

TEST_F(Callbacks, ARestartDuringTheThanksLeavesTheCallback) {
  put();
  asked();
  center.restart(Duration::seconds(3));
  EXPECT_EQ(back().status, CallbackStatus::waiting);
  EXPECT_EQ(task_row().status, routing::TaskStatus::pending);
}

TEST_F(Callbacks, ARestartDuringTheQuestionLeavesTheCallerTheirPlace) {
  put();
  ring();
  const CallId lost = call;
  press("1");
  center.restart(Duration::seconds(3));
  ring();
  EXPECT_EQ(row().resumes_sid, lost);
  EXPECT_EQ(row().status, CallStatus::queued);
  center.add_worker("Ann");
  EXPECT_EQ(center.offers(center.state->routing().workers().front()->sid).size(), 1u);
}

// ---- words ----

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
