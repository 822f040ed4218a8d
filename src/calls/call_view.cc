#include "calls/call_view.h"

#include <algorithm>

#include "door/configuration.h"
#include "runtime/resource_render.h"
#include "runtime/tables.h"

namespace carillon::calls {
namespace {

const store::Sql& select_one(bool limited) {
  static const std::string kText =
      "SELECT " + std::string(runtime::columns_of<CallRecord>()) + " FROM calls WHERE workspace_id = ?1 AND sid = ?2";
  static const store::Sql kAny = store::Sql::dynamic(kText);
  static const store::Sql kTheirs = store::Sql::dynamic(kText + " AND " + calls_of("?1", "?3"));
  return limited ? kTheirs : kAny;
}

}  // namespace

std::string contacts_of(const std::string& workspace, const std::string& worker) {
  return "(SELECT contact_sid FROM reservations WHERE workspace_id = " + workspace + " AND worker_sid = " + worker +
         " AND contact_sid IS NOT NULL)";
}

std::string calls_of(const std::string& workspace, const std::string& worker) {
  return "(contact_sid IN " + contacts_of(workspace, worker) + " OR (direction = 'internal' AND (\"from\" = " + worker +
         " OR \"to\" = " + worker + ")))";
}

void render_one(std::string& out, WorkspaceId workspace, const CallRecord& call, bool for_agent) {
  for_agent ? runtime::render(out, workspace, seen_by_agents(call)) : runtime::render(out, workspace, call);
}

bool render_call(const runtime::Applied& applied, CallId sid, bool for_agent, door::Rendered& out) {
  const CallRecord* call = applied.state.calls().call(sid);
  if (!call && applied.effects.calls) {
    const auto& changed = applied.effects.calls->calls;
    const auto it = std::find_if(changed.begin(), changed.end(), [&](const auto* one) { return one->sid == sid; });
    if (it != changed.end()) call = *it;
  }
  if (!call) return false;
  render_one(out.json, applied.state.workspace().sid, *call, for_agent);
  out.version = call->version;
  return true;
}

Result<std::optional<CallRecord>> read_call(store::Reader& reader, WorkspaceId workspace, CallId sid,
                                            const std::optional<WorkerId>& only) {
  store::Params params{workspace, sid};
  if (only) params.push_back(only->str());
  auto rows = reader.query(select_one(only.has_value()), params);
  if (!rows) return rows.error();
  if (rows->empty()) return std::optional<CallRecord>();
  auto record = runtime::read_row<CallRecord>((*rows)[0]);
  if (!record) return record.error();
  return std::optional<CallRecord>(*std::move(record));
}

door::Row call_row(bool for_agent) {
  return [for_agent](store::Reader& reader, WorkspaceId workspace, const std::string& sid) -> Result<door::Rendered> {
    const auto id = CallId::parse(sid);
    if (!id) return door::no_such("call", sid);
    auto call = read_call(reader, workspace, *id, std::nullopt);
    if (!call) return call.error();
    if (!*call) return door::no_such("call", sid);
    door::Rendered out;
    render_one(out.json, workspace, **call, for_agent);
    out.version = (*call)->version;
    return out;
  };
}

const LegRecord* leg_of(const CallRecord& call, WorkerId worker) {
  if (!worker) return nullptr;
  for (const LegRecord& leg : call.legs) {
    const bool there = leg.status == LegStatus::connecting || leg.status == LegStatus::connected;
    if (leg.worker_sid == worker && leg.role == LegRole::agent && there) return &leg;
  }
  return nullptr;
}

}  // namespace carillon::calls
