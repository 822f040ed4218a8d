// Goal:   the visitor's WebSocket: hello is the resume, what changes comes by itself, several tabs are one visitor, a visitor whose
//         last tab went is gone after the gone time.
// Method: WebSockets and REST over a real HTTP server and runtime; only the test moves the clock.
#include <gtest/gtest.h>

#include "channels/chat/testing/shop.h"

namespace carillon::chat {
namespace {

using testing::Guest;
using testing::next_frame;
using testing::number_at;
using testing::Shop;
using testing::text_at;

std::string start(Guest& guest) {
  const auto started = guest.post("/visitor/conversation", R"({"text":"Hi"})");
  EXPECT_EQ(started.status, 201) << started.body;
  return text_at(started.json(), "/conversation_sid");
}

TEST(VisitorStream, HelloIsTheWholeStateAndWhatChangesFollows) {
  Shop shop;
  Guest guest = shop.visitor();
  const std::string conversation = start(guest);
  auto line = guest.stream();
  ASSERT_TRUE(line);
  const auto hello = next_frame(*line, "hello");
  EXPECT_EQ(text_at(hello, "/conversation/state"), "waiting");
  EXPECT_EQ(number_at(hello, "/conversation/position_in_queue"), 1);
  EXPECT_EQ(text_at(hello, "/conversation/messages/0/text"), "Hi");
  shop.accept();
  const auto talking = next_frame(*line, "state");
  EXPECT_EQ(text_at(talking, "/state"), "talking");
  EXPECT_EQ(text_at(talking, "/worker_display_name"), "Alice");
  Guest agent = shop.staff("agent");
  agent.post("/conversations/" + conversation + "/messages", R"({"text":"a note","internal":true})");
  agent.post("/conversations/" + conversation + "/messages", R"({"text":"Good morning"})");
  const auto heard = next_frame(*line, "message");
  EXPECT_EQ(text_at(heard, "/message/text"), "Good morning");
  EXPECT_EQ(number_at(heard, "/message/index"), 3);
  agent.post("/conversations/" + conversation + "/end", "");
  const auto ended = next_frame(*line, "state");
  EXPECT_EQ(text_at(ended, "/state"), "ended");
  EXPECT_EQ(text_at(ended, "/reason"), "by_worker");
}

TEST(VisitorStream, ATabThatWasOpenBeforeTheStartHearsOfIt) {
  Shop shop;
  Guest guest = shop.visitor();
  auto line = guest.stream();
  ASSERT_TRUE(line);
  EXPECT_EQ(text_at(next_frame(*line, "hello"), "/conversation/state"), "none");
  start(guest);
  EXPECT_EQ(text_at(next_frame(*line, "state"), "/state"), "waiting");
  EXPECT_EQ(text_at(next_frame(*line, "message"), "/message/text"), "Hi");
}

TEST(VisitorStream, AllTabsHearWhatOneSays) {
  Shop shop;
  Guest guest = shop.visitor();
  start(guest);
  auto one = guest.stream(), two = guest.stream();
  ASSERT_TRUE(one && two);
  next_frame(*one, "hello"), next_frame(*two, "hello");
  ASSERT_EQ(guest.post("/visitor/messages", R"({"text":"from one"})").status, 201);
  for (auto* line : {one.get(), two.get()}) {
    const auto frame = next_frame(*line, "message");
    EXPECT_EQ(text_at(frame, "/message/text"), "from one");
    EXPECT_TRUE(frame.at("message").at("mine").as_bool());
  }
}

TEST(VisitorStream, TypingAndReadMarksReachTheOtherSide) {
  Shop shop;
  Guest guest = shop.visitor();
  const std::string conversation = start(guest);
  shop.accept();
  auto line = guest.stream();
  ASSERT_TRUE(line);
  next_frame(*line, "hello");
  Guest agent = shop.staff("agent");
  EXPECT_EQ(agent.post("/conversations/" + conversation + "/typing", R"({"typing":true})").status, 204);
  EXPECT_EQ(text_at(next_frame(*line, "typing"), "/display_name"), "Alice");
  EXPECT_EQ(agent.post("/conversations/" + conversation + "/read", R"({"index":1})").status, 200);
  EXPECT_EQ(number_at(next_frame(*line, "read"), "/index"), 1);
  EXPECT_EQ(number_at(guest.get("/visitor/conversation").json(), "/read_index_by_worker"), 1);
  line->send(R"({"type":"typing"})");
  line->send(R"({"type":"read","index":1})");
  EXPECT_TRUE(shop.eventually([&](const workspace::State&) {
    const auto typed = shop.typed();
    return !typed.empty() && typed.front().type == "customer" && typed.front().conversation == conversation &&
           typed.front().on;
  }));
  EXPECT_TRUE(
      shop.eventually([&](const workspace::State&) { return shop.count("read_marks WHERE side = 'customer'") == 1; }));
}

TEST(VisitorStream, AFrameThatIsNoJsonEndsTheLine) {
  Shop shop;
  Guest guest = shop.visitor();
  auto line = guest.stream();
  ASSERT_TRUE(line);
  next_frame(*line, "hello");
  line->send("nonsense");
  EXPECT_EQ(line->receive_close().code, 4400);
}

TEST(VisitorStream, WhatItDoesNotUnderstandIsRefusedAndTheLineStays) {
  Shop shop;
  Guest guest = shop.visitor();
  auto line = guest.stream();
  ASSERT_TRUE(line);
  next_frame(*line, "hello");
  line->send(R"({"type":"sing"})");
  EXPECT_EQ(number_at(next_frame(*line, "error"), "/problem/status"), 422);
  line->send(R"({"type":"read","index":-1})");
  EXPECT_EQ(text_at(next_frame(*line, "error"), "/problem/field"), "/index");
}

TEST(VisitorStream, WhoseLastTabWentIsGoneAfterTheGoneTimeAndComesBackToTheSameThread) {
  Shop shop;
  Guest guest = shop.visitor();
  const std::string conversation = start(guest);
  shop.accept();
  const auto connected = [&](bool wanted) {
    return shop.eventually([&](const workspace::State& state) {
      const auto* contact = state.conversations().open_contact_of(kChannel, guest.sid);
      return contact && contact->customer_connected == wanted;
    });
  };
  auto one = guest.stream(), two = guest.stream();
  ASSERT_TRUE(one && two);
  next_frame(*one, "hello"), next_frame(*two, "hello");
  EXPECT_TRUE(connected(true));
  one->close();
  one->receive_close();
  shop.clock.advance(Duration::seconds(30));
  EXPECT_TRUE(connected(true)) << "the other tab is still there";
  two->close();
  two->receive_close();
  EXPECT_TRUE(connected(false));
  shop.clock.advance(Duration::minutes(3));
  EXPECT_TRUE(shop.eventually(
      [&](const workspace::State& state) { return !state.conversations().open_contact_of(kChannel, guest.sid); }));
  EXPECT_EQ(text_at(guest.get("/visitor/conversation").json(), "/reason"), "customer_left");
  EXPECT_EQ(start(guest), conversation);
}

TEST(VisitorStream, WhoStartsWithoutATabHasTheGoneTimeToOpenOne) {
  Shop shop;
  Guest guest = shop.visitor();
  start(guest);
  EXPECT_TRUE(shop.eventually([&](const workspace::State& state) {
    const auto* contact = state.conversations().open_contact_of(kChannel, guest.sid);
    return contact && !contact->customer_connected;
  }));
  auto line = guest.stream();
  ASSERT_TRUE(line);
  next_frame(*line, "hello");
  EXPECT_TRUE(shop.eventually([&](const workspace::State& state) {
    const auto* contact = state.conversations().open_contact_of(kChannel, guest.sid);
    return contact && contact->customer_connected;
  }));
}

TEST(VisitorStream, AnIdleCustomerIsSaidGoodbye) {
  Shop shop;
  Guest guest = shop.visitor();
  const std::string conversation = start(guest);
  shop.accept();
  Guest agent = shop.staff("agent");
  auto line = guest.stream();
  ASSERT_TRUE(line);
  next_frame(*line, "hello");
  agent.post("/conversations/" + conversation + "/messages", R"({"text":"Are you there?"})");
  next_frame(*line, "message");
  shop.clock.advance(Duration::minutes(10));
  EXPECT_TRUE(shop.eventually(
      [&](const workspace::State& state) { return !state.conversations().open_contact_of(kChannel, guest.sid); }));
  EXPECT_EQ(text_at(guest.get("/visitor/conversation").json(), "/reason"), "idle");
}

TEST(VisitorStream, ThePlaceInTheQueueIsToldWhenItChanges) {
  Shop shop;
  Guest first = shop.visitor(), second = shop.visitor();
  // Nobody may take them: the worker is busy with nothing but not there.
  shop.look([&](const workspace::State&) {});
  ActivityId away;
  shop.look([&](const workspace::State& state) {
    for (const auto* activity : state.presence().activities()) {
      if (activity->activity_class == presence::ActivityClass::break_) away = activity->sid;
    }
  });
  shop.must(presence::Command{presence::SetActivity{shop.worker, away, false, true}});
  start(first), start(second);
  auto line = second.stream();
  ASSERT_TRUE(line);
  EXPECT_EQ(number_at(next_frame(*line, "hello"), "/conversation/position_in_queue"), 2);
  first.post("/visitor/end", "");
  shop.clock.advance(Duration::seconds(2));
  EXPECT_EQ(number_at(next_frame(*line, "queue_position"), "/position_in_queue"), 1);
}

}  // namespace
}  // namespace carillon::chat
