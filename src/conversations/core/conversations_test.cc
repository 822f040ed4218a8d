// Goal: contacts join, are answered, idle, and end as routing.md "Joining and ending" says.
// Method: a world without routing; the test speaks for routing. Each step is one entry.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/check.h"
#include "conversations/core/testing/world.h"

namespace carillon::conversations {
namespace {

using events::EventType;
using testing::World;

class Conversations : public ::testing::Test, protected World {
 protected:
  InvariantScope throwing_;
};

// ---- joining ----

TEST_F(Conversations, AnArrivalOpensAConversationAContactAndATask) {
  const ContactId contact = arrives("visitor-1");
  ASSERT_TRUE(contact);
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].kind, Request::Kind::create_task);
  EXPECT_EQ(requests[0].contact, contact);
  EXPECT_EQ(requests[0].open.workflow_sid, workflow);
  EXPECT_EQ(state.contact(contact)->tasks.size(), 1u);
  EXPECT_EQ(names(), (std::vector<std::string>{"conversation.created", "contact.created"}));
  EXPECT_EQ(events.back().from, now);
}

TEST_F(Conversations, TheSameVisitorTwiceIsOneContact) {
  const ContactId contact = arrives("visitor-1");
  EXPECT_EQ(arrives("visitor-1"), contact);
  EXPECT_TRUE(requests.empty());
  EXPECT_TRUE(state.changes().empty());
  EXPECT_NE(arrives("visitor-2"), contact);
}

TEST_F(Conversations, AVerifiedCustomerJoinsTheirNewestConversationOnAnyChannel) {
  const ContactId chat = arrives("visitor-1", customer(1));
  const ContactId mail = arrives("a@example.org", customer(1), "email");
  EXPECT_EQ(conversation_of(mail), conversation_of(chat));
  EXPECT_NE(conversation_of(arrives("visitor-9", customer(2))), conversation_of(chat));
}

TEST_F(Conversations, AnUnverifiedIdentityJoinsOnlyItsOwn) {
  const ContactId chat = arrives("visitor-1", customer(1));
  OpenContact unverified = opening("b@example.org", customer(1), "email");
  unverified.identity_verified = false;
  EXPECT_NE(conversation_of(arrives(unverified)), conversation_of(chat));
}

TEST_F(Conversations, AReturnAfterTheCustomerSideEndedIsANewContactInTheSameThread) {
  const ContactId first = arrives("visitor-1");
  const ConversationId thread = conversation_of(first);
  assigned(first, 1);
  ASSERT_TRUE(apply(EndContact{first}).ok());
  EXPECT_EQ(state.open_contact_of("chat", "visitor-1"), nullptr);
  const ContactId second = arrives("visitor-1");
  EXPECT_NE(second, first);
  EXPECT_EQ(conversation_of(second), thread);
  EXPECT_EQ(state.conversation(thread)->contacts, 2);
}

TEST_F(Conversations, AnIdentityNeverJoinsAnotherCustomersConversation) {
  const ContactId first = arrives("visitor-1", customer(1));
  ASSERT_TRUE(apply(EndContact{first}).ok());  // the task lives on: somebody wraps up
  OpenContact other = opening("visitor-1", customer(2));
  EXPECT_NE(conversation_of(arrives(other)), conversation_of(first));
}

TEST_F(Conversations, AConversationClosedNotLongAgoReopens) {
  const ContactId first = arrives("visitor-1");
  const ConversationRecord thread = *state.conversation(conversation_of(first));
  done(first);
  EXPECT_EQ(state.conversation(thread.sid), nullptr);
  OpenContact again = opening("visitor-1");
  again.reopen_sid = thread.sid, again.reopen = thread;
  again.reopen.status = ConversationStatus::closed, again.reopen.closed_at = now;
  const ContactId second = arrives(again);
  EXPECT_EQ(conversation_of(second), thread.sid);
  EXPECT_EQ(names().front(), "conversation.reopened");
  EXPECT_EQ(state.conversation(thread.sid)->contacts, 2);
  EXPECT_EQ(state.conversation(thread.sid)->closed_at, Instant{});
  EXPECT_GT(state.conversation(thread.sid)->version, thread.version);
}

