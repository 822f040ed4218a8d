// Goal: calls with somebody outside, and calls that are given away; anything in any order leaves nothing behind.
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

// ---- somebody outside ----

TEST_F(CallingOut, AnOutsidePartyIsConsultedAndHeardByTheAgentOnly) {
  const CallId call = taken();
  const LegId out = call_out(call);
  EXPECT_TRUE(plan(call, out).dial);
  EXPECT_EQ(customer_hears(call), Hears::music);
  connected(call, out);
  EXPECT_EQ(plan(call, out).hears, Hears::room);
  EXPECT_EQ(customer_hears(call), Hears::music);
  hold(call, false);
  EXPECT_EQ(customer_hears(call), Hears::room);
}

TEST_F(CallingOut, AnOutsidePartyWhoIsBusyLeavesTheCustomerOnHold) {
  const CallId call = taken();
  const LegId out = call_out(call);
  ended(call, out, Reason::busy);
  EXPECT_EQ(leg(call, out).reason, Reason::busy);
  EXPECT_FALSE(row(call).consulting);
  EXPECT_EQ(row(call).status, CallStatus::talking);
}

TEST_F(CallingOut, LeftToAnOutsidePartyTheContactIsOverAndTheCallGoesOn) {
  const CallId call = taken();
  const LegId out = call_out(call), customer = row(call).legs.front().sid;
  connected(call, out);
  leave(call, ann);
  EXPECT_EQ(row(call).status, CallStatus::onward);
  EXPECT_EQ(customer_hears(call), Hears::room);
  EXPECT_FALSE(calls::plan_of(row(call)).recording.wanted);
  EXPECT_EQ(contact(call)->reason, Reason::transferred);
  EXPECT_EQ(task_status(ann), routing::TaskStatus::wrapping);
  center.complete(center.tasks_of(ann).front());
  EXPECT_EQ(row(call).status, CallStatus::onward);
  ended(call, customer, Reason::customer_left);
  EXPECT_FALSE(live(call));
}

TEST_F(CallingOut, TheOutsidePartyHangsUpAndTheCustomerIsAlone) {
  const CallId call = taken();
  const LegId out = call_out(call);
  connected(call, out);
  leave(call, ann);
  ended(call, out, Reason::customer_left);
  EXPECT_FALSE(live(call));
}

TEST_F(CallingOut, ARestartEndsWhatGoesOnWithoutUs) {
  const CallId call = taken();
  connected(call, call_out(call));
  leave(call, ann);
  center.restart(Duration::seconds(1));
  EXPECT_FALSE(live(call));
}

// ---- transfer to a number ----

TEST_F(CallingOut, ATransferToANumberIsOverWhenItAnswers) {
  const CallId call = taken();
  const LegId out = call_out(call, Purpose::transfer);
  EXPECT_EQ(customer_hears(call), Hears::music);
  EXPECT_EQ(task_status(ann), routing::TaskStatus::assigned);
  EXPECT_EQ(center.try_(calls::Command{calls::SetHold{call, ann, false}}).error().code, ErrorCode::kStateForbids);
  connected(call, out);
  EXPECT_EQ(row(call).status, CallStatus::onward);
  EXPECT_EQ(task_status(ann), routing::TaskStatus::wrapping);
}

TEST_F(CallingOut, NotAnsweredItComesBackToWhoIsStillThere) {
  const CallId call = taken();
  const LegId out = call_out(call, Purpose::transfer);
  ended(call, out, Reason::no_answer);
  EXPECT_EQ(row(call).status, CallStatus::talking);
  EXPECT_EQ(customer_hears(call), Hears::room);
}

TEST_F(CallingOut, NotAnsweredItComesBackToThePhoneOfWhoHasLeft) {
  const CallId call = taken();
  const LegId out = call_out(call, Purpose::transfer);
  leave(call, ann);
  EXPECT_EQ(task_status(ann), routing::TaskStatus::assigned);
  EXPECT_EQ(customer_hears(call), Hears::music);
  center.advance(calls::kAnswerWithin);
  EXPECT_EQ(leg(call, out).reason, Reason::no_answer);
  const LegId back = leg_of(call, ann);
  EXPECT_EQ(leg(call, back).status, LegStatus::connecting);
  connected(call, back);
  EXPECT_EQ(customer_hears(call), Hears::room);
}

