// Goal: hosts call each other as their stacks do in a simulated network. Method: real sockets on loopback, by every transport.
#include "voice/net/sip_host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "http/tls.h"
#include "voice/net/testing/name_server.h"
#include "voice/net/testing/party.h"

namespace carillon::voice::net {
namespace {

using sip::Transport;
using testing::HasSubstr;

const std::string kOffer = some_sdp(4000), kAnswer = some_sdp(5000);

// A certificate for these hosts in files that go with the test.
struct CertificateFiles {
  std::filesystem::path folder;
  TlsFiles tls;

  explicit CertificateFiles(const std::vector<std::string>& hosts) {
    static std::atomic<int> count{0};
    folder = std::filesystem::temp_directory_path() /
             ("carillon-net-" + std::to_string(::getpid()) + '-' + std::to_string(count++));
    std::filesystem::create_directories(folder);
    const auto pair = http::make_self_signed(hosts, SystemClock().now());
    CARILLON_CHECK(pair.ok());
    tls = {folder / "certificate.pem", folder / "key.pem", folder / "certificate.pem"};
    std::ofstream(tls.certificate) << pair->certificate;
    std::ofstream(tls.key) << pair->key;
  }
  ~CertificateFiles() { std::filesystem::remove_all(folder); }
};

SipHost::Config with_tls(const TlsFiles& tls) {
  SipHost::Config config = Party::on_loopback();
  config.listen.push_back({Transport::kTls, {IpAddress::v4(127, 0, 0, 1), 0}, {}});
  config.tls = tls;
  return config;
}

// From invite to the end, both ways.
void call_and_hang_up(Party& a, Party& b, Transport transport, const std::string& offer = kOffer) {
  const sip::LegId leg = a.invite({.target = b.uri("bob", transport), .from_user = "alice", .sdp = offer});
  ASSERT_FALSE(leg.empty());
  const auto incoming = b.wait_for<sip::IncomingCall>();
  ASSERT_TRUE(incoming);
  EXPECT_EQ(incoming->source.flow.transport, transport);
  EXPECT_EQ(incoming->sdp, offer);
  const auto answered = a.wait_for<sip::Answered>();
  ASSERT_TRUE(answered);
  EXPECT_EQ(answered->sdp, kAnswer);
  ASSERT_TRUE(b.wait_for<sip::Established>());
  // The callee ends it: its BYE finds the way back.
  b.hang_up(incoming->leg);
  const auto ended = a.wait_for<sip::CallEnded>();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->cause, sip::Cause::kHungUp);
  EXPECT_TRUE(a.waits_until([](sip::Stack& stack) { return stack.size().legs == 0; }));
  EXPECT_TRUE(b.waits_until([](sip::Stack& stack) { return stack.size().legs == 0; }));
}

TEST(SipHost, CallsOverUdp) {
  Party a, b;
  a.start();
  b.answer_all(kAnswer);
  call_and_hang_up(a, b, Transport::kUdp);
  EXPECT_GT(a.host().counts().datagrams_in, 0U);
  EXPECT_GT(a.host().counts().datagrams_out, 0U);
  EXPECT_EQ(a.host().counts().connections, 0U);
}

TEST(SipHost, CallsOverTcp) {
  Party a, b;
  a.start();
  b.answer_all(kAnswer);
  call_and_hang_up(a, b, Transport::kTcp);
  // The connection stays for the next call.
  EXPECT_EQ(a.host().counts().connections, 1U);
  call_and_hang_up(a, b, Transport::kTcp);
  EXPECT_EQ(b.host().counts().connections, 1U);
}

TEST(SipHost, CallsOverIpv6) {
  const IpAddress here = *IpAddress::parse("::1");
  if (!bind_datagrams({here, 0})) GTEST_SKIP() << "this machine has no IPv6 on loopback";
  SipHost::Config config = Party::on_loopback();
  config.listen = {{Transport::kUdp, {here, 0}, {}}, {Transport::kTcp, {here, 0}, {}}};
  Party a(config), b(config);
  a.start();
  b.answer_all(kAnswer);
  call_and_hang_up(a, b, Transport::kUdp);
  call_and_hang_up(a, b, Transport::kTcp);
}

TEST(SipHost, OnAllAddressesItTellsEachPeerOneThatLeadsBack) {
  SipHost::Config config = Party::on_loopback();
  config.listen = {{Transport::kUdp, {IpAddress::v4(0, 0, 0, 0), 0}, "public.example"}};
  Party a, b(config);
  a.start();
  b.answer_all(kAnswer);
  const std::string port = std::to_string(b.at(Transport::kUdp).port);
  a.invite({.target = "sip:bob@127.0.0.1:" + port, .sdp = kOffer});
  const auto incoming = b.wait_for<sip::IncomingCall>();
  ASSERT_TRUE(incoming);
  ASSERT_TRUE(b.wait_for<sip::Established>());
  // Its own requests name where the neighbour finds it, and so does what the neighbour calls.
  b.hang_up(incoming->leg);
  ASSERT_TRUE(a.wait_for<sip::CallEnded>());
  b.invite({.target = a.uri("alice"), .sdp = kOffer});
  const auto back = a.wait_for<sip::IncomingCall>();
  ASSERT_TRUE(back);
  const bool offered =
      a.ask([&](sip::Stack& stack, Instant now) { return stack.answer(now, back->leg, kAnswer).ok(); });
  EXPECT_TRUE(offered);
  ASSERT_TRUE(a.wait_for<sip::Established>());
  a.hang_up(back->leg);
  EXPECT_TRUE(b.wait_for<sip::CallEnded>());
  EXPECT_TRUE(b.waits_until([](sip::Stack& stack) { return stack.size().legs == 0; }));
}

TEST(SipHost, CallsOverTlsToWhomItTrusts) {
  const CertificateFiles files({"127.0.0.1"});
  Party a(with_tls(files.tls)), b(with_tls(files.tls));
  a.start();
  b.answer_all(kAnswer);
  call_and_hang_up(a, b, Transport::kTls);
}

TEST(SipHost, DoesNotCallOverTlsWhomItDoesNotTrust) {
  const CertificateFiles ours({"127.0.0.1"}), theirs({"127.0.0.1"}), named({"elsewhere.example"});
  Party a(with_tls(ours.tls)), stranger(with_tls(theirs.tls));
  Party misnamed(with_tls({named.tls.certificate, named.tls.key}));
  Party trusting(with_tls(named.tls));
  a.start(), trusting.start();
  stranger.answer_all(kAnswer), misnamed.answer_all(kAnswer);
  a.invite({.target = stranger.uri("bob", Transport::kTls), .sdp = kOffer});
  const auto untrusted = a.wait_for<sip::CallEnded>();
  ASSERT_TRUE(untrusted);
  EXPECT_EQ(untrusted->cause, sip::Cause::kTransport);
  trusting.invite({.target = misnamed.uri("bob", Transport::kTls), .sdp = kOffer});
  const auto wrong_name = trusting.wait_for<sip::CallEnded>();
  ASSERT_TRUE(wrong_name);
  EXPECT_EQ(wrong_name->cause, sip::Cause::kTransport);
}

TEST(SipHost, CarriesBigMessages) {
  Party a, b;
  a.start();
  b.answer_all(kAnswer);
  std::string big = kOffer;
  while (big.size() < 20'000) big += "a=candidate:1 1 udp 2130706431 192.0.2.1 5004 typ host\r\n";
  call_and_hang_up(a, b, Transport::kTcp, big);
  call_and_hang_up(a, b, Transport::kUdp, big);
}

// The first server of the name is gone, so the call reaches the second.
TEST(SipHost, ANameLeadsToTheServerThatLives) {
  Party b;
  b.answer_all(kAnswer);
  Endpoint nobody;
  {
    Party gone;
    nobody = gone.at(Transport::kTcp);
  }
  SystemClock clock;
  const std::unique_ptr<Loop> loop = *Loop::open(clock);
  NameServer server(*loop);
  const std::string service = "_sip._tcp.carrier.test", here("\x7F\0\0\1", 4);
  server.add("carrier.test", NameServer::kNaptr, naptr_data(10, "SIP+D2T", service));
  server.add(service, NameServer::kSrv, srv_data(10, 0, nobody.port, "one.carrier.test"));
  server.add(service, NameServer::kSrv, srv_data(20, 0, b.at(Transport::kTcp).port, "two.carrier.test"));
  server.add("one.carrier.test", NameServer::kA, here);
  server.add("two.carrier.test", NameServer::kA, here);
  std::atomic<bool> over{false};
  std::thread serving([&] {
    while (!over) loop->turn(Instant::never(), [] {});
  });
  SipHost::Config config = Party::on_loopback();
  config.name_servers = {server.at};
  {
    Party a(config);
    a.start();
    a.invite({.target = "sip:bob@carrier.test", .sdp = kOffer});
    const auto answered = a.wait_for<sip::Answered>();
    EXPECT_TRUE(answered);
    const auto incoming = b.wait_for<sip::IncomingCall>();
    EXPECT_TRUE(incoming && incoming->source.flow.transport == Transport::kTcp);
    EXPECT_EQ(a.host().counts().lookups, 4U);
  }
  over = true;
  loop->wake();
  serving.join();
}

TEST(SipHost, TellsWhenNobodyListens) {
  Party a;
  Endpoint nobody;
  {
    Party b;
    nobody = b.at(Transport::kTcp);
  }
  a.start();
  a.invite({.target = "sip:bob@" + nobody.text() + ";transport=tcp", .sdp = kOffer});
  const auto ended = a.wait_for<sip::CallEnded>();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->cause, sip::Cause::kTransport);
}

TEST(SipHost, ACallWhoseConnectionDiesBeforeItIsAnsweredEnds) {
  Party a;
  auto b = std::make_unique<Party>();
  a.start();
  b->start();
  a.invite({.target = b->uri("bob", Transport::kTcp), .sdp = kOffer});
  ASSERT_TRUE(b->wait_for<sip::IncomingCall>());
  b.reset();
  const auto ended = a.wait_for<sip::CallEnded>();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->cause, sip::Cause::kTransport);
  EXPECT_TRUE(a.waits_until([](sip::Stack& stack) { return stack.size().connections == 0; }));
}

