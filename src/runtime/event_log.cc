#include "runtime/event_log.h"

#include "runtime/event_rows.h"

namespace carillon::runtime {
namespace {

// What was deleted as too old, and the newest position there is.
constexpr store::Sql kKept = "SELECT events_deleted_to, position FROM workspace_heads WHERE workspace_id = ?1";

std::size_t size_of(const PublishedEntry& entry) {
  std::size_t size = sizeof entry + entry.common.size();
  for (const auto& text : entry.resources) size += text.size() + sizeof text;
  for (const auto& event : entry.events) {
    size += sizeof event + event.head.size() + event.refs.size() * 64 + event.payload.size() * sizeof(PayloadPart);
  }
  return size;
}

}  // namespace

std::optional<std::vector<PublishedEntryPtr>> EventLog::since(WorkspaceId workspace, std::int64_t after) const {
  std::lock_guard held(mutex_);
  const auto found = rings_.find(workspace);
  if (found == rings_.end()) return std::nullopt;
  const Ring& ring = found->second;
  if (after < ring.complete_after) return std::nullopt;
  std::vector<PublishedEntryPtr> entries;
  auto at = std::partition_point(ring.entries.begin(), ring.entries.end(),
                                 [&](const auto& one) { return one.first->position <= after; });
  for (; at != ring.entries.end(); ++at) entries.push_back(at->first);
  return entries;
}

Result<std::vector<PublishedEntryPtr>> EventLog::read_since(store::Reader& reader, WorkspaceId workspace,
                                                            std::int64_t after, std::size_t limit) const {
  auto entries = read_events(reader, workspace, after, limit);
  if (!entries) return entries.error();
  // Looked at last: what was deleted meanwhile is then noticed.
  auto kept = reader.query(kKept, {workspace});
  if (!kept) return kept.error();
  if (kept->empty()) return Error(ErrorCode::kNotFound, "found no workspace " + workspace.str());
  if (after < (*kept)[0].integer(0)) {
    return Error(ErrorCode::kPositionGone, "events up to position " + std::to_string((*kept)[0].integer(0)) +
                                               " are no longer kept and you asked for those after " +
                                               std::to_string(after) + "; begin with a snapshot");
  }
  return entries;
}

std::int64_t EventLog::position(WorkspaceId workspace) const {
  std::lock_guard held(mutex_);
  const auto found = rings_.find(workspace);
  return found == rings_.end() ? 0 : found->second.newest;
}

void EventLog::begin(WorkspaceId workspace, std::int64_t position) {
  std::lock_guard held(mutex_);
  Ring& ring = rings_[workspace];
  ring = Ring{};
  ring.complete_after = ring.newest = position;
}

void EventLog::add(const PublishedEntryPtr& entry) {
  const std::size_t size = size_of(*entry);
  std::lock_guard held(mutex_);
  Ring& ring = rings_[entry->workspace];
  ring.newest = entry->position;
  if (entry->events.empty()) return;
  ring.entries.emplace_back(entry, size);
  ring.bytes += size;
  while (ring.entries.size() > limits_.entries || ring.bytes > limits_.bytes) {
    ring.complete_after = ring.entries.front().first->position;
    ring.bytes -= ring.entries.front().second;
    ring.entries.pop_front();
  }
}

}  // namespace carillon::runtime
