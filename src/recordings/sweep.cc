#include "recordings/sweep.h"

#include <pthread.h>

#include <algorithm>
#include <future>

#include "recordings/holds.h"
#include "recordings/sound.h"

namespace carillon::recordings {
namespace {

constexpr std::int64_t kDayUs = 86'400'000'000;

constexpr std::string_view kColumns = "SELECT r.workspace_id, r.sid ";
// Made to the end, there, and not held.
constexpr std::string_view kMayGo = " AND r.deleted_at IS NULL AND r.ended_at IS NOT NULL AND NOT ";

constexpr std::string_view kWithdrawn =
    "FROM calls e JOIN recordings r ON r.workspace_id = e.workspace_id AND r.call_sid = e.sid "
    "WHERE e.erase_recordings = 1 AND r.kind = 'call'";
constexpr std::string_view kNoMessage =
    "FROM recordings r JOIN calls e ON e.workspace_id = r.workspace_id AND e.sid = r.call_sid "
    "WHERE r.kind = 'voicemail' AND e.status = 'ended' AND (e.voicemail_sid IS NULL OR e.voicemail_sid <> r.sid)";
// Nothing younger than the shortest time anybody keeps is looked at.
constexpr std::string_view kShortest =
    "SELECT MIN(days) FROM (SELECT recordings_kept_days AS days FROM workspaces UNION ALL "
    "SELECT voicemails_kept_days FROM workspaces UNION ALL SELECT recordings_kept_days FROM numbers UNION ALL "
    "SELECT voicemails_kept_days FROM numbers) AS kept WHERE days > 0";
constexpr std::string_view kOld =
    "FROM recordings r JOIN workspaces w ON w.workspace_id = r.workspace_id "
    "LEFT JOIN calls e ON e.workspace_id = r.workspace_id AND e.sid = r.call_sid "
    "LEFT JOIN numbers n ON n.workspace_id = e.workspace_id AND n.sid = e.number_sid "
    "WHERE r.started_at <= ?1 AND (CASE WHEN r.kind = 'voicemail' "
    "THEN CASE WHEN COALESCE(n.voicemails_kept_days, -1) >= 0 THEN n.voicemails_kept_days ELSE "
    "w.voicemails_kept_days END "
    "ELSE CASE WHEN COALESCE(n.recordings_kept_days, -1) >= 0 THEN n.recordings_kept_days ELSE "
    "w.recordings_kept_days END END) BETWEEN 1 AND (?2 - r.started_at) / 86400000000";

store::Sql sql_of(std::string_view from) {
  return store::Sql::dynamic(std::string(kColumns) + std::string(from) + std::string(kMayGo) +
                             std::string(held_condition()) + " ORDER BY r.started_at, r.sid LIMIT " +
                             std::to_string(kMostAtOnce));
}

Result<void> take(store::Reader& reader, const store::Sql& sql, store::Params params, std::vector<Due>& out) {
  auto rows = reader.query(sql, std::move(params));
  if (!rows) return rows.error();
  for (const store::Row row : *rows) {
    const RecordingId sid = row.id<RecordingId>(1);
    const bool known = std::any_of(out.begin(), out.end(), [&](const Due& due) { return due.row.sid == sid; });
    if (known) continue;
    auto whole = find(reader, row.id<WorkspaceId>(0), sid);
    if (!whole) return whole.error();
    if (*whole) out.push_back({row.id<WorkspaceId>(0), **std::move(whole)});
  }
  return {};
}

}  // namespace

Result<std::vector<Due>> due_for_deletion(store::Reader& reader, Instant now) {
  static const store::Sql kTheirWish = sql_of(kWithdrawn), kRubbish = sql_of(kNoMessage), kAged = sql_of(kOld);
  static const store::Sql kLeast = store::Sql::dynamic(std::string(kShortest));
  std::vector<Due> out;
  if (auto ok = take(reader, kTheirWish, {}, out); !ok) return ok.error();
  if (auto ok = take(reader, kRubbish, {}, out); !ok) return ok.error();
  auto least = reader.query(kLeast, {});
  if (!least) return least.error();
  if (least->empty() || (*least)[0].is_null(0)) return out;
  const Instant before{now.us - (*least)[0].integer(0) * kDayUs};
  if (auto ok = take(reader, kAged, {before, now}, out); !ok) return ok.error();
  return out;
}

std::size_t Sweeper::sweep() {
  std::vector<Due> due;
  {
    auto reader = world_.readers.lease();
    auto found = reader ? due_for_deletion(**reader, world_.clock.now()) : Result<std::vector<Due>>(reader.error());
    if (!found) {
      world_.log("what recordings are to be deleted could not be read: " + found.error().message);
      return 0;
    }
    due = std::move(*found);
  }
  return static_cast<std::size_t>(
      std::count_if(due.begin(), due.end(), [this](const Due& one) { return remove(one); }));
}

// The row first: a file without a row is rubbish, a row without a file a lie.
bool Sweeper::remove(const Due& due) {
  RecordingRow row = due.row;
  row.deleted_at = world_.clock.now();
  runtime::RecordChange change;
  change.workspace = due.workspace;
  change.sid = row.sid.str();
  change.change = deleted(due.workspace, row.sid, row.deleted_at);
  if (row.kind == Kind::call) change.events.push_back(told_of(due.workspace, row, "recording.deleted"));
  std::promise<Result<void>> told;
  auto done = told.get_future();
  change.reply = [&told](Result<runtime::Committed> committed) {
    told.set_value(committed ? Result<void>() : Result<void>(committed.error()));
  };
  world_.commit(std::move(change));
  auto committed = done.get();
  if (committed) committed = erase_file(world_.files, due.row);
  if (!committed) world_.log("recording " + due.row.sid.str() + " is not deleted: " + committed.error().message);
  return committed.ok();
}

void Sweeper::start() {
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "sweeper");
}

void Sweeper::run() {
  Instant next = world_.clock.now() + kSweepEvery;
  for (;;) {
    {
      std::unique_lock held(point_->mutex);
      while (!stopping_ && world_.clock.now() < next) world_.clock.wait_until(held, point_, next);
      if (stopping_) return;
    }
    sweep();
    next = world_.clock.now() + kSweepEvery;
  }
}

void Sweeper::stop() {
  {
    std::lock_guard held(point_->mutex);
    stopping_ = true;
    point_->changed.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

}  // namespace carillon::recordings
