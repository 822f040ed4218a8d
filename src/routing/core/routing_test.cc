// Goal: the rules of README.md, one behaviour a test. The naive twin compares everything else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "routing/core/testing/world.h"

namespace carillon::routing {
namespace {

using events::EventType;
using ::testing::ElementsAre;
using testing::World;

TEST(Routing, ASimpleTaskTellsItsStoryInTaskRoutersOrder) {
  World world;
  const WorkerId ada = world.worker("Ada");
  world.available(ada);
  const QueueId queue = world.queue("Sales");
  world.edit_channel("chat", [](TaskChannelRecord& row) { row.wrap_up = WrapUpMode::timed; });
  const WorkflowId workflow =
      world.workflow("W", R"({"task_routing":{"filters":[{"filter_friendly_name":"all","expression":"1==1",
      "targets":[{"queue":")" +
                              queue.str() + R"("}]}]}})");
  const TaskId task = world.task(workflow);
  EXPECT_THAT(world.event_names(), ElementsAre("workflow.entered", "task-queue.entered", "task.created",
                                               "workflow.target-matched", "reservation.created"));
  world.accept(task);
  EXPECT_THAT(world.event_names(), ElementsAre("reservation.accepted", "task.answered"));
  world.must(WrapUpTask{task});
  EXPECT_THAT(world.event_names(), ElementsAre("reservation.wrapup", "task.wrapup"));
  world.must(CompleteTask{task, "sold"});
  EXPECT_THAT(world.event_names(), ElementsAre("task.completed", "reservation.completed"));
}

TEST(Routing, TheLongestIdleWorkerWhoMatchesIsOffered) {
  World world;
  const WorkerId ada = world.worker("Ada", R"({"skills":["sales"]})");
  const WorkerId bob = world.worker("Bob", R"({"skills":["support"]})");
  const WorkerId eve = world.worker("Eve", R"({"skills":["sales"]})");
  const QueueId queue = world.queue("Sales", "skills HAS 'sales'");
  world.available(eve);
  world.pass_seconds(1);
  world.available(bob);
  world.available(ada);
  const TaskId task = world.task(world.workflow_to(queue));
  ASSERT_TRUE(world.offer_of(task));
  EXPECT_EQ(world.offer_of(task)->worker_sid, eve);
}

TEST(Routing, AFreedWorkerTakesTheOldestOfTheHighestPriority) {
  World world;
  const WorkerId ada = world.worker("Ada");
  const WorkflowId workflow = world.workflow_to(world.queue("Q"));
  const TaskId low = world.task(workflow, "{}", "voice", 0);
  world.pass_seconds(1);
  const TaskId old = world.task(workflow, "{}", "voice", 5);
  world.pass_seconds(1);
  const TaskId young = world.task(workflow, "{}", "voice", 5);
  world.available(ada);
  EXPECT_TRUE(world.offer_of(old));
  world.accept(old);
  world.must(CompleteTask{old});
  EXPECT_TRUE(world.offer_of(young));
  world.accept(young);
  world.must(CompleteTask{young});
  EXPECT_TRUE(world.offer_of(low));
}

TEST(Routing, AMissedOfferSetsNotRespondingAndGoesToSomebodyElse) {
  World world;
  const WorkerId ada = world.worker("Ada");
  const WorkerId bob = world.worker("Bob");
  world.available(ada);
  world.pass_seconds(1);
  world.available(bob);
  const TaskId task = world.task(world.workflow_to(world.queue("Q")));
  EXPECT_EQ(world.offer_of(task)->worker_sid, ada);
  world.pass_seconds(25);
  ASSERT_TRUE(world.offer_of(task));
  EXPECT_EQ(world.offer_of(task)->worker_sid, bob);
  EXPECT_EQ(world.state.worker(ada)->not_responding.size(), 1u);
  world.must(ClearNotResponding{ada, {}});
  EXPECT_TRUE(world.state.worker(ada)->not_responding.empty());
}

