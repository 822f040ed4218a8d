#include "voice/webrtc/ice.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <vector>

#include "voice/webrtc/integrity.h"

namespace carillon::webrtc {
namespace {

constexpr Instant kStart{1'800'000'000'000'000};
const auto kHome = *voice::Endpoint::parse("192.0.2.1:4000");
const auto kTrain = *voice::Endpoint::parse("[2001:db8::7]:5000");

stun::Writer check_for(std::string_view username, std::string_view password, bool nominate = false) {
  stun::Writer out(stun::kBinding, stun::Class::kRequest, {1, 2, 3});
  out.text(stun::kUsername, username);
  out.number64(stun::kIceControlling, 7);
  if (nominate) out.flag(stun::kUseCandidate);
  seal(out, password);
  return out;
}

struct Browser {
  IceLite ice{{"abcd", "local-password-local-pwd"}, {"wxyz", "remote-password-remote-p"}};
  std::optional<stun::Writer> answer;

  IceLite::Checked send(const stun::Writer& request, const voice::Endpoint& from, Instant now = kStart) {
    answer.reset();
    return ice.check(*stun::parse(request.bytes()), request.bytes(), from, now, answer);
  }
};

TEST(IceLite, AnswersACheckWithTheAddressItCameFrom) {
  Browser browser;
  EXPECT_EQ(browser.send(check_for("abcd:wxyz", "local-password-local-pwd"), kHome), IceLite::Checked::kNominated);
  ASSERT_TRUE(browser.answer);
  const auto read = stun::parse(browser.answer->bytes());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->cls, stun::Class::kSuccess);
  EXPECT_EQ(read->mapped, kHome);
  EXPECT_TRUE(integrity_holds(*read, browser.answer->bytes(), "local-password-local-pwd"));
  EXPECT_TRUE(browser.ice.proven(kHome));
  EXPECT_FALSE(browser.ice.proven(kTrain));
}

TEST(IceLite, StrangersGetNoAnswer) {
  Browser browser;
  EXPECT_EQ(browser.send(check_for("abcd:wxyz", "wrong"), kHome), IceLite::Checked::kDropped);
  EXPECT_EQ(browser.send(check_for("abcd:other", "local-password-local-pwd"), kHome), IceLite::Checked::kDropped);
  EXPECT_EQ(browser.send(check_for("zzzz:wxyz", "local-password-local-pwd"), kHome), IceLite::Checked::kDropped);
  stun::Writer bare(stun::kBinding, stun::Class::kRequest, {1});
  bare.text(stun::kUsername, "abcd:wxyz");
  EXPECT_EQ(browser.send(bare, kHome), IceLite::Checked::kDropped);
  EXPECT_FALSE(browser.answer);
  EXPECT_TRUE(browser.ice.selected().empty());
}

TEST(IceLite, TheLastNominationDecidesWherePacketsGo) {
  Browser browser;
  const auto plain = check_for("abcd:wxyz", "local-password-local-pwd");
  const auto nominate = check_for("abcd:wxyz", "local-password-local-pwd", true);
  browser.send(plain, kHome);
  EXPECT_EQ(browser.send(plain, kTrain), IceLite::Checked::kProved);
  EXPECT_EQ(browser.ice.selected(), kHome);
  EXPECT_EQ(browser.send(nominate, kTrain), IceLite::Checked::kNominated);
  EXPECT_EQ(browser.ice.selected(), kTrain);
  EXPECT_EQ(browser.send(plain, kHome), IceLite::Checked::kProved);
  EXPECT_EQ(browser.ice.selected(), kTrain);
}

TEST(IceLite, ARestartTakesBothCredentialsUntilTheNewOnesAreUsed) {
  Browser browser;
  browser.send(check_for("abcd:wxyz", "local-password-local-pwd", true), kHome);
  browser.ice.restart({"efgh", "second-local-password-xx"}, {"stuv", "second-remote-password-x"});
  EXPECT_EQ(browser.ice.local().ufrag, "efgh");
  EXPECT_TRUE(browser.ice.answers_to("abcd") && browser.ice.answers_to("efgh"));
  EXPECT_EQ(browser.send(check_for("abcd:wxyz", "local-password-local-pwd"), kHome), IceLite::Checked::kProved);
  EXPECT_EQ(browser.send(check_for("efgh:stuv", "second-local-password-xx", true), kTrain),
            IceLite::Checked::kNominated);
  EXPECT_FALSE(browser.ice.answers_to("abcd"));
  EXPECT_EQ(browser.send(check_for("abcd:wxyz", "local-password-local-pwd"), kHome), IceLite::Checked::kDropped);
  EXPECT_FALSE(browser.ice.proven(kHome));
}

TEST(IceLite, RefusesTheWrongRoleAndWhatItMustUnderstandAndDoesNot) {
  Browser browser;
  stun::Writer controlled(stun::kBinding, stun::Class::kRequest, {1});
  controlled.text(stun::kUsername, "abcd:wxyz");
  controlled.number64(stun::kIceControlled, 1);
  seal(controlled, "local-password-local-pwd");
  EXPECT_EQ(browser.send(controlled, kHome), IceLite::Checked::kRefused);
  EXPECT_EQ(stun::parse(browser.answer->bytes())->error, 487);

  stun::Writer strange(stun::kBinding, stun::Class::kRequest, {1});
  strange.text(stun::kUsername, "abcd:wxyz");
  strange.number32(static_cast<stun::Attribute>(0x7001), 1);
  seal(strange, "local-password-local-pwd");
  EXPECT_EQ(browser.send(strange, kHome), IceLite::Checked::kRefused);
  EXPECT_EQ(stun::parse(browser.answer->bytes())->error, 420);
}

TEST(IceLite, RemembersABoundedNumberOfAddressesAndNeverForgetsTheOneInUse) {
  Browser browser;
  const auto check = check_for("abcd:wxyz", "local-password-local-pwd");
  browser.send(check_for("abcd:wxyz", "local-password-local-pwd", true), kHome);
  for (std::uint16_t port = 1; port < 100; ++port) {
    browser.send(check, {kHome.ip, port}, kStart + Duration::seconds(port));
  }
  EXPECT_TRUE(browser.ice.proven(kHome));
  EXPECT_TRUE(browser.ice.proven({kHome.ip, 99}));
  EXPECT_FALSE(browser.ice.proven({kHome.ip, 50}));
}

TEST(IceLite, CredentialsAreLongRandomLetters) {
  const IceCredentials a = make_credentials(), b = make_credentials();
  EXPECT_GE(a.ufrag.size(), 4u);
  EXPECT_GE(a.password.size(), 22u);
  EXPECT_NE(a.password, b.password);
}

std::vector<std::uint8_t> bytes_of(std::string_view hex) {
  std::vector<std::uint8_t> out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    out.push_back(static_cast<std::uint8_t>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return out;
}

// The published vectors, where they are at hand.
TEST(StunVectors, Rfc5769HoldsBitForBit) {
  const char* folder = std::getenv("CARILLON_SHARED_DATA");
  if (!folder) GTEST_SKIP() << "CARILLON_SHARED_DATA is not set";
  std::ifstream file(std::string(folder) + "/stun/rfc5769_vectors.json");
  std::stringstream text;
  text << file.rdbuf();
  const auto vectors = boost::json::parse(text.str()).as_object();
  const auto get = [&](const char* name) { return bytes_of(std::string_view(vectors.at(name).as_string())); };
  const std::string password = "VOkJxbRl1RmTxUk/WvJxBt";

  const auto request = get("reqstc");
  const auto message = stun::parse(request);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->username, "evtj:h6vY");
  EXPECT_EQ(message->priority, 0x6e0001ffu);
  EXPECT_TRUE(message->has_fingerprint);
  EXPECT_TRUE(integrity_holds(*message, request, password));
  EXPECT_FALSE(integrity_holds(*message, request, password + "x"));
  for (const auto& [name, at] :
       {std::pair("respv4", "192.0.2.1:32853"), std::pair("respv6", "[2001:db8:1234:5678:11:2233:4455:6677]:32853")}) {
    const auto response = get(name);
    const auto read = stun::parse(response);
    ASSERT_TRUE(read) << name;
    EXPECT_EQ(read->mapped->text(), at);
    EXPECT_TRUE(integrity_holds(*read, response, password));
  }
}

}  // namespace
}  // namespace carillon::webrtc
