// Workspaces: made by an instance admin, shown to their people, their settings changed by an admin.
#include <algorithm>

#include "base/names.h"
#include "runtime/resource_render.h"
#include "runtime/tables.h"
#include "secrets/secrets.h"
#include "users/rest_parts.h"

namespace carillon::users {
namespace {

using door::Call;
using http::Fields;
using routing::CapacityModel;
using workspace::WorkspaceRecord;

constexpr http::EnumName<CapacityModel> kModels[] = {{"costed", CapacityModel::costed},
                                                     {"per_channel", CapacityModel::per_channel}};

door::Row row_of(const runtime::Runtime& runtime) {
  return [&runtime](store::Reader& reader, WorkspaceId present, const std::string& sid) {
    const WorkspaceId workspace = WorkspaceId::parse(sid).value_or(present);
    return workspace_row(reader, workspace, is_quarantined(runtime, workspace));
  };
}

void check_time_zone(Fields& in, Rest::Parts& parts, std::string_view zone) {
  const bool letters = std::all_of(zone.begin(), zone.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/' || c == '_' ||
           c == '-' || c == '+';
  });
  if (letters && (!parts.options.knows_time_zone || parts.options.knows_time_zone(zone))) return;
  in.fault("time_zone", ErrorCode::kInvalidValue, "\"" + std::string(zone) + "\" is no time zone",
           "an IANA name like Europe/Athens");
}

void check_given_name(Fields& in, const std::string& name) {
  if (auto fine = check_name(name); !fine && !name.empty())
    in.fault("friendly_name", fine.error().code, fine.error().message);
}

// ---- reading ----
void get_workspace(Call call) {
  auto workspace = workspace_of(call);
  if (!workspace) return call.fail(workspace.error());
  const door::Row row = row_of(call.services->runtime);
  door::read_one(std::move(call), row, workspace->str());
}

void list_workspaces(Call call, Rest::Parts& parts) {
  http::QueryFields query(call.request.query);
  auto list = std::make_shared<door::ListSql>(
      "SELECT created_at, " + std::string(runtime::columns_of<WorkspaceRecord>()) + " FROM workspaces", "created_at",
      "sid", false);
  if (!call.caller().instance_admin) {
    std::vector<std::string> mine;
    for (const MembershipPtr& one : parts.directory().memberships_of(call.caller().user))
      mine.push_back(one->workspace.str());
    mine.resize(std::min<std::size_t>(mine.size(), 900));  // of a statement's parameters
    if (mine.empty()) list->where("1 = 0");
    list->where_in("workspace_id", mine);
  }
  if (auto fine = list->page(query); !fine) return call.fail(fine.error());
  if (auto fine = query.finish(); !fine) return call.fail(fine.error());
  door::read(std::move(call), [list](store::Reader& reader, const Call& held) -> Result<http::Response> {
    auto rows = reader.query(list->sql(), list->params());
    if (!rows) return rows.error();
    const auto reports = held.services->runtime.workspaces();
    door::PageWriter page(*list);
    for (const store::Row& row : *rows) {
      auto record = runtime::read_row<WorkspaceRecord>(row, 1);
      if (!record) return record.error();
      const bool quarantined = std::any_of(reports.begin(), reports.end(), [&](const runtime::WorkspaceReport& one) {
        return one.sid == record->sid && one.status == runtime::WorkspaceStatus::quarantined;
      });
      const auto write = [&](std::string& out) { runtime::render(out, *record, quarantined); };
      if (!page.add(row.integer("created_at"), record->sid.str(), write)) break;
    }
    return page.finish();
  });
}

// ---- making ----
struct Making {
  Call call;
  std::string friendly_name, time_zone;
  std::optional<runtime::IdempotencyKey> key;
};

void answer_made(std::shared_ptr<Making> making, WorkspaceId workspace, std::int64_t position) {
  Call& call = making->call;
  const bool posted = call.services->pool.post([making, workspace, position] {
    Call& held = making->call;
    auto reader = held.services->store.readers().lease();
    if (!reader) return held.fail(reader.error());
    auto row = workspace_row(**reader, workspace, false);
    if (!row) return held.fail(row.error());
    auto response = http::Response::json_text(201, std::move(row->json)).location("/api/v1/workspace");
    held.answer(door::with_position(std::move(response), position));
  });
  if (!posted) call.fail(Error(ErrorCode::kOverloaded, "too many requests are being answered; try again in a moment"));
}

void found(std::shared_ptr<Making> making, Rest::Parts& parts, WorkspaceId workspace) {
  runtime::Submission submission;
  submission.workspace = workspace;
  submission.command = workspace::CreateWorkspace{workspace, making->friendly_name, making->time_zone};
  submission.actor = making->call.caller().actor();
  submission.idempotency = making->key;
  submission.reply = [making, &parts, workspace](Result<runtime::Committed> done) {
    if (!done) return making->call.fail(done.error());
    parts.directory().put_workspace(workspace, making->friendly_name);
    answer_made(making, workspace, done->position);
  };
  making->call.services->runtime.submit(std::move(submission));
}

// The n-th workspace that this key means: derived from it, so that a repeated request finds where the key was kept.
WorkspaceId derived_id(const runtime::IdempotencyKey& key, int n) {
  const std::string hash =
      secrets::sha256_hex("create_workspace\n" + key.principal + "\n" + key.key + "\n" + std::to_string(n));
  return WorkspaceId::parse("WS" + hash.substr(0, 32)).value_or(secrets::random_id<WorkspaceId>());
}

// On the pool. A workspace whose key is forgotten (24 h) belongs to an earlier use of it: the next one is tried.
void make_once(std::shared_ptr<Making> making, Rest::Parts& parts) {
  for (int n = 0; n < 100; ++n) {
    const WorkspaceId workspace = derived_id(*making->key, n);
    auto repeated = making->call.services->runtime.find_repeated(workspace, *making->key);
    if (!repeated) return making->call.fail(repeated.error());
    if (*repeated) return answer_made(making, workspace, (*repeated)->position);
    if (!parts.directory().workspace_name(workspace)) return found(making, parts, workspace);
  }
  making->call.fail(Error(ErrorCode::kIdempotencyMismatch, "this Idempotency-Key was used too often; choose another")
                        .at("Idempotency-Key"));
}

void create_workspace(Call call, Rest::Parts& parts) {
  auto body = call.body();
  if (!body) return call.fail(body.error());
  Fields in(*body);
  auto making = std::make_shared<Making>();
  making->friendly_name = in.required_string("friendly_name", 1, 64);
  making->time_zone = in.required_string("time_zone", 1, 64);
  check_given_name(in, making->friendly_name);
  check_time_zone(in, parts, making->time_zone);
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  auto key = door::idempotency_of(call, 201);
  if (!key) return call.fail(key.error());
  making->key = *std::move(key);
  making->call = std::move(call);
  if (!making->key) return found(making, parts, secrets::random_id<WorkspaceId>());
  if (!making->call.services->pool.post([making, &parts] { make_once(making, parts); })) {
    making->call.fail(Error(ErrorCode::kOverloaded, "too many requests are being answered; try again in a moment"));
  }
}

// ---- changing ----
struct Patch {
  std::optional<std::string> friendly_name, time_zone;
  std::optional<CapacityModel> capacity_model;
  std::optional<std::int64_t> total_capacity, idle_after_s, gone_after_s, reopen_within_s;
  std::optional<std::int64_t> recordings_kept_days, voicemails_kept_days;
  std::optional<bool> agent_sees_monitoring;
  std::optional<QueueId> last_resort_queue_sid;

