// Opening hours of numbers: as people say them, as they are kept, and the openings they are made into.
//
// What:   read_hours() takes them out of a request and makes the openings of the next kHoursAhead days; HoursKeeper makes them anew as
//         time goes on, so that a number never runs out of openings while the server runs (or was down for less than a year).
// Why:    who decides whether a number is open knows neither time zones nor holidays.
// Owns:   the keeper its thread. Thread: read_hours() on net threads; keeper: start and stop from one, look() from any.
// Errors: faults of the request, by field. A look that fails is tried again with the next.
// Limits: those of schedule/hours.h.
// Example:
//   HoursKeeper keeper(runtime, clock, [&] { return directory.workspaces(); }, log);
//   keeper.start();  ...  keeper.stop();
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "calls/core/records.h"
#include "http/parse/fields.h"
#include "runtime/runtime.h"

namespace carillon::calls {

inline constexpr int kHoursAhead = 400;  // days

struct HoursWish {
  bool present = false;  // said, perhaps as null: then the openings stay as they are
  JsonText text;         // as it is kept and shown
  std::optional<std::vector<Opening>> made;
};

// "hours" of a request: {"time_zone":..,"weekly":[{"day":1,"from":"09:00","until":"17:00"}],"holidays":[{"date":..,"name":..,"open":[..]}]}.
HoursWish read_hours(http::Fields& in);
// Of kept hours, from the day of `at` on. Nothing for what cannot be read.
std::optional<std::vector<Opening>> openings_from(const JsonText& hours, Instant at);

class HoursKeeper {
 public:
  HoursKeeper(runtime::Runtime& runtime, const Clock& clock, std::function<std::vector<WorkspaceId>()> workspaces);
  ~HoursKeeper();

  void start();
  void stop();  // before the runtime
  // All workspaces' numbers with hours: openings that end too soon, or are not right any more, are made anew.
  void look();

 private:
  void look_at(WorkspaceId workspace);
  void renew(WorkspaceId workspace, const NumberRecord& number, std::vector<Opening> openings);

  runtime::Runtime& runtime_;
  const Clock& clock_;
  std::function<std::vector<WorkspaceId>()> workspaces_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace carillon::calls