TEST_F(Conversations, WhatIsLiveWinsOverWhatWasLookedUp) {
  const ContactId first = arrives("visitor-1");
  assigned(first, 1);
  ASSERT_TRUE(apply(EndContact{first}).ok());
  OpenContact again = opening("visitor-1");
  again.reopen_sid = conversation_of(first), again.reopen = *state.conversation(again.reopen_sid);
  again.reopen.contacts = 77;
  EXPECT_EQ(conversation_of(arrives(again)), again.reopen_sid);
  EXPECT_EQ(state.conversation(again.reopen_sid)->contacts, 2);
}

TEST_F(Conversations, AConversationThatClosedInThisVeryEntryReopens) {
  const ContactId first = arrives("visitor-1");
  OpenContact again = opening("visitor-1");
  again.reopen_sid = conversation_of(first), again.reopen = *state.conversation(again.reopen_sid);
  again.reopen.contacts = 77;  // old news
  auto context = begin({});
  state.task_ended(context, first, task_of(first), Reason::by_worker);
  const auto outcome = state.apply(context, again);
  ASSERT_TRUE(outcome.ok());
  speak_for_routing(context);
  EXPECT_EQ(state.contact(*ContactId::parse(*outcome))->conversation_sid, again.reopen_sid);
  EXPECT_EQ(state.conversation(again.reopen_sid)->contacts, 2);
  begin({});
  EXPECT_NE(state.conversation(again.reopen_sid), nullptr);
}

TEST_F(Conversations, TheNewestConversationOfACustomerIsFound) {
  const ContactId first = arrives("visitor-1");
  const ContactId second = arrives("visitor-2");
  ASSERT_TRUE(apply(SetCustomer{conversation_of(first), customer(1)}).ok());
  ASSERT_TRUE(apply(SetCustomer{conversation_of(second), customer(1)}).ok());
  EXPECT_EQ(state.open_conversation_of(customer(1))->sid, conversation_of(second));
  EXPECT_EQ(state.open_conversation_of(customer(2)), nullptr);
  EXPECT_EQ(state.contact(second)->customer_sid, customer(1));
}

TEST_F(Conversations, ATwentyFirstOpenContactIsRefused) {
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(arrives("visitor-" + std::to_string(i), customer(1)));
  EXPECT_EQ(code(apply(opening("visitor-20", customer(1)))), ErrorCode::kLimit);
  EXPECT_TRUE(state.changes().empty());
}

TEST_F(Conversations, AnArrivalWithoutPlaceOrWithTwoTargetsIsRefused) {
  EXPECT_EQ(code(apply(opening(""))), ErrorCode::kMissingField);
  EXPECT_EQ(code(apply(opening(std::string(257, 'x')))), ErrorCode::kTooLong);
  OpenContact both = opening("visitor-1");
  both.task_queue_sid.lo = 5;
  EXPECT_EQ(code(apply(both)), ErrorCode::kInvalidValue);
  OpenContact reopen = opening("visitor-1");
  reopen.reopen_sid.lo = 5;
  EXPECT_EQ(code(apply(reopen)), ErrorCode::kInvalidValue);
}

TEST_F(Conversations, WhenRoutingRefusesTheTaskTheContactEnds) {
  refuse_tasks = true;
  const auto outcome = apply(opening("visitor-1"));
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(state.contact(*ContactId::parse(*outcome)), nullptr);
  EXPECT_EQ(names(), (std::vector<std::string>{"conversation.created", "contact.created", "contact.ended",
                                               "conversation.closed"}));
  EXPECT_EQ(events[2].reason, Reason::by_system);
}

// ---- words and answers ----

