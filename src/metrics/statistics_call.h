// The steps every statistic takes: a look on the brain, then rows and JSON on a pool thread. Private to src/metrics.
//
// Thread: net; `answer` on the pool.
#pragma once

#include "door/configuration.h"
#include "metrics/live_look.h"
#include "metrics/task_sums.h"
#include "metrics/today.h"

namespace carillon::metrics {

using AnswerFromLook =
    std::function<Result<http::Response>(store::Reader& reader, const door::Call& call, const LiveLook& look)>;
void with_look(door::Call call, LookWish wish, AnswerFromLook answer);

// start_time, end_time, task_channel and split_by_wait_time, as they came.
struct Asked {
  std::optional<Instant> start, end;
  std::string channel;
  std::vector<std::int64_t> split_s;

  static Result<Asked> read(const http::QueryParams& params);
  // From the start of today to now where nothing was said. kOutOfRange when it ends before it begins.
  Result<Period> period(const LiveLook& look) const;
  // kInvalidValue for a task channel there is not.
  Result<std::optional<TaskChannelId>> channel_of(const LiveLook& look) const;
};

void add_real_time_routes(door::Api& api);
void add_cumulative_routes(door::Api& api);
void add_today_routes(door::Api& api);

}  // namespace carillon::metrics
