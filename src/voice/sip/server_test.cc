// Goal: registrations, trunks, throttles and overload behave towards devices, carriers and strangers.
#include <gtest/gtest.h>

#include "voice/sip/digest.h"
#include "voice/sip/stack.h"
#include "voice/sip/testing/world.h"

namespace carillon::voice::sip {
namespace {

const std::string kSdp =
    "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";

Account account(const std::string& id, const std::string& user) {
  const RealHashes hashes;
  const std::string a1 = user + ":carillon:secret";
  return {id, user, digest_hash(hashes, Algorithm::kMd5, a1), digest_hash(hashes, Algorithm::kSha256, a1)};
}

Settings closed() {
  Settings settings = World::accepting();
  settings.unknown = UnknownCalls::kAuthenticate;
  settings.digest_sha256 = true;
  return settings;
}

// One stack is the carrier or registrar, the other registers with it as a trunk does.
struct Registering : testing::Test {
  World world{11};
  Side& us = world.add();
  Side& carrier = world.add(closed());

  Trunk trunk(const std::string& password = "secret") {
    Trunk out;
    out.id = "T1";
    out.next_hops = {"sip:" + carrier.at.text()};
    out.domain = "carillon";
    out.user = "alice";
    out.password = password;
    out.registers = true;
    out.expires = 600;
    return out;
  }
  void SetUp() override { carrier.stack->set_account(account("AC1", "alice")); }
};

TEST_F(Registering, ATrunkThatIsPingedTooIsNotDownBeforeItIsUp) {
  Trunk pinged = trunk();
  pinged.ping = Duration::seconds(30);
  ASSERT_TRUE(us.stack->set_trunk(world.now, pinged));
  world.run(Duration::seconds(40));
  ASSERT_EQ(us.count<TrunkChanged>(), 1);
  EXPECT_TRUE(us.last<TrunkChanged>()->up);
}

TEST_F(Registering, ATrunkRegistersRenewsAndSaysGoodBye) {
  ASSERT_TRUE(us.stack->set_trunk(world.now, trunk()));
  world.run(Duration::seconds(1));
  ASSERT_EQ(us.count<TrunkChanged>(), 1);
  EXPECT_TRUE(us.last<TrunkChanged>()->up);
  ASSERT_EQ(carrier.count<RegistrationChanged>(), 1);
  EXPECT_EQ(carrier.last<RegistrationChanged>()->account, "AC1");
  EXPECT_EQ(carrier.stack->bindings("AC1").size(), 1u);
  world.run(Duration::hours(2));
  EXPECT_EQ(us.count<TrunkChanged>(), 1);
  EXPECT_EQ(carrier.stack->bindings("AC1").size(), 1u);
  us.stack->remove_trunk(world.now, "T1");
  world.run(Duration::minutes(12));
  EXPECT_FALSE(carrier.last<RegistrationChanged>()->active);
  EXPECT_EQ(us.stack->size(), StackSize());
  EXPECT_EQ(carrier.stack->size(), StackSize());
}

TEST_F(Registering, AWrongPasswordLeavesTheTrunkDownAndItIsTriedRarely) {
  world.keeps_bytes = true;
  ASSERT_TRUE(us.stack->set_trunk(world.now, trunk("wrong")));
  world.run(Duration::minutes(10));
  EXPECT_FALSE(us.last<TrunkChanged>()->up);
  EXPECT_EQ(carrier.count<RegistrationChanged>(), 0);
  EXPECT_LT(us.sent.size(), 24u);
}

TEST_F(Registering, ACarrierThatDiesAndReturnsIsNoticed) {
  Trunk pinged = trunk();
  pinged.registers = false;
  pinged.ping = Duration::seconds(30);
  ASSERT_TRUE(us.stack->set_trunk(world.now, pinged));
  world.run(Duration::seconds(5));
  EXPECT_TRUE(us.last<TrunkChanged>()->up);
  world.loss = 1;
  world.run(Duration::minutes(3));
  EXPECT_FALSE(us.last<TrunkChanged>()->up);
  world.loss = 0;
  world.run(Duration::minutes(3));
  EXPECT_TRUE(us.last<TrunkChanged>()->up);
}

TEST_F(Registering, CallsOverTheTrunkAnswerItsChallengeAndComeAsTheAccount) {
  ASSERT_TRUE(us.stack->set_trunk(world.now, trunk()));
  world.run(Duration::seconds(1));
  Invite invite;
  invite.trunk = "T1";
  invite.target = "+493012345";
  invite.from_user = "+4940777";
  invite.asserted = "sip:+4940777@carillon";
  invite.sdp = kSdp;
  const auto leg = us.stack->invite(world.now, invite);
  ASSERT_TRUE(leg);
  world.run(Duration::seconds(1));
  const auto* call = carrier.last<IncomingCall>();
  ASSERT_NE(call, nullptr);
  EXPECT_EQ(call->source.kind, SourceKind::kAccount);
  EXPECT_EQ(call->source.id, "AC1");
  EXPECT_EQ(call->called.number, "+493012345");
  EXPECT_EQ(call->from.number, "+4940777");
  EXPECT_EQ(carrier.count<IncomingCall>(), 1);
  ASSERT_TRUE(carrier.stack->answer(world.now, call->leg, kSdp));
  world.run(Duration::seconds(1));
  EXPECT_EQ(us.count<Answered>(), 1);
  ASSERT_TRUE(us.stack->hang_up(world.now, *leg));
  world.run(Duration::seconds(1));
  EXPECT_EQ(carrier.count<CallEnded>(), 1);
}

TEST_F(Registering, ARegisteredDeviceIsCalledWhereItIs) {
  ASSERT_TRUE(us.stack->set_trunk(world.now, trunk()));
  world.run(Duration::seconds(1));
  const auto bindings = carrier.stack->bindings("AC1");
  ASSERT_EQ(bindings.size(), 1u);
  Invite invite;
  invite.target = bindings[0].contact;
  invite.flow = bindings[0].flow;
  invite.sdp = kSdp;
  ASSERT_TRUE(carrier.stack->invite(world.now, invite));
  world.run(Duration::millis(100));
  EXPECT_EQ(us.count<IncomingCall>(), 1);
}

TEST_F(Registering, AnAccountThatIsRemovedLosesItsBindings) {
  ASSERT_TRUE(us.stack->set_trunk(world.now, trunk()));
  world.run(Duration::seconds(1));
  carrier.stack->remove_account(world.now, "AC1");
  world.pump();
  EXPECT_TRUE(carrier.stack->bindings("AC1").empty());
  EXPECT_FALSE(carrier.last<RegistrationChanged>()->active);
}

TEST(Trunks, ACallFromATrunkIsKnownByItsAddressAndBelieved) {
  World world(1);
  Side &a = world.add(), &b = world.add(closed());
  Trunk trunk;
  trunk.id = "carrier";
  trunk.sources = {*IpNetwork::parse(a.at.ip.text())};
  ASSERT_TRUE(b.stack->set_trunk(world.now, trunk));
  Trunk out;
  out.id = "out";
  out.next_hops = {"sip:" + b.at.text()};
  ASSERT_TRUE(a.stack->set_trunk(world.now, out));
  Invite invite;
  invite.trunk = "out";
  invite.target = "+4930";
  invite.hide_caller = true;
  invite.asserted = "sip:+4940777@carrier.example";
  invite.sdp = kSdp;
  ASSERT_TRUE(a.stack->invite(world.now, invite));
  world.run(Duration::millis(100));
  const auto* call = b.last<IncomingCall>();
  ASSERT_NE(call, nullptr);
  EXPECT_EQ(call->source.id, "carrier");
  EXPECT_TRUE(call->anonymous);
  ASSERT_TRUE(call->asserted);
  EXPECT_EQ(call->asserted->number, "+4940777");
}

std::string invite_of(int n, const std::string& user = "x") {
  return "INVITE sip:" + user + "@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 203.0.113.9;rport;branch=z9hG4bK" +
         std::to_string(n) + "\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:x@192.0.2.1>\r\nCall-ID: c" + std::to_string(n) +
         "\r\nCSeq: 1 INVITE\r\n" + "Contact: <sip:a@203.0.113.9>\r\nContent-Length: 0\r\n\r\n";
}
const Endpoint kStranger{IpAddress::v4(203, 0, 113, 9), 5060};

TEST(Gate, StrangersAreHeardOnlySoOften) {
  World world(1);
  Settings settings;
  settings.unknown = UnknownCalls::kRefuse;
  settings.admission.unknown_per_second = 5;
  Side& side = world.add(settings);
  for (int i = 0; i < 200; ++i) world.inject(kStranger, side, invite_of(i));
  EXPECT_EQ(world.strays.size(), 50u);  // ten seconds of its rate
  EXPECT_EQ(world.strays[0].rfind("SIP/2.0 403 ", 0), 0u);
  world.run(Duration::minutes(2));
  EXPECT_EQ(side.stack->size(), StackSize());
}

TEST(Gate, WhatAStrangerAsksLeavesNothingBehind) {
  for (const UnknownCalls rule : {UnknownCalls::kRefuse, UnknownCalls::kAuthenticate}) {
    World world(1);
    Settings settings;
    settings.unknown = rule;
    Side& side = world.add(settings);
    int n = 0;
    for (const char* method : {"INVITE", "OPTIONS", "REGISTER", "MESSAGE", "NEWMETHOD", "BYE"}) {
      std::string text = invite_of(++n);
      for (int i = 0; i < 2; ++i) text.replace(text.find("INVITE"), 6, method);
      world.inject(kStranger, side, text);
      ASSERT_EQ(world.strays.size(), static_cast<std::size_t>(n));
      const bool refused = rule == UnknownCalls::kRefuse && std::string(method) != "REGISTER";
      EXPECT_EQ(world.strays.back().substr(8, 3), refused ? "403" : "401") << method;
    }
    EXPECT_EQ(side.stack->size(), StackSize());
  }
}

TEST(Gate, SilenceIsSilence) {
  World world(1);
  Settings settings;
  settings.unknown = UnknownCalls::kSilence;
  Side& side = world.add(settings);
  world.inject(kStranger, side, invite_of(1));
  world.inject(kStranger, side, "OPTIONS" + invite_of(2).substr(6));
  world.run(Duration::seconds(1));
  EXPECT_TRUE(world.strays.empty());
}

TEST(Gate, BruteForceEndsInSilenceAndIsTold) {
  World world(1);
  Side& side = world.add(closed());
  side.stack->set_account(account("AC1", "alice"));
  Challenge challenge;
  challenge.realm = "carillon";
  const RealHashes hashes;
  int heard = 0;
  for (int i = 0; i < 40; ++i) {
    world.strays.clear();
    std::string text = invite_of(i);
    // A nonce of ours, a password of theirs.
    const std::string field =
        answer_challenge(hashes, challenge, {"alice", std::to_string(i)}, "INVITE", "sip:x@192.0.2.1", 1, "c");
    if (!challenge.nonce.empty()) text.insert(text.find("Content-Length"), "Authorization: " + field + "\r\n");
    world.inject(kStranger, side, text);
    if (world.strays.empty()) continue;
    ++heard;
    const std::string& answer = world.strays[0];
    EXPECT_EQ(answer.rfind("SIP/2.0 401 ", 0), 0u);
    const std::size_t at = answer.find("WWW-Authenticate: ") + 18;
    challenge = *read_challenge(answer.substr(at, answer.find("\r\n", at) - at));
  }
  EXPECT_EQ(heard, 11);
  EXPECT_EQ(side.count<SourceBlocked>(), 1);
  EXPECT_EQ(side.count<IncomingCall>(), 0);
}

TEST(Gate, WhoSendsMoreThanIsHeardIsToldOnceAMinute) {
  World world(1);
  Settings settings;
  settings.admission.unknown_per_second = 1;
  Side& side = world.add(settings);
  const auto flood = [&](int messages) {
    for (int i = 0; i < messages; ++i) world.inject(kStranger, side, invite_of(i));
  };
  flood(50);  // 10 are heard
  ASSERT_EQ(side.count<SourceThrottled>(), 1);
  EXPECT_EQ(side.last<SourceThrottled>()->ip, kStranger.ip);
  EXPECT_EQ(side.last<SourceThrottled>()->messages, 1u);
  world.run(Duration::seconds(61));
  flood(50);
  ASSERT_EQ(side.count<SourceThrottled>(), 2);
  EXPECT_EQ(side.last<SourceThrottled>()->messages, 40u);  // 39 of the first minute and one now
  EXPECT_EQ(side.stack->counts().strangers_unheard, 80u);
}

// What sipvicious's svmap, svwar and svcrack send, and those who copied it.
std::string scan(int n, const std::string& method, const std::string& user, const std::string& agent) {
  std::string text = invite_of(n, user);
  for (int i = 0; i < 2; ++i) text.replace(text.find("INVITE"), 6, method);
  const std::string to = "<sip:x@192.0.2.1>";
  text.replace(text.find(to), to.size(), "\"" + user + "\"<sip:" + user + "@1.1.1.1>");
  return text.insert(text.find("Content-Length"), "User-Agent: " + agent + "\r\n");
}

TEST(Scanners, WhoSaysThatItIsOneHearsNothing) {
  for (const UnknownCalls rule : {UnknownCalls::kRefuse, UnknownCalls::kAuthenticate, UnknownCalls::kAccept}) {
    World world(1);
    Settings settings = World::accepting();
    settings.unknown = rule;
    Side& side = world.add(settings);
    int n = 0;
    for (const char* agent :
         {"friendly-scanner", "sipvicious/0.3.4", "sipcli/v1.8", "sundayddr", "VaxSIPUserAgent/3.1"}) {
      for (const char* method : {"OPTIONS", "REGISTER", "INVITE"})
        world.inject(kStranger, side, scan(++n, method, "100", agent));
    }
    EXPECT_TRUE(world.strays.empty());
    EXPECT_EQ(side.count<IncomingCall>(), 0);
    EXPECT_EQ(side.stack->size(), StackSize());
  }
}

// The answer without what it repeats of the question, and without the nonce.
std::string answer_alone(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find("\r\n", at), text.size());
    const std::string line = text.substr(at, end - at);
    at = end + 2;
    if (line.starts_with("Via:") || line.starts_with("To:") || line.starts_with("Call-ID:") ||
        line.starts_with("CSeq:"))
      continue;
    out += line.substr(0, line.find("nonce=")) + "\n";
  }
  return out;
}

