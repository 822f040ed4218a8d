// Goal: who does not get through can leave a message, it becomes work for whoever would have taken the call, and every wait
//       ends in the bucket it belongs to.
// Method: the whole decider on a hand-moved clock; what the media must do is what plan_of() says.
#include <gtest/gtest.h>

#include "calls/core/plan.h"
#include "workspace/testing/center.h"

namespace carillon::workspace {
namespace {

using calls::CallStatus;
using calls::Hears;
using calls::Instead;
using events::Bucket;
using events::Reason;
using testing::Center;

class Voicemail : public ::testing::Test {
 protected:
  Voicemail() : queue(center.add_queue("Sales")) {}
  NumberId put(const std::function<void(calls::NumberRecord&)>& edit = [](calls::NumberRecord&) {}) {
    calls::NumberRecord row{.friendly_name = "Shop", .address = "shop", .task_queue_sid = queue};
    row.greeting = {"", "Welcome."};
    row.turn_away_unstaffed = false;
    row.voicemail_key = "2";
    row.key_words = {"", "Press 2 to leave a message."};
    edit(row);
    return *NumberId::parse(center.must(calls::Command{calls::PutNumber{row}}));
  }
  void ring(NumberId number, std::string from = "+49170") {
    leg = LegId{1, ++legs};
    calls::Arrive arrive{.leg_sid = leg, .number_sid = number, .from = from, .identity = from};
    call = *CallId::parse(center.must(calls::Command{arrive}));
    if (live()) tell(calls::LegConnected{call, leg});
  }
  void tell(calls::Command command) { center.must(std::move(command)); }
  void press(std::string key) { tell(calls::PressKey{call, leg, std::move(key)}); }
  void words_ended() { tell(calls::WordsEnded{call, row().words_count}); }
  void hang_up() { tell(calls::LegEnded{call, leg, Reason::customer_left}); }
  bool live() const {
    const auto* found = center.state->calls().call(call);
    return found && found->status != CallStatus::ended;
  }
  const calls::CallRecord& row() const { return *center.state->calls().call(call); }
  calls::CallPlan plan() const { return calls::plan_of(row()); }
  // Of the queue entry that ended in the last entry.
  Bucket bucket() const {
    for (const auto& event : center.last->events) {
      if (event.type == events::EventType::kQueueEntryEnded) return event.bucket;
    }
    return Bucket::none;
  }
  // The caller presses 2, hears the words, and speaks so long.
  void leave_message(Duration length) {
    press("2");
    words_ended();
    center.advance(length);
    hang_up();
  }
  std::string attributes(TaskId task) const { return center.state->routing().task(task)->attributes.text; }

