// Goal: days are those of the time zone, whatever the clocks do at midnight.
#include <gtest/gtest.h>

#include "schedule/days.h"

namespace carillon::schedule {
namespace {

Instant at(std::string_view text) { return parse_rfc3339(text).value(); }

void expect_day(std::string_view zone, std::string_view when, std::string_view date, std::string_view from,
                std::string_view to) {
  const auto day = day_of(zone, at(when));
  ASSERT_TRUE(day.ok()) << day.error().message;
  EXPECT_EQ(day->date, date) << zone << " " << when;
  EXPECT_EQ(to_rfc3339(day->from), to_rfc3339(at(from))) << zone << " " << when;
  EXPECT_EQ(to_rfc3339(day->to), to_rfc3339(at(to))) << zone << " " << when;
}

TEST(Days, AreThoseOfTheTimeZone) {
  expect_day("UTC", "2025-06-15T23:59:59.999999Z", "2025-06-15", "2025-06-15T00:00:00Z", "2025-06-16T00:00:00Z");
  expect_day("Europe/Athens", "2025-06-15T21:30:00Z", "2025-06-16", "2025-06-15T21:00:00Z", "2025-06-16T21:00:00Z");
  expect_day("Asia/Kolkata", "2025-06-15T18:29:59Z", "2025-06-15", "2025-06-14T18:30:00Z", "2025-06-15T18:30:00Z");
  expect_day("Asia/Kathmandu", "2025-01-01T00:00:00Z", "2025-01-01", "2024-12-31T18:15:00Z", "2025-01-01T18:15:00Z");
}

TEST(Days, Have23And25HoursWhereTheClocksChange) {
  expect_day("Europe/Berlin", "2025-03-30T12:00:00Z", "2025-03-30", "2025-03-29T23:00:00Z", "2025-03-30T22:00:00Z");
  expect_day("Europe/Berlin", "2025-10-26T12:00:00Z", "2025-10-26", "2025-10-25T22:00:00Z", "2025-10-26T23:00:00Z");
}

TEST(Days, BeginAtTheFirstInstantWhereMidnightIsSkippedOrComesTwice) {
  // Clocks went from 00:00 to 01:00, and back from 00:00 to 23:00.
  expect_day("America/Sao_Paulo", "2018-11-04T12:00:00Z", "2018-11-04", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z");
  expect_day("America/Sao_Paulo", "2018-02-17T12:00:00Z", "2018-02-17", "2018-02-17T02:00:00Z", "2018-02-18T03:00:00Z");
  expect_day("America/Havana", "2025-11-02T12:00:00Z", "2025-11-02", "2025-11-02T04:00:00Z", "2025-11-03T05:00:00Z");
}

TEST(Days, MayBeMissingWhole) {
  // Samoa went from the 29th of December 2011 to the 31st.
  expect_day("Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z");
  expect_day("Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z");
}

TEST(TimeZones, AreIanaNames) {
  for (const char* name : {"UTC", "Europe/Athens", "America/Argentina/Buenos_Aires", "Asia/Kolkata", "Asia/Calcutta"}) {
    EXPECT_TRUE(is_time_zone(name)) << name;
  }
  for (const char* name : {"", "Europe/Atlantis", "GMT+3", "+03:00", "europe/athens ", "Europe", "UTC\n"}) {
    EXPECT_FALSE(is_time_zone(name)) << name;
  }
  EXPECT_FALSE(is_time_zone(std::string(70, 'x')));
  const auto refused = day_of("Europe/Atlantis", at("2025-01-01T00:00:00Z"));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidValue);
  EXPECT_FALSE(refused.error().expected.empty());
}

}  // namespace
}  // namespace carillon::schedule
