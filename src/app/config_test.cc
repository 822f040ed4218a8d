// Goal: a configuration file is read as written, or refused with file, line and what would be right.
#include "app/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace carillon::app {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string fault_of(std::string_view text) {
  Config config;
  const auto read = parse_config(text, "c.toml", config);
  return read ? "" : read.error().message;
}

TEST(Config, IsReadAsWritten) {
  Config config;
  ASSERT_TRUE(parse_config(
                  "# caf\xc3\xa9\ndata = \"/v/caf\xc3\xa9\"\nlisten = [\"[::1]:0\", 'localhost:80']\nnet_threads = 3\n",
                  "c.toml", config)
                  .ok());
  EXPECT_EQ(config.data, "/v/caf\xc3\xa9");
  EXPECT_THAT(config.listen, ::testing::ElementsAre("[::1]:0", "localhost:80"));
  EXPECT_EQ(config.net_threads, 3);
  EXPECT_EQ(fault_of("web = \"\"\"a\\\"\xc3\xa9\"\"\"\"\"\ndata = '''\xc3\xa9'''\n"), "");
}

TEST(Config, SaysFileLineAndKeyOfAFault) {
  EXPECT_THAT(fault_of("\nnet_threads = \"two\"\n"),
              StartsWith("c.toml:2: net_threads: found the text \"two\", expected"));
  EXPECT_THAT(fault_of("port = 1\n"), StartsWith("c.toml:1: port: found a key that is not known"));
  EXPECT_THAT(fault_of("\n\nlisten = [\"nowhere\"]\n"), StartsWith("c.toml:3: listen: "));
  EXPECT_THAT(fault_of("tls_key = \"k\"\n"), StartsWith("c.toml: found only one of tls_cert and tls_key"));
  EXPECT_THAT(fault_of("log_level = \"loud\"\n"), StartsWith("c.toml:1: log_level: "));
}

TEST(Config, ReadsTrunksAndTellsNoPasswords) {
  Config config;
  ASSERT_TRUE(parse_config("[[trunks]]\nname = \"a\"\nsources = \"198.51.100.0/24\"\n"
                           "[[trunks]]\nname = \"b\"\nnext_hops = [\"sip:b.example\"]\nregisters = true\nping_s = 0\n",
                           "c.toml", config)
                  .ok());
  ASSERT_EQ(config.trunks.size(), 2u);
  EXPECT_THAT(config.trunks[0].sources, ::testing::ElementsAre("198.51.100.0/24"));
  EXPECT_TRUE(config.trunks[0].trusted);
  EXPECT_EQ(config.trunks[0].ping_s, 0) << "it only calls us: there is nobody to ping";
  EXPECT_TRUE(config.trunks[1].registers);
  EXPECT_EQ(config.trunks[1].ping_s, 0);
  EXPECT_THAT(fault_of("[[trunks]]\nname = \"a\"\n"), StartsWith("c.toml:1: trunks: found a trunk without name, or"));
  EXPECT_THAT(fault_of("[[trunks]]\nname = \"a\"\nsources = \"x\"\n"), HasSubstr("a network such as"));
  Config rules;
  ASSERT_TRUE(
      parse_config("[[trunks]]\nname = \"a\"\nnext_hops = \"sip:a.example\"\nsrtp = \"optional\"\n"
                   "caller_id = \"anonymous\"\ncaller_ids = [\"+4930*\"]\n",
                   "c.toml", rules));
  EXPECT_EQ(std::tuple(rules.trunks[0].srtp, rules.trunks[0].caller_id), std::tuple("optional", "anonymous"));
  EXPECT_THAT(fault_of("[[trunks]]\nname = \"a\"\nsrtp = \"maybe\"\n"), HasSubstr("none, optional or required"));
  EXPECT_THAT(fault_of("[[trunks]]\nname = \"a\"\ncaller_id = \"+49 30\"\n"), HasSubstr("or anonymous"));
  EXPECT_THAT(fault_of("[[trunks]]\nname = \"a\"\ncaller_ids = [\"\"]\n"), HasSubstr("or +4930123*"));
  EXPECT_THAT(fault_of("trunks = 1\n"), HasSubstr("tables, each begun by [[trunks]]"));
  ASSERT_TRUE(parse_config("[[turn]]\nurls = [\"turn:t.example\", \"turns:t.example:443\"]\nsecret = \"s\"\n", "c.toml",
                           config));
  ASSERT_EQ(config.turn.size(), 1u);
  EXPECT_EQ(std::pair(config.turn[0].secret, config.turn[0].valid_s), std::pair(std::string("s"), 12 * 3600));
  EXPECT_THAT(fault_of("[[turn]]\nurls = \"turn:t.example\"\n"), HasSubstr("a relay without urls or secret"));
  EXPECT_THAT(fault_of("[[turn]]\nurls = \"http://t.example\"\nsecret = \"s\"\n"), HasSubstr("turn:HOST:PORT"));
  EXPECT_THAT(fault_of("[[turn]]\nurl = \"turn:t.example\"\n"), HasSubstr("turn.url"));
  const std::string told = fault_of("[[trunks]]\nname = \"a\"\npassword = 4711\n");
  EXPECT_THAT(told, StartsWith("c.toml:3: trunks.password: "));
  EXPECT_EQ(told.find("4711"), std::string::npos);
}

TEST(Config, SipAddressesArePlacesToBind) {
  EXPECT_EQ(fault_of("sip = [\"udp:0.0.0.0:5060\", \"tls:[::1]:5061\"]\npublic_address = \"192.0.2.1\"\n"), "");
  EXPECT_THAT(fault_of("sip = \"5060\"\n"), StartsWith("c.toml:1: sip: found '5060', expected udp:, tcp: or tls:"));
  EXPECT_THAT(fault_of("sip = \"sctp:127.0.0.1:1\"\n"), HasSubstr("expected udp:"));
  EXPECT_THAT(fault_of("public_address = \"here\"\n"), HasSubstr("expected an IP address"));
  EXPECT_THAT(fault_of("first_rtp_port = 3000\nlast_rtp_port = 2000\n"), HasSubstr("expected less than last_rtp_port"));
}

TEST(Config, WhatIsNoTomlIsAFaultOfTheFile) {
  EXPECT_THAT(fault_of("data = = 1\n"), StartsWith("c.toml:1: found text that is not TOML"));
  // The parser's own assertion.
  EXPECT_THAT(fault_of("[:x]\n"), HasSubstr("not TOML"));
  // Where the parser would be undefined.
  EXPECT_THAT(fault_of("data = \"a\"\nb\xc3\xbc"
                       "cher = 1\n"),
              StartsWith("c.toml:2: found a letter beyond ASCII"));
}

}  // namespace
}  // namespace carillon::app
