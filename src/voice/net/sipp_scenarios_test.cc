// Goal: what phones and carriers do in a call, done by SIPp, ends as the RFCs say. Method: one short scenario each, played many times.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "voice/net/testing/party.h"
#include "voice/net/testing/peer_program.h"
#include "voice/net/testing/sipp_scenario.h"
#include "voice/sip/digest.h"

namespace carillon::voice::net {
namespace {

using sip::Transport;

const std::string kOffer = some_sdp(4000), kAnswer = some_sdp(5000);
constexpr int kCalls = 20;
const Scenario::Words kDigit{.type = "application/dtmf-relay", .body = "Signal=5\nDuration=160\n"};

// Does what the called user's name says.
struct Obedient {
  std::atomic<int> cancelled{0}, digits{0}, offers{0}, established{0}, referred{0}, registered{0};
  std::atomic<int> ended{0};

  void on_call(sip::Stack& stack, Instant now, const sip::IncomingCall& call) {
    const std::string& user = call.called.user;
    Result<void> done;
    if (user == "busy") done = stack.reject(now, call.leg, 486);
    if (user == "moved") done = stack.reject(now, call.leg, 302, {}, {"sip:elsewhere@192.0.2.9"});
    if (user == "ring" || user == "answer" || user == "leave" || user == "transfer") done = stack.ring(now, call.leg);
    if (user == "early") done = stack.ring(now, call.leg, 183, kAnswer, true);
    if (user == "answer" || user == "early" || user == "leave" || user == "transfer") {
      done = stack.answer(now, call.leg, kAnswer);
      leaves = user == "leave", transfers = user == "transfer";
    }
  }
  void operator()(sip::Stack& stack, Instant now, sip::Event& event) {
    if (const auto* call = std::get_if<sip::IncomingCall>(&event)) on_call(stack, now, *call);
    if (const auto* up = std::get_if<sip::Established>(&event)) {
      ++established;
      if (leaves) static_cast<void>(stack.hang_up(now, up->leg, {.q850 = 16}));
      if (transfers) static_cast<void>(stack.refer(now, up->leg, "sip:third@192.0.2.9"));
    }
    if (const auto* offer = std::get_if<sip::OfferReceived>(&event)) {
      ++offers;
      static_cast<void>(stack.answer_offer(now, offer->leg, kAnswer));
    }
    if (const auto* digit = std::get_if<sip::Dtmf>(&event)) {
      ++digits;
      // Nothing is under way then.
      static_cast<void>(stack.notify_refer(now, digit->leg, 200, true));
    }
    if (const auto* refer = std::get_if<sip::ReferReceived>(&event)) {
      ++referred;
      static_cast<void>(stack.accept_refer(now, refer->leg));
    }
    if (const auto* progress = std::get_if<sip::ReferProgress>(&event); progress != nullptr && progress->final) {
      ++referred;
      static_cast<void>(stack.hang_up(now, progress->leg));
    }
    if (const auto* end = std::get_if<sip::CallEnded>(&event)) {
      ++ended;
      cancelled += end->cause == sip::Cause::kCancelled;
    }
    if (const auto* change = std::get_if<sip::RegistrationChanged>(&event)) registered += change->active;
  }
  bool leaves = false, transfers = false;
};

struct SippScenarios : testing::Test {
  void SetUp() override {
    if (!Sipp::installed()) GTEST_SKIP() << Sipp::kHowTo;
  }

