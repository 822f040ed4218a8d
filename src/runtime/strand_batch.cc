#include "runtime/strand_batch.h"

#include "runtime/event_rows.h"

namespace carillon::runtime {
namespace {

constexpr store::Sql kCreateHead =
    "INSERT INTO workspace_heads (workspace_id, epoch, last_entry, last_now, position) VALUES (?1, ?2, ?3, ?4, ?5)";
// Three guards in one: we own the workspace, our state is of its last entry, and positions only grow.
constexpr store::Sql kMoveHead =
    "UPDATE workspace_heads SET last_entry = ?3, last_now = ?4, position = ?5 "
    "WHERE workspace_id = ?1 AND epoch = ?2 AND last_entry = ?6 AND position <= ?5";

}  // namespace

void StrandBatch::absorb(StrandBatch&& later) {
  if (items.empty() && appended.empty()) {
    const bool still_creates = creates || later.creates;
    *this = std::move(later);
    creates = still_creates;
    return;
  }
  const std::size_t before = items.size();
  if (later.last_entry != later.before_entry) {
    last_entry = later.last_entry;
    last_now = later.last_now;
  }
  for (auto& item : later.items) items.push_back(std::move(item));
  for (auto& one : later.appended) {
    one.item += before;
    appended.push_back(std::move(one));
  }
  rows.absorb(std::move(later.rows));
}

std::int64_t StrandBatch::assign_positions(std::int64_t position) {
  for (BatchItem& item : items) {
    if (item.kind == BatchItem::Kind::entry) {
      ++position;
      if (item.published) item.published->position = position;
    }
    if (item.answer) item.answer->position = position;
  }
  for (AppendedStatement& one : appended) {
    if (one.position_at < 0 || one.item >= items.size()) continue;
    const BatchItem& item = items[one.item];
    const std::int64_t at = item.published ? item.published->position : item.answer ? item.answer->position : 0;
    one.statement.params[static_cast<std::size_t>(one.position_at)] = store::Value(at);
  }
  return position;
}

store::Change StrandBatch::take_change(std::int64_t position) {
  store::Change change;
  change.statements.reserve(rows.size() + appended.size() + 8);
  rows.into(change.statements, workspace);
  for (auto& one : appended) change.statements.push_back(std::move(one.statement));
  appended.clear();
  EventRows events(workspace);
  for (BatchItem& item : items) {
    if (item.body.empty()) continue;
    const PublishedEntry& made = *item.published;
    events.add(made.position, made.entry, made.at, made.command, item.body);
    item.body = {};
  }
  events.into(change.statements);
  if (creates) {
    change.run(kCreateHead, workspace, epoch, last_entry, last_now, position);
  } else {
    change.run_expecting(1, kMoveHead, workspace, epoch, last_entry, last_now, position, before_entry);
  }
  return change;
}

void StrandBatch::fail(const Error& error) {
  for (BatchItem& item : items) {
    if (item.owed) item.owed->give(error);
  }
  items.clear();
}

}  // namespace carillon::runtime
