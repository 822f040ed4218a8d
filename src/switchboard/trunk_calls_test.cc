// Goal: calls by a trunk travel and look as the trunk's settings say: SDES offered and answered, given up where it is a wish only;
// the caller id that the carrier allows. Method: a carrier on loopback, and baresip with its own SRTP.
#include <fstream>

#include "switchboard/paths.h"
#include "switchboard/testing/caller_out.h"
#include "voice/net/testing/peer_program.h"

namespace carillon::switchboard {
namespace {

namespace sip = voice::sip;
namespace sdp = voice::sdp;
using calls::CallStatus;
using voice::net::Party;
using voice::net::PeerProgram;
using voice::net::some_sdp;

class TrunkCalls : public testing::CallerOut {
 protected:
  explicit TrunkCalls(TrunkRules rules = {}) : rules_(std::move(rules)) {}
  void configure(Config& config) override {
    sip::Trunk trunk;
    trunk.id = "carrier";
    trunk.next_hops = {"sip:" + next_hop()};
    trunk.domain = "carrier.test";
    trunk.sources = {*voice::IpNetwork::parse("127.0.0.0/8")};
    config.trunks = {trunk};
    config.trunk_rules["carrier"] = rules_;
  }
  virtual std::string next_hop() { return carrier_.at(sip::Transport::kUdp).text(); }
  // Takes encrypted calls, or refuses them; plain ones are taken.
  void answer_encrypted(bool takes) {
    carrier_.on_event = [takes](sip::Stack& stack, Instant now, sip::Event& event) {
      const auto* call = std::get_if<sip::IncomingCall>(&event);
      if (!call) return;
      if (call->sdp.find("RTP/SAVP") != std::string::npos && !takes) return (void)stack.reject(now, call->leg, 488);
      const sdp::OurAudio ours{.rtp = *voice::Endpoint::parse("127.0.0.1:5000"), .session_id = 1, .keys = make_keys()};
      const auto answer = sdp::answer_sip(*sdp::parse(call->sdp), ours);
      (void)stack.answer(now, call->leg, sdp::print(answer->sdp));
    };
    carrier_.start();
  }

  const TrunkRules rules_;
  Party carrier_;
};

struct Required : TrunkCalls {
  Required() : TrunkCalls({.srtp = TrunkSrtp::required}) {}
};
struct Optional : TrunkCalls {
  Optional() : TrunkCalls({.srtp = TrunkSrtp::optional}) {}
};

TEST_F(TrunkCalls, ArePlainWhereNothingIsSaid) {
  answer_encrypted(true);
  const auto row = dial("+4917112345");
  const auto incoming = carrier_.wait_for<sip::IncomingCall>();
  ASSERT_TRUE(incoming);
  EXPECT_EQ(incoming->sdp.find("a=crypto"), std::string::npos);
  until(row, CallStatus::talking);
}

TEST_F(Required, OfferKeysAndTakeTheAnswers) {
  answer_encrypted(true);
  const auto row = dial("+4917112345");
  const auto incoming = carrier_.wait_for<sip::IncomingCall>();
  ASSERT_TRUE(incoming);
  EXPECT_NE(incoming->sdp.find("RTP/SAVP"), std::string::npos) << incoming->sdp;
  EXPECT_NE(incoming->sdp.find("a=crypto:1 AEAD_AES_128_GCM inline:"), std::string::npos) << incoming->sdp;
  until(row, CallStatus::talking);
}

TEST_F(Required, EndRatherThanGoWithoutThem) {
  answer_encrypted(false);
  EXPECT_EQ(until(dial("+4917112345"), CallStatus::ended).reason, calls::Reason::unreachable);
}

TEST_F(Required, GoWithoutThemInAnEmergency) {
  calls::DiallingRecord dialling;
  dialling.emergency = {{.address = "112"}};
  must(calls::Command(calls::PutDialling{dialling}));
  answer_encrypted(false);
  until(dial("112"), CallStatus::talking);
}

TEST_F(Required, ComeInEncryptedOrNotAtAll) {
  number_.address = "shop";
  list();
  call(some_sdp(40000));
  const auto ended = caller_.wait_for<sip::CallEnded>();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->status, 488);
}

TEST_F(Optional, OfferKeysFirst) {
  answer_encrypted(true);
  const auto row = dial("+4917112345");
  const auto incoming = carrier_.wait_for<sip::IncomingCall>();
  ASSERT_TRUE(incoming);
  EXPECT_NE(incoming->sdp.find("a=crypto"), std::string::npos);
  until(row, CallStatus::talking);
}

TEST_F(Optional, GoWithoutThemWhereTheyAreRefused) {
  answer_encrypted(false);
  const auto row = dial("+4917112345");
  const auto first = carrier_.wait_for<sip::IncomingCall>(), second = carrier_.wait_for<sip::IncomingCall>();
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->sdp.find("RTP/SAVP"), std::string::npos);
  EXPECT_EQ(second->sdp.find("RTP/SAVP"), std::string::npos);
  until(row, CallStatus::talking);
}

