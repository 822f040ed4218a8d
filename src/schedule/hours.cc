#include "schedule/hours.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>

#include <unicode/calendar.h>
#include <unicode/timezone.h>
#include <unicode/unistr.h>

#include "schedule/days.h"

namespace carillon::schedule {
namespace {

constexpr std::int64_t kDayMinutes = 1440;
constexpr int kMostDays = 800;
constexpr std::int64_t kLastYearUs = 221'845'392'000'000'000;  // 9000-01-01: date arithmetic stays within four digits

Error wrong(std::string found, std::string field, std::string expected) {
  return Error(ErrorCode::kInvalidValue, std::move(found)).at(std::move(field)).expecting(std::move(expected));
}

Result<void> check_span(std::int64_t from, std::int64_t until, const std::string& field) {
  if (from >= 0 && from < until && until <= kDayMinutes) return {};
  return wrong("found " + std::to_string(from) + " to " + std::to_string(until) + " minutes", field,
               "minutes after midnight, 0 to 1440, until after from");
}

bool is_date(const std::string& text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  for (const std::size_t i : {0, 1, 2, 3, 5, 6, 8, 9}) {
    if (text[i] < '0' || text[i] > '9') return false;
  }
  return parse_rfc3339(text + "T00:00:00Z").has_value();
}

Error too_many(std::size_t found, std::size_t most, const char* field) {
  return Error(ErrorCode::kLimit, "found " + std::to_string(found) + "; expected at most " + std::to_string(most))
      .at(field);
}

// The wall's clock of a time zone.
class Wall {
 public:
  explicit Wall(const std::string& time_zone)
      : calendar_(
            icu::Calendar::createInstance(icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(icu::StringPiece(
                                              time_zone.data(), static_cast<std::int32_t>(time_zone.size())))),
                                          icu::Locale::getRoot(), failed_)) {}

  bool fine() const { return U_SUCCESS(failed_); }
  void begin(Instant at) {
    calendar_->setTime(static_cast<double>(at.us / 1000), failed_);
    year_ = calendar_->get(UCAL_YEAR, failed_), month_ = calendar_->get(UCAL_MONTH, failed_);
    date_ = calendar_->get(UCAL_DATE, failed_);
  }
  // So many days after the first: its name and its day of the week.
  std::string date_of(int day, std::int64_t& weekday) {
    at_noon(day);
    char text[32];
    std::snprintf(text, sizeof text, "%04d-%02d-%02d", calendar_->get(UCAL_YEAR, failed_),
                  calendar_->get(UCAL_MONTH, failed_) + 1, calendar_->get(UCAL_DATE, failed_));
    const std::int32_t sunday_first = calendar_->get(UCAL_DAY_OF_WEEK, failed_);  // 1 is Sunday
    weekday = sunday_first == UCAL_SUNDAY ? 7 : sunday_first - 1;
    return text;
  }
  Instant at(int day, std::int64_t minute, bool second) {
    calendar_->clear();
    calendar_->setSkippedWallTimeOption(UCAL_WALLTIME_NEXT_VALID);
    calendar_->setRepeatedWallTimeOption(second ? UCAL_WALLTIME_LAST : UCAL_WALLTIME_FIRST);
    const auto minutes = static_cast<std::int32_t>(minute % kDayMinutes);
    calendar_->set(year_, month_, date_ + day + static_cast<std::int32_t>(minute / kDayMinutes), minutes / 60,
                   minutes % 60, 0);
    return {static_cast<std::int64_t>(calendar_->getTime(failed_)) * 1000};
  }

 private:
  void at_noon(int day) {
    calendar_->clear();
    calendar_->set(year_, month_, date_ + day, 12, 0, 0);
  }
  UErrorCode failed_ = U_ZERO_ERROR;
  std::unique_ptr<icu::Calendar> calendar_;
  std::int32_t year_ = 0, month_ = 0, date_ = 0;
};

}  // namespace

Result<void> check_hours(const Hours& hours) {
  if (!is_time_zone(hours.time_zone)) {
    return wrong("found \"" + hours.time_zone.substr(0, 64) + "\"", "time_zone",
                 "an IANA name such as Europe/Athens, America/New_York or UTC");
  }
  if (hours.weekly.size() > kMaxPeriods) return too_many(hours.weekly.size(), kMaxPeriods, "weekly");
  if (hours.holidays.size() > kMaxHolidays) return too_many(hours.holidays.size(), kMaxHolidays, "holidays");
  for (std::size_t i = 0; i < hours.weekly.size(); ++i) {
    const Period& one = hours.weekly[i];
    const std::string field = "weekly/" + std::to_string(i);
    if (one.day < 1 || one.day > 7) return wrong("found day " + std::to_string(one.day), field, "1 Monday to 7 Sunday");
    if (auto fine = check_span(one.from, one.until, field); !fine) return fine;
  }
  for (std::size_t i = 0; i < hours.holidays.size(); ++i) {
    const Holiday& one = hours.holidays[i];
    const std::string field = "holidays/" + std::to_string(i);
    if (!is_date(one.date)) return wrong("found \"" + one.date.substr(0, 32) + "\"", field, "a date as 2026-12-25");
    if (one.open.size() > kMaxSpans) return too_many(one.open.size(), kMaxSpans, field.c_str());
    for (const Span& span : one.open) {
      if (auto fine = check_span(span.from, span.until, field); !fine) return fine;
    }
  }
  return {};
}

Result<std::vector<Interval>> openings_of(const Hours& hours, Instant at, int days) {
  if (auto fine = check_hours(hours); !fine) return fine.error();
  if (days < 1 || days > kMostDays || at.us < 0 || at.us > kLastYearUs) {
    return Error(ErrorCode::kOutOfRange, "found " + std::to_string(days) + " days; expected 1 to 800").at("days");
  }
  std::map<std::string, const Holiday*> holidays;
  for (const Holiday& one : hours.holidays) holidays[one.date] = &one;
  Wall wall(hours.time_zone);
  if (!wall.fine()) return Error(ErrorCode::kInternal, "ICU knows no calendar of this time zone");
  wall.begin(at);
  std::vector<Interval> all;
  for (int day = 0; day < days; ++day) {
    std::int64_t weekday = 0;
    const auto holiday = holidays.find(wall.date_of(day, weekday));
    const auto add = [&](std::int64_t from, std::int64_t until) {
      const Interval one{wall.at(day, from, false), wall.at(day, until, true)};
      if (one.from < one.until) all.push_back(one);
    };
    if (holiday != holidays.end()) {
      for (const Span& span : holiday->second->open) add(span.from, span.until);
      continue;
    }
    for (const Period& period : hours.weekly) {
      if (period.day == weekday) add(period.from, period.until);
    }
  }
  if (!wall.fine()) return Error(ErrorCode::kInternal, "ICU could not count the days of these hours");
  std::sort(all.begin(), all.end(), [](const Interval& a, const Interval& b) { return a.from < b.from; });
  std::vector<Interval> out;
  for (const Interval& one : all) {
    if (!out.empty() && one.from <= out.back().until) {
      out.back().until = std::max(out.back().until, one.until);
    } else {
      out.push_back(one);
    }
  }
  return out;
}

}  // namespace carillon::schedule
