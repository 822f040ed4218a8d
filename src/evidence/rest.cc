#include "evidence/rest.h"

#include "door/configuration.h"
#include "evidence/core/pcapng.h"
#include "evidence/core/text.h"
#include "recordings/recordings.h"
#include "runtime/json_out.h"
#include "runtime/resource_render.h"
#include "runtime/row_names.h"
#include "runtime/tables.h"

namespace carillon::evidence {
namespace {

using door::Call;

constexpr const char* kMostReservations = "200";

// What is known of a call: held in memory, or on the disk.
struct Found {
  std::optional<Record> record;
  bool live = false;
};

Result<std::optional<calls::CallRecord>> call_of(store::Reader& reader, WorkspaceId workspace, CallId sid) {
  static const store::Sql kSql = store::Sql::dynamic("SELECT " + std::string(runtime::columns_of<calls::CallRecord>()) +
                                                     " FROM calls WHERE workspace_id = ?1 AND sid = ?2");
  auto rows = reader.query(kSql, {workspace, sid});
  if (!rows) return rows.error();
  if (rows->empty()) return std::optional<calls::CallRecord>();
  auto row = runtime::read_row<calls::CallRecord>((*rows)[0]);
  if (!row) return row.error();
  return std::optional<calls::CallRecord>(*std::move(row));
}

// Whom it was offered to, and what they did with it; oldest first.
Result<std::string> reservations_json(store::Reader& reader, WorkspaceId workspace, ContactId contact) {
  if (!contact) return std::string("[]");
  static const store::Sql kSql = store::Sql::dynamic(
      "SELECT " + std::string(runtime::columns_of<routing::ReservationRecord>()) +
      " FROM reservations WHERE workspace_id = ?1 AND contact_sid = ?2 ORDER BY created_at, sid LIMIT " +
      kMostReservations);
  auto rows = reader.query(kSql, {workspace, contact});
  if (!rows) return rows.error();
  const runtime::RowNames names(reader, workspace);
  std::string out = "[";
  for (const store::Row row : *rows) {
    auto one = runtime::read_row<routing::ReservationRecord>(row);
    if (!one) return one.error();
    if (out.size() > 1) out += ',';
    runtime::render(out, names, workspace, *one);
  }
  return out + "]";
}

// The calls of the same contact, this one too: a caller whom a restart cut off calls again by another.
Result<std::string> chain_json(store::Reader& reader, WorkspaceId workspace, const calls::CallRecord& call) {
  if (!call.contact_sid) return "[\"" + call.sid.str() + "\"]";
  auto rows = reader.query(
      "SELECT sid FROM calls WHERE workspace_id = ?1 AND contact_sid = ?2 ORDER BY created_at, sid LIMIT 64",
      {workspace, call.contact_sid});
  if (!rows) return rows.error();
  std::string out = "[";
  for (const store::Row row : *rows) out += (out.size() > 1 ? ",\"" : "\"") + row.str(0) + "\"";
  return out + "]";
}

Result<std::string> recordings_json(store::Reader& reader, WorkspaceId workspace, CallId call) {
  auto rows = recordings::of_call(reader, workspace, call);
  if (!rows) return rows.error();
  std::string out = "[";
  if (*rows) {
    for (const recordings::RecordingRow& row : **rows) {
      if (out.size() > 1) out += ',';
      recordings::render(out, workspace, row);
    }
  }
  return out + "]";
}

Result<std::string> evidence_json(store::Reader& reader, WorkspaceId workspace, const calls::CallRecord& call,
                                  const Found& found) {
  auto reservations = reservations_json(reader, workspace, call.contact_sid);
  if (!reservations) return reservations.error();
  auto chain = chain_json(reader, workspace, call);
  if (!chain) return chain.error();
  auto recordings = recordings_json(reader, workspace, call.sid);
  if (!recordings) return recordings.error();
  const Record empty;
  const Record& record = found.record ? *found.record : empty;
  std::string out;
  runtime::JsonOut json(out);
  json.key("call");
  runtime::render(out, workspace, call);
  json.flag("live", found.live).flag("kept", found.record.has_value());
  json.time("kept_from", record.from).time("kept_until", record.until);
  json.raw("parties", parties_json(record)).raw("routing", routing_json(record));
  json.raw("reservations", *reservations).raw("recordings", *recordings).raw("call_sids", *chain);
  json.end();
  return out;
}

// Asks the board first: what has just ended may not be on the disk yet.
void with_evidence(Call call, const RestGiven& given,
                   std::function<void(Call, store::Reader&, const calls::CallRecord&, const Found&)> then) {
  auto sid = call.request.sid<CallId>("sid");
  if (!sid) return call.fail(sid.error());
  const WorkspaceId workspace = call.workspace();
  auto held = std::make_shared<Call>(std::move(call));
  const auto go_on = [held, keeper = given.keeper, sid = *sid, then = std::move(then)](std::optional<Record> live) {
    door::with_reader(std::move(*held), [keeper, sid, then, live = std::move(live)](Call one, store::Reader& reader) {
      auto row = call_of(reader, one.workspace(), sid);
      if (!row) return one.fail(row.error());
      if (!*row) return one.fail(door::no_such("call", sid.str()));
      Found found{.record = live, .live = live.has_value() && (*row)->status != calls::CallStatus::ended};
      if (!found.record) {
        auto kept = keeper->find(one.workspace(), sid);
        if (!kept) return one.fail(kept.error());
        found.record = *std::move(kept);
      }
      then(std::move(one), reader, **row, found);
    });
  };
  given.live ? given.live(workspace, *sid, go_on) : go_on(std::nullopt);
}

void get_call_evidence(Call call, const RestGiven& given) {
  with_evidence(std::move(call), given,
                [](Call one, store::Reader& reader, const calls::CallRecord& row, const Found& found) {
                  auto body = evidence_json(reader, one.workspace(), row, found);
                  if (!body) return one.fail(body.error());
                  const std::int64_t at = one.services->runtime.events().position(one.workspace());
                  one.answer(door::with_position(http::Response::json_text(200, *std::move(body)), at));
                });
}

void get_call_sip(Call call, const RestGiven& given) {
  with_evidence(std::move(call), given, [](Call one, store::Reader&, const calls::CallRecord& row, const Found& found) {
    if (!found.record) return one.fail(door::no_such("evidence of call", row.sid.str()));
    // What is in memory still has its secrets; what is written down has not.
    auto clean = read_record(write_record(*found.record));
    if (!clean) return one.fail(clean.error());
    const std::int64_t at = one.services->runtime.events().position(one.workspace());
    auto out = http::Response::text(200, pcapng_of(*clean), "application/x-pcapng");
    out = std::move(out).header("Content-Disposition", "attachment; filename=\"" + row.sid.str() + ".pcapng\"");
    one.answer(door::with_position(std::move(out), at));
  });
}

}  // namespace

void add_routes(door::Api& api, const RestGiven& given) {
  api.on("get_call_evidence", [given](Call call) { get_call_evidence(std::move(call), given); });
  api.on("get_call_sip", [given](Call call) { get_call_sip(std::move(call), given); });
}

}  // namespace carillon::evidence
