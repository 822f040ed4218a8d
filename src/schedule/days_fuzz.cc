// Goal: no name of a time zone and no instant makes the days of reports misbehave.
// Input: eight bytes of an instant, then the name.
// Checks: only names of the zones' database pass, and then there is a day: it holds the instant, it is about a day long, and the days
//         before and after join it without gap.
#include "base/check.h"
#include "base/testing/fuzz_input.h"
#include "http/parse/utf8.h"
#include "schedule/days.h"

namespace carillon::schedule {
namespace {

// Far enough from both ends of the calendar's years that the days beside are of four digits too.
constexpr std::int64_t kFirst = -62'104'060'800'000'000;  // 0002-01-01
constexpr std::int64_t kLast = 253'370'764'800'000'000;   // 9999-01-01

void check_day(std::string_view zone, Instant at) {
  const auto day = day_of(zone, at);
  CARILLON_CHECK(day.ok());
  CARILLON_CHECK(day->from <= at && at < day->to);
  const Duration length = day->to - day->from;
  CARILLON_CHECK(length >= Duration::hours(20) && length <= Duration::hours(50));
  CARILLON_CHECK(day->date.size() == 10 && day->date[4] == '-' && day->date[7] == '-');
  const auto next = day_of(zone, day->to);
  CARILLON_CHECK(next.ok() && next->from == day->to && next->date != day->date);
  const auto before = day_of(zone, day->from - Duration::micros(1));
  CARILLON_CHECK(before.ok() && before->to == day->from && before->date != day->date);
  const auto same = day_of(zone, day->from);
  CARILLON_CHECK(same.ok() && same->from == day->from && same->to == day->to && same->date == day->date);
}

}  // namespace
}  // namespace carillon::schedule

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace carillon;
  testing::FuzzInput input(data, size);
  const auto number = static_cast<std::uint64_t>(input.number());
  const Instant at{schedule::kFirst +
                   static_cast<std::int64_t>(number % static_cast<std::uint64_t>(schedule::kLast - schedule::kFirst))};
  const std::string_view zone = input.rest();
  if (schedule::is_time_zone(zone)) {
    CARILLON_CHECK(!zone.empty() && zone.size() <= 64);
    schedule::check_day(zone, at);
  } else {
    const auto day = schedule::day_of(zone, at);
    CARILLON_CHECK(!day.ok() && day.error().http_status() / 100 == 4);
  }
  return 0;
}
