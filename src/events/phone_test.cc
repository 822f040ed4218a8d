// Goal: a worker's browser connects its phone over the stream: one phone a worker, the newest wins, and it goes with the stream.
// Method: a real hub and real sockets, a clock that stands still, offers answered by hand.
#include <gtest/gtest.h>

#include <mutex>
#include <thread>

#include "door/testing/rest_world.h"
#include "events/stream_hub.h"
#include "http/testing/test_server.h"

namespace carillon::events {
namespace {

using door::testing::at;
using http::testing::TestServer;
using http::testing::WsClient;

constexpr const char* kOffer = R"({"type":"phone.connect","sdp":"v=0\r\noffer"})";

class AsTold final : public door::Authenticator {
 public:
  Result<door::CallerPtr> authenticate(const http::Request& request) override {
    auto caller = std::make_shared<door::Caller>();
    const std::string_view as = request.header("As");
    caller->workspace = WorkspaceId{1, 1};
    caller->role = as == "supervisor" ? door::Role::supervisor : door::Role::agent;
    caller->user = UserId{5, 5};
    caller->worker = WorkerId::parse(as).value_or(WorkerId{});
    caller->display_name = std::string(as);
    return door::CallerPtr(std::move(caller));
  }
};

class Phones : public ::testing::Test {
 protected:
  explicit Phones(bool telephony = true) : telephony_(telephony) {}
  ~Phones() override { hub->stop(); }

  std::unique_ptr<WsClient> stream(const WorkerId& worker) { return stream_as(worker.str()); }
  std::unique_ptr<WsClient> stream_as(const std::string& who) {
    auto out =
        WsClient::open(world.port(), "/api/v1/events/stream", {{"Sec-WebSocket-Protocol", "carillon.v1"}, {"As", who}});
    EXPECT_TRUE(!out || type_of(*out) == "hello");
    return out;
  }
  static boost::json::value next(WsClient& client) {
    const auto text = client.receive_text();
    return text ? boost::json::parse(*text) : boost::json::value();
  }
  static std::string type_of(WsClient& client) { return at(next(client), "/type"); }
  // The nth thing that was told, once it was.
  PhoneFrame told(std::size_t n) {
    EXPECT_TRUE(TestServer::eventually([&] {
      std::lock_guard held(mutex_);
      return heard_.size() > n;
    }));
    std::lock_guard held(mutex_);
    return n < heard_.size() ? heard_[n] : PhoneFrame{};
  }

  const bool telephony_;
  const WorkerId ana{1, 10}, ben{1, 11};
  AsTold authenticator;
  door::Pool pool{1};
  std::unique_ptr<StreamHub> hub;
  door::testing::RestWorld world{[this](door::Api& api) {
    auto& services = api.services();
    hub = std::make_unique<StreamHub>(StreamHub::World{services.store, pool, authenticator, services.clock});
    if (telephony_) {
      hub->on_phone([this](PhoneFrame said) {
        std::lock_guard held(mutex_);
        heard_.push_back(std::move(said));
      });
    }
    hub->start(services.runtime);
    hub->add_routes(api);
  }};

