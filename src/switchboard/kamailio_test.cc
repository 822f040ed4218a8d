// Goal: a call of ours goes out through a carrier that wants to know who we are, after the first carrier did not take it.
// Method: kamailio challenges the INVITE and knows where the callee has registered; the first trunk answers 503.
#include <fstream>

#include "switchboard/testing/board_world.h"
#include "switchboard/testing/caller_out.h"
#include "voice/net/testing/peer_program.h"

namespace carillon::switchboard {
namespace {

namespace sip = voice::sip;
using calls::CallStatus;
using voice::net::Party;
using voice::net::PeerProgram;
using voice::net::some_sdp;

constexpr const char* kKamailio = "/usr/sbin/kamailio";
constexpr const char* kCallee = "+4917112345";

constexpr const char* kScript = R"(
children=1
log_stderror=yes
auto_aliases=no
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
modparam("usrloc", "db_mode", 0)
request_route {
  if (has_totag()) {
    if (loose_route()) { t_relay(); exit; }
    if (is_method("ACK")) { if (t_check_trans()) t_relay(); exit; }
    sl_send_reply("404", "Not Here"); exit;
  }
  if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
  if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }
  if (is_method("REGISTER")) { save("location"); exit; }
  if (!pv_proxy_authenticate("$fd", "secret", "0")) { proxy_challenge("$fd", "1"); exit; }
  consume_credentials();
  record_route();
  if (!lookup("location")) { sl_send_reply("404", "Not Found"); exit; }
  t_relay();
}
)";

class KamailioTrunk : public testing::CallerOut {
 protected:
  void SetUp() override {
    if (!PeerProgram::installed(kKamailio)) GTEST_SKIP() << "kamailio is not installed: apt-get install kamailio";
    CallerOut::SetUp();
  }
  void TearDown() override {
    if (board_) CallerOut::TearDown();
  }
  void configure(Config& config) override {
    sip::Trunk full;
    full.id = "full";
    full.next_hops = {"sip:" + full_.at(sip::Transport::kUdp).text()};
    sip::Trunk carrier;
    carrier.id = "carrier";
    carrier.next_hops = {"sip:127.0.0.1:" + std::to_string(port_)};
    carrier.domain = "carrier.test";
    carrier.user = "4930123";
    carrier.password = "secret";
    config.trunks = {full, carrier};
  }
  static std::vector<std::string> prepare(const std::filesystem::path& folder, int port) {
    std::ofstream(folder / "kamailio.cfg") << "listen=udp:127.0.0.1:" << port << '\n' << kScript;
    return {"-DD", "-E", "-f", "kamailio.cfg", "-m", "32", "-M", "4", "-Y", folder.string(), "-w", folder.string()};
  }
  static void sign_up(Party& callee, int port) {
    sip::Trunk at;
    at.id = "CARRIER";
    at.next_hops = {"sip:127.0.0.1:" + std::to_string(port)};
    at.domain = "carrier.test";
    at.user = kCallee;
    at.registers = true;
    callee.ask([at](sip::Stack& stack, Instant now) { return stack.set_trunk(now, at).ok(); });
    const auto registered = callee.wait_for<sip::TrunkChanged>();
    ASSERT_TRUE(registered);
    ASSERT_TRUE(registered->up) << registered->status;
  }

  const int port_ = PeerProgram::free_port();
  Party full_;
};

TEST_F(KamailioTrunk, TakesTheCallAfterAChallengeWhenTheFirstTrunkIsFull) {
  PeerProgram carrier(kKamailio, [&](const std::filesystem::path& folder) { return prepare(folder, port_); });
  ASSERT_TRUE(carrier.listens(port_)) << carrier.words();
  refuse_all(full_, 503);
  Party callee;
  callee.answer_all(some_sdp(5000));
  sign_up(callee, port_);
  const auto row = dial(kCallee);
  ASSERT_TRUE(full_.wait_for<sip::IncomingCall>());
  const auto incoming = callee.wait_for<sip::IncomingCall>();
  ASSERT_TRUE(incoming) << carrier.words();
  EXPECT_EQ(incoming->from.number, "+4930123");
  EXPECT_GT(until(row, CallStatus::talking).answered_at.us, 0);
  callee.hang_up(incoming->leg);
  EXPECT_EQ(until(row, CallStatus::ended).reason, calls::Reason::customer_left);
  EXPECT_TRUE(falls_silent());
}

}  // namespace
}  // namespace carillon::switchboard
