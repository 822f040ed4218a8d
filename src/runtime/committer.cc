#include "runtime/committer.h"

#include <pthread.h>
#include <algorithm>
#include <chrono>

#include "runtime/event_rows.h"
#include "runtime/live_rows.h"

namespace carillon::runtime {
namespace {

constexpr store::Sql kAlive = "UPDATE instance SET alive_at = ?1";
constexpr store::Sql kMovePosition =
    "UPDATE workspace_heads SET position = ?3 WHERE workspace_id = ?1 AND epoch = ?2 AND position < ?3";
// A key that has expired may be used again before it is deleted; a living one rejects the change.
constexpr store::Sql kKey =
    "INSERT INTO idempotency (workspace_id, principal, idempotency_key, request_hash, status, sid, entry, position, "
    "now, "
    "expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?8, ?9) "
    "ON CONFLICT (workspace_id, principal, idempotency_key) DO UPDATE SET request_hash = excluded.request_hash, "
    "status = excluded.status, sid = excluded.sid, entry = 0, position = excluded.position, now = excluded.now, "
    "expires_at = excluded.expires_at WHERE idempotency.expires_at <= excluded.now";

// So many batches in a row failing alone mean that the database is away, not that each is a culprit.
constexpr int kGiveUpAfter = 3;

}  // namespace

Committer::Committer(World world, OnFailed on_failed) : world_(world), on_failed_(std::move(on_failed)) {}

Committer::~Committer() { stop(); }

void Committer::open(WorkspaceId workspace, AccountPtr account, std::uint64_t generation, std::int64_t epoch,
                     std::int64_t position) {
  std::lock_guard held(point_->mutex);
  Head& head = heads_[workspace];
  head.account = std::move(account);
  head.generation = generation;
  head.dead = false;
  head.epoch = epoch;
  head.position = std::max(head.position, position);
  head.account->committed_position = head.position;
  world_.log.begin(workspace, head.position);
}

void Committer::forget(WorkspaceId workspace) {
  std::lock_guard held(point_->mutex);
  heads_.erase(workspace);
}

void Committer::hand_over(StrandBatch batch) {
  if (batch.empty() && !batch.writes()) return;
  std::unique_lock held(point_->mutex);
  const auto head = heads_.find(batch.workspace);
  if (head == heads_.end() || head->second.generation != batch.generation || head->second.dead) {
    held.unlock();
    batch.fail(Error(ErrorCode::kUnavailable, "the workspace is being rebuilt from its rows; try again in a moment"));
    return;
  }
  const auto [found, added] = pending_index_.try_emplace(batch.workspace, pending_.size());
  if (added) {
    pending_.push_back(std::move(batch));
  } else {
    pending_[found->second].absorb(std::move(batch));
  }
  point_->changed.notify_all();
}

void Committer::commit(RecordWork work) {
  std::lock_guard held(point_->mutex);
  pending_records_.push_back(std::move(work));
  point_->changed.notify_all();
}

void Committer::set_deadlines(bool any) {
  std::lock_guard held(point_->mutex);
  if (deadlines_ == any) return;
  deadlines_ = any;
  point_->changed.notify_all();
}

void Committer::expect_restart(WorkspaceId workspace) {
  std::lock_guard held(point_->mutex);
  restarting_.insert(workspace);
}

bool Committer::expects_restart(WorkspaceId workspace) const {
  std::lock_guard held(point_->mutex);
  return restarting_.contains(workspace);
}

void Committer::forgo_restart(WorkspaceId workspace) {
  std::lock_guard held(point_->mutex);
  restarting_.erase(workspace);
}

Instant Committer::alive_due() const {
  if (!restarting_.empty()) return Instant::never();
  const bool often = deadlines_ || committed_since_alive_;
  return alive_at_ + (often ? world_.alive_every : world_.alive_idle_every);
}

std::optional<Committer::Group> Committer::take(bool alive_too) {
  Group group;
  std::lock_guard held(point_->mutex);
  group.alive = (alive_too && restarting_.empty()) || world_.clock.now() >= alive_due();
  if (pending_.empty() && pending_records_.empty() && !group.alive) return std::nullopt;
  group.batches.swap(pending_);
  group.records.swap(pending_records_);
  pending_index_.clear();
  busy_ = true;
  return group;
}

bool Committer::step() {
  auto group = take(false);
  if (!group) return false;
  build(*group);
  write(*group);
  finish(*group);
  std::lock_guard held(point_->mutex);
  busy_ = false;
  point_->changed.notify_all();
  return true;
}

void Committer::build(Group& group) {
  group.changes.reserve(group.size() + 1);
  std::vector<RecordWork> records;
  records.swap(group.records);
  for (StrandBatch& batch : group.batches) {
    std::int64_t position = 0;
    {
      std::lock_guard held(point_->mutex);
      Head& head = heads_[batch.workspace];
      position = head.position = batch.assign_positions(head.position);
    }
    count(world_.counters.rows_merged, batch.rows.merged());
    group.changes.push_back(batch.writes() ? batch.take_change(position) : store::Change{});
  }
  for (RecordWork& record : records) build_record(group, record);
  if (group.alive) {
    alive_at_ = world_.clock.now();
    committed_since_alive_ = false;
    group.changes.emplace_back().run(kAlive, alive_at_);
  }
}

// Records of a workspace that is not open are refused here; the others join the group.
void Committer::build_record(Group& group, RecordWork& record) {
  std::int64_t epoch = 0;
  if (record.workspace) {
    std::unique_lock held(point_->mutex);
    const auto head = heads_.find(*record.workspace);
    if (head == heads_.end()) {
      held.unlock();
      record.owed.give(Error(ErrorCode::kNotFound, "found no workspace " + record.workspace->str()));
      return;
    }
    record.answer.position = ++head->second.position;
    epoch = head->second.epoch;
  }
  store::Change change = std::move(record.change);
  if (record.published && !record.published->events.empty()) {
    EventRows rows(*record.workspace);
    rows.add(record.answer.position, 0, record.published->at, "", encode_body(*record.published));
    rows.into(change.statements);
  }
  if (record.published) record.published->position = record.answer.position;
  if (record.idempotency) {
    const IdempotencyKey& key = *record.idempotency;
    change.run_expecting(1, kKey, record.workspace ? record.workspace->str() : std::string(), key.principal, key.key,
                         key.request_hash, key.status, record.answer.sid, record.answer.position, record.answer.now,
                         record.expires_at);
  }
  if (record.workspace) change.run_expecting(1, kMovePosition, *record.workspace, epoch, record.answer.position);
  group.changes.push_back(std::move(change));
  group.records.push_back(std::move(record));
}

void Committer::write(Group& group) {
  group.outcomes.assign(group.size(), Result<void>());
  std::uint64_t statements = 0;
  for (const auto& change : group.changes) statements += change.statements.size();
  if (statements == 0) return;  // only answers that waited for their turn
  count(world_.counters.statements, statements);
  const auto began = std::chrono::steady_clock::now();
  auto done = world_.writer.commit(group.changes);
  time_commit(std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began).count());
  count(world_.counters.commits);
  if (done) {
    failing_ = false;
    for (std::size_t i = 0; i < group.size(); ++i) group.outcomes[i] = std::move((*done)[i]);
    return;
  }
  count(world_.counters.commits_failed);
  if (group.size() > 0 || !failing_) {
    world_.alarms.raised({Alarm::Kind::store_failing, {}, "a commit failed: " + done.error().message});
  }
  failing_ = true;
  if (done.error().code == ErrorCode::kStoreUnknown) {
    for (std::size_t i = 0; i < group.size(); ++i) group.outcomes[i] = resolve_unknown(group, i, done.error());
  } else {
    write_alone(group);
  }
}