TEST(Routing, AnOfferThatRanOutWhileUnreachableIsNoMiss) {
  World world;
  const WorkerId ada = world.worker("Ada");
  world.available(ada);
  const TaskId task = world.task(world.workflow_to(world.queue("Q")));
  SetWorkerPresence presence;
  presence.worker_sid = ada, presence.available = true, presence.reachable = false;
  presence.activity_sid = world.state.worker(ada)->activity_sid;
  world.must(presence);
  world.pass_seconds(25);
  EXPECT_TRUE(world.state.worker(ada)->not_responding.empty());
  EXPECT_FALSE(world.offer_of(task));
  world.pass_seconds(30);
  EXPECT_TRUE(world.offer_of(task)) << "passed over for 30 s, never for ever";
}

TEST(Routing, TargetsAreWalkedInTimeAndTheEntryOverflows) {
  World world;
  const QueueId first = world.queue("First"), second = world.queue("Second");
  const WorkflowId workflow = world.workflow("W", R"({"task_routing":{"filters":[{"expression":"kind == 'a'","targets":[
      {"queue":")" + first.str() + R"(","timeout":10,"priority":3},{"queue":")" +
                                                      second.str() + R"(","timeout":20}]}]}})");
  const TaskId task = world.task(workflow, R"({"kind":"a"})");
  EXPECT_EQ(world.state.task(task)->priority, 3);
  world.pass_seconds(10);
  EXPECT_EQ(world.state.task(task)->task_queue_sid, second);
  EXPECT_EQ(world.state.task(task)->priority, 0);
  world.pass_seconds(20);
  EXPECT_EQ(world.state.task(task)->task_queue_sid, world.last_resort);
}

TEST(Routing, RingsWidenTheSearch) {
  World world;
  const WorkerId ada = world.worker("Ada", R"({"level":1})");
  world.available(ada);
  const QueueId queue = world.queue("Q");
  const WorkflowId workflow = world.workflow(
      "W",
      R"({"task_routing":{"filters":[{"expression":"1==1","targets":[
      {"queue":")" +
          queue.str() +
          R"(","expression":"worker.level >= 1","carillon":{"rings":[{"after_s":0,"expression":"worker.level >= 5"},
      {"after_s":15,"expression":"worker.level >= 1"}]}}]}]}})");
  const TaskId task = world.task(workflow);
  EXPECT_FALSE(world.offer_of(task));
  world.pass_seconds(15);
  EXPECT_TRUE(world.offer_of(task));
}

TEST(Routing, ACallInterruptsMailAndTheMailComesBack) {
  World world;
  const WorkerId ada = world.worker("Ada");
  world.available(ada);
  const WorkflowId workflow = world.workflow_to(world.queue("Q"));
  const TaskId mail = world.task(workflow, "{}", "email");
  EXPECT_EQ(world.state.task(mail)->status, TaskStatus::assigned);
  const TaskId call = world.task(workflow, "{}", "voice");
  ASSERT_TRUE(world.offer_of(call));
  EXPECT_EQ(world.state.worker_now(ada)->held, 100);
  world.accept(call);
  EXPECT_EQ(world.state.task(mail)->status, TaskStatus::suspended);
  world.must(CompleteTask{call});
  EXPECT_EQ(world.state.task(mail)->status, TaskStatus::assigned);
}

TEST(Routing, ASuspendedTaskReturnsToItsQueueAfterTooLong) {
  World world;
  const WorkerId ada = world.worker("Ada");
  world.available(ada);
  const WorkflowId workflow = world.workflow_to(world.queue("Q"));
  const TaskId mail = world.task(workflow, "{}", "email");
  const TaskId call = world.task(workflow, "{}", "voice");
  world.accept(call);
  world.pass(Duration::hours(1));
  EXPECT_EQ(world.state.task(mail)->status, TaskStatus::pending);
}

TEST(Routing, AnOldCallThatDoesNotFitHoldsYoungerChatsBack) {
  World world;
  const WorkerId ada = world.worker("Ada");
  world.available(ada);
  const WorkflowId workflow = world.workflow_to(world.queue("Q"));
  const TaskId chat = world.task(workflow);
  world.accept(chat);
  const TaskId call = world.task(workflow, "{}", "voice");
  world.pass_seconds(10);
  const TaskId second = world.task(workflow);
  EXPECT_TRUE(world.offer_of(second)) << "a young call holds nobody back";
  world.accept(second);
  world.must(CompleteTask{second});
  world.pass_seconds(25);
  const TaskId third = world.task(workflow);
  EXPECT_FALSE(world.offer_of(third));
  const auto why = world.state.why(third, world.now, 10);
  EXPECT_EQ(why->candidates.at(0).verdict, "held_back");
  world.must(CompleteTask{chat});
  EXPECT_TRUE(world.offer_of(call));
}

