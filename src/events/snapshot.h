// Snapshot frames: the live state of a workspace as the event stream's contract gives it.
//
// What:   one or more frames a resource, at most 500 items each, in the contract's order; the position is filled in by the
//         caller once it is known (frames hold a placeholder-free tail: see SnapshotFrame).
// Thread: the brain (inside a query). Errors: none.
// Example:
//   auto frames = snapshot_frames(view.state, workspace, filter, worker);
//   for (auto& f : frames) send(f.text(position, first, last));
#pragma once

#include <string>
#include <vector>

#include "events/stream_filter.h"
#include "workspace/core/state.h"

namespace carillon::events {

struct SnapshotFrame {
  std::string resource;
  std::string items;  // JSON items with commas, without brackets
  std::string text(std::int64_t position, bool first, bool last) const;
};

// `own`: only what concerns that worker (and configuration); empty: everything.
std::vector<SnapshotFrame> snapshot_frames(const workspace::State& state, const StreamFilter& filter, WorkerId own,
                                           bool for_agent);

}  // namespace carillon::events
