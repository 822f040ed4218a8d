// Today: the sums of the workspace's day, which boards, the page of today and the stream of numbers share.
//
// Thread: any; blocks (pool). Errors: kStore, kInvalidValue (a time zone ICU does not know any more).
// Example:
//   auto today = read_today(reader, ws, look, {.queues = true, .workers = true, .center = true});
#pragma once

#include "metrics/numbers_json.h"
#include "schedule/days.h"

namespace carillon::metrics {

struct TodayWish {
  std::optional<QueueId> queue;    // only this one
  std::optional<WorkerId> worker;  // only this one
  bool queues = true;
  bool workers = false;
  bool center = false;  // includes queues and workers
};

struct Today {
  schedule::Day day;
  std::map<QueueId, QueueInterval> queues;
  std::map<QueueId, QueueInterval> quarter;  // the present quarter of an hour
  std::map<WorkerId, ByActivity> workers;
  CenterSums center;

  const QueueInterval& of(QueueId queue) const;
  const QueueInterval& quarter_of(QueueId queue) const;
  // With the segment that is still open.
  WorkerSums of(WorkerId worker, const LiveLook& look) const;
};

Result<Today> read_today(store::Reader& reader, WorkspaceId workspace, const LiveLook& look, const TodayWish& wish);

}  // namespace carillon::metrics