TEST(Scanners, WhoLiesLearnsNothingOfWhoIsHere) {
  for (const UnknownCalls rule : {UnknownCalls::kRefuse, UnknownCalls::kAuthenticate}) {
    World world(1);
    Settings settings = closed();
    settings.unknown = rule;
    Side& side = world.add(settings);
    side.stack->set_account(account("AC1", "alice"));
    int n = 0;
    for (const char* method : {"OPTIONS", "REGISTER", "INVITE"}) {
      std::vector<std::string> answers;
      for (const char* user : {"alice", "100", "00972592577956", "test"}) {
        world.strays.clear();
        world.inject(kStranger, side, scan(++n, method, user, "Linksys-SPA942"));
        ASSERT_EQ(world.strays.size(), 1u) << method;
        answers.push_back(answer_alone(world.strays.front()));
      }
      for (const std::string& answer : answers) EXPECT_EQ(answer, answers.front()) << method;
    }
    EXPECT_EQ(side.count<IncomingCall>(), 0);
    EXPECT_EQ(side.stack->size(), StackSize());
  }
}

TEST(Overload, NewCallsGet503WithRetryAfterEmergencyCallsDoNot) {
  World world(1);
  Settings settings = World::accepting();
  settings.emergency_users = {"112"};
  Side& side = world.add(settings);
  side.stack->set_overloaded(true);
  world.inject(kStranger, side, invite_of(1));
  ASSERT_EQ(world.strays.size(), 1u);
  EXPECT_EQ(world.strays[0].rfind("SIP/2.0 503 ", 0), 0u);
  EXPECT_NE(world.strays[0].find("Retry-After: "), std::string::npos);
  world.inject(kStranger, side, invite_of(2, "112"));
  EXPECT_EQ(side.count<IncomingCall>(), 1);
}