TEST(Routing, TheFirstAcceptRescindsTheOtherOffers) {
  World world;
  TaskQueueRecord row;
  row.friendly_name = "Q", row.max_reserved_workers = 2;
  const QueueId queue = world.queue(row);
  for (const char* name : {"Ada", "Bob", "Eve"}) world.available(world.worker(name));
  const TaskId task = world.task(world.workflow_to(queue));
  EXPECT_EQ(world.state.pending_reservations(task).size(), 2u);
  world.accept(task);
  EXPECT_TRUE(world.has_event(EventType::kReservationRescinded));
  EXPECT_TRUE(world.state.pending_reservations(task).empty());
}

TEST(Routing, ACanceledTaskCancelsItsOffers) {
  World world;
  world.available(world.worker("Ada"));
  const TaskId task = world.task(world.workflow_to(world.queue("Q")));
  ASSERT_TRUE(world.offer_of(task));
  world.must(CancelTask{task, Reason::by_supervisor});
  EXPECT_THAT(world.event_names(), ElementsAre("reservation.canceled", "task.canceled"));
}

TEST(Routing, ATransferToAQueueKeepsTheWaitingAlreadySuffered) {
  World world;
  const WorkerId ada = world.worker("Ada");
  const QueueId first = world.queue("First"), second = world.queue("Second");
  const TaskId task = world.task(world.workflow_to(first));
  world.pass_seconds(40);
  world.available(ada);
  world.accept(task);
  world.pass_seconds(100);
  world.available(ada, false);
  const TaskId moved = *TaskId::parse(world.must(TransferTask{task, second, {}, Duration::seconds(60), {}}).sid);
  EXPECT_EQ(world.now - world.state.task(moved)->virtual_start_time, Duration::seconds(40));
  EXPECT_EQ(world.state.task(task), nullptr) << "no wrap-up here: the first segment is complete";
}

TEST(Routing, ATransferToAWorkerEndsTheFirstSegmentWhenAccepted) {
  World world;
  const WorkerId ada = world.worker("Ada"), bob = world.worker("Bob");
  world.available(ada);
  const TaskId task = world.task(world.workflow_to(world.queue("Q")));
  world.accept(task);
  EXPECT_FALSE(world.apply(TransferTask{task, {}, bob, {}, {}}).ok()) << "Bob is not available";
  world.available(bob);
  const TaskId second = *TaskId::parse(world.must(TransferTask{task, {}, bob, {}, {}}).sid);
  EXPECT_EQ(world.state.task(task)->status, TaskStatus::assigned);
  world.accept(second);
  EXPECT_EQ(world.state.task(task), nullptr);
}

TEST(Routing, ALostWorkersTasksGoBackToTheirQueue) {
  World world;
  const WorkerId ada = world.worker("Ada"), bob = world.worker("Bob");
  world.available(ada);
  const TaskId task = world.task(world.workflow_to(world.queue("Q")));
  world.accept(task);
  world.available(bob);
  world.available(ada, false);
  world.must(WorkerLost{ada});
  ASSERT_TRUE(world.offer_of(task));
  EXPECT_EQ(world.offer_of(task)->worker_sid, bob);
}

TEST(Routing, RequiredWrapUpAsksForADispositionAndTimedEndsByItself) {
  World world;
  const WorkerId ada = world.worker("Ada");
  world.available(ada);
  TaskQueueRecord row;
  row.friendly_name = "Q", row.wrap_up = WrapUpMode::required, row.wrap_up_time = Duration::seconds(30);
  const WorkflowId workflow = world.workflow_to(world.queue(row));
  TaskId task = world.task(workflow);
  world.accept(task);
  world.must(WrapUpTask{task});
  EXPECT_EQ(world.apply(CompleteTask{task}).error().code, ErrorCode::kStateForbids);
  world.pass_seconds(30);
  EXPECT_EQ(world.state.task(task)->status, TaskStatus::wrapping);
  world.must(CompleteTask{task, "done"});
}

