#include "runtime/row_batch.h"

namespace carillon::runtime {

void RowBatch::put(const Key& key, store::Statement statement) {
  const auto [found, added] = index_.try_emplace(key, statements_.size());
  if (added) {
    statements_.push_back(std::move(statement));
    keys_.push_back(key);
  } else {
    statements_[found->second] = std::move(statement);
    ++merged_;
  }
}

template <class T>
void RowBatch::put(WorkspaceId workspace, const T& record, std::uint64_t hi, std::uint64_t lo, Instant now) {
  put(Key{Table<T>::kName.data(), hi, lo}, {upsert_sql<T>(), bind_row(workspace, record, now)});
}

// Deleting has a key of its own, so that the row's last values are written before.
template <class T, class IdType>
void RowBatch::remove(WorkspaceId workspace, const IdType& sid, Instant now) {
  const Key key{Table<T>::kName.data() + 1, sid.hi, sid.lo};
  if constexpr (std::is_same_v<T, presence::PresenceRecord>) {
    put(key, {delete_sql<T>(), store::Params::of(workspace, sid)});
  } else {
    put(key, {soft_delete_sql<T>(), store::Params::of(workspace, sid, now)});
  }
}

void RowBatch::put_changes(WorkspaceId workspace, const workspace::State& state, const workspace::Effects& effects,
                           Instant now, WrittenSettings& written) {
  const auto put_all = [&](const auto& records) {
    for (const auto* record : records) put(workspace, *record, record->sid.hi, record->sid.lo, now);
  };
  if (effects.workspace) put(workspace, *effects.workspace, 0, 0, now);
  if (written.routing != state.routing().settings()) {
    put(workspace, *(written.routing = state.routing().settings()), 0, 0, now);
  }
  if (written.conversations != state.conversations().settings()) {
    put(workspace, *(written.conversations = state.conversations().settings()), 0, 0, now);
  }
  if (const auto* changes = effects.routing) {
    put_all(changes->task_channels), put_all(changes->task_queues), put_all(changes->workflows);
    put_all(changes->workers), put_all(changes->tasks), put_all(changes->reservations);
    for (const auto& entry : changes->queue_entries) put(workspace, entry, entry.sid.hi, entry.sid.lo, now);
    for (const auto& sid : changes->deleted_workers) remove<routing::WorkerRecord>(workspace, sid, now);
    for (const auto& sid : changes->deleted_task_queues) remove<routing::TaskQueueRecord>(workspace, sid, now);
    for (const auto& sid : changes->deleted_workflows) remove<routing::WorkflowRecord>(workspace, sid, now);
    for (const auto& sid : changes->deleted_task_channels) remove<routing::TaskChannelRecord>(workspace, sid, now);
  }
  if (const auto* changes = effects.presence) {
    put_all(changes->activities);
    for (const auto* row : changes->presences) put(workspace, *row, row->worker_sid.hi, row->worker_sid.lo, now);
    for (const auto& sid : changes->deleted_activities) remove<presence::ActivityRecord>(workspace, sid, now);
    for (const auto& sid : changes->deleted_presences) remove<presence::PresenceRecord>(workspace, sid, now);
  }
  if (const auto* changes = effects.conversations) {
    put_all(changes->conversations), put_all(changes->contacts);
  }
  if (const auto* changes = effects.calls) {
    put_all(changes->numbers), put_all(changes->calls), put_all(changes->callbacks);
    if (changes->dialling) put(workspace, *changes->dialling, 0, 0, now);
    for (const auto& sid : changes->deleted_numbers) remove<calls::NumberRecord>(workspace, sid, now);
  }
  metrics::merge(effects.metrics, deltas_);
}

void RowBatch::absorb(RowBatch&& later) {
  for (std::size_t i = 0; i < later.statements_.size(); ++i) put(later.keys_[i], std::move(later.statements_[i]));
  metrics::merge(later.deltas_, deltas_);
  merged_ += later.merged_;
  later = RowBatch{};
}

void RowBatch::into(std::vector<store::Statement>& out, WorkspaceId workspace) {
  for (auto& statement : statements_) out.push_back(std::move(statement));
  const auto add_all = [&](const auto& deltas) {
    for (const auto& delta : deltas) {
      out.push_back({upsert_sql<std::decay_t<decltype(delta)>>(), bind_row(workspace, delta, Instant{})});
    }
  };
  add_all(deltas_.queues), add_all(deltas_.workers), add_all(deltas_.center);
  *this = RowBatch{};
}

}  // namespace carillon::runtime