TEST_F(Conversations, TheFirstWordToTheCustomerAnswersContactAndTask) {
  const ContactId contact = arrives("visitor-1");
  assigned(contact, 1);
  advance(Duration::seconds(40));
  ASSERT_TRUE(says(contact, worker(1)).ok());
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].kind, Request::Kind::mark_answered);
  EXPECT_EQ(requests[0].task, task_of(contact));
  EXPECT_EQ(state.contact(contact)->answered_at, now);
  EXPECT_EQ(names(), (std::vector<std::string>{"message.created", "contact.updated"}));
  EXPECT_TRUE(events[1].flag);
  const Instant first = now;
  advance(Duration::seconds(5));
  ASSERT_TRUE(says(contact, worker(1)).ok());
  EXPECT_TRUE(requests.empty());
  EXPECT_EQ(state.contact(contact)->answered_at, first);
  EXPECT_EQ(state.contact(contact)->messages, 2);
  EXPECT_EQ(state.conversation(conversation_of(contact))->last_worker_sid, worker(1));
}

TEST_F(Conversations, NotesAndSystemWordsAnswerNothing) {
  const ContactId contact = arrives("visitor-1");
  assigned(contact, 1);
  ASSERT_TRUE(notes(contact, worker(2)).ok());  // a supervisor whispers
  EXPECT_TRUE(events.back().flag);
  ASSERT_TRUE(system_says(contact).ok());
  EXPECT_TRUE(requests.empty());
  EXPECT_EQ(state.contact(contact)->answered_at, Instant{});
  EXPECT_FALSE(state.contact(contact)->waiting_for_customer);
}

TEST_F(Conversations, EveryWordOfAThreadIsCountedNotesIncludedAndOnOverItsContacts) {
  const ContactId contact = arrives("visitor-1");
  const ConversationId thread = conversation_of(contact);
  assigned(contact, 1);
  ASSERT_TRUE(asks(contact).ok());
  ASSERT_TRUE(notes(contact, worker(2)).ok());
  ASSERT_TRUE(says(contact, worker(1)).ok());
  EXPECT_EQ(code(says(contact, worker(2))), ErrorCode::kForbidden);
  EXPECT_EQ(state.conversation(thread)->messages, 3);
  EXPECT_EQ(state.contact(contact)->messages, 2);
  ASSERT_TRUE(apply(EndContact{contact}).ok());
  const ContactId next = arrives("visitor-1");
  ASSERT_EQ(conversation_of(next), thread);
  ASSERT_TRUE(asks(next).ok());
  EXPECT_EQ(state.conversation(thread)->messages, 4);
}

TEST_F(Conversations, TheWordsACustomerComesWithArePostedInTheSameEntry) {
  OpenContact open = opening("visitor-1");
  open.message_sid = message();
  const ContactId contact = arrives(open);
  EXPECT_EQ(names(), (std::vector<std::string>{"conversation.created", "contact.created", "message.created"}));
  EXPECT_EQ(events.back().message, open.message_sid);
  EXPECT_EQ(state.conversation(conversation_of(contact))->messages, 1);
  // Arriving again is the same contact, and says something again.
  open.message_sid = message();
  EXPECT_EQ(arrives(open), contact);
  EXPECT_EQ(names(), std::vector<std::string>{"message.created"});
  EXPECT_EQ(state.contact(contact)->messages, 2);
}

TEST_F(Conversations, ASupervisorWhoIsNoWorkerMayWriteANote) {
  const ContactId contact = arrives("visitor-1");
  EXPECT_TRUE(notes(contact, {}).ok());
  EXPECT_EQ(code(says(contact, {})), ErrorCode::kMissingField);
}

