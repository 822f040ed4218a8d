#include "conversations/arrival.h"

#include "conversations/task_rows.h"

namespace carillon::conversations {
namespace {

Result<std::vector<ConversationRecord>> newest(store::Reader& reader, const std::string& where,
                                               const store::Params& params) {
  return read_where<ConversationRecord>(reader, where + " ORDER BY created_at DESC LIMIT 20", params);
}

// Of those few, the one that was alive last: open ones count as now.
const ConversationRecord* latest(const std::vector<ConversationRecord>& list) {
  const ConversationRecord* best = nullptr;
  const auto alive_at = [](const ConversationRecord& one) {
    return one.status == ConversationStatus::open ? Instant::never() : one.closed_at;
  };
  for (const ConversationRecord& one : list) {
    if (!best || alive_at(one) > alive_at(*best)) best = &one;
  }
  return best;
}

}  // namespace

Result<ArrivalFacts> look_up_arrival(store::Reader& reader, WorkspaceId workspace, const OpenContact& open) {
  ArrivalFacts facts;
  const auto take = [&](const std::vector<ConversationRecord>& list, bool may_reopen) {
    const ConversationRecord* found = latest(list);
    if (!found) return;
    if (may_reopen && !facts.candidate.sid) facts.candidate = *found;
    if (!facts.last_worker) facts.last_worker = found->last_worker_sid;
  };
  if (open.customer_sid) {
    auto theirs = newest(reader, "workspace_id = ?1 AND customer_sid = ?2", {workspace, open.customer_sid});
    if (!theirs) return theirs.error();
    take(*theirs, open.identity_verified);
  }
  if (facts.candidate.sid) return facts;
  // Never another customer's: an address may have a new owner.
  store::Params params{workspace, open.channel, open.channel_identity};
  std::string where = "workspace_id = ?1 AND channel = ?2 AND channel_identity = ?3";
  if (open.customer_sid)
    params.emplace_back(open.customer_sid), where += " AND (customer_sid IS NULL OR customer_sid = ?4)";
  auto same = newest(reader, where, params);
  if (!same) return same.error();
  take(*same, true);
  return facts;
}

std::string arrival_key(WorkspaceId workspace, ConversationId candidate) {
  return "arrival|" + workspace.str() + "|" + candidate.str();
}

void fill(OpenContact& open, const ArrivalFacts& facts) {
  open.reopen_sid = facts.candidate.sid;
  open.reopen = facts.candidate;
  open.last_worker_sid = facts.last_worker;
}

Result<void> check_facts(const runtime::View& view, OpenContact& open) {
  if (open.last_worker_sid && !view.state.routing().worker(open.last_worker_sid)) open.last_worker_sid = {};
  if (!open.reopen_sid || view.state.conversations().conversation(open.reopen_sid)) return {};
  if (open.reopen.status == ConversationStatus::open) {
    return Error(ErrorCode::kStoreConflict, "the conversation has just ended; look again");
  }
  if (view.now - open.reopen.closed_at <= view.state.workspace().reopen_within) return {};
  open.reopen_sid = {};
  open.reopen = {};
  return {};
}

}  // namespace carillon::conversations
