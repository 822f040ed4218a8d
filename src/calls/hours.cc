#include "calls/hours.h"

#include <pthread.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>

#include "calls/core/commands.h"
#include "schedule/hours.h"

namespace carillon::calls {
namespace {

constexpr auto kLookEvery = std::chrono::hours(1);
constexpr Duration kRenewBefore = Duration::seconds(7 * 86'400);  // once a week is often enough for a year's horizon
constexpr std::int64_t kHour = 60;

std::string clock_of(std::int64_t minutes) {
  char text[32];
  std::snprintf(text, sizeof text, "%02d:%02d", static_cast<int>(minutes / kHour), static_cast<int>(minutes % kHour));
  return text;
}

// "09:30"; "24:00" is the end of a day.
std::optional<std::int64_t> minutes_of(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (const std::size_t i : {0, 1, 3, 4}) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
  }
  const std::int64_t hours = (text[0] - '0') * 10 + (text[1] - '0'), minutes = (text[3] - '0') * 10 + (text[4] - '0');
  if (hours > 24 || minutes > 59 || (hours == 24 && minutes > 0)) return std::nullopt;
  return hours * kHour + minutes;
}

std::int64_t read_clock(http::Fields& in, std::string_view name) {
  const std::string text = in.required_string(name, 1, 5);
  const auto found = minutes_of(text);
  if (!found && in.ok())
    in.fault(name, ErrorCode::kInvalidValue, "found \"" + text + "\"", "a time as 09:30, to 24:00");
  return found.value_or(0);
}

schedule::Span read_span(http::Fields& in) {
  const std::int64_t from = read_clock(in, "from");
  return {from, read_clock(in, "until")};
}

schedule::Holiday read_holiday(http::Fields& in) {
  schedule::Holiday out;
  out.date = in.required_string("date", 1, 10);
  const bool dated = out.date.size() == 10 && out.date.find_first_not_of("0123456789-") == std::string::npos;
  if (!dated && in.ok())
    in.fault("date", ErrorCode::kInvalidValue, "found \"" + out.date + "\"", "a date as 2026-12-25");
  out.name = in.optional_string("name", 0, 128).value_or("");
  if (auto open = in.optional_list("open", 0, schedule::kMaxSpans)) {
    for (http::Fields& one : *open) out.open.push_back(read_span(one));
  }
  return out;
}

// The items of a request's lists: what is wrong with one is told at its place.
struct Places {
  std::vector<http::Fields> weekly, holidays;
};

void tell(http::Fields& in, Places& places, const Error& fault) {
  const std::string_view field = fault.field;
  const std::size_t slash = field.find('/');
  std::size_t item = 0;
  if (slash != std::string_view::npos) std::from_chars(field.data() + slash + 1, field.data() + field.size(), item);
  auto& list = field.starts_with("weekly") ? places.weekly : places.holidays;
  if (slash == std::string_view::npos || item >= list.size()) {
    return in.fault(field, fault.code, fault.message, fault.expected);
  }
  list[item].fault("", fault.code, fault.message, fault.expected);
}

schedule::Hours read_said(http::Fields& in, Places& places) {
  schedule::Hours out;
  out.time_zone = in.required_string("time_zone", 1, 64);
  if (auto weekly = in.optional_list("weekly", 0, schedule::kMaxPeriods)) {
    places.weekly = *weekly;
    for (http::Fields& one : *weekly) {
      const std::int64_t day = one.required_int("day", 1, 7);
      const schedule::Span span = read_span(one);
      out.weekly.push_back({day, span.from, span.until});
    }
  }
  if (auto holidays = in.optional_list("holidays", 0, schedule::kMaxHolidays)) {
    places.holidays = *holidays;
    for (http::Fields& one : *holidays) out.holidays.push_back(read_holiday(one));
  }
  return out;
}

boost::json::object shown(const schedule::Span& span) {
  return {{"from", clock_of(span.from)}, {"until", clock_of(span.until)}};
}

// As the contract has it; what is kept is what is shown.
JsonText text_of(const schedule::Hours& hours) {
  boost::json::array weekly, holidays;
  for (const schedule::Period& one : hours.weekly) {
    boost::json::object period{{"day", one.day}};
    period["from"] = clock_of(one.from), period["until"] = clock_of(one.until);
    weekly.push_back(std::move(period));
  }
  for (const schedule::Holiday& one : hours.holidays) {
    boost::json::array open;
    for (const schedule::Span& span : one.open) open.push_back(shown(span));
    holidays.push_back(boost::json::object{{"date", one.date}, {"name", one.name}, {"open", std::move(open)}});
  }
  return {boost::json::serialize(boost::json::object{
      {"time_zone", hours.time_zone}, {"weekly", std::move(weekly)}, {"holidays", std::move(holidays)}})};
}

Result<std::vector<Opening>> made_of(const schedule::Hours& hours, Instant at) {
  auto found = schedule::openings_of(hours, at, kHoursAhead);
  if (!found) return found.error();
  std::vector<Opening> out;
  for (const schedule::Interval& one : *found) out.push_back({one.from, one.until});
  return out;
}

// Those that are not over at `at`.
std::vector<Opening> left_of(const std::vector<Opening>& all, Instant at) {
  std::vector<Opening> out;
  for (const Opening& one : all) {
    if (one.until > at) out.push_back(one);
  }
  return out;
}

// Whether what is there says the same as what was made, as far as it goes, and goes far enough.
bool serves(const std::vector<Opening>& present, const std::vector<Opening>& made) {
  if (made.empty()) return present.empty();
  if (present.empty() || present.size() > made.size()) return false;
  return std::equal(present.begin(), present.end(), made.begin()) &&
         made.back().until - present.back().until < kRenewBefore;
}

}  // namespace

HoursWish read_hours(http::Fields& in) {
  HoursWish out;
  const auto said = in.nullable_object("hours", {.max_bytes = 128 << 10});
  out.present = said.present;
  if (!said.value) return out;
  auto inside = in.optional_fields("hours");
  if (!inside) return out;
  Places places;
  const schedule::Hours hours = read_said(*inside, places);
  if (!in.ok()) return out;
  if (auto fine = schedule::check_hours(hours); !fine) {
    tell(*inside, places, fine.error());
    return out;
  }
  auto made = made_of(hours, SystemClock().now());
  if (!made) {
    in.fault("hours", made.error().code, made.error().message, "");
    return out;
  }
  if (made->size() > 4'000) {
    in.fault("hours", ErrorCode::kLimit, "found more than ten openings a day", "fewer");
    return out;
  }
  out.text = text_of(hours);
  out.made = std::move(*made);
  return out;
}

std::optional<std::vector<Opening>> openings_from(const JsonText& kept, Instant at) {
  boost::system::error_code failed;
  auto parsed = boost::json::parse(kept.text, failed);
  if (failed) return std::nullopt;
  http::Fields in(parsed);
  Places places;
  const schedule::Hours hours = read_said(in, places);
  if (!in.ok()) return std::nullopt;
  auto made = made_of(hours, at);
  return made ? std::optional(std::move(*made)) : std::nullopt;
}

HoursKeeper::HoursKeeper(runtime::Runtime& runtime, const Clock& clock,
                         std::function<std::vector<WorkspaceId>()> workspaces)
    : runtime_(runtime), clock_(clock), workspaces_(std::move(workspaces)) {}
HoursKeeper::~HoursKeeper() { stop(); }

void HoursKeeper::start() {
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "hours");
    std::unique_lock held(mutex_);
    while (!stopping_) {
      held.unlock();
      look();
      held.lock();
      wake_.wait_for(held, kLookEvery, [this] { return stopping_; });
    }
  });
}

