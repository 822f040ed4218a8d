#include "recordings/recordings.h"

#include "runtime/json_out.h"

namespace carillon::recordings {
namespace {

constexpr std::string_view kColumns =
    "sid, call_sid, contact_sid, kind, path, key_id, started_at, ended_at, whole, fault, bytes, length, sha256, "
    "deleted_at";

constexpr std::string_view kCall = "call", kVoicemail = "voicemail";

RecordingRow read(const store::Row& row) {
  return {.sid = row.id<RecordingId>(0),
          .call_sid = row.id<CallId>(1),
          .contact_sid = row.id<ContactId>(2),
          .kind = row.text(3) == kVoicemail ? Kind::voicemail : Kind::call,
          .path = row.str(4),
          .key_id = row.str(5),
          .started_at = row.instant(6),
          .ended_at = row.opt_instant(7).value_or(Instant{}),
          .whole = row.flag(8),
          .fault = row.str(9),
          .bytes = row.integer(10),
          .length = Duration{row.integer(11)},
          .sha256 = row.str(12),
          .deleted_at = row.opt_instant(13).value_or(Instant{})};
}

}  // namespace

std::string path_of(WorkspaceId workspace, RecordingId sid) {
  return "recordings/" + workspace.str() + "/" + sid.str() + ".rec";
}

store::Change begun(WorkspaceId workspace, const RecordingRow& row) {
  store::Change out;
  out.run(
      "INSERT INTO recordings (workspace_id, sid, call_sid, contact_sid, kind, path, key_id, started_at, ended_at, "
      "whole, fault, bytes, length, sha256, deleted_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, NULL, 0, '', 0, 0, '', "
      "NULL)",
      workspace, row.sid, row.call_sid, row.contact_sid, std::string(row.kind == Kind::voicemail ? kVoicemail : kCall),
      row.path, row.key_id, row.started_at);
  return out;
}

store::Change ended(WorkspaceId workspace, const RecordingRow& row) {
  store::Change out;
  out.run(
      "UPDATE recordings SET ended_at = ?3, whole = ?4, fault = ?5, bytes = ?6, length = ?7, sha256 = ?8 "
      "WHERE workspace_id = ?1 AND sid = ?2",
      workspace, row.sid, row.ended_at, row.whole ? 1 : 0, row.fault, row.bytes, row.length.us, row.sha256);
  return out;
}

store::Change interrupted(Instant now) {
  store::Change out;
  out.run("UPDATE recordings SET ended_at = ?1, fault = 'the server stopped while it was made' WHERE ended_at IS NULL",
          now);
  return out;
}

store::Change listened(WorkspaceId workspace, RecordingId sid, Instant at, const runtime::Actor& actor) {
  store::Change out;
  out.run(
      "INSERT INTO recording_listenings (workspace_id, recording_sid, at, actor_type, actor_sid, actor_name) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
      workspace, sid, at, actor.type, actor.sid, actor.display_name);
  return out;
}

store::Change deleted(WorkspaceId workspace, RecordingId sid, Instant at) {
  store::Change out;
  out.run_expecting(1,
                    "UPDATE recordings SET deleted_at = ?3 WHERE workspace_id = ?1 AND sid = ?2 AND deleted_at IS NULL "
                    "AND ended_at IS NOT NULL",
                    workspace, sid, at);
  return out;
}

Result<std::optional<RecordingRow>> find(store::Reader& reader, WorkspaceId workspace, RecordingId sid) {
  static const store::Sql kSql =
      store::Sql::dynamic("SELECT " + std::string(kColumns) + " FROM recordings WHERE workspace_id = ?1 AND sid = ?2");
  auto rows = reader.query(kSql, {workspace, sid});
  if (!rows) return rows.error();
  if (rows->empty()) return std::optional<RecordingRow>();
  return std::optional<RecordingRow>(read((*rows)[0]));
}

Result<std::optional<std::vector<RecordingRow>>> of_call(store::Reader& reader, WorkspaceId workspace, CallId call) {
  static const store::Sql kSql =
      store::Sql::dynamic("SELECT " + std::string(kColumns) +
                          " FROM recordings WHERE workspace_id = ?1 AND call_sid = ?2 AND kind = 'call' "
                          "ORDER BY started_at, sid");
  auto there = reader.query("SELECT sid FROM calls WHERE workspace_id = ?1 AND sid = ?2", {workspace, call});
  if (!there) return there.error();
  if (there->empty()) return std::optional<std::vector<RecordingRow>>();
  auto rows = reader.query(kSql, {workspace, call});
  if (!rows) return rows.error();
  std::vector<RecordingRow> out;
  for (const store::Row row : *rows) out.push_back(read(row));
  return std::optional<std::vector<RecordingRow>>(std::move(out));
}

runtime::EventDraft told_of(WorkspaceId workspace, const RecordingRow& row, const char* type) {
  runtime::EventDraft event{
      .type = type, .resource_type = "recording", .resource_sid = row.sid.str(), .refs = {}, .payload = {}};
  event.refs.emplace_back("call_sid", row.call_sid.str());
  if (row.contact_sid) event.refs.emplace_back("contact_sid", row.contact_sid.str());
  std::string text;
  render(text, workspace, row);
  event.payload.emplace_back("recording", std::move(text));
  return event;
}

void render(std::string& out, WorkspaceId workspace, const RecordingRow& row) {
  runtime::JsonOut json(out);
  json.id("sid", row.sid)
      .id("workspace_sid", workspace)
      .id("call_sid", row.call_sid)
      .id("contact_sid", row.contact_sid);
  json.time("started_at", row.started_at).time("ended_at", row.ended_at).flag("whole", row.whole);
  json.text_or_null("fault", row.fault).number("bytes", row.bytes).seconds("length_s", row.length);
  json.text_or_null("sha256", row.sha256).text("key_id", row.key_id).time("deleted_at", row.deleted_at);
  json.end();
}

}  // namespace carillon::recordings
