// Goal: a softphone that people use registers, is called, and hangs up. Method: baresip without a screen or a microphone.
#include <gtest/gtest.h>

#include <fstream>

#include "voice/net/testing/party.h"
#include "voice/net/testing/peer_program.h"
#include "voice/sip/digest.h"

namespace carillon::voice::net {
namespace {

using sip::Transport;

constexpr const char* kBaresip = "/usr/bin/baresip";

std::vector<std::string> prepare(const std::filesystem::path& folder, const std::string& registrar, int port,
                                 const std::string& answers) {
  std::ofstream(folder / "config")
      << "sip_listen 127.0.0.1:" << port << "\nrtp_ports 20000-29999\n"
      << "audio_player aubridge,nil\naudio_source aubridge,nil\naudio_alert aubridge,nil\n"
      << "module_path /usr/lib/baresip/modules\nmodule g711.so\nmodule aubridge.so\nmodule uuid.so\n"
      << "module_tmp account.so\nmodule_app menu.so\n";
  std::ofstream(folder / "accounts") << '<' << registrar
                                     << ">;auth_user=desk;auth_pass=secret;regint=60;answermode=" << answers << '\n';
  return {"-f", folder.string(), "-4"};
}

struct Baresip : testing::Test, testing::WithParamInterface<Transport> {
  void SetUp() override {
    if (!PeerProgram::installed(kBaresip)) GTEST_SKIP() << "baresip is not installed: apt-get install baresip-core";
  }
  static SipHost::Config closed() {
    SipHost::Config config = Party::on_loopback();
    config.settings.unknown = sip::UnknownCalls::kAuthenticate;
    return config;
  }
};

TEST_P(Baresip, RegistersAndIsCalledAndTheCallEndsAtBothSides) {
  Party us(closed());
  us.start();
  us.ask([](sip::Stack& stack, Instant) {
    const OpensslHashes hashes;
    stack.set_account({"PH1", "desk", sip::digest_hash(hashes, sip::Algorithm::kMd5, "desk:carillon:secret"), {}});
    return true;
  });
  const int port = PeerProgram::free_port();
  PeerProgram phone(kBaresip, [&](const std::filesystem::path& folder) {
    return prepare(folder, us.uri("desk", GetParam()), port, "auto");
  });
  // It wants an interface that is not loopback, though it uses none here.
  if (!phone.listens(port)) GTEST_SKIP() << "baresip does not run on this machine:\n" << phone.words();
  const auto registered = us.wait_for<sip::RegistrationChanged>();
  ASSERT_TRUE(registered) << phone.words();
  EXPECT_TRUE(registered->active);
  EXPECT_EQ(registered->flow.transport, GetParam());

  const sip::LegId leg = us.invite(
      {.target = registered->contact, .flow = registered->flow, .from_user = "queue", .sdp = some_sdp(40000)});
  const auto answered = us.wait_for<sip::Answered>();
  ASSERT_TRUE(answered) << phone.words();
  EXPECT_EQ(answered->user_agent.substr(0, 7), "baresip");
  EXPECT_NE(answered->sdp.find("m=audio"), std::string::npos);
  const auto held = us.ask(
      [leg](sip::Stack& stack, Instant now) { return stack.offer(now, leg, some_sdp(40000) + "a=sendonly\r\n").ok(); });
  EXPECT_TRUE(held);
  const auto agreed = us.wait_for<sip::OfferAnswered>();
  ASSERT_TRUE(agreed) << phone.words();
  EXPECT_NE(agreed->sdp.find("a=recvonly"), std::string::npos) << agreed->sdp;
  us.hang_up(leg);
  EXPECT_TRUE(us.waits_until([](sip::Stack& stack) { return stack.size().legs == 0; }));
}

INSTANTIATE_TEST_SUITE_P(ByTransport, Baresip, testing::Values(Transport::kUdp, Transport::kTcp));

}  // namespace
}  // namespace carillon::voice::net