TEST(Overload, CallsBeyondTheRateGet503) {
  World world(1);
  Settings settings = World::accepting();
  settings.admission.calls_per_second = 10;
  Side& side = world.add(settings);
  for (int i = 0; i < 30; ++i) world.inject(kStranger, side, invite_of(i));
  EXPECT_EQ(side.count<IncomingCall>(), 10);
  EXPECT_EQ(world.strays.size(), 20u);
}

TEST(Connections, OneThatNeverSaysAnythingWholeIsClosedOneThatDoesIsNot) {
  World world(1);
  Side& side = world.add();
  const auto accept = [&](std::uint16_t port) {
    const Endpoint remote{kStranger.ip, port};
    return Flow{Transport::kTcp, 0, side.stack->connection_accepted(world.now, Transport::kTcp, remote), remote};
  };
  const Flow mute = accept(40001), busy = accept(40002);
  const std::string message = invite_of(1), half = message.substr(0, 100);
  side.stack->receive(world.now, busy, half);
  for (int i = 0; i < 20; ++i) {
    world.run(Duration::seconds(5));
    side.stack->receive(world.now, mute, "\r\n\r\n");
    // Whenever somebody looks, a message has begun and not ended; but each ends soon.
    side.stack->receive(world.now, busy, message.substr(100) + half);
    world.pump();
  }
  EXPECT_EQ(side.stack->size().connections, 1u);
  side.stack->receive(world.now, busy, message.substr(100));
}