void Committer::write_alone(Group& group) {
  int failed_in_a_row = 0;
  Error last;
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (group.changes[i].statements.empty()) continue;
    if (failed_in_a_row >= kGiveUpAfter) {
      group.outcomes[i] = last;
      continue;
    }
    auto done = world_.writer.commit({&group.changes[i], 1});
    if (done) {
      group.outcomes[i] = std::move((*done)[0]);
      failed_in_a_row = 0;
      continue;
    }
    last = done.error();
    ++failed_in_a_row;
    group.outcomes[i] = last.code == ErrorCode::kStoreUnknown ? resolve_unknown(group, i, last) : Result<void>(last);
  }
}

// A strand's head says whether its batch is in. Should the database still be about to commit it, our next commit finds
// another last_entry than it expects and the workspace is reloaded once more: nothing is lost, nothing is done twice.
Result<void> Committer::resolve_unknown(const Group& group, std::size_t index, const Error& error) {
  if (index >= group.batches.size()) return error;
  const StrandBatch& batch = group.batches[index];
  if (group.changes[index].statements.empty()) return {};
  auto reader = world_.readers.lease();
  if (!reader) return error;
  auto head = read_head(**reader, batch.workspace);
  if (!head || !*head) return error;
  const bool is_in = (*head)->epoch == batch.epoch && (*head)->last_entry == batch.last_entry &&
                     batch.last_entry != batch.before_entry;
  return is_in ? Result<void>() : Result<void>(error);
}

