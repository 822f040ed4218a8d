// DerivedRows: rows that an entry's events tell and that no decision reads: alerts, and the stays of workers in activities.
//
// What:   an alert is a row from the moment it is raised until somebody acknowledges it; a stay is a row from entering an
//         activity to leaving it. They commit with the entry, so none is ever lost or told twice.
// Why:    here rather than behind the event sink, because what is written after the commit can be lost between the two.
// Thread: one (the brain).
// Example:
//   for (auto& statement : derived_rows(ws, state, effects, published)) batch.append(std::move(statement));
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "events/core/event.h"
#include "runtime/events.h"
#include "store/writer.h"
#include "workspace/core/state.h"

namespace carillon::runtime {

struct AlertRecord {
  std::string sid;
  std::string_view kind;  // of spec/schemas/alerts.yaml
  std::string_view text;
  QueueId task_queue_sid;
  TaskId task_sid;
  WorkerId worker_sid;
  Instant raised_at;
};

// Of an event alert.raised.
AlertRecord alert_of(const events::Event& event, std::string sid, Instant at);
// As it is when raised: open.
void render_alert(std::string& out, const AlertRecord& alert);

// `published` holds the entry's events but the internal ones, in the same order as `effects` does.
std::vector<store::Statement> derived_rows(WorkspaceId workspace, const workspace::State& state,
                                           const workspace::Effects& effects, const PublishedEntry& published);

}  // namespace carillon::runtime