TEST(Listeners, OnAllAddressesTellEachPeerOneThatItReaches) {
  World world(1);
  Settings settings = World::accepting();
  settings.listeners = {{Transport::kUdp, *Endpoint::parse("0.0.0.0:5060"), "pbx.example", IpAddress::v4(10, 0, 0, 5)}};
  Side& side = world.add(settings);
  const auto contact_for = [&](const char* peer) {
    world.strays.clear();
    const int before = side.count<IncomingCall>();
    world.inject({*IpAddress::parse(peer), 5060}, side, invite_of(before + 1));
    EXPECT_EQ(side.count<IncomingCall>(), before + 1);
    EXPECT_TRUE(side.stack->ring(world.now, side.last<IncomingCall>()->leg));
    world.pump();
    const std::string& answer = world.strays.back();
    const std::size_t at = answer.find("Contact: <sip:carillon@") + 23;
    return answer.substr(at, answer.find('>', at) - at);
  };
  EXPECT_EQ(contact_for("203.0.113.9"), "pbx.example:5060");
  EXPECT_EQ(contact_for("192.168.7.7"), "10.0.0.5:5060");
  EXPECT_EQ(contact_for("127.0.0.1"), "127.0.0.1:5060");
}

}  // namespace
}  // namespace carillon::voice::sip