TEST(Routing, RestartMovesDeadlinesAndKeepsPlaces) {
  World world;
  const WorkerId ada = world.worker("Ada");
  world.available(ada);
  const WorkflowId workflow = world.workflow_to(world.queue("Q"));
  const TaskId offered = world.task(workflow, "{}", "voice");
  const TaskId waiting = world.task(workflow, "{}", "voice");
  const Instant expires = world.offer_of(offered)->expires_at;
  const Instant lives = world.state.task(waiting)->time_to_live_at;
  world.pass_seconds(5);
  world.restart(Duration::seconds(60));
  EXPECT_EQ(world.offer_of(offered)->expires_at, expires + Duration::seconds(60));
  EXPECT_EQ(world.state.task(waiting)->time_to_live_at, lives);
  world.accept(offered);
  world.must(CompleteTask{offered});
  EXPECT_TRUE(world.offer_of(waiting));
}

TEST(Routing, AHeldTaskKeepsItsPlaceAndIsNotOffered) {
  World world;
  const WorkerId ada = world.worker("Ada");
  const QueueId queue = world.queue("Q");
  const WorkflowId workflow = world.workflow_to(queue);
  const TaskId old = world.task(workflow);
  world.must(HoldTask{old, true});
  world.pass_seconds(60);
  const TaskId young = world.task(workflow, "{}", "voice");
  EXPECT_EQ(world.state.queue_now(queue, world.now)->waiting, 2);
  world.available(ada);
  EXPECT_FALSE(world.offer_of(old));
  const ReservationId taken = world.accept(young);
  EXPECT_TRUE(world.state.reservation(taken));
  world.restart(Duration::seconds(5));
  EXPECT_FALSE(world.offer_of(old));
  world.must(HoldTask{old, false});
  world.must(CompleteTask{young, "done"});
  EXPECT_TRUE(world.offer_of(old));
}

TEST(Routing, HoldingTakesAnAcceptedTaskBackToItsPlace) {
  World world;
  const WorkerId ada = world.worker("Ada");
  world.available(ada);
  const TaskId task = world.task(world.workflow_to(world.queue("Q")), "{}", "voice");
  world.accept(task);
  world.must(HoldTask{task, true});
  EXPECT_EQ(world.state.task(task)->status, TaskStatus::pending);
  EXPECT_FALSE(world.offer_of(task));
  world.must(HoldTask{task, false});
  EXPECT_TRUE(world.offer_of(task));
}

TEST(Routing, ATaskMayWaitForItsLastWorkerAWhileWithoutAWorkflowSayingSo) {
  World world;
  const WorkerId ada = world.worker("Ada"), bob = world.worker("Bob");
  world.available(bob);
  const TaskId busy = world.task(world.workflow_to(world.queue("Busy")), "{}", "voice");
  world.accept(busy);
  world.available(ada);
  CreateTask create{.task_queue_sid = world.queue("Q"),
                    .task_channel_sid = world.channel("voice"),
                    .last_worker_sid = bob,
                    .last_worker_for = Duration::seconds(20)};
  const TaskId task = *TaskId::parse(world.must(create).sid);
  EXPECT_FALSE(world.offer_of(task));
  world.pass_seconds(20);
  ASSERT_TRUE(world.offer_of(task));
  EXPECT_EQ(world.offer_of(task)->worker_sid, ada);
}

TEST(Routing, AQueueEditAppliesToWaitingTasksAtOnce) {
  World world;
  const WorkerId ada = world.worker("Ada", R"({"level":1})");
  world.available(ada);
  const QueueId queue = world.queue("Q", "level > 3");
  const TaskId task = world.task(world.workflow_to(queue));
  EXPECT_FALSE(world.offer_of(task));
  TaskQueueRecord row = *world.state.task_queue(queue);
  row.expression = "level > 0";
  world.must(PutTaskQueue{row});
  EXPECT_TRUE(world.offer_of(task));
}

