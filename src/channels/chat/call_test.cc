// Goal: a visitor's tab begins a call, goes on with it after a reload, hears how it stands, and ends it; who may not is told why.
// Method: WebSockets and REST over a real HTTP server and runtime; whoever holds the media is a fake that is answered by hand.
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "channels/chat/testing/shop.h"

namespace carillon::chat {
namespace {

using testing::Guest;
using testing::next_frame;
using testing::number_at;
using testing::Shop;
using testing::text_at;

constexpr const char* kStart = R"({"type":"call.start","sdp":"offer"})";
constexpr const char* kResume = R"({"type":"call.resume","sdp":"another"})";

class FakeGuests final : public calls::Guests {
 public:
  struct Said {
    std::string what;
    calls::GuestLine line;
    calls::GuestCall call;
    std::string offer;
    Answered answered;
  };
  void call(const calls::GuestLine& line, calls::GuestCall call, std::string offer, Answered answered) override {
    add({"call", line, std::move(call), std::move(offer), std::move(answered)});
  }
  void resume(const calls::GuestLine& line, std::string offer, Answered answered) override {
    add({"resume", line, {}, std::move(offer), std::move(answered)});
  }
  void left(const calls::GuestLine& line) override { add({"left", line, {}, {}, {}}); }
  void hang_up(const calls::Guest& guest) override { add({"hang up", {guest, 0}, {}, {}, {}}); }
  // The nth thing that was said, once it was.
  Said said(std::size_t n) {
    std::unique_lock held(mutex_);
    EXPECT_TRUE(more_.wait_for(held, std::chrono::seconds(20), [&] { return said_.size() > n; }));
    return n < said_.size() ? said_[n] : Said{};
  }

 private:
  void add(Said one) {
    std::lock_guard held(mutex_);
    said_.push_back(std::move(one));
    more_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable more_;
  std::vector<Said> said_;
};

class WidgetCalls : public ::testing::Test {
 protected:
  WidgetCalls() {
    shop.hub().on_calls(&guests);
    calls::NumberRecord row{.friendly_name = "Shop", .address = "shop"};
    row.task_queue_sid = shop.queue;
    row.turn_away_unstaffed = false;
    number = *NumberId::parse(shop.must(calls::Command{calls::PutNumber{row}}).sid);
  }
  std::string widget_path() const { return "/widgets/" + shop.widget->sid.str(); }
  http::testing::Answer set_number(const std::string& json) {
    Guest key = shop.staff("key");
    const std::int64_t version = number_at(key.get(widget_path()).json(), "/version");
    return key.patch(widget_path(), R"({"number_sid":)" + json + "}", version);
  }
  void offer_calls() { EXPECT_EQ(set_number('"' + number.str() + '"').status, 200); }
  // As whoever holds the media would tell.
  CallId arrive(const FakeGuests::Said& said) {
    const std::string visitor = said.line.guest.visitor.str();
    return *CallId::parse(shop.must(calls::Command{calls::Arrive{.leg_sid = LegId{1, 1},
                                                                 .number_sid = said.call.number,
                                                                 .from = visitor,
                                                                 .from_name = said.call.name,
                                                                 .to = "shop",
                                                                 .identity = visitor,
                                                                 .customer_sid = said.call.customer,
                                                                 .attributes = said.call.attributes}})
                              .sid);
  }

