#include "runtime/keeper.h"

#include <pthread.h>
#include <algorithm>

#include "runtime/live_rows.h"

namespace carillon::runtime {
namespace {

constexpr Duration kFirstPause = Duration::millis(100);
constexpr Duration kLongestPause = Duration::seconds(5);
// Rows a deletion takes at most: it delays the commits of others by a few milliseconds.
constexpr std::int64_t kBite = 500;

constexpr store::Sql kNewestCheckpoint =
    "SELECT entry, at FROM checkpoints WHERE workspace_id = ?1 ORDER BY entry DESC LIMIT 1";
constexpr store::Sql kPutCheckpoint =
    "INSERT INTO checkpoints (workspace_id, entry, at, engine_version, hash, live_rows) VALUES (?1, ?2, ?3, ?4, ?5, "
    "?6) "
    "ON CONFLICT (workspace_id, entry) DO UPDATE SET at = excluded.at, engine_version = excluded.engine_version, "
    "hash = excluded.hash, live_rows = excluded.live_rows";
// Replay must always find a checkpoint before the journal's oldest entry.
constexpr store::Sql kOldCheckpoint =
    "SELECT MAX(entry), MIN(entry) FROM checkpoints WHERE workspace_id = ?1 AND at < ?2";
constexpr store::Sql kOldestEntry = "SELECT entry FROM journal WHERE workspace_id = ?1 ORDER BY entry LIMIT 1";
constexpr store::Sql kDeleteJournal = "DELETE FROM journal WHERE workspace_id = ?1 AND entry <= ?2";
constexpr store::Sql kDeleteCheckpoints = "DELETE FROM checkpoints WHERE workspace_id = ?1 AND entry < ?2";
constexpr store::Sql kOldestEvents =
    "SELECT position, at FROM events WHERE workspace_id = ?1 ORDER BY position LIMIT ?2";
constexpr store::Sql kDeleteEvents = "DELETE FROM events WHERE workspace_id = ?1 AND position <= ?2";
constexpr store::Sql kEventsDeleted =
    "UPDATE workspace_heads SET events_deleted_to = ?2 WHERE workspace_id = ?1 AND events_deleted_to < ?2";
constexpr store::Sql kOldKeys =
    "SELECT expires_at FROM idempotency WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2";
constexpr store::Sql kDeleteKeys = "DELETE FROM idempotency WHERE expires_at <= ?1";

}  // namespace

Keeper::Keeper(World world) : world_(std::move(world)) { sweep_later(); }

Keeper::~Keeper() { stop(); }

void Keeper::post(Job job, Instant at) {
  std::lock_guard held(point_->mutex);
  jobs_.emplace(at, std::move(job));
  point_->changed.notify_all();
}

void Keeper::reload(WorkspaceId workspace) {
  post([this, workspace] { try_load(workspace, 0); }, world_.clock.now());
}

void Keeper::sweep() {
  post([this] { sweep_all(); }, world_.clock.now());
}

void Keeper::sweep_later() {
  post(
      [this] {
        sweep_all();
        sweep_later();
      },
      world_.clock.now() + world_.sweep_every);
}

void Keeper::checkpoint(WorkspaceId workspace, std::function<void(Result<std::int64_t>)> done) {
  post(
      [this, workspace, done = std::move(done)] {
        if (auto written = write_checkpoint(workspace, false, done); !written && done) done(written.error());
      },
      world_.clock.now());
}

void Keeper::try_load(WorkspaceId workspace, int attempt) {
  auto loaded = load_state(world_.readers, workspace);
  if (loaded) return world_.loaded(std::move(*loaded), workspace);
  if (loaded.error().code == ErrorCode::kNotFound) return world_.absent(workspace);
  world_.load_failed(workspace, loaded.error());
  world_.alarms.raised({Alarm::Kind::load_failed, workspace, loaded.error().message});
  const Duration pause = std::min(kLongestPause, kFirstPause * (std::int64_t{1} << std::min(attempt, 10)));
  post([this, workspace, attempt] { try_load(workspace, attempt + 1); }, world_.clock.now() + pause);
}

Result<void> Keeper::write_checkpoint(WorkspaceId workspace, bool only_if_moved,
                                      std::function<void(Result<std::int64_t>)> done) {
  Result<Loaded> loaded = Error(ErrorCode::kInternal, "");
  {
    auto reader = world_.readers.lease();
    if (!reader) return reader.error();
    auto snapshot = (*reader)->snapshot();
    if (!snapshot) return snapshot.error();
    if (only_if_moved) {
      auto newest = (*reader)->query(kNewestCheckpoint, {workspace});
      auto head = read_head(**reader, workspace);
      if (!newest) return newest.error();
      if (!head) return head.error();
      if (!*head || (*head)->last_entry == 0) return {};
      if (!newest->empty() && (*newest)[0].integer(0) == (*head)->last_entry) return {};
    }
    loaded = read_workspace(**reader, workspace);
  }
  if (!loaded) return loaded.error();
  const std::int64_t entry = loaded->head.last_entry;
  std::string text = encode(loaded->rows);
  auto state = state_of(std::move(loaded->rows));
  if (!state) return state.error();
  store::Change change;
  change.run(kPutCheckpoint, workspace, entry, world_.clock.now(), workspace::kEngineVersion, (*state)->hash(),
             std::move(text));
  world_.committer.commit({.workspace = {},
                           .change = std::move(change),
                           .published = {},
                           .idempotency = {},
                           .expires_at = {},
                           .answer = {},
                           .owed = Owed::internal([this, workspace, entry, done](Result<Committed> written) {
                             if (!written) complain(workspace, written.error());
                             if (done)
                               done(written ? Result<std::int64_t>(entry) : Result<std::int64_t>(written.error()));
                           })});
  return {};
}

void Keeper::checkpoint_all() {
  std::vector<Head> heads;
  {
    auto reader = world_.readers.lease();
    auto found = reader ? read_heads(**reader) : Result<std::vector<Head>>(reader.error());
    if (!found) return complain({}, found.error());
    heads = std::move(*found);
  }
  for (const Head& head : heads) {
    if (auto written = write_checkpoint(head.workspace, true, {}); !written) complain(head.workspace, written.error());
  }
}

void Keeper::sweep_all() {
  std::vector<Head> heads;
  {
    auto reader = world_.readers.lease();
    auto found = reader ? read_heads(**reader) : Result<std::vector<Head>>(reader.error());
    if (found) {
      heads = std::move(*found);
    } else {
      complain({}, found.error());
    }
  }
  for (const Head& head : heads) {
    if (auto swept = sweep_workspace(head.workspace); !swept) complain(head.workspace, swept.error());
  }
  sweep_keys();
}

Result<void> Keeper::sweep_workspace(WorkspaceId workspace) {
  bool due = false;
  {
    auto reader = world_.readers.lease();
    if (!reader) return reader.error();
    auto newest = (*reader)->query(kNewestCheckpoint, {workspace});
    if (!newest) return newest.error();
    due = newest->empty() || (*newest)[0].instant(1) + world_.checkpoint_every <= world_.clock.now();
  }
  if (due) {
    if (auto written = write_checkpoint(workspace, true, {}); !written) return written.error();
  }
  sweep_journal(workspace);
  sweep_events(workspace);
  return {};
}

void Keeper::sweep_journal(WorkspaceId workspace) {
  auto reader = world_.readers.lease();
  if (!reader) return complain(workspace, reader.error());
  const Instant cutoff = world_.clock.now() - world_.journal_kept;
  auto checkpoint = (*reader)->query(kOldCheckpoint, {workspace, cutoff});
  auto oldest = (*reader)->query(kOldestEntry, {workspace});
  if (!checkpoint) return complain(workspace, checkpoint.error());
  if (!oldest) return complain(workspace, oldest.error());
  const auto keep_after = (*checkpoint)[0].opt_integer(0);
  if (!keep_after) return;
  store::Change change;
  if ((*checkpoint)[0].integer(1) < *keep_after) change.run(kDeleteCheckpoints, workspace, *keep_after);
  if (oldest->empty() || (*oldest)[0].integer(0) > *keep_after) {
    if (!change.statements.empty()) remove(std::move(change), {});
    return;
  }
  const std::int64_t until = std::min(*keep_after, (*oldest)[0].integer(0) + kBite - 1);
  change.run(kDeleteJournal, workspace, until);
  remove(std::move(change), [this, workspace] { sweep_journal(workspace); });
}

void Keeper::sweep_events(WorkspaceId workspace) {
  auto reader = world_.readers.lease();
  if (!reader) return complain(workspace, reader.error());
  auto oldest = (*reader)->query(kOldestEvents, {workspace, kBite});
  if (!oldest) return complain(workspace, oldest.error());
  const Instant cutoff = world_.clock.now() - world_.events_kept;
  std::int64_t until = 0;
  for (store::Row row : *oldest) {
    if (row.instant(1) >= cutoff) break;
    until = row.integer(0);
  }
  if (until == 0) return;
  store::Change change;
  change.run(kDeleteEvents, workspace, until);
  change.run(kEventsDeleted, workspace, until);
  remove(std::move(change), [this, workspace] { sweep_events(workspace); });
}

void Keeper::sweep_keys() {
  auto reader = world_.readers.lease();
  if (!reader) return complain({}, reader.error());
  auto old = (*reader)->query(kOldKeys, {world_.clock.now(), kBite});
  if (!old) return complain({}, old.error());
  if (old->empty()) return;
  store::Change change;
  change.run(kDeleteKeys, (*old)[old->size() - 1].integer(0));
  remove(std::move(change), [this] { sweep_keys(); });
}

void Keeper::remove(store::Change change, Job again) {
  world_.committer.commit({.workspace = {},
                           .change = std::move(change),
                           .published = {},
                           .idempotency = {},
                           .expires_at = {},
                           .answer = {},
                           .owed = Owed::internal([this, again = std::move(again)](Result<Committed> done) {
                             if (!done) return complain({}, done.error());
                             if (again) post(again, world_.clock.now());
                           })});
}

void Keeper::complain(WorkspaceId workspace, const Error& error) {
  world_.alarms.raised({Alarm::Kind::housekeeping, workspace, error.message});
}

bool Keeper::step() {
  bool any = false;
  for (;;) {
    Job job;
    {
      std::lock_guard held(point_->mutex);
      if (jobs_.empty() || jobs_.begin()->first > world_.clock.now()) return any;
      job = std::move(jobs_.begin()->second);
      jobs_.erase(jobs_.begin());
    }
    job();
    any = true;
  }
}

void Keeper::start() {
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "keeper");
}

void Keeper::run() {
  for (;;) {
    {
      std::unique_lock held(point_->mutex);
      const auto next = [&] { return jobs_.empty() ? Instant::never() : jobs_.begin()->first; };
      while (!stopping_ && world_.clock.now() < next()) world_.clock.wait_until(held, point_, next());
      if (stopping_) return;
    }
    step();
  }
}

void Keeper::stop() {
  {
    std::lock_guard held(point_->mutex);
    stopping_ = true;
    point_->changed.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

}  // namespace carillon::runtime
