// Goal: names lead where their records say, once a time to live, and whatever a name server answers. Method: a name server in the test.
#include "voice/net/resolver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "voice/net/testing/name_server.h"

namespace carillon::voice::net {
namespace {

using sip::LookupKind;
using testing::ElementsAre;
using testing::IsEmpty;

struct ResolverTest : testing::Test {
  static constexpr Duration first_try = Duration::millis(100);
  SystemClock clock;
  std::unique_ptr<Loop> loop = *Loop::open(clock);
  NameServer server{*loop};
  std::map<std::uint32_t, sip::Records> told;
  std::unique_ptr<Resolver> resolver = *Resolver::open(
      *loop, {server.at}, [this](sip::LookupId id, const sip::Records& records) { told[id.slot] = records; },
      first_try);
  std::uint32_t last = 0;

  std::uint32_t ask(LookupKind kind, const std::string& name) {
    resolver->ask({{{++last, 1}}, kind, name});
    return last;
  }
  void run_until_told(std::size_t answers) {
    const Instant end = loop->now() + Duration::seconds(30);
    while (told.size() < answers && loop->now() < end) loop->turn(end, [] {});
  }
  sip::Records look_up(LookupKind kind, const std::string& name) {
    const std::uint32_t id = ask(kind, name);
    run_until_told(told.size() + (told.count(id) != 0 ? 0 : 1));
    EXPECT_EQ(told.count(id), 1U) << name;
    return told[id];
  }
};

TEST_F(ResolverTest, GivesServicesAndAddresses) {
  server.add("carrier.test", NameServer::kNaptr, naptr_data(20, "SIP+D2U", "_sip._udp.carrier.test"));
  server.add("carrier.test", NameServer::kNaptr, naptr_data(10, "SIPS+D2T", "_sips._tcp.carrier.test"));
  server.add("_sip._udp.carrier.test", NameServer::kSrv, srv_data(10, 60, 5070, "one.carrier.test"));
  server.add("_sip._udp.carrier.test", NameServer::kSrv, srv_data(20, 0, 5080, "two.carrier.test"));
  server.add("one.carrier.test", NameServer::kA, std::string("\xC0\x00\x02\x07", 4));
  server.add("one.carrier.test", NameServer::kA, std::string("\xE0\x00\x00\x01", 4));  // multicast
  server.add("one.carrier.test", NameServer::kAaaa, "\x20\x01\x0d\xb8" + std::string(11, '\0') + '\x05');

  const auto services = look_up(LookupKind::kNaptr, "carrier.test").naptr;
  ASSERT_EQ(services.size(), 2U);
  EXPECT_EQ(services[0].service == "SIP+D2U" ? services[0].order : services[1].order, 20);
  EXPECT_EQ(services[0].flags, "s");
  const auto hosts = look_up(LookupKind::kSrv, "_sip._udp.carrier.test").srv;
  ASSERT_EQ(hosts.size(), 2U);
  const auto& first = hosts[0].priority == 10 ? hosts[0] : hosts[1];
  EXPECT_EQ(first.weight, 60);
  EXPECT_EQ(first.port, 5070);
  EXPECT_EQ(first.target, "one.carrier.test");
  EXPECT_THAT(look_up(LookupKind::kA, "one.carrier.test").addresses, ElementsAre(IpAddress::v4(192, 0, 2, 7)));
  EXPECT_THAT(look_up(LookupKind::kAaaa, "one.carrier.test").addresses, ElementsAre(*IpAddress::parse("2001:db8::5")));
}

TEST_F(ResolverTest, ANameThatIsNotThereIsAnEmptyAnswer) {
  EXPECT_THAT(look_up(LookupKind::kSrv, "_sip._udp.nobody.test").srv, IsEmpty());
  EXPECT_THAT(look_up(LookupKind::kA, "nobody.test").addresses, IsEmpty());
}

TEST_F(ResolverTest, AsksOnceForManyAndKeepsTheAnswer) {
  server.add("one.carrier.test", NameServer::kA, std::string("\xC0\x00\x02\x07", 4));
  for (int i = 0; i < 10; ++i) ask(LookupKind::kA, i % 2 == 0 ? "one.carrier.test" : "ONE.carrier.TEST");
  EXPECT_EQ(resolver->on_their_way(), 1U);
  run_until_told(10);
  EXPECT_EQ(server.asked, 1);
  EXPECT_EQ(look_up(LookupKind::kA, "one.carrier.test").addresses.size(), 1U);
  EXPECT_EQ(server.asked, 1);
  EXPECT_EQ(resolver->on_their_way(), 0U);
}

TEST_F(ResolverTest, BrokenAnswersAreEmptyOnes) {
  for (const std::string& broken :
       {std::string("\x81\x80", 2), std::string("\x81\x80\0\1\0\1\0\0\0\0\xC0\x0C\xC0\x0C", 14),
        "\x81\x80" + std::string("\0\1\xff\xff\0\0\0\0", 8) + packed("x.test") + std::string("\0\x21\0\1", 4)}) {
    server.broken = broken;
    EXPECT_THAT(look_up(LookupKind::kSrv, "x" + std::to_string(last) + ".test").srv, IsEmpty());
  }
}

TEST_F(ResolverTest, DoesNotAskForWhatIsNoName) {
  for (const std::string& name : {std::string(), std::string("."), std::string("a..b"), std::string("a b.test"),
                                  std::string("a\0b", 3), std::string(300, 'a'), std::string("[::1]")}) {
    EXPECT_THAT(look_up(LookupKind::kA, name).addresses, IsEmpty()) << name;
  }
  EXPECT_EQ(server.asked, 0);
}

TEST_F(ResolverTest, AsksOnlySoManyQuestionsAtOnce) {
  for (std::size_t i = 0; i < Resolver::kMostQuestions; ++i) ask(LookupKind::kSrv, "n" + std::to_string(i) + ".test");
  EXPECT_THAT(told, IsEmpty());
  ask(LookupKind::kSrv, "one-too-many.test");
  EXPECT_EQ(told.size(), 1U);
  run_until_told(Resolver::kMostQuestions + 1);
  EXPECT_EQ(resolver->on_their_way(), 0U);
}

TEST_F(ResolverTest, MayGoWhileQuestionsAreOnTheirWay) {
  for (int i = 0; i < 20; ++i) ask(LookupKind::kA, "n" + std::to_string(i) + ".test");
  resolver.reset();
  EXPECT_THAT(told, IsEmpty());
}

}  // namespace
}  // namespace carillon::voice::net
