// Goal: addresses read and print as the RFCs say, and nothing that is no address is taken for one.
#include "voice/wire/address.h"

#include <gtest/gtest.h>

#include "voice/wire/text.h"

namespace carillon::voice {
namespace {

TEST(Address, V4ReadsAndPrintsItself) {
  EXPECT_EQ(IpAddress::parse("192.0.2.1")->text(), "192.0.2.1");
  EXPECT_EQ(IpAddress::parse("192.0.2.1"), IpAddress::v4(192, 0, 2, 1));
}

TEST(Address, WhatIsNoV4IsNotTaken) {
  for (const char* text :
       {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4 ", "a.b.c.d", "1..3.4", "1.2.3."}) {
    EXPECT_FALSE(IpAddress::parse(text)) << text;
  }
}

TEST(Address, V6PrintsInItsShortestForm) {
  const std::pair<const char*, const char*> samples[] = {
      {"2001:db8::1", "2001:db8::1"},
      {"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
      {"::", "::"},
      {"::1", "::1"},
      {"fe80::", "fe80::"},
      {"1:0:0:2:0:0:0:3", "1:0:0:2::3"},
      {"::ffff:1.2.3.4", "::ffff:102:304"},
      {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"},
      {"1:0:3:4:5:6:7:8", "1:0:3:4:5:6:7:8"},
  };
  for (const auto& [text, printed] : samples) {
    const auto ip = IpAddress::parse(text);
    ASSERT_TRUE(ip) << text;
    EXPECT_EQ(ip->text(), printed);
    EXPECT_EQ(IpAddress::parse(ip->host_text()), ip);
  }
}

TEST(Address, WhatIsNoV6IsNotTaken) {
  for (const char* text : {":", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "fe80::1%eth0", "::g",
                           "[::1", "1:2:3:4:5:6:7::8", ":::"}) {
    EXPECT_FALSE(IpAddress::parse(text)) << text;
  }
}

TEST(Address, EndpointsHaveAPort) {
  EXPECT_EQ(Endpoint::parse("[::1]:5061")->text(), "[::1]:5061");
  EXPECT_EQ(Endpoint::parse("10.0.0.1:5060")->port, 5060);
  EXPECT_EQ(Endpoint::parse("10.0.0.1")->port, 0);
  EXPECT_FALSE(Endpoint::parse("10.0.0.1:65536"));
  EXPECT_FALSE(Endpoint::parse("host:5060"));
}

TEST(Address, NetworksContainTheirAddresses) {
  const auto net = IpNetwork::parse("10.128.0.0/9");
  ASSERT_TRUE(net);
  EXPECT_TRUE(net->contains(IpAddress::v4(10, 200, 1, 1)));
  EXPECT_FALSE(net->contains(IpAddress::v4(10, 1, 1, 1)));
  EXPECT_FALSE(net->contains(*IpAddress::parse("::1")));
  EXPECT_FALSE(IpNetwork::parse("10.0.0.0/33"));
}

TEST(Address, MappedV4IsV4) {
  const auto mapped = IpAddress::parse("::ffff:192.0.2.9");
  EXPECT_EQ(IpAddress::from_bytes(mapped->bytes.data(), IpFamily::kV6), IpAddress::v4(192, 0, 2, 9));
}

TEST(Address, PrivateOnesAreKnown) {
  for (const char* text :
       {"10.1.1.1", "172.31.0.1", "192.168.9.9", "127.0.0.1", "100.64.0.1", "fd00::1", "fe80::1", "::1"}) {
    EXPECT_TRUE(IpAddress::parse(text)->is_private()) << text;
  }
  for (const char* text : {"8.8.8.8", "172.32.0.1", "2001:db8::1"})
    EXPECT_FALSE(IpAddress::parse(text)->is_private()) << text;
}

TEST(Text, NumbersAreBounded) {
  EXPECT_EQ(parse_number("0068"), 68u);
  EXPECT_EQ(parse_number("18446744073709551615"), 18446744073709551615u);
  EXPECT_FALSE(parse_number("18446744073709551616"));
  EXPECT_FALSE(parse_number("-1"));
  EXPECT_FALSE(parse_number("256", 255));
}

TEST(Text, Utf8IsChecked) {
  EXPECT_TRUE(is_utf8("gr\xc3\xbc\xc3\x9f"));
  EXPECT_FALSE(is_utf8("\xc3"));
  EXPECT_FALSE(is_utf8("\xc0\x80"));
  EXPECT_FALSE(is_utf8("\xed\xa0\x80"));
  EXPECT_FALSE(is_utf8("\xff"));
}

}  // namespace
}  // namespace carillon::voice
