#include "recordings/holds.h"

#include "runtime/json_out.h"

namespace carillon::recordings {
namespace {

constexpr std::string_view kSelect =
    "SELECT sid, contact_sid, recording_sid, reason, placed_at, placed_by_type, placed_by_sid, placed_by_name, "
    "lifted_at, lifted_by_type, lifted_by_sid, lifted_by_name FROM legal_holds";

constexpr std::string_view kHeld =
    "EXISTS (SELECT 1 FROM legal_holds h WHERE h.workspace_id = r.workspace_id AND h.lifted_at IS NULL "
    "AND (h.recording_sid = r.sid OR h.contact_sid = (SELECT c.contact_sid FROM calls c "
    "WHERE c.workspace_id = r.workspace_id AND c.sid = r.call_sid)))";

void who(std::string& out, runtime::JsonOut& json, std::string_view name, const store::Row& row, std::size_t at) {
  if (row.is_null(at)) {
    json.raw(name, "null");
    return;
  }
  json.key(name);
  runtime::JsonOut one(out);
  one.text("type", row.text(at)).text_or_null("sid", row.text(at + 1)).text_or_null("display_name", row.text(at + 2));
  one.end();
}

}  // namespace

std::string_view held_condition() { return kHeld; }
std::string_view select_holds() { return kSelect; }
Instant placed_at_of(const store::Row& row) { return row.instant(4); }

Result<void> not_held(store::Reader& reader, WorkspaceId workspace, RecordingId sid) {
  static const store::Sql kSql = store::Sql::dynamic(
      "SELECT 1 FROM recordings r WHERE r.workspace_id = ?1 AND r.sid = ?2 AND " + std::string(kHeld));
  auto rows = reader.query(kSql, {workspace, sid});
  if (!rows) return rows.error();
  if (rows->empty()) return {};
  return Error(ErrorCode::kStateForbids, "a legal hold keeps " + sid.str() + "; lift it first");
}

store::Change hold_placed(WorkspaceId workspace, const NewHold& hold, Instant at, const runtime::Actor& actor) {
  store::Change out;
  out.run(
      "INSERT INTO legal_holds (workspace_id, sid, contact_sid, recording_sid, reason, placed_at, placed_by_type, "
      "placed_by_sid, placed_by_name) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
      workspace, hold.sid, hold.contact_sid, hold.recording_sid, hold.reason, at, actor.type, actor.sid,
      actor.display_name);
  return out;
}

store::Change hold_lifted(WorkspaceId workspace, LegalHoldId sid, Instant at, const runtime::Actor& actor) {
  store::Change out;
  out.run_expecting(1,
                    "UPDATE legal_holds SET lifted_at = ?3, lifted_by_type = ?4, lifted_by_sid = ?5, lifted_by_name = "
                    "?6 WHERE workspace_id = ?1 AND sid = ?2 AND lifted_at IS NULL",
                    workspace, sid, at, actor.type, actor.sid, actor.display_name);
  return out;
}

void render_hold(std::string& out, WorkspaceId workspace, const store::Row& row) {
  const auto optional = [&](std::size_t column) { return row.opt_text(column).value_or(""); };
  runtime::JsonOut json(out);
  json.text("sid", row.text(0)).id("workspace_sid", workspace).text_or_null("contact_sid", optional(1));
  json.text_or_null("recording_sid", optional(2)).text("reason", row.text(3)).time("placed_at", row.instant(4));
  who(out, json, "placed_by", row, 5);
  json.time("lifted_at", row.opt_instant(8).value_or(Instant{}));
  who(out, json, "lifted_by", row, 9);
  json.end();
}

Result<std::optional<std::string>> find_hold(store::Reader& reader, WorkspaceId workspace, LegalHoldId sid) {
  static const store::Sql kSql = store::Sql::dynamic(std::string(kSelect) + " WHERE workspace_id = ?1 AND sid = ?2");
  auto rows = reader.query(kSql, {workspace, sid});
  if (!rows) return rows.error();
  if (rows->empty()) return std::optional<std::string>();
  std::string out;
  render_hold(out, workspace, (*rows)[0]);
  return std::optional<std::string>(std::move(out));
}

}  // namespace carillon::recordings
