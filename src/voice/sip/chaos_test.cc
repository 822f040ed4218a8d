// Goal: whatever the network and the hosts do, each call ends once at each side and nothing is left. Method: thousands of
// calls at random over a network that loses, doubles and reorders; both hosts ring, answer, hold, transfer and hang up by dice.
#include <gtest/gtest.h>

#include "voice/sip/stack.h"
#include "voice/sip/testing/world.h"

namespace carillon::voice::sip {
namespace {

const std::string kSdp =
    "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";

// A host that does anything at any time; most of it is refused, some of it happens.
struct Host {
  explicit Host(World& w, Side& s) : world(w), side(s) {
    side.on_event = [this](const Event& event) { on(event); };
  }

  void on(const Event& event) {
    if (const auto* call = std::get_if<IncomingCall>(&event)) ++begun[call->leg];
    if (const auto* ended = std::get_if<CallEnded>(&event)) {
      ++ended_times[ended->leg];
      begun.erase(ended->leg);
    }
    if (const auto* offer = std::get_if<OfferReceived>(&event)) {
      if (world.dice.chance(0.8)) {
        (void)side.stack->answer_offer(world.now, offer->leg, sdp());
      } else if (world.dice.chance(0.5)) {
        (void)side.stack->refuse_offer(world.now, offer->leg);
      }
    }
    if (const auto* answered = std::get_if<Answered>(&event); answered != nullptr && answered->wants_answer) {
      if (world.dice.chance(0.9)) (void)side.stack->answer_offer(world.now, answered->leg, sdp());
    }
    if (const auto* refer = std::get_if<ReferReceived>(&event)) {
      if (world.dice.chance(0.7)) (void)side.stack->accept_refer(world.now, refer->leg);
    }
  }

  std::string sdp() { return kSdp + "a=x:" + std::to_string(world.dice.below(3)) + "\r\n"; }

  void call(Side& to) {
    Invite invite;
    invite.target = to.uri("bob", world.dice.chance(0.2) ? ";transport=tcp" : "");
    if (world.dice.chance(0.9)) invite.sdp = sdp();
    if (const auto leg = side.stack->invite(world.now, invite)) ++begun[*leg];
  }

  void act(LegId leg) {
    Stack& stack = *side.stack;
    const Instant now = world.now;
    switch (world.dice.below(14)) {
      case 0:
        return (void)stack.ring(now, leg, 180);
      case 1:
        return (void)stack.ring(now, leg, 183, sdp(), true);
      case 2:
      case 3:
      case 4:
        return (void)stack.answer(now, leg, sdp());
      case 5:
        return (void)stack.reject(now, leg, 486);
      case 6:
        return (void)stack.offer(now, leg, sdp());
      case 7:
        return (void)stack.offer(now, leg, sdp(), OfferBy::kUpdate);
      case 8:
        return (void)stack.dtmf(now, leg, '5');
      case 9:
        return (void)stack.refer(now, leg, "sip:carol@192.0.2.9");
      case 10:
        return (void)stack.notify_refer(now, leg, 200, world.dice.chance(0.5));
      case 11:
        return (void)stack.hang_up(now, leg);
      default:
        return;
    }
  }

  void act_on_some() {
    std::vector<LegId> legs;
    for (const auto& [leg, n] : begun) legs.push_back(leg);
    for (const LegId leg : legs) {
      if (world.dice.chance(0.2)) act(leg);
    }
  }
  void hang_up_all() {
    const auto legs = begun;
    for (const auto& [leg, n] : legs) (void)side.stack->hang_up(world.now, leg);
  }

  World& world;
  Side& side;
  std::map<LegId, int> begun, ended_times;
};

void play(std::uint64_t seed, double loss, double duplicate, Duration delay, int calls) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  World world(seed);
  world.loss = loss, world.duplicate = duplicate, world.most_delay = delay;
  Side &a = world.add(), &b = world.add();
  Host one(world, a), two(world, b);
  for (int i = 0; i < calls; ++i) {
    if (world.dice.chance(0.5)) {
      one.call(b);
    } else {
      two.call(a);
    }
    world.run(Duration::millis(world.dice.between(1, 400)));
    one.act_on_some();
    two.act_on_some();
    world.pump();
  }
  one.hang_up_all();
  two.hang_up_all();
  world.run(Duration::minutes(40));  // session timers end what a lost BYE left
  one.hang_up_all();
  two.hang_up_all();
  world.run(Duration::minutes(20));
  for (const Host* host : {&one, &two}) {
    EXPECT_TRUE(host->begun.empty());
    EXPECT_GT(host->ended_times.size(), 0u);
    for (const auto& [leg, times] : host->ended_times) EXPECT_EQ(times, 1) << leg.slot;
    EXPECT_EQ(host->side.stack->size(), StackSize());
    // The dice did make calls happen.
    EXPECT_GT(host->side.count<Answered>() + host->side.count<Established>(), 3);
  }
}

TEST(Chaos, ThousandsOfRandomCallsLeaveNothing) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) play(seed, 0.1, 0.05, Duration::millis(300), 100);
}

TEST(Chaos, AGoodNetworkToo) {
  for (std::uint64_t seed = 100; seed < 110; ++seed) play(seed, 0, 0, Duration::millis(2), 100);
}

TEST(Chaos, ABadNetworkToo) {
  for (std::uint64_t seed = 200; seed < 215; ++seed) play(seed, 0.5, 0.3, Duration::seconds(2), 60);
}

TEST(Chaos, TheSameSeedIsTheSameRun) {
  std::vector<std::string> sent[2];
  for (auto& run : sent) {
    World world(5);
    world.keeps_bytes = true;
    world.loss = 0.1;
    Side &a = world.add(), &b = world.add();
    Host one(world, a), two(world, b);
    for (int i = 0; i < 30; ++i) one.call(b), world.run(Duration::millis(100)), one.act_on_some(), two.act_on_some();
    run = a.sent;
  }
  EXPECT_EQ(sent[0], sent[1]);
}

}  // namespace
}  // namespace carillon::voice::sip