TEST_F(Conversations, TheNextWorkerAnswersTheirOwnTask) {
  const ContactId contact = arrives("visitor-1");
  assigned(contact, 1);
  ASSERT_TRUE(says(contact, worker(1)).ok());
  requeued(contact);
  EXPECT_EQ(code(says(contact, worker(1))), ErrorCode::kForbidden);
  assigned(contact, 2);
  ASSERT_TRUE(says(contact, worker(2)).ok());
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].kind, Request::Kind::mark_answered);
  EXPECT_EQ(names(), std::vector<std::string>{"message.created"});  // the contact was answered before
}

TEST_F(Conversations, OnlyWhoHasTheTaskMayWrite) {
  const ContactId contact = arrives("visitor-1");
  EXPECT_EQ(code(says(contact, worker(1))), ErrorCode::kForbidden);
  assigned(contact, 1);
  EXPECT_TRUE(says(contact, worker(1)).ok());
  EXPECT_EQ(code(says(contact, worker(2))), ErrorCode::kForbidden);
  EXPECT_EQ(code(apply(PostMessage{conversation_of(contact), contact, message(), Author::worker})),
            ErrorCode::kMissingField);
  EXPECT_EQ(code(apply(PostMessage{conversation_of(contact), contact, message(), Author::customer, {}, true})),
            ErrorCode::kInvalidValue);
  EXPECT_EQ(code(apply(PostMessage{{}, contact, message(), Author::customer})), ErrorCode::kInvalidValue);
  EXPECT_EQ(code(apply(PostMessage{conversation_of(contact), contact, {}, Author::customer})),
            ErrorCode::kMissingField);
}

TEST_F(Conversations, IntoAContactWhoseCustomerLeftOnlyNotesAreWritten) {
  const ContactId contact = arrives("visitor-1");
  assigned(contact, 1);
  ASSERT_TRUE(apply(EndContact{contact}).ok());
  EXPECT_EQ(code(asks(contact)), ErrorCode::kStateForbids);
  EXPECT_EQ(code(says(contact, worker(1))), ErrorCode::kStateForbids);
  EXPECT_TRUE(notes(contact, worker(1)).ok());
  EXPECT_TRUE(system_says(contact).ok());
}

// ---- idle and gone ----

TEST_F(Conversations, IdleEndsOnlyWhileWaitingForTheCustomer) {
  const ContactId contact = arrives("visitor-1");
  assigned(contact, 1);
  EXPECT_EQ(state.next_deadline(), Instant::never());
  ASSERT_TRUE(says(contact, worker(1)).ok());
  EXPECT_EQ(state.next_deadline(), now + Duration::minutes(10));
  advance(Duration::minutes(9));
  ASSERT_TRUE(asks(contact).ok());
  EXPECT_EQ(state.next_deadline(), Instant::never());  // now they wait for us, however long
  ASSERT_TRUE(says(contact, worker(1)).ok());
  tick(Duration::minutes(10));
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].kind, Request::Kind::end_contact_tasks);
  EXPECT_EQ(requests[0].reason, Reason::idle);
  EXPECT_EQ(state.contact(contact)->reason, Reason::idle);
  EXPECT_EQ(state.contact(contact)->customer_ended_at, now);
}

TEST_F(Conversations, ARequeuedOrTransferredContactWaitsForUs) {
  const ContactId contact = arrives("visitor-1");
  assigned(contact, 1);
  ASSERT_TRUE(says(contact, worker(1)).ok());
  requeued(contact);
  EXPECT_EQ(state.next_deadline(), Instant::never());
  assigned(contact, 1);
  ASSERT_TRUE(says(contact, worker(1)).ok());
  further_task(contact);
  EXPECT_EQ(state.next_deadline(), Instant::never());
}

TEST_F(Conversations, AVisitorGoneForThreeMinutesHasLeft) {
  const ContactId contact = arrives("visitor-1");
  ASSERT_TRUE(apply(SetCustomerConnected{contact, false}).ok());
  advance(Duration::minutes(2));
  ASSERT_TRUE(apply(SetCustomerConnected{contact, true}).ok());  // a reload
  EXPECT_EQ(state.next_deadline(), Instant::never());
  ASSERT_TRUE(apply(SetCustomerConnected{contact, false}).ok());
  tick(Duration::minutes(3));
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].reason, Reason::customer_left);
}