  FakeGuests guests;  // outlives the shop
  Shop shop;
  NumberId number;
};

TEST_F(WidgetCalls, AreOfferedWhereTheWidgetNamesANumber) {
  Guest anyone(shop.port(), "", testing::kOrigin);
  const auto offered = [&] { return anyone.get("/widget/" + shop.widget->sid.str()).json().at("calls").as_bool(); };
  EXPECT_FALSE(offered());
  EXPECT_EQ(set_number('"' + NumberId{4, 4}.str() + '"').status, 422);
  offer_calls();
  EXPECT_TRUE(offered());
  shop.must(calls::Command{calls::DeleteNumber{number, 0}});
  EXPECT_FALSE(offered());
  EXPECT_EQ(set_number("null").status, 200);
  EXPECT_FALSE(offered());
}

TEST_F(WidgetCalls, BeginWithAnOfferAndAreToldAsTheyStand) {
  offer_calls();
  Guest guest = shop.visitor(R"({"display_name":"Mia"})");
  auto line = guest.stream();
  ASSERT_TRUE(line);
  EXPECT_TRUE(next_frame(*line, "hello").at("call").is_null());
  line->send(kStart);
  const auto said = guests.said(0);
  EXPECT_EQ(said.offer, "offer");
  EXPECT_EQ(said.line.guest.visitor.str(), guest.sid);
  EXPECT_EQ(said.call.number, number);
  EXPECT_EQ(said.call.name, "Mia");
  EXPECT_FALSE(said.call.customer.empty()) << "who says their name is a customer";
  EXPECT_EQ(said.call.thread_channel, "chat");
  EXPECT_NE(said.call.attributes.text.find(shop.widget->sid.str()), std::string::npos);
  const CallId call = arrive(said);
  said.answered(std::string("answer"));
  EXPECT_EQ(text_at(next_frame(*line, "call.answered"), "/sdp"), "answer");
  shop.must(calls::Command{calls::LegConnected{call, LegId{1, 1}}});
  boost::json::value frame;
  do frame = next_frame(*line, "call");
  while (!frame.is_null() && text_at(frame, "/call/state") != "waiting");
  EXPECT_EQ(number_at(frame, "/call/position_in_queue"), 1);
  EXPECT_EQ(text_at(frame, "/call/call_sid"), call.str());
  EXPECT_TRUE(frame.at("call").at("here").as_bool());
  // Another tab sees it, and that its sound is elsewhere.
  auto other = guest.stream();
  ASSERT_TRUE(other);
  const auto hello = next_frame(*other, "hello");
  EXPECT_EQ(text_at(hello, "/call/state"), "waiting");
  EXPECT_FALSE(hello.at("call").at("here").as_bool());
  shop.must(calls::Command{calls::HangUp{call, calls::Reason::by_supervisor}});
  do frame = next_frame(*other, "call");
  while (!frame.is_null() && text_at(frame, "/call/state") != "ended");
  EXPECT_EQ(text_at(frame, "/call/reason"), "by_supervisor");
}

TEST_F(WidgetCalls, GoOnAfterAReloadAndEndWhenTheVisitorSaysSo) {
  offer_calls();
  Guest guest = shop.visitor();
  auto line = guest.stream();
  ASSERT_TRUE(line);
  next_frame(*line, "hello");
  line->send(kStart);
  const auto first = guests.said(0);
  EXPECT_TRUE(first.call.customer.empty()) << "nobody is made of who said nothing";
  arrive(first);
  first.answered(std::string("answer"));
  next_frame(*line, "call.answered");
  line->close();
  line->receive_close();
  EXPECT_EQ(guests.said(1).what, "left");
  EXPECT_EQ(guests.said(1).line.stream, first.line.stream);
  line = guest.stream();
  EXPECT_FALSE(next_frame(*line, "hello").at("call").is_null());
  line->send(kResume);
  const auto resumed = guests.said(2);
  EXPECT_EQ(resumed.what, "resume");
  EXPECT_EQ(resumed.offer, "another");
  EXPECT_NE(resumed.line.stream, first.line.stream);
  resumed.answered(std::string("again"));
  EXPECT_EQ(text_at(next_frame(*line, "call.answered"), "/sdp"), "again");
  line->send(R"({"type":"call.hang_up"})");
  EXPECT_EQ(guests.said(3).what, "hang up");
  EXPECT_EQ(guests.said(3).line.guest.visitor.str(), guest.sid);
}

TEST_F(WidgetCalls, AreRefusedInWords) {
  Guest guest = shop.visitor();
  auto line = guest.stream();
  ASSERT_TRUE(line);
  next_frame(*line, "hello");
  line->send(kStart);
  EXPECT_EQ(text_at(next_frame(*line, "call.failed"), "/problem/code"), "forbidden");
  line->send(R"({"type":"call.start"})");
  EXPECT_EQ(text_at(next_frame(*line, "error"), "/problem/field"), "/sdp");
  line->send(R"({"type":"call.start","sdp":")" + std::string(16 * 1024 + 1, 'x') + "\"}");
  EXPECT_EQ(text_at(next_frame(*line, "error"), "/problem/code"), "too_long");
  offer_calls();
  line->send(kStart);
  guests.said(0).answered(Error(ErrorCode::kStateForbids, "you are in a call already"));
  EXPECT_EQ(text_at(next_frame(*line, "call.failed"), "/problem/code"), "state_forbids");
  for (int i = 0; i < 10; ++i) line->send(kResume);
  EXPECT_EQ(text_at(next_frame(*line, "call.failed"), "/problem/code"), "rate_limited");
  shop.hub().on_calls(nullptr);
  line->send(kStart);
  EXPECT_EQ(text_at(next_frame(*line, "call.failed"), "/problem/code"), "unavailable");
}

TEST_F(WidgetCalls, WhatIsWrittenBesideACallBelongsToItsConversation) {
  offer_calls();
  Guest guest = shop.visitor(R"({"display_name":"Mia"})");
  auto line = guest.stream();
  ASSERT_TRUE(line);
  next_frame(*line, "hello");
  line->send(kStart);
  const CallId call = arrive(guests.said(0));
  const auto started = guest.post("/visitor/conversation", R"({"text":"Hi"})");
  ASSERT_EQ(started.status, 201) << started.body;
  shop.look([&](const workspace::State& state) {
    EXPECT_EQ(text_at(started.json(), "/conversation_sid"), state.calls().call(call)->conversation_sid.str());
  });
}

}  // namespace
}  // namespace carillon::chat
