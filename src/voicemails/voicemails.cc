#include "voicemails/voicemails.h"

#include "base/codec.h"
#include "calls/call_view.h"
#include "runtime/json_out.h"

namespace carillon::voicemails {
namespace {

// Columns by place.
enum Column : std::size_t {
  kSid,
  kCall,
  kNumber,
  kContact,
  kCustomer,
  kFrom,
  kFromName,
  kTo,
  kCreated,
  kEnded,
  kLength,
  kWhole,
  kFault,
  kState,
  kChangedAt,
  kChangedByType,
  kChangedBySid,
  kChangedByName,
};

constexpr std::string_view kSelect =
    "SELECT sid, call_sid, number_sid, contact_sid, customer_sid, caller, caller_name, called, created_at, ended_at, "
    "length, whole, fault, state, changed_at, changed_by_type, changed_by_sid, changed_by_name FROM ("
    "SELECT r.workspace_id AS workspace_id, r.sid AS sid, c.sid AS call_sid, c.number_sid AS number_sid, "
    "c.contact_sid AS contact_sid, c.customer_sid AS customer_sid, c.\"from\" AS caller, c.from_name AS caller_name, "
    "c.\"to\" AS called, r.started_at AS created_at, r.ended_at AS ended_at, r.length AS length, r.whole AS whole, "
    "r.fault AS fault, COALESCE(v.state, 'new') AS state, v.changed_at AS changed_at, "
    "v.changed_by_type AS changed_by_type, v.changed_by_sid AS changed_by_sid, v.changed_by_name AS changed_by_name "
    "FROM recordings r "
    "JOIN calls c ON c.workspace_id = r.workspace_id AND c.sid = r.call_sid AND c.voicemail_sid = r.sid "
    "LEFT JOIN voicemails v ON v.workspace_id = r.workspace_id AND v.sid = r.sid "
    "WHERE r.kind = 'voicemail' AND r.deleted_at IS NULL) AS messages";

constexpr store::Sql kListenings =
    "SELECT at, actor_type, actor_sid, actor_name FROM recording_listenings WHERE workspace_id = ?1 AND "
    "recording_sid = ?2 ORDER BY at DESC LIMIT 500";

void who(std::string& out, std::string_view type, std::string_view sid, std::string_view name) {
  runtime::JsonOut json(out);
  json.text("type", type).text_or_null("sid", sid).text_or_null("display_name", name);
  json.end();
}

}  // namespace

std::string_view select_all() { return kSelect; }
Instant created_at_of(const store::Row& row) { return row.instant(kCreated); }
std::string sid_of(const store::Row& row) { return row.str(kSid); }

void render(std::string& out, WorkspaceId workspace, const store::Row& row) {
  const auto optional = [&](std::size_t column) { return row.opt_text(column).value_or(""); };
  runtime::JsonOut json(out);
  json.text("sid", row.text(kSid)).id("workspace_sid", workspace).text("state", row.text(kState));
  json.text("call_sid", row.text(kCall)).text_or_null("number_sid", optional(kNumber));
  json.text_or_null("contact_sid", optional(kContact)).text_or_null("customer_sid", optional(kCustomer));
  json.text("from", row.text(kFrom)).text_or_null("from_name", row.text(kFromName)).text("to", row.text(kTo));
  json.time("created_at", row.instant(kCreated)).time("ended_at", row.opt_instant(kEnded).value_or(Instant{}));
  json.seconds("length_s", Duration{row.integer(kLength)}).flag("whole", row.flag(kWhole));
  json.text_or_null("fault", row.text(kFault)).time("changed_at", row.opt_instant(kChangedAt).value_or(Instant{}));
  json.key("changed_by");
  if (row.is_null(kChangedByType)) {
    out += "null";
  } else {
    who(out, row.text(kChangedByType), optional(kChangedBySid), optional(kChangedByName));
  }
  json.end();
}

Result<std::optional<Found>> find(store::Reader& reader, WorkspaceId workspace, RecordingId sid,
                                  const std::optional<WorkerId>& only) {
  static const std::string kText = std::string(kSelect) + " WHERE workspace_id = ?1 AND sid = ?2";
  static const store::Sql kAny = store::Sql::dynamic(kText);
  static const store::Sql kTheirs =
      store::Sql::dynamic(kText + " AND contact_sid IN " + calls::contacts_of("?1", "?3"));
  store::Params params{workspace, sid};
  if (only) params.push_back(only->str());
  auto rows = reader.query(only ? kTheirs : kAny, params);
  if (!rows) return rows.error();
  if (rows->empty()) return std::optional<Found>();
  const store::Row row = (*rows)[0];
  Found out;
  render(out.json, workspace, row);
  out.state = codec::enum_from<State>(row.text(kState)).value_or(State::new_);
  out.call_sid = row.id<CallId>(kCall);
  out.contact_sid = row.id<ContactId>(kContact);
  return std::optional<Found>(std::move(out));
}

store::Change marked(WorkspaceId workspace, RecordingId sid, State state, Instant at, const runtime::Actor& actor) {
  store::Change out;
  const std::string word(codec::enum_name(state));
  out.run(
      "INSERT INTO voicemails (workspace_id, sid, state, changed_at, changed_by_type, changed_by_sid, changed_by_name) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (workspace_id, sid) DO UPDATE SET state = excluded.state, "
      "changed_at = excluded.changed_at, changed_by_type = excluded.changed_by_type, changed_by_sid = "
      "excluded.changed_by_sid, changed_by_name = excluded.changed_by_name",
      workspace, sid, word, at, actor.type, actor.sid, actor.display_name);
  return out;
}

Result<std::string> listenings(store::Reader& reader, WorkspaceId workspace, RecordingId sid) {
  auto rows = reader.query(kListenings, {workspace, sid});
  if (!rows) return rows.error();
  std::string out = "{\"items\":[";
  for (const store::Row row : *rows) {
    if (out.back() != '[') out += ',';
    runtime::JsonOut json(out);
    json.time("at", row.instant(0)).key("listener");
    who(out, row.text(1), row.text(2), row.text(3));
    json.end();
  }
  return out + "]}";
}

}  // namespace carillon::voicemails