TEST(Routing, AWorkerFreedOfAFullLaneTakesDirectWork) {
  World world;
  const WorkerId ada = world.worker("Ada");
  world.available(ada);
  CreateTask direct;
  direct.worker_sid = ada;
  const TaskId task = *TaskId::parse(world.must(direct).sid);
  EXPECT_EQ(world.state.task(task)->status, TaskStatus::assigned);
}

TEST(Routing, SkipIfIsLookedAtOnceWhenNobodyCouldBeOffered) {
  World world;
  const QueueId first = world.queue("First"), second = world.queue("Second");
  const WorkflowId workflow = world.workflow("W", R"({"task_routing":{"filters":[{"expression":"1==1","targets":[
      {"queue":")" + first.str() + R"(","skip_if":"workers.available == 0"},{"queue":")" +
                                                      second.str() + R"("}]}]}})");
  const TaskId task = world.task(workflow);
  EXPECT_EQ(world.state.task(task)->task_queue_sid, second);
}

TEST(Routing, WhomATaskPassesOverIsInOrderOfTimeAlsoAfterARestart) {
  World world;
  const WorkerId ada = world.worker("Ada"), bob = world.worker("Bob");
  world.available(ada);
  const TaskId task = world.task(world.workflow_to(world.queue("Q")));
  world.reject(task);
  // The clock has not moved while we were down, or not as much: "down for" is an estimate.
  world.now = world.now - Duration::seconds(20);
  world.restart(Duration::seconds(20));
  world.available(bob);
  world.reject(task);
  const auto& passed = world.state.task(task)->passed_over;
  ASSERT_EQ(passed.size(), 2u);
  EXPECT_EQ(passed.front().worker_sid, ada);
  EXPECT_LE(passed.front().at, passed.back().at);
  EXPECT_LE(passed.back().at, world.now);
}

TEST(Routing, ATaskChannelThatIsDeletedChangesWhatExpressionsSayOfItsCapacity) {
  World world;
  const WorkerId ada = world.worker("Ada");
  world.available(ada);
  world.must(PutTaskChannel{{.unique_name = "video", .friendly_name = "Video"}});
  const QueueId queue = world.queue("Q");
  const WorkflowId with = world.workflow(
      "With", R"x({"task_routing":{"filters":[{"expression":"1 == 1","targets":[{"queue":")x" + queue.str() +
                  R"x(","expression":"worker.channel.video.available_capacity > 0"}]}]}})x");
  const WorkflowId without = world.workflow(
      "Without", R"x({"task_routing":{"filters":[{"expression":"1 == 1","targets":[{"queue":")x" + queue.str() +
                     R"x(","expression":"NOT (worker.channel.video.available_capacity > 0)"}]}]}})x");
  const TaskId waits_for_it = world.task(without);
  EXPECT_FALSE(world.offer_of(waits_for_it));
  world.must(DeleteTaskChannel{world.channel("video")});
  ASSERT_TRUE(world.offer_of(waits_for_it)) << "nobody waits for a channel that is gone";
  world.accept(waits_for_it);
  world.must(CompleteTask{waits_for_it, ""});
  EXPECT_FALSE(world.offer_of(world.task(with)));
}

TEST(Routing, TheLastWorkerIsAskedFirstForAWhile) {
  World world;
  const WorkerId ada = world.worker("Ada"), bob = world.worker("Bob");
  world.available(ada);
  world.pass_seconds(10);
  world.available(bob);
  const QueueId queue = world.queue("Q");
  const WorkflowId workflow = world.workflow("W", R"({"task_routing":{"filters":[{"expression":"1==1","targets":[
      {"queue":")" + queue.str() + R"(","carillon":{"last_worker_s":20}}]}]}})");
  CreateTask command;
  command.workflow_sid = workflow, command.task_channel_sid = world.channel("chat"), command.last_worker_sid = bob;
  const TaskId task = *TaskId::parse(world.must(command).sid);
  EXPECT_EQ(world.offer_of(task)->worker_sid, bob);
  world.reject(task);
  EXPECT_FALSE(world.offer_of(task));
  world.pass_seconds(20);
  EXPECT_EQ(world.offer_of(task)->worker_sid, ada);
}

}  // namespace
}  // namespace carillon::routing
