// Goal: who is to be called back is called by the agent who takes it, again when they were not reached, and not at all once they have
//       called themselves; every wait ends in the bucket it belongs to, and a restart loses nothing.
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

class Callbacks : public testing::CallingBack {};

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
  EXPECT_EQ(back().status, CallbackStatus::expired);
  EXPECT_EQ(bucket(), Bucket::timed_out);
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

}  // namespace
}  // namespace carillon::workspace
