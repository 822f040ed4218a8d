#include "app/door_log.h"

namespace carillon::app {
namespace {

Level level_of(http::LogLevel level) {
  switch (level) {
    case http::LogLevel::kDebug:
      return Level::debug;
    case http::LogLevel::kInfo:
      return Level::info;
    case http::LogLevel::kWarning:
      return Level::warning;
    case http::LogLevel::kError:
      break;
  }
  return Level::error;
}

std::string line_of(const http::LogEvent& event) {
  std::string out(event.event);
  if (!event.path.empty()) out += " " + std::string(event.method) + " " + std::string(event.path.substr(0, 200));
  if (event.status) out += " " + std::to_string(event.status);
  if (!event.message.empty()) out += " " + std::string(event.message.substr(0, 300));
  return out + " id=" + std::string(event.request_id) + " from=" + std::string(event.remote);
}

}  // namespace

DoorLog::DoorLog(const Clock& clock, Write write) : budget_(clock, 1), write_(std::move(write)) {
  budget_.define("lines", {.per_second = 20, .burst = 200});
}

void DoorLog::tell(const http::LogEvent& event) {
  if (event.level != http::LogLevel::kError && event.level != http::LogLevel::kDebug && budget_.refuse("lines", "")) {
    left_out_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  if (const auto left_out = left_out_.exchange(0, std::memory_order_relaxed); left_out > 0) {
    write_(Level::info, std::to_string(left_out) + " lines of the door left out: too many at once");
  }
  write_(level_of(event.level), line_of(event));
}

}  // namespace carillon::app
