// Goal: whatever callers, agents, supervisors, time and restarts do to callbacks in whatever order, the machines agree after every entry,
//       rows made anew are the same, the journal replays to the same, and once everybody has gone nothing is left.
// Method: random commands with printed seeds, mistakes among them.
#include <random>

#include "workspace/core/testing/calling_back.h"

namespace carillon::workspace {
namespace {

using calls::CallbackMode;
using events::Reason;

class CallbackLife : public testing::CallingBack, public ::testing::WithParamInterface<int> {
 protected:
  std::uint64_t pick(std::uint64_t n) { return random_() % n; }
  std::vector<const calls::CallRecord*> live() const { return center.state->calls().calls(); }
  void leg_command() {
    if (live().empty()) return;
    const auto& one = *live()[pick(live().size())];
    const LegId any = one.legs[pick(one.legs.size())].sid;
    const Reason reasons[] = {Reason::customer_left, Reason::busy, Reason::no_answer, Reason::worker_lost,
                              Reason::by_worker};
    if (pick(2) == 0) {
      (void)center.try_(calls::Command{calls::LegConnected{one.sid, any}});
    } else {
      (void)center.try_(calls::Command{calls::LegEnded{one.sid, any, reasons[pick(5)]}});
    }
  }
  void press_some() {
    if (live().empty()) return;
    const auto& one = *live()[pick(live().size())];
    const CallId sid = one.sid;
    const LegId caller = one.legs.front().sid;
    const char* scripts[] = {"11", "1", "12", "*", "0305#", "1", "#"};
    for (const char* key = scripts[pick(7)]; *key != '\0'; ++key) {
      const auto* now = center.state->calls().call(sid);
      (void)center.try_(calls::Command{
          calls::PressKey{sid, caller, std::string(1, *key), now ? now->asking.to : std::string(), pick(20) == 0}});
    }
  }
  void offer_command() {
    std::vector<ReservationId> pending;
    for (const auto* one : center.state->routing().reservations()) {
      if (one->status == routing::ReservationStatus::pending) pending.push_back(one->sid);
    }
    if (pending.empty()) return;
    const ReservationId sid = pending[pick(pending.size())];
    if (pick(5) == 0) {
      (void)center.try_(routing::RejectReservation{sid});
    } else {
      (void)center.try_(routing::AcceptReservation{sid});
    }
  }
  void task_command() {
    const auto tasks = center.state->routing().tasks();
    if (tasks.empty()) return;
    const TaskId sid = tasks[pick(tasks.size())]->sid;
    switch (pick(4)) {
      case 0:
        return (void)center.try_(routing::CompleteTask{sid, "done", Reason::by_worker});
      case 1:
        return (void)center.try_(routing::CancelTask{sid, Reason::by_supervisor});
      case 2:
        return (void)center.try_(routing::MoveTask{sid, queue});
      default:
        return (void)center.try_(routing::TransferTask{.task_sid = sid, .task_queue_sid = queue, .attributes = {}});
    }
  }
  void step() {
    switch (pick(12)) {
      case 0:
      case 1: {
        calls::Arrive arrive{.leg_sid = {1, ++legs}, .number_sid = number, .from = "+49" + std::to_string(pick(6))};
        arrive.identity = arrive.from;
        return (void)center.try_(calls::Command{arrive});
      }
      case 2:
      case 3:
        return press_some();
      case 4:
      case 5:
        return leg_command();
      case 6:
      case 7:
        return offer_command();
      case 8:
        return pick(4) == 0 ? task_command() : void();
      case 9: {
        const auto open = center.state->calls().callbacks();
        if (open.empty() || pick(3) != 0) return;
        return (void)center.try_(calls::Command{calls::CancelCallback{open[pick(open.size())]->sid, Reason::by_api}});
      }
      case 10:
        return (void)request([&](auto& wish) { wish.to = "+49" + std::to_string(300 + pick(6)); });
      default:
        if (pick(8) == 0) return center.restart(Duration::seconds(static_cast<std::int64_t>(pick(90))));
        return center.advance(Duration::seconds(static_cast<std::int64_t>(pick(60))));
    }
  }

  std::mt19937_64 random_{static_cast<std::uint64_t>(GetParam())};
};

TEST_P(CallbackLife, TheMachinesAgreeAndNothingIsLeft) {
  put([&](auto& n) {
    n.callback.mode = GetParam() % 2 == 0 ? CallbackMode::agent_first : CallbackMode::customer_first;
    n.callback.retry_after = Duration::seconds(40), n.callback.tries = 2;
  });
  for (const char* name : {"Ann", "Bob"}) {
    const WorkerId worker = center.add_worker(name);
    (void)worker;
  }
  for (int i = 0; i < 400; ++i) step();
  State again;
  ASSERT_TRUE(again.load(center.state->rows()));
  EXPECT_EQ(again.hash(), center.state->hash());
  EXPECT_EQ(center.hash_of_replay(), center.state->hash());
  for (int round = 0; round < 200; ++round) {
    for (const auto* one : live()) (void)center.try_(calls::Command{calls::HangUp{one->sid, Reason::by_api}});
    const auto open = center.state->calls().callbacks();
    if (!open.empty()) (void)center.try_(calls::Command{calls::CancelCallback{open.front()->sid, Reason::by_api}});
    const auto tasks = center.state->routing().tasks();
    if (!tasks.empty()) (void)center.try_(routing::CancelTask{tasks.front()->sid, Reason::by_api});
    center.advance(Duration::seconds(30));
  }
  EXPECT_TRUE(center.state->calls().callbacks().empty());
  EXPECT_TRUE(live().empty());
  EXPECT_TRUE(center.state->conversations().contacts().empty());
}

INSTANTIATE_TEST_SUITE_P(Seeds, CallbackLife, ::testing::Range(1, 41));

}  // namespace
}  // namespace carillon::workspace
