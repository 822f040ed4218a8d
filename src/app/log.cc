#include "app/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace carillon::app {
namespace {

spdlog::logger& logger() {
  static const auto made = [] {
    auto out = spdlog::stderr_logger_mt("carillon");
    out->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
    return out;
  }();
  return *made;
}

spdlog::level::level_enum level_of(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warning:
      return spdlog::level::warn;
    case Level::error:
      break;
  }
  return spdlog::level::err;
}

}  // namespace

void set_log_level(std::string_view level) {
  logger().set_level(level == "debug"     ? spdlog::level::debug
                     : level == "warning" ? spdlog::level::warn
                     : level == "error"   ? spdlog::level::err
                                          : spdlog::level::info);
}

void log_line(Level level, std::string_view text) {
  // What came from outside must not look like lines of ours.
  std::string plain(text);
  std::replace_if(
      plain.begin(), plain.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, '?');
  logger().log(level_of(level), "{}", plain);
}

void AlarmLog::raised(const runtime::Alarm& alarm) {
  const bool good = alarm.kind == runtime::Alarm::Kind::reloaded;
  log_line(good ? Level::info : Level::error,
           (alarm.workspace ? "workspace " + alarm.workspace.str() + ": " : "") + alarm.text);
}

}  // namespace carillon::app
