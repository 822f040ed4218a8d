// Goal: what happens at a number happens to the telephone that calls it, and what the telephone does stands in the rows.
// Method: everything is real (runtime with its threads, SIP over loopback, media engine); waiting is for what was said, never for time.
#include "switchboard/switchboard.h"

#include <gtest/gtest.h>

#include "switchboard/paths.h"
#include "switchboard/testing/board_world.h"
#include "voice/sdp/sdp.h"

namespace carillon::switchboard {
namespace {

namespace sip = voice::sip;
using testing::SwitchboardTest;
using voice::net::Party;
using voice::net::some_sdp;

TEST_F(SwitchboardTest, ACallerIsAnsweredAndWaitsInTheQueue) {
  list();
  const auto [leg, row] = waiting_call();
  EXPECT_EQ(row.from, "+4930111222");
  EXPECT_EQ(row.to, "shop");
  EXPECT_TRUE(row.contact_sid);
  EXPECT_EQ(board_->sound().legs, 1u);
}

TEST_F(SwitchboardTest, WhoHangsUpHasLeft) {
  list();
  const auto [leg, row] = waiting_call();
  caller_.hang_up(leg);
  const auto ended = relay_.wait_for([](const auto& r) { return r.status == calls::CallStatus::ended; });
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->reason, calls::Reason::customer_left);
}

TEST_F(SwitchboardTest, WhoCallsFromANumberIsACustomerFromThenOn) {
  list();
  const auto [leg, row] = waiting_call();
  const auto linked = relay_.wait_for([](const calls::CallRecord& r) { return !r.customer_sid.empty(); });
  ASSERT_TRUE(linked);
  caller_.hang_up(leg);
  call();
  const auto again =
      relay_.wait_for([&](const calls::CallRecord& r) { return r.sid != row.sid && r.conversation_sid; });
  ASSERT_TRUE(again);
  EXPECT_EQ(again->customer_sid, linked->customer_sid);
  EXPECT_NE(again->contact_sid, linked->contact_sid);
}

TEST_F(SwitchboardTest, ANumberThatNobodyHasIsNotFound) {
  list();
  sip::Invite wish;
  wish.target = uri("nobody");
  wish.sdp = some_sdp(40000);
  caller_.invite(wish);
  const auto ended = caller_.wait_for<sip::CallEnded>();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->status, 404);
}

TEST_F(SwitchboardTest, ANumberThatIsDeletedTakesNoMoreCalls) {
  list();
  const auto [leg, row] = waiting_call();
  must(calls::Command(calls::DeleteNumber{row.number_sid, 0}));
  call();
  const auto ended = caller_.wait_for<sip::CallEnded>();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->status, 404);
}

TEST_F(SwitchboardTest, AClosedNumberWithoutWordsIsNotAnswered) {
  number_.always_open = false;
  list();
  call();
  const auto ended = caller_.wait_for<sip::CallEnded>();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->status, 480);
  EXPECT_TRUE(falls_silent());
}

TEST_F(SwitchboardTest, ABlockedCallerIsDeclined) {
  number_.blocked = {"+4930111222"};
  list();
  call();
  const auto ended = caller_.wait_for<sip::CallEnded>();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->status, 603);
}

TEST_F(SwitchboardTest, ACallThatEndsInTheRowsIsHungUp) {
  list();
  const auto [leg, row] = waiting_call();
  must(calls::Command(calls::HangUp{row.sid, calls::Reason::by_supervisor}));
  const auto ended = caller_.wait_for<sip::CallEnded>();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->cause, sip::Cause::kHungUp);
}

TEST_F(SwitchboardTest, ACallWithoutAnOfferGetsOurs) {
  list();
  sip::Invite wish;
  wish.target = uri("shop");
  wish.from_user = "+4930111222";
  const sip::LegId leg = caller_.invite(wish);
  const auto answered = caller_.wait_for<sip::Answered>();
  ASSERT_TRUE(answered);
  ASSERT_TRUE(answered->wants_answer);
  const std::string answer = some_sdp(40000);
  caller_.ask([&](sip::Stack& stack, Instant now) { return stack.answer_offer(now, leg, answer).ok(); });
  EXPECT_TRUE(relay_.wait_for([](const calls::CallRecord& r) {
    return !r.legs.empty() && r.legs.front().status == calls::LegStatus::connected;
  }));
}

TEST_F(SwitchboardTest, ACallerMayHoldAndResume) {
  list();
  const auto [leg, row] = waiting_call();
  for (const auto& [ours, theirs] : {std::pair{"sendonly", voice::sdp::Direction::kRecvOnly},
                                     std::pair{"sendrecv", voice::sdp::Direction::kSendRecv}}) {
    std::string offer = some_sdp(40000);
    const std::string direction = std::string("a=") + ours + "\r\n";
    offer += direction;
    const sip::LegId caller = leg;
    caller_.ask([&](sip::Stack& stack, Instant now) { return stack.offer(now, caller, offer).ok(); });
    const auto answered = caller_.wait_for<sip::OfferAnswered>();
    ASSERT_TRUE(answered);
    const auto session = voice::sdp::parse(answered->sdp);
    ASSERT_TRUE(session);
    EXPECT_EQ(session->direction_of_media(session->media.front()), theirs);
  }
}

TEST_F(SwitchboardTest, AnOfferWithoutACommonCodecIsNotAcceptable) {
  list();
  call("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 18\r\n");
  const auto ended = caller_.wait_for<sip::CallEnded>();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->status, 488);
  EXPECT_TRUE(falls_silent());
}

TEST_F(SwitchboardTest, APhoneWhoseOfferCannotBeReadIsToldWhy) {
  std::promise<Result<std::string>> promise;
  auto answer = promise.get_future();
  board_->connect({workspace_, WorkerId{1, 1}, 1}, "v=0\r\nnonsense",
                  [&](Result<std::string> sdp) { promise.set_value(sdp); });
  const auto told = answer.get();
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().code, ErrorCode::kInvalidValue);
  EXPECT_EQ(told.error().field, "sdp");
}

TEST(SwitchboardPaths, WhoMonitorsIsHeardAsTheyAskedFor) {
  const auto role = [](calls::LegRole of, calls::Monitoring how) { return role_of({.role = of, .monitoring = how}); };
  EXPECT_EQ(role(calls::LegRole::customer, calls::Monitoring::off), media::Role::kCustomer);
  EXPECT_EQ(role(calls::LegRole::agent, calls::Monitoring::off), media::Role::kAgent);
  EXPECT_EQ(role(calls::LegRole::coach, calls::Monitoring::listen), media::Role::kListener);
  EXPECT_EQ(role(calls::LegRole::coach, calls::Monitoring::whisper), media::Role::kCoach);
  EXPECT_EQ(role(calls::LegRole::coach, calls::Monitoring::barge), media::Role::kAgent);
}

TEST_F(SwitchboardTest, DigitsAreRefusedWhereNobodyTalks) {
  list();
  const auto [leg, row] = waiting_call();
  for (const char* digits : {"12", "x", ""}) {
    std::promise<Result<void>> promise;
    auto answer = promise.get_future();
    board_->press(workspace_, row.sid, WorkerId{1, 1}, digits, [&](Result<void> done) { promise.set_value(done); });
    EXPECT_FALSE(answer.get());
  }
}

}  // namespace
}  // namespace carillon::switchboard
