#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include <gtest/gtest.h>
namespace carillon {
TEST(Time, PrintsAndReadsRfc3339) {
  const Instant at{1'772'355'615'250'000};
  EXPECT_EQ(to_rfc3339(at), "2026-03-01T09:00:15.250000Z");
  EXPECT_EQ(parse_rfc3339("2026-03-01T10:00:15.25+01:00"), at);
  EXPECT_FALSE(parse_rfc3339("2026-02-30T00:00:00Z"));
}
TEST(Ids, RoundTripAndRefuseAnotherPrefix) {
  IdMaker maker(Seed{1, 2});
  const TaskId id = maker.next<TaskId>();
  EXPECT_EQ(TaskId::parse(id.str()), id);
  EXPECT_FALSE(WorkerId::parse(id.str()));
  EXPECT_EQ(IdMaker(Seed{1, 2}).next<TaskId>(), id);
}
}  // namespace carillon