  Center center;
  QueueId queue;
  CallId call;
  LegId leg;
  std::uint64_t legs = 0;
};

TEST_F(Voicemail, AWaitingCallerIsToldOfTheKey) {
  ring(put());
  ASSERT_EQ(plan().words.size(), 2u);
  EXPECT_EQ(plan().words[1].text, "Press 2 to leave a message.");
  EXPECT_EQ(plan().key_words.text, "Press 2 to leave a message.");
  EXPECT_EQ(plan().keys, "2");
  EXPECT_FALSE(row().announce_at.is_never());
}

TEST_F(Voicemail, WhereTheNumberHasNoKeyNoneIsTold) {
  ring(put([](auto& n) { n.voicemail_key = ""; }));
  EXPECT_EQ(plan().keys, "");
  press("2");
  EXPECT_EQ(row().status, CallStatus::queued);
}

TEST_F(Voicemail, TheKeyLeadsToWordsAToneAndTheCallersVoiceAlone) {
  ring(put());
  press("2");
  EXPECT_EQ(row().status, CallStatus::voicemail);
  EXPECT_EQ(plan().legs.front().hears, Hears::words);
  EXPECT_TRUE(plan().words_end_it);
  EXPECT_EQ(plan().words.front().prompt, "vm-intro");
  EXPECT_FALSE(plan().recording.wanted);
  EXPECT_EQ(plan().keys, "");
  words_ended();
  EXPECT_EQ(plan().legs.front().hears, Hears::silence);
  EXPECT_TRUE(plan().recording.wanted);
  EXPECT_TRUE(plan().recording.message);
  EXPECT_FALSE(plan().recording.paused);
  EXPECT_EQ(plan().keys, "#");
}

TEST_F(Voicemail, WhoSpeaksIsNotOfferedAndKeepsTheirPlaceMeanwhile) {
  ring(put());
  press("2");
  const WorkerId ann = center.add_worker("Ann");
  EXPECT_TRUE(center.offers(ann).empty());
  words_ended();
  EXPECT_TRUE(center.offers(ann).empty());
}

TEST_F(Voicemail, AMessageIsATaskOfTheSameContactForTheSameQueue) {
  ring(put());
  const ContactId contact = row().contact_sid;
  press("2");
  words_ended();
  const RecordingId message = row().recording_sid;
  center.advance(Duration::seconds(5));
  hang_up();
  EXPECT_EQ(bucket(), Bucket::voicemail);
  EXPECT_EQ(row().voicemail_sid, message);
  const auto* open = center.state->conversations().contact(contact);
  ASSERT_NE(open, nullptr) << "the contact stays open until the message is served";
  EXPECT_EQ(open->reason, Reason::voicemail);
  ASSERT_EQ(open->tasks.size(), 1u);
  const TaskId task = open->tasks.front().task_sid;
  EXPECT_EQ(center.state->routing().task(task)->task_queue_sid, queue);
  EXPECT_EQ(center.state->routing().task(task)->task_channel_sid, center.channel("default"));
  EXPECT_NE(attributes(task).find(message.str()), std::string::npos);
  EXPECT_NE(attributes(task).find("\"channel\":\"voicemail\""), std::string::npos);
  const WorkerId ann = center.add_worker("Ann");
  ASSERT_EQ(center.tasks_of(ann).size(), 1u);
  EXPECT_EQ(center.tasks_of(ann).front(), task);
  center.complete(task);
  EXPECT_EQ(center.state->conversations().contact(contact), nullptr);
}

TEST_F(Voicemail, TooShortIsNoMessageAndTheCallerHasAbandoned) {
  ring(put());
  const ContactId contact = row().contact_sid;
  center.advance(Duration::seconds(30));
  leave_message(Duration::millis(1500));
  EXPECT_EQ(bucket(), Bucket::abandoned);
  EXPECT_TRUE(row().voicemail_sid.empty());
  EXPECT_EQ(center.state->conversations().contact(contact), nullptr);
}

TEST_F(Voicemail, HangingUpDuringTheWordsIsAbandoned) {
  ring(put());
  center.advance(Duration::seconds(30));
  press("2");
  hang_up();
  EXPECT_EQ(bucket(), Bucket::abandoned);
  EXPECT_TRUE(row().voicemail_sid.empty());
}

TEST_F(Voicemail, PoundEndsTheMessageAndTheCall) {
  ring(put());
  press("2");
  words_ended();
  center.advance(Duration::seconds(6));
  press("#");
  EXPECT_EQ(row().status, CallStatus::ended);
  EXPECT_TRUE(row().voicemail_sid);
}

TEST_F(Voicemail, WhatIsShorterThanTheNumberSaysIsNoMessage) {
  const NumberId number = put();
  ring(number);
  center.advance(Duration::seconds(30));
  leave_message(Duration::seconds(4));
  EXPECT_EQ(bucket(), Bucket::abandoned);
  const auto& row_of_number = *center.state->calls().number(number);
  calls::NumberRecord shorter = row_of_number;
  shorter.voicemail_min = Duration::seconds(2);
  tell(calls::PutNumber{shorter});
  ring(number);
  leave_message(Duration::seconds(3));
  EXPECT_EQ(bucket(), Bucket::voicemail);
}

TEST_F(Voicemail, SilenceEndsTheMessageAndAloneItIsNone) {
  for (const bool heard : {true, false}) {
    ring(center.state->calls().numbers().empty() ? put() : center.state->calls().numbers().front()->sid);
    press("2");
    words_ended();
    center.advance(Duration::seconds(6));
    tell(calls::MessageSilent{call, row().recording_sid, heard});
    EXPECT_EQ(row().status, CallStatus::ended);
    EXPECT_EQ(!row().voicemail_sid.empty(), heard);
  }
}

TEST_F(Voicemail, AMessageIsNoLongerThanItMayBe) {
  ring(put([](auto& n) { n.voicemail_max = Duration::seconds(20); }));
  const ContactId contact = row().contact_sid;
  press("2");
  words_ended();
  center.advance(Duration::seconds(20));
  EXPECT_FALSE(live());
  EXPECT_EQ(center.state->conversations().contact(contact)->tasks.size(), 1u);
}

TEST_F(Voicemail, WordsThatNeverEndDoNotKeepTheCallerWaitingForTheTone) {
  ring(put());
  press("2");
  center.advance(calls::kFarewellWithin);
  EXPECT_TRUE(plan().recording.wanted);
}

TEST_F(Voicemail, WhenNothingCanBeRecordedTheCallerHasTheirPlaceBack) {
  ring(put());
  press("2");
  words_ended();
  tell(calls::RecordingFailed{call, row().recording_sid});
  EXPECT_EQ(row().status, CallStatus::queued);
  const WorkerId ann = center.add_worker("Ann");
  EXPECT_EQ(center.offers(ann).size(), 1u);
}

TEST_F(Voicemail, AnAgentWhoIsJustComingGoesBeforeTheKey) {
  const WorkerId ann = center.add_worker("Ann");
  ring(put());
  center.accept_next(ann);
  EXPECT_EQ(plan().keys, "");
  press("2");
  EXPECT_EQ(row().status, CallStatus::queued);
}

TEST_F(Voicemail, OutsideOpeningHoursAMessageBeginsAContactWithATask) {
  ring(put([](auto& n) { n.always_open = false, n.on_closed = Instead::voicemail, n.closed_words = {"", "Closed."}; }));
  EXPECT_EQ(row().status, CallStatus::voicemail);
  EXPECT_EQ(row().turned_away, Bucket::closed);
  ASSERT_EQ(plan().words.size(), 2u);
  EXPECT_EQ(plan().words.front().text, "Closed.");
  words_ended();
  center.advance(Duration::seconds(8));
  hang_up();
  EXPECT_TRUE(row().voicemail_sid);
  ASSERT_TRUE(row().contact_sid);
  const auto* contact = center.state->conversations().contact(row().contact_sid);
  ASSERT_NE(contact, nullptr);
  EXPECT_NE(contact->customer_ended_at.us, 0);
  ASSERT_EQ(contact->tasks.size(), 1u);
  const TaskId task = contact->tasks.front().task_sid;
  EXPECT_NE(attributes(task).find(row().voicemail_sid.str()), std::string::npos);
  const WorkerId ann = center.add_worker("Ann");
  EXPECT_EQ(center.tasks_of(ann).front(), task);
}

TEST_F(Voicemail, WhoLeavesNothingOutsideOpeningHoursLeavesNothingBehind) {
  ring(put([](auto& n) { n.always_open = false, n.on_closed = Instead::voicemail; }));
  hang_up();
  EXPECT_TRUE(row().contact_sid.empty());
  EXPECT_TRUE(center.state->conversations().contacts().empty());
}

TEST_F(Voicemail, AFullQueueAndNobodySignedInTakeMessagesWhereTheNumberSaysSo) {
  const NumberId unstaffed =
      put([](auto& n) { n.turn_away_unstaffed = true, n.on_unstaffed = Instead::voicemail, n.address = "a"; });
  ring(unstaffed);
  EXPECT_EQ(row().status, CallStatus::voicemail);
  EXPECT_EQ(row().turned_away, Bucket::failed_by_us);
  const QueueId small = center.put_queue([](auto& q) { q.friendly_name = "Small", q.max_size = 1; });
  const NumberId full =
      put([&](auto& n) { n.on_full = Instead::voicemail, n.address = "b", n.task_queue_sid = small; });
  ring(full, "+491");
  ring(full, "+492");
  EXPECT_EQ(row().status, CallStatus::voicemail);
  EXPECT_EQ(row().turned_away, Bucket::full);
}

TEST_F(Voicemail, TheLongestWaitEndsWithWordsAndIsTimedOut) {
  ring(put([](auto& n) { n.max_wait = Duration::minutes(2), n.max_wait_words = {"", "Please call again."}; }));
  const ContactId contact = row().contact_sid;
  center.advance(Duration::minutes(2) - Duration::seconds(1));
  EXPECT_EQ(row().status, CallStatus::queued);
  center.advance(Duration::seconds(1));
  EXPECT_EQ(bucket(), Bucket::timed_out);
  EXPECT_EQ(row().status, CallStatus::farewell);
  EXPECT_EQ(plan().words.front().text, "Please call again.");
  EXPECT_EQ(center.state->conversations().contact(contact), nullptr);
  words_ended();
  EXPECT_EQ(row().status, CallStatus::ended);
}

TEST_F(Voicemail, TheLongestWaitMayEndWithAMessage) {
  const NumberId number = put([](auto& n) { n.max_wait = Duration::minutes(2), n.on_max_wait = Instead::voicemail; });
  ring(number);
  center.advance(Duration::minutes(2));
  EXPECT_EQ(row().status, CallStatus::voicemail);
  words_ended();
  center.advance(Duration::seconds(5));
  hang_up();
  EXPECT_EQ(bucket(), Bucket::timed_out);
  EXPECT_TRUE(row().voicemail_sid);
  ring(number, "+49171");
  center.advance(Duration::minutes(2));
  hang_up();
  EXPECT_EQ(bucket(), Bucket::timed_out) << "they waited as long, message or not";
}

TEST_F(Voicemail, WhoIsBeingConnectedHasNotWaitedTooLong) {
  ring(put([](auto& n) { n.max_wait = Duration::seconds(20); }));
  const WorkerId ann = center.add_worker("Ann");
  center.advance(Duration::seconds(14));
  center.accept_next(ann);
  const LegId agent = row().legs.back().sid;
  center.advance(Duration::seconds(6));
  EXPECT_EQ(row().status, CallStatus::queued);
  tell(calls::LegConnected{call, agent});
  center.advance(Duration::minutes(5));
  EXPECT_EQ(row().status, CallStatus::talking);
}

TEST_F(Voicemail, ARestartKeepsAMessageThatWasBegunAndThePlaceOfWhoHadNotBegun) {
  ring(put());
  const ContactId spoke = row().contact_sid;
  press("2");
  words_ended();
  center.advance(Duration::seconds(10));
  const CallId first = call;
  ring(center.state->calls().numbers().front()->sid, "+49171");
  press("2");
  center.restart(Duration::seconds(5));
  EXPECT_FALSE(center.state->calls().call(first) && center.state->calls().call(first)->status != CallStatus::ended);
  ASSERT_NE(center.state->conversations().contact(spoke), nullptr);
  EXPECT_NE(attributes(center.state->conversations().contact(spoke)->tasks.front().task_sid).find("voicemail_sid"),
            std::string::npos);
  EXPECT_EQ(row().status, CallStatus::lost);
}

TEST_F(Voicemail, SettingsThatCannotBeAreRefused) {
  calls::NumberRecord row{.friendly_name = "Shop", .address = "shop", .task_queue_sid = queue};
  const auto field = [&](const std::function<void(calls::NumberRecord&)>& edit) {
    calls::NumberRecord one = row;
    edit(one);
    auto answer = center.try_(calls::Command{calls::PutNumber{one}});
    return answer ? std::string() : answer.error().field;
  };
  EXPECT_EQ(field([](auto& n) { n.voicemail_key = "22"; }), "voicemail_key");
  EXPECT_EQ(field([](auto& n) { n.voicemail_key = "x"; }), "voicemail_key");
  EXPECT_EQ(field([](auto& n) { n.max_wait = Duration::seconds(3); }), "max_wait_s");
  EXPECT_EQ(field([](auto& n) { n.voicemail_max = Duration::hours(2); }), "voicemail_max_s");
}

TEST_F(Voicemail, AKeyOfSomebodyElseOrOfManyDigitsIsRefused) {
  ring(put());
  EXPECT_FALSE(center.try_(calls::Command{calls::PressKey{call, LegId{9, 9}, "2"}}));
  EXPECT_FALSE(center.try_(calls::Command{calls::PressKey{call, leg, "22"}}));
}

TEST_F(Voicemail, ACallFromAnOlderJournalKnowsOfNoMessages) {
  const auto read = decode<calls::CallRecord>(R"({"status":"queued"})");
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->voicemail_sid.empty());
  EXPECT_TRUE(read->max_wait_at.is_never());
}

}  // namespace
}  // namespace carillon::workspace
