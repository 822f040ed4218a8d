#include "schedule/days.h"

#include <cstdio>
#include <memory>

#include <unicode/calendar.h>
#include <unicode/timezone.h>
#include <unicode/unistr.h>

namespace carillon::schedule {
namespace {

constexpr std::size_t kLongestName = 64;

icu::UnicodeString text_of(std::string_view name) {
  return icu::UnicodeString::fromUTF8(icu::StringPiece(name.data(), static_cast<std::int32_t>(name.size())));
}

Error no_time_zone(std::string_view name) {
  return Error(ErrorCode::kInvalidValue, "\"" + std::string(name.substr(0, kLongestName)) + "\" is not a time zone")
      .at("time_zone")
      .expecting("an IANA name such as Europe/Athens, America/New_York or UTC");
}

// Milliseconds, rounded down: ICU's unit.
double to_icu(Instant at) {
  const std::int64_t us = at.us;
  return static_cast<double>(us >= 0 ? us / 1000 : (us - 999) / 1000);
}
Instant from_icu(double ms) { return {static_cast<std::int64_t>(ms) * 1000}; }

}  // namespace

bool is_time_zone(std::string_view name) {
  if (name.empty() || name.size() > kLongestName) return false;
  UErrorCode failed = U_ZERO_ERROR;
  UBool is_system = false;
  icu::UnicodeString canonical;
  icu::TimeZone::getCanonicalID(text_of(name), canonical, is_system, failed);
  return U_SUCCESS(failed) && is_system;
}

Result<Day> day_of(std::string_view time_zone, Instant at) {
  if (!is_time_zone(time_zone)) return no_time_zone(time_zone);
  UErrorCode failed = U_ZERO_ERROR;
  const std::unique_ptr<icu::Calendar> calendar(
      icu::Calendar::createInstance(icu::TimeZone::createTimeZone(text_of(time_zone)), icu::Locale::getRoot(), failed));
  if (U_FAILURE(failed)) return Error(ErrorCode::kInternal, std::string("ICU: ") + u_errorName(failed));
  calendar->setSkippedWallTimeOption(UCAL_WALLTIME_NEXT_VALID);
  calendar->setRepeatedWallTimeOption(UCAL_WALLTIME_FIRST);
  calendar->setTime(to_icu(at), failed);
  const std::int32_t year = calendar->get(UCAL_YEAR, failed);
  const std::int32_t month = calendar->get(UCAL_MONTH, failed);
  const std::int32_t date = calendar->get(UCAL_DATE, failed);
  const auto midnight_of = [&](std::int32_t day) {
    calendar->clear();
    calendar->set(year, month, day, 0, 0, 0);
    return from_icu(calendar->getTime(failed));
  };
  Day out;
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", year, month + 1, date);
  out.date = text;
  out.from = midnight_of(date);
  out.to = midnight_of(date + 1);
  if (U_FAILURE(failed)) return Error(ErrorCode::kInternal, std::string("ICU: ") + u_errorName(failed));
  return out;
}

}  // namespace carillon::schedule
