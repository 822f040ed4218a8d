// Goal: bad input leaves a line in the log, and many of it leave a bounded number of lines.
// Method: a clock that stands still until told.
#include "app/door_log.h"

#include <gtest/gtest.h>

#include <vector>

#include "runtime/testing/manual_clock.h"

namespace carillon::app {
namespace {

struct Lines {
  runtime::testing::ManualClock clock;
  std::vector<std::string> written;
  DoorLog log{clock, [this](Level, std::string_view line) { written.emplace_back(line); }};

  void tell(http::LogLevel level = http::LogLevel::kInfo) {
    log.tell({.level = level,
              .event = "bad_request",
              .message = "unknown_field at /x",
              .request_id = "r1",
              .remote = "203.0.113.7",
              .method = "POST",
              .path = "/api/v1/tasks",
              .status = 422});
  }
};

TEST(DoorLog, SaysWhoSentWhatAndWhatWasWrong) {
  Lines lines;
  lines.tell();
  EXPECT_EQ(lines.written.at(0), "bad_request POST /api/v1/tasks 422 unknown_field at /x id=r1 from=203.0.113.7");
}

TEST(DoorLog, LeavesOutWhatIsTooMuchAndSaysSoLater) {
  Lines lines;
  for (int i = 0; i < 1000; ++i) lines.tell();
  EXPECT_EQ(lines.written.size(), 200u);
  lines.tell(http::LogLevel::kError);
  EXPECT_EQ(lines.written.size(), 202u) << "a fault of ours is always told";
  EXPECT_EQ(lines.written.at(200), "800 lines of the door left out: too many at once");
  lines.clock.advance(Duration::seconds(1));
  for (int i = 0; i < 100; ++i) lines.tell();
  EXPECT_EQ(lines.written.size(), 222u);
}

}  // namespace
}  // namespace carillon::app