TEST_F(CallingOut, WhoIsGoneWhenItComesBackLeavesItToTheQueueBeforeOthers) {
  const CallId call = taken();
  call_out(call, Purpose::transfer);
  leave(call, ann);
  center.advance(calls::kAnswerWithin);
  center.advance(calls::kConnectWithin);
  EXPECT_EQ(row(call).status, CallStatus::queued);
  const auto* task = center.state->routing().task(center.task_of(row(call).contact_sid));
  ASSERT_NE(task, nullptr);
  EXPECT_EQ(task->task_queue_sid, queue);
  EXPECT_GT(task->boost.us, 0);
}

TEST_F(CallingOut, LeavingBeforeTheOutsidePartyAnswersIsATransfer) {
  const CallId call = taken();
  const LegId out = call_out(call);
  leave(call, ann);
  EXPECT_EQ(row(call).transfer_leg_sid, out);
  connected(call, out);
  EXPECT_EQ(row(call).status, CallStatus::onward);
}

TEST_F(CallingOut, NobodyLeavesACustomerAlone) {
  const CallId call = taken();
  EXPECT_EQ(center.try_(calls::Command{calls::Leave{call, ann}}).error().code, ErrorCode::kStateForbids);
}

// ---- transfer to workers and queues, which are routing's ----

TEST_F(CallingOut, TransferredToAColleagueItStaysUntilTheyTakeItAndComesBackIfNot) {
  const CallId call = taken();
  const WorkerId bob = colleague();
  const auto transfer = [&] {
    center.must(routing::Command{
        routing::TransferTask{.task_sid = center.tasks_of(ann).front(), .worker_sid = bob, .attributes = {}}});
  };
  transfer();
  EXPECT_EQ(customer_hears(call), Hears::room);
  center.reject(center.offers(bob).front());
  EXPECT_EQ(customer_hears(call), Hears::room);
  EXPECT_EQ(task_status(ann), routing::TaskStatus::assigned);
  center.advance(Duration::minutes(1));
  transfer();
  center.accept_next(bob);
  EXPECT_EQ(task_status(ann), routing::TaskStatus::wrapping);
  EXPECT_EQ(customer_hears(call), Hears::music);
  connected(call, leg_of(call, bob));
  EXPECT_EQ(customer_hears(call), Hears::room);
}

TEST_F(CallingOut, TransferredToAQueueTheyKeepTheirPlaceWithABoost) {
  const CallId call = taken();
  const QueueId service = center.add_queue("Service");
  const TaskId fresh = center.transfer(center.tasks_of(ann).front(), service);
  EXPECT_EQ(row(call).status, CallStatus::queued);
  EXPECT_EQ(task_status(ann), routing::TaskStatus::wrapping);
  EXPECT_GT(center.state->routing().task(fresh)->boost.us, 0);
  EXPECT_EQ(customer_hears(call), Hears::words);
}

// ---- anything at any time ----

