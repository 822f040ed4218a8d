#include "events/agents_view.h"

#include <gtest/gtest.h>

namespace carillon::events {
namespace {

constexpr const char* kWithListener =
    R"({"sid":"CA1","version":4,"legs":[{"sid":"LG1","unseen":false},{"sid":"LG2","unseen":true}]})";

runtime::PublishedEntry entry_of(std::string call) {
  runtime::PublishedEntry entry;
  entry.resources.push_back(std::move(call));
  return entry;
}

runtime::PublishedEvent event_of(std::string type, std::vector<std::string> refs) {
  runtime::PublishedEvent event{.type = std::move(type), .resource_type = "call", .resource_sid = "CA1"};
  event.refs = std::move(refs);
  event.payload.push_back({"call", 0, {}});
  return event;
}

TEST(AgentsView, WhoListensUnseenIsTakenOut) {
  const auto entry = entry_of(kWithListener);
  const auto event = event_of("call.held", {"CA1", "LG1"});
  ASSERT_TRUE(has_unseen(entry, event));
  const auto seen = seen_by_agents(entry, event);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->payload[0].resource, -1);
  EXPECT_EQ(seen->payload[0].text, R"({"sid":"CA1","version":4,"legs":[{"sid":"LG1","unseen":false}]})");
}

TEST(AgentsView, WhatIsAboutThemAloneIsNotTold) {
  const auto entry = entry_of(kWithListener);
  for (const char* type : {"call.leg-created", "call.leg-connected", "call.leg-ended"}) {
    EXPECT_FALSE(seen_by_agents(entry, event_of(type, {"CA1", "LG2"}))) << type;
  }
}

TEST(AgentsView, CallsWithoutThemAreAsTheyAre) {
  const auto entry = entry_of(R"({"sid":"CA1","legs":[{"sid":"LG1","unseen":false}]})");
  EXPECT_FALSE(has_unseen(entry, event_of("call.held", {"CA1"})));
}

TEST(AgentsView, WordsOfACustomerAreNoMark) {
  const auto entry = entry_of(R"({"sid":"CA1","from_name":"\"unseen\":true","legs":[{"sid":"LG1","unseen":false}]})");
  EXPECT_FALSE(has_unseen(entry, event_of("call.held", {"CA1"}))) << "quotes in texts are escaped";
}

}  // namespace
}  // namespace carillon::events