TEST(SipHost, WorksRunInOrderAndLaterOnesAtTheirTime) {
  std::vector<int> order;  // touched by the host's thread alone until the promise is kept
  std::promise<void> done;
  Instant last;
  bool forwards = true;
  Party a;
  const auto note = [&](int n) {
    return [&, n](sip::Stack&, Instant now) {
      forwards = forwards && now >= last;
      last = now;
      order.push_back(n);
      if (n == 4) done.set_value();
    };
  };
  ASSERT_TRUE(a.host().after(Duration::millis(30), note(4)));
  ASSERT_TRUE(a.host().after(Duration::millis(10), note(3)));
  ASSERT_TRUE(a.host().post(note(1)));
  ASSERT_TRUE(a.host().post(note(2)));
  a.start();
  ASSERT_EQ(done.get_future().wait_for(kPatience), std::future_status::ready);
  EXPECT_THAT(order, testing::ElementsAre(1, 2, 3, 4));
  EXPECT_TRUE(forwards);
}

TEST(SipHost, WhatAHandlerCausesComesAfterItAndNotInsideIt) {
  std::atomic<int> depth{0}, deepest{0}, ended{0};
  std::promise<void> done;
  Party a;
  a.on_event = [&](sip::Stack& stack, Instant now, sip::Event& event) {
    deepest = std::max(deepest.load(), ++depth);
    // Each end is an event caused by a handler of an event, a thousand times.
    if (std::holds_alternative<sip::CallEnded>(event)) {
      if (++ended == 1000) done.set_value();
      if (ended < 1000) {
        const auto leg = stack.invite(now, {.target = "sip:nobody@127.0.0.1:9", .sdp = kOffer});
        if (leg) static_cast<void>(stack.hang_up(now, *leg));
      }
    }
    --depth;
  };
  a.start();
  const sip::LegId first = a.invite({.target = "sip:nobody@127.0.0.1:9", .sdp = kOffer});
  a.hang_up(first);
  ASSERT_EQ(done.get_future().wait_for(kPatience), std::future_status::ready);
  EXPECT_EQ(deepest, 1);
}

