// Goal: SIPp, which is nobody's relative of ours, calls us and is called without a failure. Method: its own built-in scenarios.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "voice/net/testing/party.h"
#include "voice/net/testing/peer_program.h"

namespace carillon::voice::net {
namespace {

using sip::Transport;

const std::string kOffer = some_sdp(4000), kAnswer = some_sdp(5000);
constexpr int kCalls = 200;

struct SippTest : testing::Test {
  void SetUp() override {
    if (!Sipp::installed()) GTEST_SKIP() << Sipp::kHowTo;
  }
  static std::vector<std::string> calls(std::vector<std::string> arguments, const std::string& transport) {
    const bool stream = transport != "u1";
    const std::string rate = stream ? "200" : "50";
    for (const std::string& more :
         {std::string("-m"), std::to_string(kCalls), std::string("-r"), rate, std::string("-t"), transport,
          std::string("-p"), std::to_string(Sipp::free_port()), std::string("-timeout"), std::string("100"),
          std::string("-timeout_error")}) {
      arguments.push_back(more);
    }
    return arguments;
  }
};

struct SippCalls : SippTest, testing::WithParamInterface<const char*> {};

TEST_P(SippCalls, UsAndEveryCallGoesWell) {
  const std::string transport = GetParam();
  Party us;
  us.answer_all(kAnswer);
  const Endpoint at = us.at(transport == "u1" ? Transport::kUdp : Transport::kTcp);
  Sipp sipp(calls({"-sn", "uac", at.text()}, transport));
  EXPECT_EQ(sipp.wait(), 0) << sipp.words();
  EXPECT_TRUE(us.waits_until([](sip::Stack& stack) { return stack.size().legs == 0; }));
}

// One UDP socket, one TCP connection for all, one TCP connection for each call.
INSTANTIATE_TEST_SUITE_P(ByTransport, SippCalls, testing::Values("u1", "t1", "tn"));

struct SippIsCalled : SippTest, testing::WithParamInterface<const char*> {};

TEST_P(SippIsCalled, ByUsAndEveryCallGoesWell) {
  const std::string transport = GetParam();
  const int port = Sipp::free_port();
  Sipp sipp({"-sn", "uas", "-m", std::to_string(kCalls), "-t", transport, "-p", std::to_string(port), "-timeout", "100",
             "-timeout_error"});
  const std::string target =
      "sip:service@127.0.0.1:" + std::to_string(port) + (transport == "u1" ? "" : ";transport=tcp");
  std::atomic<int> answered{0}, hung_up{0};
  Party us;
  us.on_event = [&](sip::Stack& stack, Instant now, sip::Event& event) {
    if (const auto* up = std::get_if<sip::Answered>(&event)) {
      ++answered;
      static_cast<void>(stack.hang_up(now, up->leg));
    }
    if (std::holds_alternative<sip::CallEnded>(event)) ++hung_up;
  };
  us.start();
  ASSERT_TRUE(sipp.listens(port)) << sipp.words();
  // 100 a second, by the host's own timers.
  for (int i = 0; i < kCalls; ++i) {
    us.host().after(Duration::millis(10 * i), [target](sip::Stack& stack, Instant now) {
      static_cast<void>(stack.invite(now, {.target = target, .sdp = kOffer}));
    });
  }
  EXPECT_EQ(sipp.wait(), 0) << sipp.words();
  EXPECT_TRUE(us.waits_until([&](sip::Stack& stack) { return hung_up == kCalls && stack.size().legs == 0; }));
  EXPECT_EQ(answered, kCalls);
}

INSTANTIATE_TEST_SUITE_P(ByTransport, SippIsCalled, testing::Values("u1", "t1"));

}  // namespace
}  // namespace carillon::voice::net
