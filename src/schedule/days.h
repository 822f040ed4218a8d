// Days of a time zone as UTC instants. The wrapper around ICU.
//
// Owns:   nothing. Thread: any; does not block, but costs some ten microseconds: not for the brain.
// Errors: kInvalidValue for a name that is no time zone.
// Limits: years 1970 to 9999.
// Example:
//   auto day = day_of("Europe/Athens", clock.now());
//   if (!day) return day.error();
//   sum(day->from, day->to);
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace carillon::schedule {

// An IANA name such as "Europe/Athens" or "UTC".
bool is_time_zone(std::string_view name);

struct Day {
  std::string date;  // "2025-03-30"
  Instant from;
  Instant to;  // the next one's from; 23 to 25 hours later
};

// The day that `at` lies in.
Result<Day> day_of(std::string_view time_zone, Instant at);

}  // namespace carillon::schedule