TEST(SipHost, StopsInTheMiddleOfManyCalls) {
  Party a, b;
  a.start();
  b.answer_all(kAnswer);
  for (int i = 0; i < 200; ++i) {
    const Transport transport = i % 2 == 0 ? Transport::kUdp : Transport::kTcp;
    const std::string target = b.uri("bob", transport);
    a.host().post([target](sip::Stack& stack, Instant now) {
      static_cast<void>(stack.invite(now, {.target = target, .sdp = kOffer}));
    });
  }
  ASSERT_TRUE(a.wait_for<sip::Answered>());
  std::atomic<bool> ran{false};
  EXPECT_TRUE(b.host().post([&](sip::Stack&, Instant) { ran = true; }));
  b.host().stop();
  EXPECT_TRUE(ran) << "what was posted before stop() runs";
  EXPECT_FALSE(b.host().post([](sip::Stack&, Instant) {}));
  b.host().stop();  // again: nothing
  a.host().stop();
}

TEST(SipHost, TakesWorkFromManyThreads) {
  Party a;
  a.start();
  std::atomic<int> ran{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) a.host().post([&](sip::Stack&, Instant) { ++ran; });
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(a.waits_until([&](sip::Stack&) { return ran == 4000; }));
}

TEST(SipHost, SaysWhyItCannotOpen) {
  const SystemClock clock;
  const Party a;
  SipHost::Config config = Party::on_loopback();
  config.listen = {{Transport::kUdp, a.at(Transport::kUdp), {}}};
  const auto taken = SipHost::open(config, clock, {});
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, ErrorCode::kInUse);
  EXPECT_THAT(taken.error().message, HasSubstr(a.at(Transport::kUdp).text()));
  config.listen = {{Transport::kUdp, *Endpoint::parse("192.0.2.1:0"), {}}};
  const auto foreign = SipHost::open(config, clock, {});
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().code, ErrorCode::kConfig);
  const auto bare = SipHost::open(with_tls({}), clock, {});
  ASSERT_FALSE(bare);
  EXPECT_THAT(bare.error().message, HasSubstr("certificate"));
  const auto missing = SipHost::open(with_tls({"/nowhere/c.pem", "/nowhere/k.pem"}), clock, {});
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("/nowhere/c.pem"));
}

}  // namespace
}  // namespace carillon::voice::net
