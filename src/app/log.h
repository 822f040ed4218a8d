// The log: one line an event on standard error, for people and for journald.
//
// Thread: any. Secrets never come here: callers log ids, not credentials.
// Example:
//   log_line(Level::info, "listening on http://127.0.0.1:8080");
#pragma once

#include <string>
#include <string_view>

#include "runtime/events.h"

namespace carillon::app {

enum class Level { debug, info, warning, error };

void set_log_level(std::string_view level);  // "debug", "info", "warning", "error"
void log_line(Level level, std::string_view text);

// Alarms of the runtime as log lines.
class AlarmLog final : public runtime::AlarmSink {
 public:
  void raised(const runtime::Alarm& alarm) override;
};

}  // namespace carillon::app
