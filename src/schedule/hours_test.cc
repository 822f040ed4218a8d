// Goal: hours by the clock on a wall become the right instants, in summer and winter, on holidays, over midnight.
#include "schedule/hours.h"

#include <gtest/gtest.h>

namespace carillon::schedule {
namespace {

std::vector<std::string> opened(const Hours& hours, std::string_view from, int days) {
  const auto all = openings_of(hours, parse_rfc3339(from).value(), days);
  EXPECT_TRUE(all.ok()) << all.error().message;
  std::vector<std::string> out;
  if (!all) return out;
  for (const Interval& one : *all)
    out.push_back(to_rfc3339(one.from).substr(0, 16) + " " + to_rfc3339(one.until).substr(0, 16));
  return out;
}
using Expected = std::vector<std::string>;

Hours shop() { return {"Europe/Berlin", {{1, 540, 1020}, {5, 540, 720}, {5, 780, 1020}}, {}}; }

TEST(Hours, AreThoseOfTheWeekByTheClockOnTheWall) {
  // A Monday in winter; the Friday after it.
  EXPECT_EQ(opened(shop(), "2026-01-05T03:00:00Z", 7),
            (Expected{"2026-01-05T08:00 2026-01-05T16:00", "2026-01-09T08:00 2026-01-09T11:00",
                      "2026-01-09T12:00 2026-01-09T16:00"}));
  // In summer the wall is an hour ahead.
  EXPECT_EQ(opened(shop(), "2026-07-06T03:00:00Z", 1), (Expected{"2026-07-06T07:00 2026-07-06T15:00"}));
}

TEST(Hours, BeginWithTheDayThatItIsThere) {
  // Sunday in London, Monday in Berlin.
  EXPECT_EQ(opened(shop(), "2026-01-04T23:30:00Z", 1), (Expected{"2026-01-05T08:00 2026-01-05T16:00"}));
}

TEST(Hours, GiveWayToHolidays) {
  Hours hours = shop();
  hours.holidays = {{"2026-01-05", "Inventory", {}}, {"2026-01-06", "Sale", {{600, 660}}}};
  EXPECT_EQ(opened(hours, "2026-01-05T03:00:00Z", 2), (Expected{"2026-01-06T09:00 2026-01-06T10:00"}));
}

TEST(Hours, ThatTouchAreOne) {
  const Hours always{"UTC", {{1, 0, 1440}, {2, 0, 600}, {2, 300, 720}}, {}};
  EXPECT_EQ(opened(always, "2026-01-05T12:00:00Z", 2), (Expected{"2026-01-05T00:00 2026-01-06T12:00"}));
}

TEST(Hours, AreRightWhereTheClocksChange) {
  const Hours night{"Europe/Berlin", {{7, 0, 1440}}, {}};
  EXPECT_EQ(opened(night, "2026-03-29T03:00:00Z", 1), (Expected{"2026-03-28T23:00 2026-03-29T22:00"}));
  EXPECT_EQ(opened(night, "2026-10-25T03:00:00Z", 1), (Expected{"2026-10-24T22:00 2026-10-25T23:00"}));
  const Hours skipped{"Europe/Berlin", {{7, 150, 180}}, {}};  // 02:30 to 03:00 is not there
  EXPECT_EQ(opened(skipped, "2026-03-29T00:00:00Z", 1), Expected{});
  EXPECT_EQ(opened(skipped, "2026-10-25T00:00:00Z", 1), (Expected{"2026-10-25T00:30 2026-10-25T02:00"}));
}

TEST(Hours, AYearOfThemIsSorted) {
  const auto all = openings_of(shop(), parse_rfc3339("2026-01-01T00:00:00Z").value(), 400);
  ASSERT_TRUE(all.ok());
  EXPECT_GT(all->size(), 160u);
  for (std::size_t i = 1; i < all->size(); ++i) EXPECT_LT((*all)[i - 1].until, (*all)[i].from);
}

TEST(Hours, ThatAreNoneAreRefusedByField) {
  const auto refused = [](Hours hours) {
    const auto fine = check_hours(hours);
    return fine.ok() ? std::string("accepted") : fine.error().field;
  };
  EXPECT_EQ(refused({"Berlin", {}, {}}), "time_zone");
  EXPECT_EQ(refused({"UTC", {{8, 0, 60}}, {}}), "weekly/0");
  EXPECT_EQ(refused({"UTC", {{1, 0, 60}, {1, 60, 60}}, {}}), "weekly/1");
  EXPECT_EQ(refused({"UTC", {{1, 0, 1441}}, {}}), "weekly/0");
  EXPECT_EQ(refused({"UTC", {}, {{"2026-02-30", "", {}}}}), "holidays/0");
  EXPECT_EQ(refused({"UTC", {}, {{"2026-02-20", "", {{5, 4}}}}}), "holidays/0");
  EXPECT_EQ(refused({"UTC", std::vector<Period>(101, Period{1, 0, 60}), {}}), "weekly");
  EXPECT_EQ(refused({"UTC", {}, std::vector<Holiday>(201, Holiday{"2026-02-20", "", {}})}), "holidays");
  EXPECT_FALSE(openings_of(shop(), parse_rfc3339("2026-01-01T00:00:00Z").value(), 0).ok());
}

}  // namespace
}  // namespace carillon::schedule