TEST_F(Conversations, AWordIsASignOfLife) {
  const ContactId contact = arrives("visitor-1");
  ASSERT_TRUE(apply(SetCustomerConnected{contact, false}).ok());
  advance(Duration::minutes(2));
  ASSERT_TRUE(asks(contact).ok());
  EXPECT_EQ(state.next_deadline(), now + Duration::minutes(3));
}

TEST_F(Conversations, MailIsNeitherIdleNorGone) {
  OpenContact mail = opening("a@example.org", {}, "email");
  mail.live = false;
  const ContactId contact = arrives(mail);
  assigned(contact, 1);
  ASSERT_TRUE(says(contact, worker(1)).ok());
  ASSERT_TRUE(apply(SetCustomerConnected{contact, false}).ok());
  EXPECT_EQ(state.next_deadline(), Instant::never());
}

TEST_F(Conversations, ARestartMovesIdleAndGivesVisitorsTimeToComeBack) {
  const ContactId idle = arrives("visitor-1");
  const ContactId gone = arrives("visitor-2");
  assigned(idle, 1);
  ASSERT_TRUE(says(idle, worker(1)).ok());
  ASSERT_TRUE(apply(SetCustomerConnected{gone, false}).ok());
  const Instant idle_at = state.contact(idle)->idle_at, gone_at = state.contact(gone)->gone_at;
  restart(Duration::minutes(1));
  EXPECT_EQ(state.contact(idle)->idle_at, idle_at + Duration::minutes(1));
  EXPECT_EQ(state.contact(idle)->gone_at, now + Duration::minutes(3));
  EXPECT_EQ(state.contact(gone)->gone_at, gone_at + Duration::minutes(1));
  ASSERT_TRUE(apply(SetCustomerConnected{idle, true}).ok());
  EXPECT_EQ(state.contact(idle)->gone_at, Instant::never());
}

TEST_F(Conversations, SettingsApplyToTimersThatStartLater) {
  ASSERT_TRUE(apply(Configure{{.idle_after = Duration::minutes(2), .gone_after = Duration::minutes(1)}}).ok());
  EXPECT_TRUE(state.changes().settings);
  const ContactId contact = arrives("visitor-1");
  ASSERT_TRUE(apply(SetCustomerConnected{contact, false}).ok());
  EXPECT_EQ(state.next_deadline(), now + Duration::minutes(1));
  EXPECT_EQ(code(apply(Configure{{.idle_after = {}, .gone_after = {}}})), ErrorCode::kOutOfRange);
}

// ---- ending ----

TEST_F(Conversations, TheContactEndsWhenCustomerAndAllTasksHaveEnded) {
  const ContactId contact = arrives("visitor-1");
  const ConversationId thread = conversation_of(contact);
  assigned(contact, 1);
  ASSERT_TRUE(apply(EndContact{contact}).ok());
  EXPECT_EQ(requests[0].kind, Request::Kind::end_contact_tasks);
  EXPECT_EQ(names(), std::vector<std::string>{"contact.updated"});
  EXPECT_FALSE(events[0].flag);
  wrapping(contact);
  EXPECT_NE(state.contact(contact), nullptr);
  done(contact);
  EXPECT_EQ(names(), (std::vector<std::string>{"contact.ended", "conversation.closed"}));
  EXPECT_EQ(events[0].reason, Reason::customer_left);
  EXPECT_FALSE(events[0].flag);
  EXPECT_EQ(state.contact(contact), nullptr);
  EXPECT_EQ(state.conversation(thread), nullptr);
  ASSERT_EQ(state.changes().contacts.size(), 1u);  // the last row is still to be written
  EXPECT_EQ(state.changes().contacts[0]->status, ContactStatus::ended);
  EXPECT_EQ(state.changes().conversations[0]->status, ConversationStatus::closed);
  EXPECT_TRUE(state.rows().contacts.empty());
}

