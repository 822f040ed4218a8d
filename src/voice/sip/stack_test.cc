// Goal: calls between two stacks go as the RFCs say. Method: a simulated network; what the test does, a host would do.
#include "voice/sip/stack.h"

#include <gtest/gtest.h>

#include "voice/sip/testing/world.h"

namespace carillon::voice::sip {
namespace {

const std::string kOffer =
    "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
const std::string kAnswer =
    "v=0\r\no=- 2 1 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\nm=audio 5000 RTP/AVP 0\r\n";
const std::string kHold = kOffer + "a=sendonly\r\n";

// A request gets no answer for 32 s where the dialog went before, and as long where its Contact leads.
constexpr Duration kUnanswered = Duration::seconds(66);

struct TwoStacks : testing::Test {
  World world{7};
  Side& a = world.add();
  Side& b = world.add();

  Invite call(const std::string& user = "bob") {
    Invite out;
    out.target = b.uri(user);
    out.from_user = "alice";
    out.sdp = kOffer;
    return out;
  }
  LegId start(const Invite& invite) {
    const auto leg = a.stack->invite(world.now, invite);
    EXPECT_TRUE(leg) << (leg ? "" : leg.error().message);
    world.run(Duration::millis(50));
    return leg ? *leg : LegId();
  }
  // Both legs of a call that is up.
  std::pair<LegId, LegId> up(const Invite& invite) {
    const LegId ours = start(invite);
    const auto* incoming = b.last<IncomingCall>();
    EXPECT_NE(incoming, nullptr);
    if (incoming == nullptr) return {};
    const LegId theirs = incoming->leg;
    EXPECT_TRUE(b.stack->answer(world.now, theirs, kAnswer));
    world.run(Duration::millis(100));
    EXPECT_EQ(a.count<Answered>(), 1);
    EXPECT_EQ(b.count<Established>(), 1);
    return {ours, theirs};
  }
  std::pair<LegId, LegId> up() { return up(call()); }
  void expect_nothing_left() {
    world.run(Duration::minutes(3));
    EXPECT_EQ(a.stack->size(), StackSize());
    EXPECT_EQ(b.stack->size(), StackSize());
  }
};

TEST_F(TwoStacks, ACallIsMadeAnsweredAndEnded) {
  const LegId ours = start(call());
  const auto* incoming = b.last<IncomingCall>();
  ASSERT_NE(incoming, nullptr);
  EXPECT_EQ(incoming->from.user, "alice");
  EXPECT_EQ(incoming->called.user, "bob");
  EXPECT_EQ(incoming->sdp, kOffer);
  EXPECT_EQ(incoming->source.kind, SourceKind::kUnknown);
  const LegId theirs = incoming->leg;
  ASSERT_TRUE(b.stack->ring(world.now, theirs));
  world.run(Duration::millis(50));
  ASSERT_EQ(a.count<Progress>(), 1);
  EXPECT_EQ(a.last<Progress>()->status, 180);
  ASSERT_TRUE(b.stack->answer(world.now, theirs, kAnswer));
  world.run(Duration::millis(50));
  ASSERT_NE(a.last<Answered>(), nullptr);
  EXPECT_EQ(a.last<Answered>()->sdp, kAnswer);
  EXPECT_EQ(b.count<Established>(), 1);
  ASSERT_TRUE(a.stack->hang_up(world.now, ours, {.q850 = 16, .text = "bye"}));
  world.run(Duration::millis(50));
  ASSERT_NE(b.last<CallEnded>(), nullptr);
  EXPECT_EQ(b.last<CallEnded>()->cause, Cause::kHungUp);
  EXPECT_EQ(b.last<CallEnded>()->q850, 16);
  EXPECT_EQ(a.last<CallEnded>()->cause, Cause::kLocal);
  EXPECT_FALSE(a.stack->hang_up(world.now, ours));
  expect_nothing_left();
}

TEST_F(TwoStacks, TheCalleeMayHangUpToo) {
  const auto [ours, theirs] = up();
  ASSERT_TRUE(b.stack->hang_up(world.now, theirs));
  world.run(Duration::millis(50));
  EXPECT_EQ(a.last<CallEnded>()->cause, Cause::kHungUp);
  expect_nothing_left();
}

TEST_F(TwoStacks, ARejectionTellsItsStatusAndReason) {
  start(call());
  ASSERT_TRUE(b.stack->reject(world.now, b.last<IncomingCall>()->leg, 486, {.q850 = 17}));
  world.run(Duration::millis(50));
  const auto* ended = a.last<CallEnded>();
  ASSERT_NE(ended, nullptr);
  EXPECT_EQ(ended->cause, Cause::kRejected);
  EXPECT_EQ(ended->status, 486);
  EXPECT_EQ(ended->q850, 17);
  expect_nothing_left();
}

TEST_F(TwoStacks, ARedirectionGivesItsContacts) {
  start(call());
  ASSERT_TRUE(b.stack->reject(world.now, b.last<IncomingCall>()->leg, 302, {}, {"sip:carol@192.0.2.9"}));
  world.run(Duration::millis(50));
  EXPECT_EQ(a.last<CallEnded>()->contacts, std::vector<std::string>{"sip:carol@192.0.2.9"});
  expect_nothing_left();
}

TEST_F(TwoStacks, ACancelledCallEndsAtBoth) {
  const LegId ours = start(call());
  ASSERT_TRUE(b.stack->ring(world.now, b.last<IncomingCall>()->leg));
  world.run(Duration::millis(50));
  ASSERT_TRUE(a.stack->hang_up(world.now, ours, Why::elsewhere()));
  world.run(Duration::millis(100));
  EXPECT_EQ(b.last<CallEnded>()->cause, Cause::kCancelled);
  EXPECT_TRUE(b.last<CallEnded>()->elsewhere);
  expect_nothing_left();
}

TEST_F(TwoStacks, CancelBeforeAnyResponseWaitsForOne) {
  const auto leg = a.stack->invite(world.now, call());
  ASSERT_TRUE(leg);
  ASSERT_TRUE(a.stack->hang_up(world.now, *leg));
  world.run(Duration::seconds(1));
  EXPECT_EQ(b.last<CallEnded>()->cause, Cause::kCancelled);
  expect_nothing_left();
}

TEST_F(TwoStacks, WhenAnswerAndCancelCrossTheCallIsEndedWithBye) {
  const LegId ours = start(call());
  const LegId theirs = b.last<IncomingCall>()->leg;
  ASSERT_TRUE(b.stack->ring(world.now, theirs));
  world.run(Duration::millis(50));
  ASSERT_TRUE(b.stack->answer(world.now, theirs, kAnswer));
  ASSERT_TRUE(a.stack->hang_up(world.now, ours));
  world.run(Duration::millis(200));
  EXPECT_EQ(a.count<Answered>(), 0);
  EXPECT_EQ(b.last<CallEnded>()->cause, Cause::kHungUp);
  expect_nothing_left();
}

TEST_F(TwoStacks, NobodyThereEndsAfter32Seconds) {
  world.loss = 1;
  start(call());
  world.run(Duration::seconds(31));
  EXPECT_EQ(a.count<CallEnded>(), 0);
  world.run(Duration::seconds(2));
  ASSERT_EQ(a.count<CallEnded>(), 1);
  EXPECT_EQ(a.last<CallEnded>()->cause, Cause::kNoAnswer);
  expect_nothing_left();
}

TEST_F(TwoStacks, AnAnswerWithoutAckEndsTheCall) {
  start(call());
  const LegId theirs = b.last<IncomingCall>()->leg;
  world.loss = 1;
  ASSERT_TRUE(b.stack->answer(world.now, theirs, kAnswer));
  world.run(Duration::seconds(40));
  EXPECT_EQ(b.last<CallEnded>()->cause, Cause::kNoAck);
  world.loss = 0;
  expect_nothing_left();
}

TEST_F(TwoStacks, HoldIsAnOfferThatTheOtherSideAnswers) {
  const auto [ours, theirs] = up();
  ASSERT_TRUE(a.stack->offer(world.now, ours, kHold));
  EXPECT_FALSE(a.stack->offer(world.now, ours, kHold));
  world.run(Duration::millis(50));
  ASSERT_NE(b.last<OfferReceived>(), nullptr);
  EXPECT_EQ(b.last<OfferReceived>()->sdp, kHold);
  ASSERT_TRUE(b.stack->answer_offer(world.now, theirs, kAnswer + "a=recvonly\r\n"));
  world.run(Duration::millis(50));
  ASSERT_NE(a.last<OfferAnswered>(), nullptr);
  EXPECT_EQ(a.last<OfferAnswered>()->sdp, kAnswer + "a=recvonly\r\n");
  ASSERT_TRUE(a.stack->offer(world.now, ours, kOffer, OfferBy::kUpdate));
  world.run(Duration::millis(50));
  ASSERT_TRUE(b.stack->refuse_offer(world.now, theirs));
  world.run(Duration::millis(50));
  EXPECT_EQ(a.last<OfferRefused>()->status, 488);
  ASSERT_TRUE(a.stack->hang_up(world.now, ours));
  expect_nothing_left();
}

TEST_F(TwoStacks, WhenBothOfferAtOnceOneAfterTheOtherSucceeds) {
  const auto [ours, theirs] = up();
  a.on_event = [&](const Event& event) {
    if (const auto* offer = std::get_if<OfferReceived>(&event)) {
      EXPECT_TRUE(a.stack->answer_offer(world.now, offer->leg, kOffer));
    }
  };
  b.on_event = [&](const Event& event) {
    if (const auto* offer = std::get_if<OfferReceived>(&event)) {
      EXPECT_TRUE(b.stack->answer_offer(world.now, offer->leg, kAnswer));
    }
  };
  ASSERT_TRUE(a.stack->offer(world.now, ours, kHold));
  ASSERT_TRUE(b.stack->offer(world.now, theirs, kAnswer + "a=inactive\r\n"));
  world.run(Duration::seconds(10));
  EXPECT_EQ(a.count<OfferAnswered>(), 1);
  EXPECT_EQ(b.count<OfferAnswered>(), 1);
  ASSERT_TRUE(a.stack->hang_up(world.now, ours));
  expect_nothing_left();
}

TEST_F(TwoStacks, ACallWithoutOfferGetsOneInTheAnswer) {
  Invite invite = call();
  invite.sdp.clear();
  const LegId ours = start(invite);
  EXPECT_EQ(b.last<IncomingCall>()->sdp, "");
  ASSERT_TRUE(b.stack->answer(world.now, b.last<IncomingCall>()->leg, kAnswer));
  world.run(Duration::millis(50));
  ASSERT_TRUE(a.last<Answered>()->wants_answer);
  EXPECT_EQ(a.last<Answered>()->sdp, kAnswer);
  EXPECT_EQ(b.count<Established>(), 0);
  ASSERT_TRUE(a.stack->answer_offer(world.now, ours, kOffer));
  world.run(Duration::millis(50));
  ASSERT_NE(b.last<Established>(), nullptr);
  EXPECT_EQ(b.last<Established>()->sdp, kOffer);
  ASSERT_TRUE(a.stack->hang_up(world.now, ours));
  expect_nothing_left();
}

TEST_F(TwoStacks, ReliableRingingIsAcknowledgedAndRepeatedUntilThen) {
  const LegId ours = start(call());
  const LegId theirs = b.last<IncomingCall>()->leg;
  world.loss = 1;
  ASSERT_TRUE(b.stack->ring(world.now, theirs, 183, kAnswer, true));
  world.run(Duration::millis(300));
  EXPECT_EQ(a.count<Progress>(), 0);
  world.loss = 0;
  world.run(Duration::seconds(3));
  ASSERT_EQ(a.count<Progress>(), 1);
  EXPECT_EQ(a.last<Progress>()->sdp, kAnswer);
  ASSERT_TRUE(b.stack->answer(world.now, theirs, kAnswer));
  world.run(Duration::millis(100));
  EXPECT_EQ(a.last<Answered>()->sdp, kAnswer);
  ASSERT_TRUE(a.stack->hang_up(world.now, ours));
  expect_nothing_left();
}

TEST_F(TwoStacks, AnAnswerWaitsForThePrackOfItsDescription) {
  const LegId ours = start(call());
  const LegId theirs = b.last<IncomingCall>()->leg;
  ASSERT_TRUE(b.stack->ring(world.now, theirs, 183, kAnswer, true));
  ASSERT_TRUE(b.stack->answer(world.now, theirs, kAnswer));
  world.run(Duration::millis(200));
  EXPECT_EQ(a.count<Answered>(), 1);
  EXPECT_EQ(b.count<Established>(), 1);
  ASSERT_TRUE(a.stack->hang_up(world.now, ours));
  expect_nothing_left();
}

TEST_F(TwoStacks, TheSessionTimerKeepsALivingCallAndEndsADeadOne) {
  up();
  world.run(Duration::hours(3));
  EXPECT_EQ(a.count<CallEnded>() + b.count<CallEnded>(), 0);
  EXPECT_EQ(a.count<OfferReceived>() + b.count<OfferReceived>(), 0);
  world.loss = 1;
  world.run(Duration::minutes(40));
  EXPECT_EQ(a.count<CallEnded>(), 1);
  EXPECT_EQ(b.count<CallEnded>(), 1);
  world.loss = 0;
  expect_nothing_left();
}

TEST_F(TwoStacks, AByeThatIsLostForEverEndsBothSides) {
  const auto [ours, theirs] = up();
  world.loss = 1;
  ASSERT_TRUE(a.stack->hang_up(world.now, ours));
  world.run(kUnanswered);
  EXPECT_EQ(a.stack->size(), StackSize());
  EXPECT_EQ(b.count<CallEnded>(), 0);  // it knows nothing; its session timer does
  world.run(Duration::minutes(31));
  EXPECT_EQ(b.count<CallEnded>(), 1);
  expect_nothing_left();
}

TEST_F(TwoStacks, ACallIsAskedWhetherItIsStillThere) {
  const auto [ours, theirs] = up();
  ASSERT_TRUE(a.stack->probe(world.now, ours));
  world.run(Duration::seconds(40));
  EXPECT_EQ(a.count<CallEnded>(), 0);
  world.loss = 1;
  ASSERT_TRUE(a.stack->probe(world.now, ours));
  world.run(kUnanswered);
  ASSERT_EQ(a.count<CallEnded>(), 1);
  EXPECT_EQ(a.last<CallEnded>()->cause, Cause::kNoAnswer);
}

TEST_F(TwoStacks, APeerThatForgotTheCallSaysSoWhenAsked) {
  const auto [ours, theirs] = up();
  ASSERT_TRUE(b.stack->hang_up(world.now, theirs));
  world.loss = 1;
  world.run(Duration::seconds(40));  // its BYE gets nowhere, and it is through with it
  world.loss = 0;
  ASSERT_TRUE(a.stack->probe(world.now, ours));
  world.run(Duration::seconds(1));
  ASSERT_EQ(a.count<CallEnded>(), 1);
  EXPECT_EQ(a.last<CallEnded>()->status, 481);
}

TEST_F(TwoStacks, AConnectionThatIsHalfOpenEndsTheCallWithinTheTimer) {
  Invite invite = call();
  invite.target += ";transport=tcp";
  const auto [ours, theirs] = up(invite);
  // Nothing comes any more, and nobody says that the connection is gone.
  world.half_open = true;
  ASSERT_TRUE(a.stack->probe(world.now, ours));
  world.run(kUnanswered);
  EXPECT_EQ(a.count<CallEnded>(), 1);
  world.run(Duration::minutes(31));
  EXPECT_EQ(b.count<CallEnded>(), 1);
}

TEST_F(TwoStacks, DigitsByInfoArrive) {
  const auto [ours, theirs] = up();
  ASSERT_TRUE(a.stack->dtmf(world.now, ours, '#', 200));
  world.run(Duration::millis(50));
  ASSERT_NE(b.last<Dtmf>(), nullptr);
  EXPECT_EQ(b.last<Dtmf>()->digit, '#');
  EXPECT_EQ(b.last<Dtmf>()->milliseconds, 200);
  ASSERT_TRUE(b.stack->info(world.now, theirs, "application/x-test", "hello"));
  world.run(Duration::millis(50));
  EXPECT_EQ(a.last<Info>()->body, "hello");
  ASSERT_TRUE(a.stack->hang_up(world.now, ours));
  expect_nothing_left();
}

TEST_F(TwoStacks, ATransferIsAskedForAndReported) {
  const auto [ours, theirs] = up();
  ASSERT_TRUE(a.stack->refer(world.now, ours, "sip:carol@192.0.2.9", {}, "<sip:alice@example.com>"));
  world.run(Duration::millis(50));
  const auto* refer = b.last<ReferReceived>();
  ASSERT_NE(refer, nullptr);
  EXPECT_EQ(refer->target, "sip:carol@192.0.2.9");
  EXPECT_EQ(refer->referred_by, "<sip:alice@example.com>");
  ASSERT_TRUE(b.stack->accept_refer(world.now, theirs));
  world.run(Duration::millis(50));
  EXPECT_FALSE(a.last<ReferProgress>()->final);
  ASSERT_TRUE(b.stack->notify_refer(world.now, theirs, 200, true));
  world.run(Duration::millis(50));
  EXPECT_TRUE(a.last<ReferProgress>()->final);
  EXPECT_EQ(a.last<ReferProgress>()->status, 200);
  ASSERT_TRUE(a.stack->hang_up(world.now, ours));
  expect_nothing_left();
}

TEST_F(TwoStacks, AnAttendedTransferNamesTheCallItReplaces) {
  const auto [ours, theirs] = up();
  Invite second = call("consult");
  const LegId consult = start(second);
  const LegId consulted = b.last<IncomingCall>()->leg;
  ASSERT_TRUE(b.stack->answer(world.now, consulted, kAnswer));
  world.run(Duration::millis(50));
  ASSERT_TRUE(a.stack->refer(world.now, ours, b.uri("consult"), consult));
  world.run(Duration::millis(50));
  // Both calls end at b, so b finds the consulted one among its own.
  EXPECT_EQ(b.last<ReferReceived>()->replaces, consulted);
  ASSERT_TRUE(b.stack->refuse_refer(world.now, theirs));
  Invite replacing = call();
  replacing.replaces = consult;
  start(replacing);
  EXPECT_EQ(b.last<IncomingCall>()->replaces, consulted);
  for (const LegId leg : {ours, consult}) EXPECT_TRUE(a.stack->hang_up(world.now, leg));
  ASSERT_TRUE(b.stack->reject(world.now, b.last<IncomingCall>()->leg, 603));
  expect_nothing_left();
}

TEST_F(TwoStacks, CallsGoOverConnectionsToo) {
  Invite invite = call();
  invite.target = b.uri("bob", ";transport=tcp");
  const auto [ours, theirs] = up(invite);
  ASSERT_TRUE(b.stack->hang_up(world.now, theirs));
  world.run(Duration::millis(50));
  EXPECT_EQ(a.count<CallEnded>(), 1);
  world.run(Duration::minutes(1));
  // Idle connections go after ten minutes.
  EXPECT_EQ(a.stack->size().connections, 1u);
  world.run(Duration::minutes(12));
  expect_nothing_left();
}

TEST_F(TwoStacks, AnUnreachableConnectionEndsTheCallAtOnce) {
  world.connects = false;
  Invite invite = call();
  invite.target = b.uri("bob", ";transport=tcp");
  start(invite);
  ASSERT_EQ(a.count<CallEnded>(), 1);
  EXPECT_EQ(a.last<CallEnded>()->cause, Cause::kTransport);
  expect_nothing_left();
}

TEST_F(TwoStacks, NamesAreResolvedAndTheSecondServerServesWhenTheFirstDoesNot) {
  world.names["NAPTR example.com"].naptr = {{10, 10, "s", "SIP+D2U", "_sip._udp.example.com"}};
  world.names["SRV _sip._udp.example.com"].srv = {{20, 0, 5060, "two.example.com"}, {10, 0, 5060, "one.example.com"}};
  world.names["A one.example.com"].addresses = {IpAddress::v4(192, 0, 2, 99)};
  world.names["A two.example.com"].addresses = {b.at.ip};
  Invite invite = call();
  invite.target = "sip:bob@example.com";
  const LegId ours = start(invite);
  EXPECT_EQ(world.strays.size(), 1u);
  world.run(Duration::seconds(33));
  ASSERT_EQ(b.count<IncomingCall>(), 1);
  EXPECT_EQ(world.asked.front(), "NAPTR example.com");
  ASSERT_TRUE(a.stack->hang_up(world.now, ours));
  expect_nothing_left();
}

TEST_F(TwoStacks, TwoAnswersOfAForkedCallLeaveOne) {
  // Both telephones answer behind a proxy: the second 200 has another tag.
  world.keeps_bytes = true;
  const LegId ours = start(call());
  ASSERT_TRUE(b.stack->answer(world.now, b.last<IncomingCall>()->leg, kAnswer));
  world.run(Duration::millis(50));
  std::string second;
  for (const std::string& bytes : b.sent) {
    if (bytes.rfind("SIP/2.0 200", 0) == 0) second = bytes;
  }
  const std::size_t tag = second.find(";tag=", second.find("\r\nTo: "));
  second.replace(tag + 5, 8, "deadbeef");
  a.sent.clear();
  world.inject(b.at, a, second);
  ASSERT_EQ(a.sent.size(), 2u);
  EXPECT_EQ(a.sent[0].rfind("ACK ", 0), 0u);
  EXPECT_EQ(a.sent[1].rfind("BYE ", 0), 0u);
  EXPECT_EQ(a.count<CallEnded>(), 0);
  ASSERT_TRUE(a.stack->hang_up(world.now, ours));
  expect_nothing_left();
}

TEST_F(TwoStacks, AHostThatForgetsAnOfferDoesNotKeepThePeerWaiting) {
  const auto [ours, theirs] = up();
  ASSERT_TRUE(a.stack->offer(world.now, ours, kHold));
  world.run(Duration::seconds(25));
  EXPECT_EQ(a.last<OfferRefused>()->status, 488);
  ASSERT_TRUE(a.stack->hang_up(world.now, ours));
  expect_nothing_left();
}

}  // namespace
}  // namespace carillon::voice::sip
