// Goal: a softphone with another stack of its own registers, is called, is put on hold, and hangs up. Method: linphonec without a screen
// or a microphone.
#include <gtest/gtest.h>

#include <fstream>

#include "voice/net/testing/party.h"
#include "voice/net/testing/peer_program.h"
#include "voice/sip/digest.h"

namespace carillon::voice::net {
namespace {

using sip::Transport;

constexpr const char* kLinphone = "/usr/bin/linphonec";

// It ends with its input, so that has to go on.
std::vector<std::string> prepare(const std::filesystem::path& folder, const std::string& registrar, int port) {
  std::filesystem::create_directories(folder / ".local/share/linphone");
  std::ofstream(folder / "rc") << "[sip]\nsip_port=" << port << "\nsip_tcp_port=" << port
                               << "\nuse_ipv6=0\ndefault_proxy=0\n[proxy_0]\nreg_proxy=<" << registrar
                               << ">\nreg_identity=sip:desk@127.0.0.1\nreg_expires=60\nreg_sendregister=1\npublish=0\n"
                               << "[auth_info_0]\nusername=desk\npasswd=secret\nrealm=carillon\ndomain=127.0.0.1\n"
                               << "[rtp]\naudio_rtp_port=20000-29999\n[net]\nfirewall_policy=0\n";
  return {"-c", "sleep 300 | HOME=" + folder.string() + " exec " + kLinphone + " -c rc -a"};
}

struct Linphone : testing::Test, testing::WithParamInterface<Transport> {
  void SetUp() override {
    if (!PeerProgram::installed(kLinphone)) GTEST_SKIP() << "linphonec is not installed: apt-get install linphone-cli";
  }
  static SipHost::Config closed() {
    SipHost::Config config = Party::on_loopback();
    config.settings.unknown = sip::UnknownCalls::kAuthenticate;
    return config;
  }
};

TEST_P(Linphone, RegistersAndIsCalledAndHeldAndTheCallEndsAtBothSides) {
  Party us(closed());
  us.start();
  us.ask([](sip::Stack& stack, Instant) {
    const OpensslHashes hashes;
    stack.set_account({"PH1", "desk", sip::digest_hash(hashes, sip::Algorithm::kMd5, "desk:carillon:secret"), {}});
    return true;
  });
  PeerProgram phone("/bin/sh", [&](const std::filesystem::path& folder) {
    std::string registrar = us.uri("", GetParam());
    registrar.replace(registrar.find("sip:"), std::string_view("sip:@").size(), "sip:");
    return prepare(folder, registrar, PeerProgram::free_port());
  });
  const auto registered = us.wait_for<sip::RegistrationChanged>();
  ASSERT_TRUE(registered) << phone.words();
  EXPECT_TRUE(registered->active);
  EXPECT_EQ(registered->flow.transport, GetParam());

  const sip::LegId leg = us.invite(
      {.target = registered->contact, .flow = registered->flow, .from_user = "queue", .sdp = some_sdp(40000)});
  const auto answered = us.wait_for<sip::Answered>();
  ASSERT_TRUE(answered) << phone.words();
  EXPECT_EQ(answered->user_agent.substr(0, 9), "Linphonec") << answered->user_agent;
  EXPECT_NE(answered->sdp.find("m=audio"), std::string::npos);
  EXPECT_TRUE(us.ask([leg](sip::Stack& stack, Instant now) {
    return stack.offer(now, leg, some_sdp(40000) + "a=sendonly\r\n").ok();
  }));
  const auto agreed = us.wait_for<sip::OfferAnswered>();
  ASSERT_TRUE(agreed) << phone.words();
  EXPECT_NE(agreed->sdp.find("a=recvonly"), std::string::npos) << agreed->sdp;
  us.hang_up(leg);
  EXPECT_TRUE(us.waits_until([](sip::Stack& stack) { return stack.size().legs == 0; }));
}

INSTANTIATE_TEST_SUITE_P(ByTransport, Linphone, testing::Values(Transport::kUdp, Transport::kTcp));

}  // namespace
}  // namespace carillon::voice::net
