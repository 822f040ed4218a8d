// Goal: the machines act as one: a whole chat, breaks, losses, transfers, restarts. Method: the test center, entry by entry.
#include "workspace/core/state.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/check.h"
#include "workspace/testing/center.h"

namespace carillon::workspace {
namespace {

using events::EventType;
using events::Reason;
using routing::TaskStatus;
using testing::Center;

ErrorCode code(const Result<std::string>& r) { return r.ok() ? ErrorCode::kInternal : r.error().code; }

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

const metrics::QueueInterval& queue_numbers(const Center& center) {
  CARILLON_CHECK(center.metrics.queues.size() == 1);
  return center.metrics.queues.front();
}

// ---- founding ----

TEST(Workspace, BeginsWithItsPresets) {
  Center center;
  const State& s = *center.state;
  EXPECT_EQ(s.workspace().friendly_name, "Test center");
  EXPECT_EQ(s.workspace().version, 1);
  std::vector<std::string> names;
  for (const auto* row : s.presence().activities()) names.push_back(row->friendly_name);
  EXPECT_EQ(names, (std::vector<std::string>{"Offline", "Available", "Break", "Lunch", "Training", "Meeting"}));
  names.clear();
  for (const auto* row : s.routing().task_channels()) names.push_back(row->unique_name);
  EXPECT_EQ(names, (std::vector<std::string>{"voice", "video", "chat", "email", "fax", "callback", "default"}));
  const auto* voice = s.routing().task_channel(std::string_view("voice"));
  EXPECT_EQ(voice->cost, 100);
  EXPECT_TRUE(voice->live);
  EXPECT_EQ(voice->offer_timeout, Duration::seconds(15));
  EXPECT_EQ(voice->wrap_up_time, Duration::seconds(30));
  const auto* chat = s.routing().task_channel(std::string_view("chat"));
  EXPECT_EQ(chat->cost, 33);
  EXPECT_EQ(chat->answered_on, routing::AnsweredOn::reply);
  EXPECT_EQ(chat->wrap_up, routing::WrapUpMode::timed);
  EXPECT_TRUE(chat->interruptible_by.empty());
  const auto* email = s.routing().task_channel(std::string_view("email"));
  EXPECT_EQ(email->assign, routing::AssignMode::direct);
  EXPECT_EQ(email->interruptible_by, std::vector{voice->sid});
  EXPECT_EQ(s.routing().task_queue(center.everyone())->friendly_name, "Everyone");
  EXPECT_EQ(s.routing().settings().last_resort_queue_sid, center.everyone());
  EXPECT_EQ(s.routing().workflows().front()->friendly_name, "Default");
}

TEST(Workspace, NothingButFoundingIsDoneWithoutAWorkspace) {
  State state;
  const Entry entry{1, Instant{1'800'000'000'000'000}, Seed{1, 1}};
  EXPECT_EQ(state.apply(entry, PutWorker{}).outcome.error().code, ErrorCode::kStateForbids);
  EXPECT_FALSE(state.apply(entry, Tick{}).changed);
  EXPECT_FALSE(state.apply(entry, Restarted{Duration::seconds(5)}).changed);
  EXPECT_EQ(state.apply(entry, CreateWorkspace{}).outcome.error().code, ErrorCode::kMissingField);
  EXPECT_TRUE(state.apply(entry, CreateWorkspace{WorkspaceId{1, 1}, "A"}).changed);
  const Entry next{2, entry.now, Seed{1, 2}};
  EXPECT_EQ(state.apply(next, CreateWorkspace{WorkspaceId{1, 1}, "A"}).outcome.error().code, ErrorCode::kStateForbids);
}

TEST(Workspace, SettingsReachTheMachines) {
  Center center;
  WorkspaceRecord row = center.state->workspace();
  row.total_capacity = 200, row.gone_after = Duration::minutes(1);
  center.must(UpdateWorkspace{row});
  ASSERT_NE(center.last->workspace, nullptr);
  EXPECT_EQ(center.last->workspace->version, 2);
  EXPECT_EQ(center.state->routing().settings().total_capacity, 200);
  EXPECT_EQ(center.state->conversations().settings().gone_after, Duration::minutes(1));
  EXPECT_EQ(code(center.try_(UpdateWorkspace{row})), ErrorCode::kVersionMismatch);
  row.version = 0;
  center.must(UpdateWorkspace{row});
  EXPECT_FALSE(center.last->changed);  // it is so already
  row.last_resort_queue_sid = {};
  EXPECT_EQ(code(center.try_(UpdateWorkspace{row})), ErrorCode::kInvalidValue);
  row = center.state->workspace();
  row.idle_after = {};
  EXPECT_EQ(code(center.try_(UpdateWorkspace{row})), ErrorCode::kOutOfRange);
  EXPECT_FALSE(center.last->changed);
}

TEST(Workspace, WhatOnlyTheWorkspaceSaysIsRefusedFromOutside) {
  Center center;
  const WorkerId ann = center.add_worker("Ann");
  const Command inner[] = {
      routing::Command(routing::Configure{}),         routing::Command(routing::PutWorker{}),
      routing::Command(routing::DeleteWorker{ann}),   routing::Command(routing::SetWorkerPresence{.worker_sid = ann}),
      routing::Command(routing::WorkerLost{ann}),     routing::Command(routing::EndContactTasks{}),
      routing::Command(routing::HoldTask{}),          presence::Command(presence::AddWorker{ann}),
      presence::Command(presence::RemoveWorker{ann}), conversations::Command(conversations::Configure{})};
  for (const auto& command : inner) {
    EXPECT_EQ(code(center.try_(command)), ErrorCode::kInvalidValue) << encode(command);
    EXPECT_FALSE(center.last->changed);
  }
}

// ---- changed ----

TEST(Workspace, OnlyWhatChangedSomethingIsJournaled) {
  Center center;
  const auto before = center.state->last_entry();
  center.must(Tick{});
  EXPECT_FALSE(center.last->changed);
  EXPECT_EQ(code(center.try_(routing::Command(routing::CompleteTask{}))), ErrorCode::kNotFound);
  EXPECT_FALSE(center.last->changed);
  EXPECT_EQ(center.state->last_entry(), before);
  center.add_queue("Sales");
  EXPECT_TRUE(center.last->changed);
  EXPECT_EQ(center.state->last_entry(), before + 1);
}

TEST(Workspace, ARefusalAfterDueTimersIsJournaledForTheTimers) {
  Center center;
  const WorkerId ann = center.add_worker("Ann");
  center.create_task("voice");
  ASSERT_EQ(center.offers(ann).size(), 1u);
  center.oversleep(Duration::seconds(20));
  EXPECT_EQ(code(center.try_(routing::Command(routing::AcceptReservation{center.offers(ann).front()}))),
            ErrorCode::kNotFound);
  EXPECT_TRUE(center.last->changed);
  EXPECT_TRUE(has(center.last_events(), "reservation.timeout"));
}

TEST(Workspace, TimeNeverRunsBack) {
  State state;
  const InvariantScope throwing;
  state.apply({5, Instant{1'800'000'000'000'000}, Seed{1, 1}}, CreateWorkspace{WorkspaceId{1, 1}, "A"});
  EXPECT_THROW(state.apply({6, Instant{1'700'000'000'000'000}, Seed{1, 2}}, Tick{}), BrokenInvariant);
  EXPECT_THROW(state.apply({5, Instant{1'800'000'000'000'000}, Seed{1, 2}}, Tick{}), BrokenInvariant);
}

// ---- a whole chat ----

TEST(Workspace, AChatFromArrivalToWrapUp) {
  Center center;
  const WorkerId ann = center.add_worker("Ann");
  const ContactId contact = center.visitor("visitor-1");
  EXPECT_TRUE(has(center.last_events(), "conversation.created"));
  EXPECT_TRUE(has(center.last_events(), "task.created"));
  EXPECT_TRUE(has(center.last_events(), "reservation.created"));
  const TaskId task = center.task_of(contact);
  EXPECT_EQ(center.state->routing().task(task)->task_channel_sid, center.channel("chat"));
  center.advance(Duration::seconds(10));
  center.accept_next(ann);
  EXPECT_EQ(center.state->conversations().contact(contact)->workers, std::vector{ann});
  center.visitor_says(contact);
  center.advance(Duration::seconds(5));
  center.worker_says(contact, ann);
  EXPECT_TRUE(has(center.last_events(), "task.answered"));
  EXPECT_EQ(center.state->routing().task(task)->answered_at, center.now());
  center.advance(Duration::seconds(60));
  center.wrap_up(task);
  EXPECT_EQ(center.state->conversations().contact(contact)->reason, Reason::by_worker);
  center.advance(Duration::seconds(20));
  center.complete(task);
  EXPECT_TRUE(has(center.last_events(), "contact.ended"));
  EXPECT_TRUE(has(center.last_events(), "conversation.closed"));
  EXPECT_EQ(center.state->conversations().contact(contact), nullptr);

  const auto& numbers = queue_numbers(center);
  EXPECT_EQ(numbers.offered, 1);
  EXPECT_EQ(numbers.answered, 1);
  EXPECT_EQ(numbers.answered_in_time, 1);  // 15 s, T is 20 s
  EXPECT_DOUBLE_EQ(*metrics::average_speed_of_answer_s(numbers), 15.0);
  EXPECT_DOUBLE_EQ(*metrics::average_handle_time_s(numbers), 85.0);  // 65 s talk, 20 s wrap-up
  ASSERT_EQ(center.metrics.center.size(), 1u);
  EXPECT_EQ(center.metrics.center[0].contacts, 1);
  EXPECT_EQ(center.metrics.center[0].contacts_answered, 1);
  EXPECT_EQ(center.metrics.center[0].contacts_ended, 1);
}

TEST(Workspace, AVisitorWhoLeavesWhileWaitingIsAbandoned) {
  Center center;
  const ContactId contact = center.visitor("visitor-1");
  center.advance(Duration::seconds(30));
  center.visitor_leaves(contact);
  EXPECT_TRUE(has(center.last_events(), "task.canceled"));
  EXPECT_TRUE(has(center.last_events(), "contact.ended"));
  EXPECT_EQ(queue_numbers(center).abandoned, 1);
  EXPECT_EQ(center.metrics.center[0].contacts_abandoned, 1);
  EXPECT_EQ(center.state->next_deadline(), Instant::never());
}

TEST(Workspace, AVisitorWhoLeavesDuringTalkLeavesAWrapUp) {
  Center center;
  const WorkerId ann = center.add_worker("Ann");
  const ContactId contact = center.visitor("visitor-1");
  const TaskId task = center.task_of(contact);
  center.accept_next(ann);
  center.worker_says(contact, ann);
  center.must(conversations::Command(conversations::SetCustomerConnected{contact, false}));
  center.advance(Duration::minutes(3));
  EXPECT_EQ(center.state->routing().task(task)->status, TaskStatus::wrapping);
  EXPECT_EQ(center.state->conversations().contact(contact)->reason, Reason::customer_left);
  center.advance(Duration::seconds(60));  // the wrap-up runs out
  EXPECT_EQ(center.state->routing().task(task), nullptr);
  EXPECT_EQ(center.state->conversations().contact(contact), nullptr);
}

TEST(Workspace, AnIdleCustomerEndsTheChat) {
  Center center;
  const WorkerId ann = center.add_worker("Ann");
  const ContactId contact = center.visitor("visitor-1");
  center.accept_next(ann);
  center.worker_says(contact, ann);
  center.advance(Duration::minutes(10));
  EXPECT_EQ(center.state->conversations().contact(contact)->reason, Reason::idle);
}

TEST(Workspace, AContactThatRoutingCannotPlaceIsRefusedWithoutATrace) {
  Center center;
  auto command = center.opening("visitor-1");
  command.workflow_sid = WorkflowId{1, 1};
  EXPECT_EQ(code(center.try_(conversations::Command(command))), ErrorCode::kNotFound);
  EXPECT_FALSE(center.last->changed);
  command = center.opening("visitor-1");
  command.attributes.text = "[1]";  // routing's to judge: attributes are an object
  EXPECT_NE(code(center.try_(conversations::Command(command))), ErrorCode::kInternal);
  EXPECT_TRUE(center.state->conversations().contacts().empty());
  EXPECT_TRUE(center.state->routing().tasks().empty());
}

TEST(Workspace, AContactWhoseTaskRoutingWouldNotMakeLeavesNoTrace) {
  Center center;
  const std::string before = center.state->hash();
  const auto refused = [&](const std::function<void(conversations::OpenContact&)>& spoil) {
    conversations::OpenContact open = center.opening("visitor");
    spoil(open);
    const Effects& effects = center.apply(conversations::Command(open));
    return !effects.outcome && !effects.changed && effects.events.empty();
  };
  EXPECT_TRUE(refused([](auto& open) { open.attributes.text = "7"; }));
  EXPECT_TRUE(refused([](auto& open) { open.attributes.text = R"({"a":")" + std::string(70'000, 'x') + "\"}"; }));
  EXPECT_TRUE(refused([](auto& open) { open.priority = -1; }));
  EXPECT_EQ(center.state->hash(), before);
}

TEST(Workspace, TheNextContactAsksForTheWorkerWhoSpokeLast) {
  Center center;
  const WorkerId ann = center.add_worker("Ann");
  const ContactId first = center.visitor("visitor-1");
  center.accept_next(ann);
  center.worker_says(first, ann);
  center.visitor_leaves(first);
  const ContactId second = center.visitor("visitor-1");
  EXPECT_EQ(center.state->conversations().contact(second)->conversation_sid,
            center.state->conversations().contact(first)->conversation_sid);
  EXPECT_EQ(center.state->routing().task(center.task_of(second))->last_worker_sid, ann);
}

// ---- transfers and further tasks ----

TEST(Workspace, ATransferKeepsTheContactAndWrapsUpEachSegment) {
  Center center;
  const QueueId billing = center.add_queue("Billing", "skill == 'billing'");
  const WorkerId ann = center.add_worker("Ann");
  const ContactId contact = center.visitor("visitor-1");
  center.accept_next(ann);
  center.worker_says(contact, ann);
  const TaskId first = center.task_of(contact);
  const WorkerId bob = center.add_worker("Bob", R"({"skill":"billing"})");
  const TaskId second = center.transfer(first, billing);
  EXPECT_EQ(center.task_of(contact), second);
  EXPECT_EQ(center.state->routing().task(first)->status, TaskStatus::wrapping);
  EXPECT_EQ(center.state->conversations().contact(contact)->customer_ended_at, Instant{});
  center.complete(first);
  center.accept_next(bob);
  EXPECT_EQ(center.state->conversations().contact(contact)->workers, std::vector{bob});
  center.worker_says(contact, bob);
  center.complete(second);
  EXPECT_EQ(center.state->conversations().contact(contact), nullptr);
  EXPECT_EQ(center.metrics.center[0].contacts, 1);
}

TEST(Workspace, ATransferWithoutWrapUpKeepsTheContactToo) {
  Center center;
  const QueueId plain = center.put_queue([](auto& row) {
    row.friendly_name = "Plain";
    row.wrap_up = routing::WrapUpMode::none;
  });
  const WorkerId ann = center.add_worker("Ann");
  auto command = center.opening("visitor-1");
  command.workflow_sid = {}, command.task_queue_sid = plain;
  const ContactId contact = ContactId::parse(center.must(conversations::Command(command))).value();
  center.accept_next(ann);
  center.transfer(center.task_of(contact), center.everyone());
  ASSERT_NE(center.state->conversations().contact(contact), nullptr);
  EXPECT_EQ(center.state->conversations().contact(contact)->tasks.size(), 1u);
}

TEST(Workspace, AFurtherTaskOfAContactBelongsToItsConversation) {
  Center center;
  const WorkerId ann = center.add_worker("Ann");
  const WorkerId bob = center.add_worker("Bob", "{}", false);
  const ContactId contact = center.visitor("visitor-1");
  center.accept_next(ann);
  center.sign_in(bob);
  routing::CreateTask consult;
  consult.worker_sid = bob, consult.contact_sid = contact, consult.attributes.text = "{}";
  const TaskId task = TaskId::parse(center.must(routing::Command(consult))).value();
  EXPECT_EQ(center.state->routing().task(task)->conversation_sid,
            center.state->conversations().contact(contact)->conversation_sid);
  EXPECT_EQ(center.state->conversations().contact(contact)->tasks.size(), 2u);
  consult.conversation_sid = ConversationId{1, 1};
  EXPECT_EQ(code(center.try_(routing::Command(consult))), ErrorCode::kInvalidValue);
  consult.contact_sid = ContactId{1, 1};
  EXPECT_EQ(code(center.try_(routing::Command(consult))), ErrorCode::kNotFound);
}

TEST(Workspace, AContactHasAtMostFiftyTasks) {
  Center center;
  center.check_every_entry = false;
  const ContactId contact = center.visitor("visitor-1");
  routing::CreateTask further;
  further.task_queue_sid = center.everyone(), further.contact_sid = contact, further.attributes.text = "{}";
  for (int i = 1; i < 50; ++i) center.must(routing::Command(further));
  EXPECT_EQ(code(center.try_(routing::Command(further))), ErrorCode::kLimit);
}

// ---- presence and routing ----

TEST(Workspace, LunchAfterThisTaskTakesNoOther) {
  Center center;
  const WorkerId ann = center.add_worker("Ann");
  const TaskId first = center.create_task("voice");
  center.accept_next(ann);
  center.set_activity(ann, "Lunch", true);
  center.create_task("voice");
  EXPECT_TRUE(center.offers(ann).empty());
  center.complete(first);
  EXPECT_EQ(center.state->routing().worker(ann)->activity_name, "Lunch");
  EXPECT_TRUE(center.offers(ann).empty());
  center.set_activity(ann, "Available");
  EXPECT_EQ(center.offers(ann).size(), 1u);
}

TEST(Workspace, ALostWorkersTasksGoToTheNext) {
  Center center;
  const WorkerId ann = center.add_worker("Ann");
  const ContactId contact = center.visitor("visitor-1");
  center.accept_next(ann);
  const WorkerId bob = center.add_worker("Bob");
  center.connect(ann, false);
  center.advance(Duration::seconds(29));
  EXPECT_TRUE(center.offers(bob).empty());
  center.advance(Duration::seconds(1));
  EXPECT_EQ(center.offers(bob).size(), 1u);
  EXPECT_TRUE(center.tasks_of(ann).empty());
  EXPECT_TRUE(center.state->conversations().contact(contact)->workers.empty());
  EXPECT_TRUE(center.state->presence().idle(ann));
}

TEST(Workspace, AWorkerSentOfflineLosesTheirTasksButGetsNoOthers) {
  Center center;
  const WorkerId ann = center.add_worker("Ann");
  const TaskId task = center.create_task("voice");
  center.accept_next(ann);
  EXPECT_EQ(code(center.try_(presence::Command(presence::SetActivity{ann, center.activity("Offline")}))),
            ErrorCode::kStateForbids);
  center.set_activity(ann, "Offline", false, true);
  EXPECT_EQ(center.state->routing().task(task)->status, TaskStatus::pending);
  EXPECT_TRUE(center.offers(ann).empty());
}

TEST(Workspace, ABreakTakesAnOfferBack) {
  Center center;
  const WorkerId ann = center.add_worker("Ann");
  center.create_task("voice");
  ASSERT_EQ(center.offers(ann).size(), 1u);
  center.set_activity(ann, "Break");
  EXPECT_TRUE(center.offers(ann).empty());
  EXPECT_TRUE(has(center.last_events(), "reservation.rescinded"));
}

TEST(Workspace, AWorkerWithTasksIsNotDeletedAndOneWithoutIs) {
  Center center;
  const WorkerId ann = center.add_worker("Ann");
  const TaskId task = center.create_task("voice");
  center.accept_next(ann);
  EXPECT_EQ(code(center.try_(DeleteWorker{ann})), ErrorCode::kInUse);
  EXPECT_NE(center.state->presence().presence(ann), nullptr);
  center.complete(task);
  center.must(DeleteWorker{ann});
  EXPECT_EQ(center.state->presence().presence(ann), nullptr);
  EXPECT_EQ(center.state->routing().worker(ann), nullptr);
  EXPECT_EQ(center.last->presence->deleted_presences, std::vector{ann});
}

TEST(Workspace, AnEditedWorkerKeepsTheirPresence) {
  Center center;
  const WorkerId ann = center.add_worker("Ann");
  routing::WorkerRecord row = *center.state->routing().worker(ann);
  row.attributes.text = R"({"skill":"x"})";
  center.must(PutWorker{.worker = row, .requires_connection = true});
  EXPECT_TRUE(center.state->routing().worker(ann)->available);
  center.must(PutWorker{.worker = *center.state->routing().worker(ann), .requires_connection = false});
  center.connect(ann, false);
  EXPECT_TRUE(center.state->routing().worker(ann)->reachable);
}

TEST(Workspace, ARenamedActivityIsKnownToExpressions) {
  Center center;
  const WorkerId ann = center.add_worker("Ann");
  presence::ActivityRecord row = *center.state->presence().activity(center.activity("Available"));
  row.friendly_name = "Ready";
  center.must(presence::Command(presence::PutActivity{row}));
  EXPECT_EQ(center.state->routing().worker(ann)->activity_name, "Ready");
}

TEST(Workspace, WorkerTimeAddsUpToTheClock) {
  Center center;
  const WorkerId ann = center.add_worker("Ann");
  const Instant begun = center.now();
  const TaskId task = center.create_task("voice");
  center.advance(Duration::seconds(5));
  center.accept_next(ann);
  center.advance(Duration::minutes(40));
  center.complete(task);
  center.advance(Duration::minutes(2));
  center.set_activity(ann, "Break");
  std::int64_t time = 0, handling = 0;
  for (const auto& row : center.metrics.workers) {
    EXPECT_LE(row.time_us, metrics::kInterval.us);
    if (row.activity_sid == center.activity("Available")) time += row.time_us, handling += row.handling_us;
  }
  EXPECT_EQ(time, (center.now() - begun).us);
  EXPECT_EQ(handling, Duration::minutes(40).us);
}

// ---- restart ----

TEST(Workspace, ARestartKeepsOffersChatsAndOrder) {
  Center center;
  const WorkerId ann = center.add_worker("Ann");
  const ContactId first = center.visitor("visitor-1");
  center.accept_next(ann);
  const ContactId second = center.visitor("visitor-2");
  ASSERT_EQ(center.offers(ann).size(), 1u);
  center.restart(Duration::minutes(5));
  EXPECT_EQ(center.offers(ann).size(), 1u);
  EXPECT_FALSE(center.state->routing().worker(ann)->reachable);
  center.connect(ann);
  center.must(conversations::Command(conversations::SetCustomerConnected{first, true}));
  center.must(conversations::Command(conversations::SetCustomerConnected{second, true}));
  center.advance(Duration::minutes(4));
  EXPECT_NE(center.state->conversations().contact(first), nullptr);
  EXPECT_TRUE(center.state->routing().worker(ann)->available);
  EXPECT_EQ(center.tasks_of(ann).size(), 1u);
}

TEST(Workspace, WhoDoesNotComeBackAfterARestartIsLost) {
  Center center;
  const WorkerId ann = center.add_worker("Ann");
  const TaskId task = center.create_task("voice");
  center.accept_next(ann);
  center.restart(Duration::hours(2));
  EXPECT_EQ(center.state->routing().task(task)->status, TaskStatus::assigned);
  center.advance(Duration::seconds(30));
  EXPECT_EQ(center.state->routing().task(task)->status, TaskStatus::pending);
}

TEST(Workspace, RowsOfMachinesThatContradictOneAnotherAreRefused) {
  Center center;
  center.add_worker("Ann");
  center.visitor("visitor-1");
  State other;
  Rows rows = center.state->rows();
  EXPECT_TRUE(other.load(rows).ok());
  rows.presence.presences.clear();
  EXPECT_FALSE(other.load(rows).ok());
  rows = center.state->rows();
  rows.routing.workers[0].available = false;
  EXPECT_FALSE(other.load(rows).ok());
  rows = center.state->rows();
  rows.conversations = {};
  EXPECT_FALSE(other.load(rows).ok());
}

// ---- hash ----

TEST(Hash, IsFnv1aWithTheReferencesVectors) {
  EXPECT_EQ(fnv1a_128(""), "6c62272e07bb014262b821756295c58d");
  EXPECT_EQ(fnv1a_128("foobar"), "343e1662793c64bf6f0d3597ba446f18");
}

TEST(Hash, EqualHistoriesHashAlikeAndOthersDoNot) {
  Center a(3), b(3), c(4);
  EXPECT_EQ(a.state->hash(), b.state->hash());
  EXPECT_NE(a.state->hash(), c.state->hash());
  a.add_worker("Ann");
  EXPECT_NE(a.state->hash(), b.state->hash());
  EXPECT_EQ(a.hash_of_replay(), a.state->hash());
}

}  // namespace
}  // namespace carillon::workspace