// Three agents who do whatever comes to mind with their calls, and telephones that do the same.
class AnyOrder : public CallingOut, public ::testing::WithParamInterface<std::uint64_t> {
 protected:
  std::uint64_t draw(std::uint64_t below) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (seed >> 33) % below;
  }
  template <class T>
  T any(const std::vector<T>& of) {
    return of[draw(of.size())];
  }
  void call_somebody() {
    calls::Dial dial{.worker_sid = any(agents), .to = "+49171", .number_sid = number};
    if (draw(3) == 0) dial.to.clear(), dial.to_worker_sid = any(agents);
    (void)center.try_(calls::Command{dial});
  }
  void be_called() {
    calls::Arrive arrive{.leg_sid = {1, ++legs}, .number_sid = number, .from = "+491701", .to = "+4930"};
    arrive.identity = arrive.from;
    (void)center.try_(calls::Command{arrive});
  }
  void answer_offers() {
    for (const WorkerId agent : agents) {
      for (const ReservationId offer : center.offers(agent)) {
        draw(4) == 0 ? void(center.try_(routing::RejectReservation{offer}))
                     : void(center.try_(routing::AcceptReservation{offer}));
      }
    }
  }
  void something_in(const calls::CallRecord& call) {
    const CallId sid = call.sid;
    const calls::LegRecord leg = any(call.legs);
    const WorkerId who = any(agents);
    const Reason reasons[] = {Reason::customer_left, Reason::busy, Reason::worker_lost, Reason::by_worker};
    switch (draw(12)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return void(center.try_(calls::Command{calls::LegConnected{sid, leg.sid}}));
      case 4:
        return void(center.try_(calls::Command{calls::LegEnded{sid, leg.sid, reasons[draw(4)]}}));
      case 5:
        return void(center.try_(calls::Command{calls::SetHold{sid, who, draw(2) == 0}}));
      case 6:
        return void(center.try_(
            calls::Command{calls::Invite{.call_sid = sid, .worker_sid = who, .to_worker_sid = any(agents)}}));
      case 7:
        return void(center.try_(calls::Command{calls::Invite{
            .call_sid = sid, .worker_sid = who, .to = "+4955", .purpose = static_cast<Purpose>(draw(3))}}));
      case 8:
        return void(center.try_(calls::Command{calls::Leave{sid, who}}));
      case 9:
        return void(center.try_(calls::Command{calls::Remove{sid, who, leg.sid}}));
      case 10:
        return void(center.try_(routing::Command{
            routing::TransferTask{.task_sid = leg.task_sid, .task_queue_sid = queue, .attributes = {}}}));
      default:
        return void(center.try_(
            routing::Command{routing::TransferTask{.task_sid = leg.task_sid, .worker_sid = who, .attributes = {}}}));
    }
  }
  void write_up() {
    for (const WorkerId agent : agents) {
      for (const TaskId task : center.tasks_of(agent)) {
        const auto* row = center.state->routing().task(task);
        if (row->status == routing::TaskStatus::wrapping) center.complete(task);
      }
    }
  }

  std::vector<WorkerId> agents{ann, colleague(), colleague("Eve")};
  std::uint64_t seed = GetParam();
};

TEST_P(AnyOrder, NothingIsLeftWhenEverybodyHasHungUp) {
  for (int step = 0; step < 1'500; ++step) {
    const auto live = center.state->calls().calls();
    if (live.size() < 3 && draw(4) == 0) draw(2) == 0 ? call_somebody() : be_called();
    if (draw(3) == 0) answer_offers();
    if (draw(4) == 0) write_up();
    if (draw(6) == 0) center.advance(Duration::seconds(static_cast<std::int64_t>(draw(20))));
    if (draw(400) == 0) {
      center.restart(Duration::seconds(2));
      for (const WorkerId agent : agents) center.connect(agent);
    }
    const auto now = center.state->calls().calls();
    if (!now.empty()) something_in(*now[draw(now.size())]);
  }
  for (const auto* call : center.state->calls().calls()) {
    center.must(calls::Command{calls::HangUp{call->sid, Reason::by_api}});
  }
  write_up();
  center.advance(Duration::minutes(10));
  EXPECT_TRUE(center.state->calls().calls().empty());
  EXPECT_TRUE(center.state->conversations().contacts().empty());
  for (const auto* task : center.state->routing().tasks()) {
    ADD_FAILURE() << "a task is left: " << codec::enum_name(task->status) << " " << task->attributes.text;
  }
  EXPECT_EQ(center.hash_of_replay(), center.state->hash());
}

INSTANTIATE_TEST_SUITE_P(Seeds, AnyOrder, ::testing::Range<std::uint64_t>(1, 25));

}  // namespace
}  // namespace carillon::workspace
