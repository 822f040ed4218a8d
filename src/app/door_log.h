// DoorLog: what the door tells (bad input, failures), a line each, and no more lines than a log can bear.
//
// Why:    whoever sends bad input must be found in the log, and must not be able to fill it.
// Owns:   a count of what was left out; the next line that is written tells it. Clock and writer outlive it.
// Thread: any.
// Limits: 20 lines a second, 200 at once; errors of ours are always written.
// Example: options.log = [log = std::make_shared<DoorLog>(clock, log_line)](const http::LogEvent& e) { log->tell(e); };
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>

#include "app/log.h"
#include "http/rate_limit.h"
#include "http/server.h"

namespace carillon::app {

class DoorLog {
 public:
  using Write = std::function<void(Level, std::string_view)>;
  DoorLog(const Clock& clock, Write write);
  void tell(const http::LogEvent& event);

 private:
  http::RateLimiter budget_;
  Write write_;
  std::atomic<std::int64_t> left_out_{0};
};

}  // namespace carillon::app