 private:
  std::mutex mutex_;
  std::vector<PhoneFrame> heard_;
};

struct NoPhones : Phones {
  NoPhones() : Phones(false) {}
};

TEST_F(Phones, AreConnectedByAnOfferAndItsAnswer) {
  auto client = stream(ana);
  ASSERT_TRUE(client);
  client->send(kOffer);
  const PhoneFrame said = told(0);
  EXPECT_EQ(said.worker, ana);
  EXPECT_EQ(said.sdp, "v=0\r\noffer");
  std::thread([answer = said.answer] { answer(std::string("v=0\r\nanswer")); }).join();
  const auto connected = next(*client);
  EXPECT_EQ(at(connected, "/type"), "phone.connected");
  EXPECT_EQ(at(connected, "/sdp"), "v=0\r\nanswer");
  client->send(kOffer);
  const PhoneFrame again = told(1);
  EXPECT_EQ(again.stream, said.stream);
  again.answer(Error(ErrorCode::kInvalidValue, "found no sound"));
  const auto failed = next(*client);
  EXPECT_EQ(at(failed, "/type"), "phone.failed");
  EXPECT_EQ(at(failed, "/problem/code"), "invalid_value");
}

TEST_F(Phones, GoWithTheirStreamOrWhenTheyArePutDown) {
  auto client = stream(ana);
  ASSERT_TRUE(client);
  client->send(kOffer);
  told(0).answer(std::string("answer"));
  EXPECT_EQ(type_of(*client), "phone.connected");
  client->send(R"({"type":"phone.disconnect"})");
  EXPECT_EQ(told(1).sdp, "");
  EXPECT_EQ(told(1).stream, told(0).stream);
  client->send(kOffer);
  told(2);
  client->close();
  EXPECT_EQ(told(3).sdp, "");
  auto other = stream(ana);
  ASSERT_TRUE(other);
  other->send(kOffer);
  EXPECT_NE(told(4).stream, told(0).stream);
}

TEST_F(Phones, OfTheSameWorkerReplaceOneAnotherInTheOrderOfTheirOffers) {
  auto first = stream(ana), second = stream(ana), colleague = stream(ben);
  ASSERT_TRUE(first && second && colleague);
  colleague->send(kOffer);
  told(0).answer(std::string("of Ben"));
  EXPECT_EQ(type_of(*colleague), "phone.connected");
  first->send(kOffer);
  const PhoneFrame early = told(1);
  second->send(kOffer);
  told(2).answer(std::string("of the second"));
  EXPECT_EQ(type_of(*second), "phone.connected");
  EXPECT_EQ(type_of(*first), "phone.replaced");
  early.answer(std::string("too late"));
  first->send(kOffer);
  told(3).answer(std::string("of the first"));
  const auto connected = next(*first);
  EXPECT_EQ(at(connected, "/sdp"), "of the first");
  EXPECT_EQ(type_of(*second), "phone.replaced");
  second->close();
  colleague->close();
  EXPECT_EQ(told(4).worker, ben) << "a replaced phone is not put down again";
}

TEST_F(Phones, AreOfferedTenTimesAMinuteAtMost) {
  auto client = stream(ana);
  ASSERT_TRUE(client);
  for (std::size_t i = 0; i < 10; ++i) {
    client->send(kOffer);
    told(i);
  }
  client->send(kOffer);
  EXPECT_EQ(at(next(*client), "/problem/code"), "rate_limited");
  world.advance(Duration::seconds(6));
  client->send(kOffer);
  EXPECT_EQ(told(10).worker, ana);
}

TEST_F(Phones, OfASupervisorWhoIsNoWorkerAreNamedByTheUser) {
  auto client = stream_as("supervisor");
  ASSERT_TRUE(client);
  client->send(kOffer);
  EXPECT_EQ(told(0).worker, (WorkerId{5, 5}));
  client->close();
  EXPECT_EQ(told(1).worker, (WorkerId{5, 5}));
}

TEST_F(Phones, AreForWorkersAndReadableOffersOnly) {
  auto nobody = stream(WorkerId{});
  ASSERT_TRUE(nobody);
  nobody->send(kOffer);
  EXPECT_EQ(at(next(*nobody), "/problem/code"), "forbidden");
  auto client = stream(ana);
  ASSERT_TRUE(client);
  client->send(R"({"type":"phone.connect","sdp":")" + std::string((16 << 10) + 1, 'a') + "\"}");
  EXPECT_EQ(at(next(*client), "/problem/code"), "too_long");
  client->send(R"({"type":"phone.connect"})");
  EXPECT_EQ(at(next(*client), "/problem/code"), "missing_field");
}

TEST_F(NoPhones, AreUnavailable) {
  auto client = stream(ana);
  ASSERT_TRUE(client);
  client->send(kOffer);
  const auto failed = next(*client);
  EXPECT_EQ(at(failed, "/type"), "phone.failed");
  EXPECT_EQ(at(failed, "/problem/code"), "unavailable");
}

}  // namespace
}  // namespace carillon::events