void HoursKeeper::stop() {
  {
    std::lock_guard held(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void HoursKeeper::look() {
  for (const WorkspaceId workspace : workspaces_()) look_at(workspace);
}

// The answer comes on another thread; making openings takes milliseconds, and there is no hurry.
void HoursKeeper::look_at(WorkspaceId workspace) {
  runtime_.ask(
      workspace,
      [](const runtime::View& view) {
        std::vector<NumberRecord> out;
        for (const NumberRecord* number : view.state.calls().numbers()) {
          if (!number->hours.text.empty()) out.push_back(*number);
        }
        return out;
      },
      [this, workspace](Result<runtime::Answer<std::vector<NumberRecord>>> numbers) {
        if (!numbers) return;
        const Instant now = clock_.now();
        for (const NumberRecord& number : numbers->value) {
          auto made = openings_from(number.hours, now);
          if (!made || serves(left_of(number.openings, now), left_of(*made, now))) continue;
          renew(workspace, number, std::move(*made));
        }
      });
}

// Whoever changes the number meanwhile has made them anew too.
void HoursKeeper::renew(WorkspaceId workspace, const NumberRecord& number, std::vector<Opening> openings) {
  NumberRecord renewed = number;
  renewed.openings = std::move(openings);
  runtime_.submit({.workspace = workspace,
                   .command = Command(PutNumber{std::move(renewed)}),
                   .actor = {},
                   .reply = [](const Result<runtime::Committed>&) {}});
}

}  // namespace carillon::calls