  void onto(WorkspaceRecord& record) const {
    if (friendly_name) record.friendly_name = *friendly_name;
    if (time_zone) record.time_zone = *time_zone;
    if (capacity_model) record.capacity_model = *capacity_model;
    if (total_capacity) record.total_capacity = *total_capacity;
    if (last_resort_queue_sid) record.last_resort_queue_sid = *last_resort_queue_sid;
    if (idle_after_s) record.idle_after = Duration::seconds(*idle_after_s);
    if (gone_after_s) record.gone_after = Duration::seconds(*gone_after_s);
    if (reopen_within_s) record.reopen_within = Duration::seconds(*reopen_within_s);
    if (recordings_kept_days) record.recordings_kept_days = *recordings_kept_days;
    if (voicemails_kept_days) record.voicemails_kept_days = *voicemails_kept_days;
    if (agent_sees_monitoring) record.agent_sees_monitoring = *agent_sees_monitoring;
  }
};

Result<Patch> read_patch(const boost::json::value& body, Rest::Parts& parts) {
  Fields in(body);
  Patch out;
  out.friendly_name = in.optional_string("friendly_name", 1, 64);
  out.time_zone = in.optional_string("time_zone", 1, 64);
  out.capacity_model = in.optional_enum("capacity_model", kModels);
  out.total_capacity = in.optional_int("total_capacity", 1, 1000);
  out.last_resort_queue_sid = in.optional_sid<QueueId>("last_resort_queue_sid");
  out.idle_after_s = in.optional_int("idle_after_s", 60, 86'400);
  out.gone_after_s = in.optional_int("gone_after_s", 30, 3'600);
  out.reopen_within_s = in.optional_int("reopen_within_s", 0, 31'536'000);
  out.recordings_kept_days = in.optional_int("recordings_kept_days", 0, 36'500);
  out.voicemails_kept_days = in.optional_int("voicemails_kept_days", 0, 36'500);
  out.agent_sees_monitoring = in.optional_bool("agent_sees_monitoring");
  if (out.friendly_name) check_given_name(in, *out.friendly_name);
  if (out.time_zone) check_time_zone(in, parts, *out.time_zone);
  if (body.is_object() && body.get_object().empty()) {
    in.fault("", ErrorCode::kMissingField, "nothing is to be changed", "at least one field of a workspace");
  }
  if (auto fine = in.finish(); !fine) return fine.error();
  return out;
}

// On the pool: the whole record is handed over, so it is read first; the version says whether it is still that one.
void change_settings(Call call, Rest::Parts& parts, const Patch& patch) {
  auto reader = call.services->store.readers().lease();
  if (!reader) return call.fail(reader.error());
  auto rows = runtime::read_live<WorkspaceRecord>(**reader, call.workspace());
  if (!rows) return call.fail(rows.error());
  if (rows->empty()) return call.fail(Error(ErrorCode::kNotFound, "there is no workspace " + call.workspace().str()));
  WorkspaceRecord record = rows->front();
  auto version = call.version();
  if (!version) return fail_with_version(call, version.error(), record.version);
  if (*version != 0 && *version != record.version) {
    const Error stale(ErrorCode::kVersionMismatch, "the workspace is at version " + std::to_string(record.version) +
                                                       ", you changed version " + std::to_string(*version) +
                                                       "; read it again and decide again");
    return fail_with_version(call, stale, record.version);
  }
  patch.onto(record);
  const door::Row row = row_of(call.services->runtime);
  const auto named = [&parts, workspace = call.workspace(), name = record.friendly_name](const runtime::Committed&) {
    parts.directory().put_workspace(workspace, name);
  };
  door::Answer answer{.row = row, .sid = call.workspace().str()};
  answer.committed = named;
  door::change(std::move(call), workspace::UpdateWorkspace{record}, std::move(answer));
}

void update_workspace(Call call, Rest::Parts& parts) {
  auto workspace = workspace_of(call);
  if (!workspace) return call.fail(workspace.error());
  auto body = call.body();
  if (!body) return call.fail(body.error());
  auto patch = read_patch(*body, parts);
  if (!patch) return call.fail(patch.error());
  auto held = std::make_shared<Call>(std::move(call));
  if (!held->services->pool.post(
          [held, &parts, patch = *std::move(patch)] { change_settings(std::move(*held), parts, patch); })) {
    held->fail(Error(ErrorCode::kOverloaded, "too many requests are being answered; try again in a moment"));
  }
}

}  // namespace

void add_workspaces_routes(door::Api& api, Rest::Parts& parts) {
  api.on("list_workspaces", [&parts](Call call) { list_workspaces(std::move(call), parts); });
  api.on("create_workspace", [&parts](Call call) { create_workspace(std::move(call), parts); },
         {.max_body_bytes = 16 << 10});
  api.on("get_workspace", [](Call call) { get_workspace(std::move(call)); });
  api.on("update_workspace", [&parts](Call call) { update_workspace(std::move(call), parts); },
         {.max_body_bytes = 16 << 10});
}

}  // namespace carillon::users
