#include "events/alerts_rest.h"

#include "door/configuration.h"
#include "runtime/json_out.h"

namespace carillon::events {
namespace {

constexpr const char* kSelect =
    "SELECT sid, kind, state, text, task_queue_sid, task_sid, worker_sid, raised_at, acknowledged_by_type, "
    "acknowledged_by_sid, "
    "acknowledged_by_name, acknowledged_at FROM alerts";
constexpr store::Sql kOne =
    "SELECT sid, kind, state, text, task_queue_sid, task_sid, worker_sid, raised_at, acknowledged_by_type, "
    "acknowledged_by_sid, "
    "acknowledged_by_name, acknowledged_at FROM alerts WHERE workspace_id = ?1 AND sid = ?2";
constexpr store::Sql kAcknowledge =
    "UPDATE alerts SET state = 'acknowledged', acknowledged_by_type = ?3, acknowledged_by_sid = ?4, "
    "acknowledged_by_name = ?5, "
    "acknowledged_at = ?6 WHERE workspace_id = ?1 AND sid = ?2 AND state = 'open'";

enum class AlertState : std::uint8_t { open, acknowledged };
const http::EnumName<AlertState> kStates[] = {{"open", AlertState::open}, {"acknowledged", AlertState::acknowledged}};

void render(std::string& out, const store::Row& row) {
  const auto optional = [&](std::size_t column) { return row.opt_text(column).value_or(""); };
  runtime::JsonOut json(out);
  json.text("sid", row.text(0)).text("kind", row.text(1)).text("state", row.text(2)).text("text", row.text(3));
  json.text_or_null("task_queue_sid", optional(4))
      .text_or_null("task_sid", optional(5))
      .text_or_null("worker_sid", optional(6));
  json.time("raised_at", row.instant(7));
  if (row.is_null(8)) {
    json.raw("acknowledged_by", "null");
  } else {
    json.key("acknowledged_by");
    runtime::JsonOut who(out);
    who.text("type", row.text(8)).text_or_null("sid", optional(9)).text_or_null("display_name", optional(10));
    who.end();
  }
  json.time("acknowledged_at", row.opt_instant(11).value_or(Instant{}));
  json.end();
}

Result<door::Rendered> alert_row(store::Reader& reader, WorkspaceId workspace, const std::string& sid) {
  auto rows = reader.query(kOne, {workspace, sid});
  if (!rows) return rows.error();
  if (rows->empty()) return door::no_such("alert", sid);
  door::Rendered out;
  render(out.json, (*rows)[0]);
  return out;
}

Result<door::ListSql> read_list(const door::Call& call) {
  http::QueryFields query(call.request.query);
  door::ListSql list(kSelect, "raised_at", "sid", true);
  list.where("workspace_id = ", call.workspace());
  const auto states = query.strings("state", 50, 64);
  for (const std::string& state : states) {
    const bool known =
        std::any_of(std::begin(kStates), std::end(kStates), [&](const auto& word) { return word.name == state; });
    if (!known)
      query.fault("state", ErrorCode::kInvalidValue, "\"" + state + "\" is not known here",
                  "one of open, acknowledged");
  }
  const bool only_open =
      !states.empty() && std::all_of(states.begin(), states.end(), [](const auto& s) { return s == "open"; });
  if (only_open) {
    list.where("state = 'open'");
  } else {
    list.where_in("state", states);
  }
  if (auto fine = list.page(query); !fine) return fine.error();
  if (auto fine = query.finish(); !fine) return fine.error();
  return list;
}

void list_alerts(door::Call call) {
  auto list = read_list(call);
  if (!list) return call.fail(list.error());
  door::read(std::move(call),
             [list = *std::move(list)](store::Reader& reader, const door::Call&) -> Result<http::Response> {
               auto rows = reader.query(list.sql(), list.params());
               if (!rows) return rows.error();
               door::PageWriter page(list);
               for (const store::Row row : *rows) {
                 if (!page.add(row.integer(7), row.text(0), [&](std::string& out) { render(out, row); })) break;
               }
               return page.finish();
             });
}

void get_alert(door::Call call) {
  auto sid = call.request.sid<AlertId>("sid");
  if (!sid) return call.fail(sid.error());
  door::read_one(std::move(call), alert_row, sid->str());
}

Error acknowledged_already() { return Error(ErrorCode::kStateForbids, "the alert is acknowledged already"); }

void acknowledge(door::Call call, AlertId sid) {
  const runtime::Actor who = call.caller().actor();
  runtime::RecordChange record;
  record.workspace = call.workspace();
  record.sid = sid.str();
  record.change.run_expecting(1, kAcknowledge, call.workspace(), sid, who.type, who.sid, who.display_name,
                              call.services->clock.now());
  const auto refused = [](door::Call&, Error& error) {
    if (error.code == ErrorCode::kStoreConflict) error = acknowledged_already();
    return false;
  };
  door::change(std::move(call), std::move(record), {.row = alert_row, .sid = sid.str(), .refused = refused});
}

void acknowledge_alert(door::Call call) {
  auto sid = call.request.sid<AlertId>("sid");
  if (!sid) return call.fail(sid.error());
  // Existence first; the state is judged by the update itself, after a repeated Idempotency-Key was recognised.
  door::with_reader(std::move(call), [id = *sid](door::Call held, store::Reader& reader) {
    auto found = alert_row(reader, held.workspace(), id.str());
    if (!found) return held.fail(found.error());
    acknowledge(std::move(held), id);
  });
}

}  // namespace

void add_alert_routes(door::Api& api) {
  api.on("list_alerts", list_alerts);
  api.on("get_alert", get_alert);
  api.on("acknowledge_alert", acknowledge_alert);
}

}  // namespace carillon::events