  // Plays it against `us` over UDP and TCP, each many times; everything is gone afterwards.
  void play(const Scenario& scenario, SipHost::Config config = Party::on_loopback(),
            const std::vector<std::string>& more = {}) {
    for (const bool tcp : {false, true}) {
      Party us(config);
      us.on_event = std::ref(obedient);
      us.start();
      us.ask([this](sip::Stack& stack, Instant now) {
        if (prepare) prepare(stack, now);
        return true;
      });
      std::vector<std::string> arguments{us.at(tcp ? Transport::kTcp : Transport::kUdp).text(),
                                         "-m",
                                         std::to_string(kCalls),
                                         "-r",
                                         "100",
                                         "-t",
                                         tcp ? "t1" : "u1",
                                         "-p",
                                         std::to_string(Sipp::free_port()),
                                         "-timeout",
                                         "60",
                                         "-timeout_error"};
      arguments.insert(arguments.end(), more.begin(), more.end());
      Sipp sipp(arguments, scenario.text());
      EXPECT_EQ(sipp.wait(), 0) << (tcp ? "TCP\n" : "UDP\n") << sipp.words() << scenario.text();
      EXPECT_TRUE(us.waits_until([](sip::Stack& stack) { return stack.size().legs == 0; }));
    }
  }
  Obedient obedient;
  std::function<void(sip::Stack&, Instant)> prepare;
};

std::string sdp(int version, const std::string& direction) {
  return "v=0\no=sipp 1 " + std::to_string(version) +
         " IN IP4 [local_ip]\ns=-\nc=IN IP4 [media_ip]\nt=0 0\nm=audio [media_port] RTP/AVP 0\na=" + direction + "\n";
}

Scenario up(const std::string& user = "answer") {
  Scenario out(user);
  out.send("INVITE", 1, {.sdp = true}).may_receive(100).may_receive(180).receive(200).send("ACK", 1);
  return out;
}

TEST_F(SippScenarios, ACallerWhoGivesUp) {
  play(Scenario("ring")
           .send("INVITE", 1, {.branch = "inv", .sdp = true})
           .may_receive(100)
           .receive(180)
           .send("CANCEL", 1, {.branch = "inv", .in_dialog = false})
           .receive(200)
           .receive(487)
           .send("ACK", 1, {.branch = "inv"}));
  EXPECT_EQ(obedient.cancelled, 2 * kCalls);
}

TEST_F(SippScenarios, ACallerWhoIsRefusedOrSentElsewhere) {
  play(Scenario("busy")
           .send("INVITE", 1, {.branch = "inv", .sdp = true})
           .may_receive(100)
           .receive(486)
           .send("ACK", 1, {.branch = "inv"}));
  play(Scenario("moved")
           .send("INVITE", 1, {.branch = "inv", .sdp = true})
           .may_receive(100)
           .receive_with(302, "Contact:", "elsewhere@192.0.2.9")
           .send("ACK", 1, {.branch = "inv"}));
}

TEST_F(SippScenarios, HoldAndResumeByInviteAndByUpdate) {
  // A description that has not changed is a sign of life, and nobody is asked.
  play(up().send("INVITE", 2, {.body = sdp(2, "sendonly")})
           .may_receive(100)
           .receive(200)
           .send("ACK", 2)
           .send("UPDATE", 3, {.body = sdp(3, "sendrecv")})
           .receive(200)
           .send("UPDATE", 4, {.body = sdp(3, "sendrecv")})
           .receive(200)
           .send("BYE", 5)
           .receive(200));
  EXPECT_EQ(obedient.offers, 4 * kCalls);
}

TEST_F(SippScenarios, AnOfferThatComesFromUs) {
  play(Scenario()
           .send("INVITE", 1)
           .may_receive(100)
           .may_receive(180)
           .receive_with(200, "Content-Type:", "application/sdp")
           .send("ACK", 1, {.sdp = true})
           .send("BYE", 2)
           .receive(200));
  EXPECT_EQ(obedient.established, 2 * kCalls);
}

TEST_F(SippScenarios, EarlyMediaThatIsAcknowledged) {
  play(Scenario("early")
           .send("INVITE", 1, {.fields = "Require: 100rel\n", .sdp = true})
           .may_receive(100)
           .receive_with(183, "RSeq:", "[0-9]+")
           .send("PRACK", 2, {.fields = "RAck: [$1] 1 INVITE\n"})
           .receive(200)
           .receive(200)
           .send("ACK", 1)
           .send("BYE", 3)
           .receive(200));
}

TEST_F(SippScenarios, DigitsByInfo) {
  play(up().send("INFO", 2, kDigit).receive(200).send("BYE", 3).receive(200));
  EXPECT_EQ(obedient.digits, 2 * kCalls);
}

TEST_F(SippScenarios, WeHangUp) {
  play(up("leave").receive_request("BYE").respond(200));
  EXPECT_EQ(obedient.ended, 2 * kCalls);
}

TEST_F(SippScenarios, ThePeerTransfersUs) {
  play(up().send("REFER", 2, {.fields = "Refer-To: <sip:third@192.0.2.9>\n"})
           .receive(202)
           .receive_request("NOTIFY")
           .respond(200)
           .send("INFO", 3, kDigit)
           .receive(200)
           .receive_request("NOTIFY")
           .respond(200)
           .send("BYE", 4)
           .receive(200));
  EXPECT_EQ(obedient.referred, 2 * kCalls);
}

TEST_F(SippScenarios, WeTransferThePeer) {
  play(up("transfer")
           .receive_request("REFER")
           .respond(202)
           .send("NOTIFY", 2,
                 {.fields = "Event: refer\nSubscription-State: terminated;reason=noresource\n",
                  .type = "message/sipfrag;version=2.0",
                  .body = "SIP/2.0 200 OK\n"})
           .receive(200)
           .receive_request("BYE")
           .respond(200));
  EXPECT_EQ(obedient.referred, 2 * kCalls);
}

TEST_F(SippScenarios, APhoneRegistersAndAWrongPasswordDoesNot) {
  SipHost::Config config = Party::on_loopback();
  config.settings.unknown = sip::UnknownCalls::kAuthenticate;
  config.settings.admission.failures = 10'000;
  config.settings.digest_sha256 = false;  // SIPp ends itself when it sees one
  prepare = [](sip::Stack& stack, Instant) {
    const OpensslHashes hashes;
    const std::string secret = "desk:carillon:secret";
    stack.set_account({"PH1", "desk", sip::digest_hash(hashes, sip::Algorithm::kMd5, secret),
                       sip::digest_hash(hashes, sip::Algorithm::kSha256, secret)});
  };
  const std::string domain = "sip:[remote_ip]:[remote_port]";
  const auto registering = [&](const std::string& password) {
    Scenario out("desk");
    out.send("REGISTER", 1, {.fields = "Expires: 300\n", .uri = domain, .in_dialog = false})
        .receive_challenge(401)
        .send("REGISTER", 2,
              {.fields = "Expires: 300\n[authentication username=desk password=" + password + "]\n",
               .uri = domain,
               .in_dialog = false});
    return out;
  };
  play(registering("secret").receive_with(200, "Contact:", "expires="), config);
  EXPECT_EQ(obedient.registered, 2 * kCalls);
  play(registering("guess").receive(401), config);
  EXPECT_EQ(obedient.registered, 2 * kCalls);
}

}  // namespace
}  // namespace carillon::voice::net
