// Goal: a subscription that is wrong is refused by the place and what would be right; one that is right filters as it says.
// Method: frames as text, no stream.
#include "events/stream_filter.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace carillon::events {
namespace {

Result<Subscription> read(const std::string& text) {
  const boost::json::value frame = boost::json::parse(text);
  http::Fields in(frame);
  return read_subscribe(in);
}

TEST(Subscribe, SaysWhatIsWrongAndWhere) {
  struct Case {
    const char* frame;
    ErrorCode code;
    const char* field;
  };
  for (const Case& c : {Case{R"({"resources":["nonsense"]})", ErrorCode::kInvalidValue, "/resources"},
                        Case{R"({"resources":[7]})", ErrorCode::kWrongType, "/resources/0"},
                        Case{R"({"types":"task.*"})", ErrorCode::kWrongType, "/types"},
                        Case{R"({"types":["Task"]})", ErrorCode::kInvalidValue, "/types"},
                        Case{R"({"after":-1})", ErrorCode::kOutOfRange, "/after"},
                        Case{R"({"no_such":1})", ErrorCode::kUnknownField, "/no_such"}}) {
    const auto wish = read(c.frame);
    ASSERT_FALSE(wish) << c.frame;
    EXPECT_EQ(wish.error().code, c.code) << c.frame;
    EXPECT_EQ(wish.error().field, c.field);
  }
}

TEST(Subscribe, PassesWhatIsAskedForByTypeAndResource) {
  const std::string queue = "WQ0f3c51d2a9b84e67c1d05e8f7a6b9c2d";
  const auto wish =
      read(R"({"type":"subscribe","types":["task.*","reservation.created"],"resources":[")" + queue + "\"]}");
  ASSERT_TRUE(wish);
  const auto passes = [&](const std::string& type, std::vector<std::string> refs) {
    runtime::PublishedEvent event;
    event.type = type, event.refs = std::move(refs);
    return wish->filter.passes(event);
  };
  EXPECT_TRUE(passes("task.created", {"WT0f3c51d2a9b84e67c1d05e8f7a6b9c2d", queue}));
  EXPECT_TRUE(passes("reservation.created", {queue}));
  EXPECT_FALSE(passes("reservation.accepted", {queue}));
  EXPECT_FALSE(passes("task-queue.entered", {queue}));
  EXPECT_FALSE(passes("task.created", {}));
}

}  // namespace
}  // namespace carillon::events