struct Anonymous : TrunkCalls {
  Anonymous() : TrunkCalls({.caller_id = kAnonymousCaller}) {}
};

TEST_F(Anonymous, ShowTheNumberToTheCarrierOnly) {
  answer_encrypted(true);
  dial("+4917112345");
  const auto incoming = carrier_.wait_for<sip::IncomingCall>();
  ASSERT_TRUE(incoming);
  EXPECT_TRUE(incoming->anonymous);
  EXPECT_EQ(incoming->from.user, "anonymous");
}

struct Fixed : TrunkCalls {
  Fixed() : TrunkCalls({.caller_id = "+4940777"}) {}
};

TEST_F(Fixed, ShowTheTrunksNumber) {
  answer_encrypted(true);
  dial("+4917112345");
  const auto incoming = carrier_.wait_for<sip::IncomingCall>();
  ASSERT_TRUE(incoming);
  EXPECT_EQ(incoming->from.number, "+4940777");
}

// ---- a softphone with an SRTP of its own ----

constexpr const char* kBaresip = "/usr/bin/baresip";

struct EncryptedBaresip : Required {
  void SetUp() override {
    if (!PeerProgram::installed(kBaresip)) GTEST_SKIP() << "baresip is not installed: apt-get install baresip-core";
    phone_ =
        std::make_unique<PeerProgram>(kBaresip, [this](const std::filesystem::path& folder) {
          std::ofstream(folder / "config")
              << "sip_listen 127.0.0.1:" << port_ << "\nrtp_ports 20000-29999\n"
              << "audio_player aubridge,nil\naudio_source aubridge,nil\naudio_alert aubridge,nil\n"
              << "module_path /usr/lib/baresip/modules\nmodule g711.so\nmodule aubridge.so\nmodule uuid.so\n"
              << "module srtp.so\nmodule_tmp account.so\nmodule_app menu.so\n";
          std::ofstream(folder / "accounts")
              << "<sip:+4917112345@127.0.0.1>;regint=0;mediaenc=srtp-mand;answermode=auto\n";
          return std::vector<std::string>{"-f", folder.string(), "-4"};
        });
    if (!phone_->listens(port_)) GTEST_SKIP() << "baresip does not run on this machine:\n" << phone_->words();
    Required::SetUp();
  }
  std::string next_hop() override { return "127.0.0.1:" + std::to_string(port_); }

  const int port_ = PeerProgram::free_port();
  std::unique_ptr<PeerProgram> phone_;
};

TEST_F(EncryptedBaresip, UnderstandsOurKeysAndWeUnderstandWhatItSays) {
  const auto row = dial("+4917112345");
  until(row, CallStatus::talking);
  const auto limit = std::chrono::steady_clock::now() + voice::net::kPatience;
  while (board_->sound().packets_in < 25 && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
  EXPECT_GE(board_->sound().packets_in, 25u) << phone_->words();
  EXPECT_EQ(board_->sound().refused, 0u) << "each packet's tag is right";
  must(calls::Command(calls::HangUp{row.sid, calls::Reason::by_worker}));
  EXPECT_TRUE(falls_silent());
}

}  // namespace
}  // namespace carillon::switchboard
