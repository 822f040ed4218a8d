// Goal: we register with a carrier's proxy, call through it and are called through it, with its challenges and its routes.
// Method: kamailio with the smallest script that does what carriers do.
#include <gtest/gtest.h>

#include <fstream>

#include "voice/net/testing/party.h"
#include "voice/net/testing/peer_program.h"

namespace carillon::voice::net {
namespace {

using sip::Transport;

constexpr const char* kKamailio = "/usr/sbin/kamailio";

// Challenges REGISTER and INVITE, stays in the dialog by Record-Route, knows where who registered is.
constexpr const char* kScript = R"(
children=1
tcp_children=1
log_stderror=yes
auto_aliases=no
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
modparam("usrloc", "db_mode", 0)
request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (has_totag()) {
    if (loose_route()) { t_relay(); exit; }
    if (is_method("ACK")) { if (t_check_trans()) t_relay(); exit; }
    sl_send_reply("404", "Not Here"); exit;
  }
  if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
  if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }
  if (is_method("REGISTER")) {
    if (!pv_www_authenticate("$td", "secret", "0")) { www_challenge("$td", "1"); exit; }
    save("location"); exit;
  }
  if (!pv_proxy_authenticate("$fd", "secret", "0")) { proxy_challenge("$fd", "1"); exit; }
  consume_credentials();
  record_route();
  if (!lookup("location")) { sl_send_reply("404", "Not Found"); exit; }
  t_relay();
}
)";

struct Kamailio : testing::Test, testing::WithParamInterface<Transport> {
  void SetUp() override {
    if (!PeerProgram::installed(kKamailio)) GTEST_SKIP() << "kamailio is not installed: apt-get install kamailio";
  }

  static std::vector<std::string> prepare(const std::filesystem::path& folder, int port) {
    const std::string at = "127.0.0.1:" + std::to_string(port);
    std::ofstream(folder / "kamailio.cfg") << "listen=udp:" << at << "\nlisten=tcp:" << at << '\n' << kScript;
    return {"-DD", "-E", "-f", "kamailio.cfg", "-m", "32", "-M", "4", "-Y", folder.string(), "-w", folder.string()};
  }
  static bool trunk(Party& party, const std::string& user, int port) {
    sip::Trunk out;
    out.id = "CARRIER";
    out.next_hops = {"sip:127.0.0.1:" + std::to_string(port) +
                     ";transport=" + std::string(transport_param(GetParam()))};
    out.domain = "carrier.test";
    out.user = user;
    out.password = "secret";
    out.registers = true;
    out.ping = Duration::seconds(30);
    out.sources = {*IpNetwork::parse("127.0.0.1")};
    return party.ask([out](sip::Stack& stack, Instant now) { return stack.set_trunk(now, out).ok(); });
  }
};

TEST_P(Kamailio, RegistersUsAndCarriesCallsBothWays) {
  const int port = PeerProgram::free_port();
  PeerProgram carrier(kKamailio, [&](const std::filesystem::path& folder) { return prepare(folder, port); });
  ASSERT_TRUE(carrier.listens(port)) << carrier.words();
  Party a, b;
  a.start();
  b.answer_all(some_sdp(5000));
  ASSERT_TRUE(trunk(a, "alice", port) && trunk(b, "bob", port));
  for (Party* party : {&a, &b}) {
    const auto registered = party->wait_for<sip::TrunkChanged>();
    ASSERT_TRUE(registered) << carrier.words();
    EXPECT_TRUE(registered->up) << registered->status << carrier.words();
  }
  const sip::LegId leg =
      a.invite({.target = "sip:bob@carrier.test", .trunk = "CARRIER", .from_user = "alice", .sdp = some_sdp(4000)});
  const auto incoming = b.wait_for<sip::IncomingCall>();
  ASSERT_TRUE(incoming) << carrier.words();
  EXPECT_EQ(incoming->source.id, "CARRIER");
  EXPECT_EQ(incoming->to.user, "bob");
  ASSERT_TRUE(a.wait_for<sip::Answered>()) << carrier.words();
  ASSERT_TRUE(b.wait_for<sip::Established>()) << carrier.words();
  // A new offer and the end go by the recorded route, from either side.
  const bool offered =
      b.ask([&](sip::Stack& stack, Instant now) { return stack.offer(now, incoming->leg, some_sdp(5002)).ok(); });
  EXPECT_TRUE(offered);
  const auto offer = a.wait_for<sip::OfferReceived>();
  ASSERT_TRUE(offer) << carrier.words();
  a.ask([&](sip::Stack& stack, Instant now) { return stack.answer_offer(now, leg, some_sdp(4002)).ok(); });
  EXPECT_TRUE(b.wait_for<sip::OfferAnswered>()) << carrier.words();
  a.hang_up(leg);
  const auto ended = b.wait_for<sip::CallEnded>();
  ASSERT_TRUE(ended) << carrier.words();
  EXPECT_EQ(ended->cause, sip::Cause::kHungUp);
  for (Party* party : {&a, &b}) {
    EXPECT_TRUE(party->waits_until([](sip::Stack& stack) { return stack.size().legs == 0; }));
  }
}

INSTANTIATE_TEST_SUITE_P(ByTransport, Kamailio, testing::Values(Transport::kUdp, Transport::kTcp));

}  // namespace
}  // namespace carillon::voice::net