void Committer::finish(Group& group) {
  for (std::size_t i = 0; i < group.batches.size(); ++i) {
    StrandBatch& batch = group.batches[i];
    if (group.outcomes[i]) {
      if (batch.last_entry != batch.before_entry) committed_since_alive_ = true;
      forgo_restart(batch.workspace);
      release(batch);
    } else {
      fail(batch, group.outcomes[i].error());
    }
  }
  for (std::size_t i = 0; i < group.records.size(); ++i) {
    RecordWork& record = group.records[i];
    const Result<void>& outcome = group.outcomes[group.batches.size() + i];
    if (outcome) {
      release(record);
    } else {
      count(world_.counters.records_refused);
      record.owed.give(outcome.error());
    }
  }
}

void Committer::release(StrandBatch& batch) {
  for (BatchItem& item : batch.items) {
    if (item.kind == BatchItem::Kind::entry && item.published) {
      world_.log.add(item.published);
      world_.sink.committed(item.published);
    }
    const std::int64_t position = item.answer ? item.answer->position : 0;
    if (item.kind == BatchItem::Kind::entry) {
      if (item.published) batch.account->committed_position = item.published->position;
      if (item.slot && item.answer) *item.slot = *item.answer;
    }
    if (item.kind == BatchItem::Kind::ready) world_.sink.ready(batch.workspace, position, item.restarted);
    if (item.kind == BatchItem::Kind::repeated && item.slot) {
      item.answer = *item.slot;
      item.answer->repeated = true;
    }
    if (item.owed) item.owed->give(std::move(item.answer));
  }
  batch.account->committed_entry = batch.last_entry;
}

void Committer::release(RecordWork& record) {
  if (record.published) {
    world_.log.add(record.published);
    AccountPtr account;
    {
      std::lock_guard held(point_->mutex);
      if (auto head = heads_.find(*record.workspace); head != heads_.end()) account = head->second.account;
    }
    if (account) account->committed_position = record.answer.position;
    world_.sink.committed(record.published);
  }
  record.owed.give(std::move(record.answer));
}

void Committer::fail(StrandBatch& batch, const Error& error) {
  std::optional<StrandBatch> pending;
  {
    std::lock_guard held(point_->mutex);
    auto head = heads_.find(batch.workspace);
    if (head != heads_.end() && head->second.generation == batch.generation) head->second.dead = true;
    // What was decided on top of it meanwhile can never be committed either.
    if (auto found = pending_index_.find(batch.workspace); found != pending_index_.end()) {
      StrandBatch& later = pending_[found->second];
      if (later.generation == batch.generation) {
        pending.emplace(std::move(later));
        later = std::move(pending_.back());
        pending_index_[later.workspace] = found->second;
        pending_.pop_back();
        pending_index_.erase(batch.workspace);
      }
    }
  }
  // The state is dropped first, so that whoever asks again on the answer does not meet it.
  on_failed_(batch.workspace, batch.generation, error);
  batch.fail(error);
  if (pending) pending->fail(error);
}

void Committer::time_commit(std::int64_t us) {
  count(world_.counters.commit_us, static_cast<std::uint64_t>(us));
  auto& most = world_.counters.commit_us_most;
  if (static_cast<std::uint64_t>(us) > most) most = static_cast<std::uint64_t>(us);
  std::size_t bucket = 0;
  while (bucket < kCommitBounds.size() && us > kCommitBounds[bucket] * 1000) ++bucket;
  count(world_.counters.commit_ms[bucket]);
}

void Committer::start() {
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "committer");
}

void Committer::run() {
  for (;;) {
    {
      std::unique_lock held(point_->mutex);
      while (pending_.empty() && pending_records_.empty() && !stopping_ && world_.clock.now() < alive_due()) {
        world_.clock.wait_until(held, point_, alive_due());
      }
      if (stopping_ && pending_.empty() && pending_records_.empty()) return;
    }
    step();
  }
}

void Committer::flush() {
  std::unique_lock held(point_->mutex);
  while (busy_ || !pending_.empty() || !pending_records_.empty()) point_->changed.wait(held);
}

void Committer::stop() {
  {
    std::lock_guard held(point_->mutex);
    if (stopping_) return;
    stopping_ = true;
    point_->changed.notify_all();
  }
  if (thread_.joinable()) thread_.join();
  while (step()) {
  }
  if (auto last = take(true)) {
    build(*last);
    write(*last);
    finish(*last);
  }
}

}  // namespace carillon::runtime