TEST_F(Conversations, WhenTheWorkerFinishesTheCustomerSideIsOverToo) {
  const ContactId contact = arrives("visitor-1");
  assigned(contact, 1);
  ASSERT_TRUE(says(contact, worker(1)).ok());
  wrapping(contact);
  EXPECT_EQ(state.contact(contact)->reason, Reason::by_worker);
  EXPECT_TRUE(requests.empty());  // nobody is left to tell
  EXPECT_EQ(state.next_deadline(), Instant::never());
  const ContactId next = arrives("visitor-1");  // "one more thing" does not fall into a wrap-up
  EXPECT_NE(next, contact);
  EXPECT_EQ(conversation_of(next), conversation_of(contact));
  done(contact);
  EXPECT_TRUE(events[0].flag);
  EXPECT_NE(state.contact(next), nullptr);
  EXPECT_NE(state.conversation(conversation_of(next)), nullptr);  // it has a contact still
}

TEST_F(Conversations, ATransferKeepsTheContactOpen) {
  const ContactId contact = arrives("visitor-1");
  assigned(contact, 1);
  const TaskId second = further_task(contact);
  wrapping(contact);
  EXPECT_EQ(state.contact(contact)->customer_ended_at, Instant{});
  EXPECT_EQ(code(says(contact, worker(1))), ErrorCode::kForbidden);  // they have handed it on
  done(contact);
  ASSERT_NE(state.contact(contact), nullptr);
  assigned(contact, 2);
  EXPECT_EQ(state.contact(contact)->workers, std::vector{worker(2)});
  EXPECT_EQ(task_of(contact), second);
  EXPECT_EQ(state.contact(contact)->tasks_so_far, 2);
}

TEST_F(Conversations, ACanceledLastTaskEndsTheContactWithItsReason) {
  const ContactId contact = arrives("visitor-1");
  auto context = begin({});
  state.task_ended(context, contact, task_of(contact), Reason::time_to_live);
  EXPECT_EQ(events[0].reason, Reason::time_to_live);
  EXPECT_EQ(state.contact(contact), nullptr);
}

TEST_F(Conversations, ASecondEndIsAnError) {
  const ContactId contact = arrives("visitor-1");
  assigned(contact, 1);
  EXPECT_EQ(code(apply(EndContact{contact, Reason::none})), ErrorCode::kInvalidValue);
  ASSERT_TRUE(apply(EndContact{contact}).ok());
  EXPECT_EQ(code(apply(EndContact{contact})), ErrorCode::kStateForbids);
  done(contact);
  EXPECT_EQ(code(apply(EndContact{contact})), ErrorCode::kNotFound);
  EXPECT_EQ(code(asks(contact)), ErrorCode::kNotFound);
  EXPECT_EQ(code(apply(SetCustomerConnected{contact, false})), ErrorCode::kNotFound);
}

TEST_F(Conversations, AWordOfRoutingAboutAnUnknownContactBreaksAnInvariant) {
  auto context = begin({});
  EXPECT_THROW(state.task_created(context, ContactId{1, 1}, TaskId{1, 1}), BrokenInvariant);
}

TEST_F(Conversations, ContradictingRowsAreRefused) {
  arrives("visitor-1");
  State other;
  Rows rows = state.rows();
  rows.conversations.clear();
  EXPECT_FALSE(other.load(rows).ok());
  rows = state.rows();
  rows.contacts.clear();
  EXPECT_FALSE(other.load(rows).ok());
  rows = state.rows();
  rows.contacts[0].tasks.clear();
  EXPECT_FALSE(other.load(rows).ok());
  EXPECT_TRUE(other.rows().contacts.empty());
  EXPECT_TRUE(other.load(state.rows()).ok());
}

}  // namespace
}  // namespace carillon::conversations
