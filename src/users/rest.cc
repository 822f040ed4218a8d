#include "users/rest.h"

#include "runtime/resource_render.h"
#include "runtime/tables.h"
#include "users/rest_parts.h"

namespace carillon::users {

void FreshSecrets::keep(std::string sid, std::string secret, Instant now) {
  std::lock_guard held(mutex_);
  while (!kept_.empty() && (kept_.size() >= kMost || now >= kept_.front().until)) kept_.pop_front();
  kept_.push_back({std::move(sid), std::move(secret), now + kKept});
}

std::optional<std::string> FreshSecrets::find(const std::string& sid, Instant now) const {
  std::lock_guard held(mutex_);
  for (const Kept& one : kept_) {
    if (one.sid == sid && now < one.until) return one.secret;
  }
  return std::nullopt;
}

void Rest::Parts::hash(door::Call call, std::function<void(door::Call)> work) {
  auto held = std::make_shared<door::Call>(std::move(call));
  if (!hashing.post([held, work = std::move(work)] { work(std::move(*held)); })) {
    held->fail(Error(ErrorCode::kOverloaded, "too many passwords are being checked; try again in a moment"));
  }
}

Rest::Rest(World world, RestOptions options) : parts_(std::make_unique<Parts>(world, std::move(options))) {}
Rest::~Rest() { stop(); }

void Rest::stop() { parts_->hashing.stop(); }

void Rest::add_routes(door::Api& api) {
  add_session_routes(api, *parts_);
  add_users_routes(api, *parts_);
  add_memberships_routes(api, *parts_);
  add_api_keys_routes(api, *parts_);
  add_workspaces_routes(api, *parts_);
}

runtime::RecordChange record_of(Decided& decided, WorkspaceId workspace) {
  runtime::RecordChange out;
  if (workspace) out.workspace = workspace;
  out.change = std::move(decided.rows);
  out.sid = decided.sid;
  return out;
}

void change_records(door::Call call, Rest::Parts& parts, Decided decided, door::Answer answer, WorkspaceId workspace) {
  auto record = record_of(decided, workspace);
  // The reservation ends when the hook does: after the Directory knows the name.
  answer.committed = [&parts, edits = std::move(decided.edits), reserved = std::move(decided.reserved),
                      more = std::move(answer.committed)](const runtime::Committed& done) {
    parts.directory().apply(edits);
    if (more) more(done);
  };
  door::change(std::move(call), std::move(record), std::move(answer));
}

void fail_with_version(door::Call& call, const Error& error, std::int64_t present) {
  auto response = http::Response::problem(error, call.request.path);
  const bool stale = error.code == ErrorCode::kVersionMismatch && present > 0;
  call.answer(stale ? std::move(response).etag(present) : std::move(response));
}

Result<WorkspaceId> workspace_of(const door::Call& call) {
  if (call.workspace()) return call.workspace();
  return Error(ErrorCode::kForbidden, "there is no workspace yet; make one with POST /api/v1/workspaces")
      .at("Carillon-Workspace");
}

void fail_slower(door::Call& call, Duration wait) {
  const auto seconds = std::max<std::int64_t>(1, (wait.us + 999'999) / 1'000'000);
  const Error error(ErrorCode::kRateLimited,
                    "too many attempts with this name; try again in " + std::to_string(seconds) + " s");
  call.answer(http::Response::problem(error, call.request.path, Duration::seconds(seconds)));
}

Result<door::Rendered> workspace_row(store::Reader& reader, WorkspaceId workspace, bool quarantined) {
  auto rows = runtime::read_live<workspace::WorkspaceRecord>(reader, workspace);
  if (!rows) return rows.error();
  if (rows->empty()) return Error(ErrorCode::kNotFound, "there is no workspace " + workspace.str());
  door::Rendered out;
  runtime::render(out.json, rows->front(), quarantined);
  out.version = rows->front().version;
  return out;
}

bool is_quarantined(const runtime::Runtime& runtime, WorkspaceId workspace) {
  for (const runtime::WorkspaceReport& one : runtime.workspaces()) {
    if (one.sid == workspace) return one.status == runtime::WorkspaceStatus::quarantined;
  }
  return false;
}

}  // namespace carillon::users
