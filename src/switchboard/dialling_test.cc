// Goal: whom a row says to call is called, by the first trunk that carries it, and what became of it stands in the rows.
// Method: carriers are SIP hosts on loopback; the agent's phone is what the test says of it.
#include "switchboard/testing/caller_out.h"

namespace carillon::switchboard {
namespace {

namespace sip = voice::sip;
using calls::CallStatus;
using calls::Reason;
using voice::net::Party;
using voice::net::some_sdp;

class Dialling : public testing::CallerOut {
 protected:
  void configure(Config& config) override {
    for (Party* carrier : {&first_, &second_}) {
      sip::Trunk trunk;
      trunk.id = carrier == &first_ ? "first" : "second";
      trunk.next_hops = {"sip:" + carrier->at(sip::Transport::kUdp).text()};
      trunk.domain = "carrier.test";
      config.trunks.push_back(trunk);
    }
    config.direct_calls = true;
  }

  Party first_, second_;
};

TEST_F(Dialling, ANumberGoesByTheFirstTrunkAndShowsTheNumberCalledFrom) {
  first_.answer_all(some_sdp(5000));
  const auto row = dial("+4917112345");
  const auto incoming = first_.wait_for<sip::IncomingCall>();
  ASSERT_TRUE(incoming);
  EXPECT_EQ(incoming->called.number, "+4917112345");
  EXPECT_EQ(incoming->from.number, "+4930123");
  const auto talking = until(row, CallStatus::talking);
  EXPECT_GT(talking.answered_at.us, 0);
  must(calls::Command(calls::HangUp{row.sid, Reason::by_worker}));
  const auto ended = first_.wait_for<sip::CallEnded>();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->cause, sip::Cause::kHungUp);
  EXPECT_TRUE(falls_silent());
}

TEST_F(Dialling, ATrunkThatDoesNotTakeItIsFollowedByTheNext) {
  refuse_all(first_, 503);
  second_.answer_all(some_sdp(5000));
  const auto row = dial("+4917112345");
  ASSERT_TRUE(second_.wait_for<sip::IncomingCall>());
  until(row, CallStatus::talking);
}

TEST_F(Dialling, WhatSomebodySaysToBeingCalledIsTheReason) {
  refuse_all(first_, 486);
  second_.answer_all(some_sdp(5000));
  const auto ended = until(dial("+4917112345"), CallStatus::ended);
  EXPECT_EQ(ended.reason, Reason::busy);
  EXPECT_EQ(ended.legs.front().reason, Reason::busy);
  EXPECT_TRUE(falls_silent());
}

TEST_F(Dialling, NoTrunkThatTakesItIsUnreachable) {
  refuse_all(first_, 503);
  refuse_all(second_, 500);
  EXPECT_EQ(until(dial("+4917112345"), CallStatus::ended).reason, Reason::unreachable);
}

TEST_F(Dialling, ASipAddressIsCalledStraight) {
  Party eva;
  eva.answer_all(some_sdp(5000));
  const auto row = dial(eva.uri("eva"));
  const auto incoming = eva.wait_for<sip::IncomingCall>();
  ASSERT_TRUE(incoming);
  EXPECT_EQ(incoming->called.user, "eva");
  until(row, CallStatus::talking);
  eva.hang_up(incoming->leg);
  EXPECT_EQ(until(row, CallStatus::ended).reason, Reason::customer_left);
}

TEST_F(Dialling, WhoGivesUpCancels) {
  first_.on_event = [](sip::Stack& stack, Instant now, sip::Event& event) {
    if (const auto* call = std::get_if<sip::IncomingCall>(&event)) (void)stack.ring(now, call->leg);
  };
  first_.start();
  const auto row = dial("+4917112345");
  ASSERT_TRUE(first_.wait_for<sip::IncomingCall>());
  must(calls::Command(calls::HangUp{row.sid, Reason::by_worker}));
  const auto ended = first_.wait_for<sip::CallEnded>();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->cause, sip::Cause::kCancelled);
  EXPECT_TRUE(falls_silent());
}

}  // namespace
}  // namespace carillon::switchboard
