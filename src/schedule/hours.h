// Hours: when something is open by the clock on a wall, week by week and with holidays, made into UTC intervals.
//
// Why:    who decides whether a number is open compares instants; summer time, holidays and time zones end here.
// Owns:   nothing. Thread: any; does not block, but costs milliseconds for a year: not for the brain.
// Errors: kInvalidValue, kOutOfRange, kLimit, with the field that is wrong.
// Limits: 100 periods a week, 200 holidays of 20 spans; horizons of 1 to 800 days; years 1970 to 9000.
// Example:
//   Hours shop{"Europe/Berlin", {{1, 9 * 60, 17 * 60}}, {{"2026-12-25", "Christmas", {}}}};
//   auto openings = openings_of(shop, clock.now(), 400);
#pragma once

#include <string>
#include <vector>

#include "base/codec.h"
#include "base/result.h"
#include "base/time.h"

namespace carillon::schedule {

inline constexpr std::size_t kMaxPeriods = 100;
inline constexpr std::size_t kMaxHolidays = 200;
inline constexpr std::size_t kMaxSpans = 20;

// Minutes after midnight by the wall's clock: 0 to 1440, until after from. What goes past midnight is two spans.
struct Span {
  std::int64_t from = 0;
  std::int64_t until = 0;
  bool operator==(const Span&) const = default;
};
BOOST_DESCRIBE_STRUCT(Span, (), (from, until))

// Each week on that day; 1 is Monday, 7 Sunday (ISO 8601).
struct Period {
  std::int64_t day = 1;
  std::int64_t from = 0;
  std::int64_t until = 0;
  bool operator==(const Period&) const = default;
};
BOOST_DESCRIBE_STRUCT(Period, (), (day, from, until))

// In place of what the week says; no spans: closed all day.
struct Holiday {
  std::string date;  // "2026-12-25"
  std::string name;
  std::vector<Span> open;
  bool operator==(const Holiday&) const = default;
};
BOOST_DESCRIBE_STRUCT(Holiday, (), (date, name, open))

struct Hours {
  std::string time_zone;
  std::vector<Period> weekly;
  std::vector<Holiday> holidays;
  bool operator==(const Hours&) const = default;
};
BOOST_DESCRIBE_STRUCT(Hours, (), (time_zone, weekly, holidays))

// From..until, until excluded.
struct Interval {
  Instant from;
  Instant until;
  bool operator==(const Interval&) const = default;
};

Result<void> check_hours(const Hours& hours);

// Of the day that `at` lies in and so many more: sorted, apart from one another, those that touch are one. What begins in an hour
// that the clocks skip begins after it; of an hour that comes twice, from means the first and until the second.
Result<std::vector<Interval>> openings_of(const Hours& hours, Instant at, int days);

}  // namespace carillon::schedule
