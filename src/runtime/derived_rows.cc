#include "runtime/derived_rows.h"

#include "runtime/json_out.h"

namespace carillon::runtime {
namespace {

using events::EventType;

constexpr store::Sql kAlert =
    "INSERT INTO alerts (workspace_id, sid, kind, state, text, task_queue_sid, task_sid, worker_sid, raised_at) "
    "VALUES (?1, ?2, ?3, 'open', ?4, ?5, ?6, ?7, ?8) ON CONFLICT (workspace_id, sid) DO NOTHING";
constexpr store::Sql kLeave =
    "UPDATE activity_stays SET until = ?3 WHERE workspace_id = ?1 AND worker_sid = ?2 AND until IS NULL";
// Entered, left and entered again within one instant is one stay.
constexpr store::Sql kEnter =
    "INSERT INTO activity_stays (workspace_id, worker_sid, since, activity_sid) VALUES (?1, ?2, ?3, ?4) "
    "ON CONFLICT (workspace_id, worker_sid, since) DO UPDATE SET activity_sid = excluded.activity_sid, until = NULL";

store::Statement alert_statement(WorkspaceId workspace, const AlertRecord& alert) {
  return {kAlert, store::Params::of(workspace, alert.sid, alert.kind, alert.text, alert.task_queue_sid, alert.task_sid,
                                    alert.worker_sid, alert.raised_at)};
}

}  // namespace

AlertRecord alert_of(const events::Event& event, std::string sid, Instant at) {
  AlertRecord alert{std::move(sid),
                    "last_resort",
                    "A task ran out of targets and went to the last-resort queue.",
                    event.queue,
                    event.task,
                    event.worker,
                    at};
  if (event.reason == events::Reason::queue_max_wait) {
    alert.kind = "max_wait", alert.text = "A task waits longer than its queue allows.";
  }
  if (event.task.empty()) {
    alert.kind = "activity_overstayed", alert.text = "A worker is in an activity for longer than its maximum.";
  }
  if (!event.reservation.empty()) {
    alert.kind = "wrap_up_overdue", alert.text = "A wrap-up takes longer than it should.";
  }
  return alert;
}

void render_alert(std::string& out, const AlertRecord& alert) {
  JsonOut json(out);
  json.text("sid", alert.sid).text("kind", alert.kind).text("state", "open").text("text", alert.text);
  json.id("task_queue_sid", alert.task_queue_sid).id("task_sid", alert.task_sid).id("worker_sid", alert.worker_sid);
  json.time("raised_at", alert.raised_at).raw("acknowledged_by", "null").raw("acknowledged_at", "null");
  json.end();
}

std::vector<store::Statement> derived_rows(WorkspaceId workspace, const workspace::State& state,
                                           const workspace::Effects& effects, const PublishedEntry& published) {
  std::vector<store::Statement> out;
  std::size_t at = 0;
  for (const events::Event& event : effects.events) {
    if (events::is_internal(event.type)) continue;
    const PublishedEvent& told = published.events[at++];
    switch (event.type) {
      case EventType::kAlertRaised:
        out.push_back(alert_statement(workspace, alert_of(event, told.resource_sid, published.at)));
        break;
      case EventType::kWorkerCreated:
      case EventType::kWorkerActivity:
        out.push_back({kLeave, store::Params::of(workspace, event.worker, published.at)});
        if (const auto* presence = state.presence().presence(event.worker)) {
          out.push_back({kEnter, store::Params::of(workspace, event.worker, published.at, presence->activity_sid)});
        }
        break;
      case EventType::kWorkerDeleted:
        out.push_back({kLeave, store::Params::of(workspace, event.worker, published.at)});
        break;
      default:
        break;
    }
  }
  return out;
}

}  // namespace carillon::runtime
