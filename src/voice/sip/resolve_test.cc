// Goal: addresses come in the order of RFC 3263 and 2782, and only what is needed is asked.
#include "voice/sip/resolve.h"

#include <gtest/gtest.h>

#include <map>

namespace carillon::voice::sip {
namespace {

struct Names {
  Entropy entropy{{1, 2}};
  std::map<std::string, Records> records;
  std::vector<std::string> asked;

  // "udp 192.0.2.1:5060 name, ..."
  std::string all(const std::string& uri, ResolveRules rules = {}) {
    Resolution way(*Uri::parse(uri), rules, entropy);
    std::string out;
    for (int i = 0; i < 64; ++i) {
      if (const auto target = way.next()) {
        out += (out.empty() ? "" : ", ") + std::string(transport_param(target->transport)) + ' ' + target->to.text();
        continue;
      }
      const auto question = way.question();
      if (!question) break;
      static constexpr const char* kKinds[] = {"NAPTR ", "SRV ", "A ", "AAAA "};
      const std::string name = kKinds[static_cast<std::size_t>(question->kind)] + question->name;
      asked.push_back(name);
      way.answer(records[name], entropy);
    }
    return out;
  }
};

const IpAddress kOne = IpAddress::v4(192, 0, 2, 1), kTwo = IpAddress::v4(192, 0, 2, 2);

TEST(Resolve, AddressesNeedNoQuestion) {
  Names names;
  EXPECT_EQ(names.all("sip:a@192.0.2.1"), "udp 192.0.2.1:5060");
  EXPECT_EQ(names.all("sip:a@192.0.2.1:5070;transport=tcp"), "tcp 192.0.2.1:5070");
  EXPECT_EQ(names.all("sips:a@[2001:db8::1]"), "tls [2001:db8::1]:5061");
  EXPECT_EQ(names.all("sip:a@x;maddr=192.0.2.2"), "udp 192.0.2.2:5060");
  EXPECT_TRUE(names.asked.empty());
}

TEST(Resolve, APortMeansAddressRecordsOnly) {
  Names names;
  names.records["A h.example"].addresses = {kOne, kTwo};
  EXPECT_EQ(names.all("sip:a@h.example:5080"), "udp 192.0.2.1:5080, udp 192.0.2.2:5080");
  EXPECT_EQ(names.asked, (std::vector<std::string>{"A h.example", "AAAA h.example"}));
}

TEST(Resolve, NaptrThenSrvThenAddress) {
  Names names;
  names.records["NAPTR e.com"].naptr = {{20, 1, "s", "SIP+D2U", "_sip._udp.e.com."},
                                        {10, 5, "s", "SIPS+D2T", "_sips._tcp.e.com"},
                                        {1, 1, "s", "SIP+D2S", "_sip._sctp.e.com"},
                                        {1, 1, "u", "E2U+sip", ""}};
  names.records["SRV _sips._tcp.e.com"].srv = {{1, 0, 5061, "one.e.com."}};
  names.records["SRV _sip._udp.e.com"].srv = {{1, 0, 5060, "two.e.com"}};
  names.records["A one.e.com"].addresses = {kOne};
  names.records["A two.e.com"].addresses = {kTwo};
  EXPECT_EQ(names.all("sip:a@e.com"), "tls 192.0.2.1:5061, udp 192.0.2.2:5060");
  EXPECT_EQ(names.all("sips:a@e.com"), "tls 192.0.2.1:5061");
}

TEST(Resolve, WithoutServicesTheHostItselfIsIt) {
  Names names;
  names.records["A e.com"].addresses = {kOne};
  EXPECT_EQ(names.all("sip:a@e.com"), "udp 192.0.2.1:5060");
  EXPECT_EQ(names.all("sip:a@e.com;transport=tcp"), "tcp 192.0.2.1:5060");
}

TEST(Resolve, ASecondServerIsLookedUpOnlyWhenNeeded) {
  Names names;
  names.records["SRV _sip._udp.e.com"].srv = {{1, 0, 5060, "one.e.com"}, {2, 0, 5060, "two.e.com"}};
  names.records["A one.e.com"].addresses = {kOne};
  Resolution way(*Uri::parse("sip:e.com"), {}, names.entropy);
  while (!way.next()) {
    ASSERT_TRUE(way.question());
    static constexpr const char* kKinds[] = {"NAPTR ", "SRV ", "A ", "AAAA "};
    names.asked.push_back(kKinds[static_cast<std::size_t>(way.question()->kind)] + way.question()->name);
    way.answer(names.records[names.asked.back()], names.entropy);
  }
  EXPECT_EQ(names.asked.back(), "A one.e.com");
}

TEST(Resolve, WeightsShareTheLoad) {
  Names names;
  names.records["SRV _sip._udp.e.com"].srv = {
      {1, 80, 5060, "one.e.com"}, {1, 20, 5060, "two.e.com"}, {1, 0, 5060, "none.e.com"}};
  names.records["A one.e.com"].addresses = {kOne};
  names.records["A two.e.com"].addresses = {kTwo};
  int first = 0;
  for (int i = 0; i < 1000; ++i) first += names.all("sip:a@e.com;transport=udp").rfind("udp 192.0.2.1:5060, ", 0) == 0;
  EXPECT_GT(first, 720);
  EXPECT_LT(first, 860);
}

TEST(Resolve, WhatCannotBeIsNowhere) {
  Names names;
  EXPECT_EQ(names.all("sip:a@192.0.2.1;transport=sctp"), "");
  EXPECT_EQ(names.all("sips:a@192.0.2.1;transport=udp"), "");
  EXPECT_EQ(names.all("tel:+4930"), "");
  names.records["SRV _sip._udp.e.com"].srv = {{1, 0, 5060, "."}};
  EXPECT_EQ(names.all("sip:a@e.com;transport=udp"), "");
  EXPECT_TRUE(names.all("sip:a@nowhere.example").empty());
}

}  // namespace
}  // namespace carillon::voice::sip
