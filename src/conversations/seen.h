// What a caller may see of conversations, looked up in rows before anything else is done.
//
// Thread: pool. Errors: kNotFound for what is not there and what an agent may not see alike; kStore.
// Example:
//   auto conversation = seen_conversation(reader, call);   // by the path's {sid}
//   if (!conversation) return call.fail(conversation.error());
#pragma once

#include <optional>

#include "conversations/conversation_rows.h"
#include "door/api.h"

namespace carillon::conversations {

// The worker an agent is limited to; nothing for those who see everything. An agent without a worker sees nothing.
inline std::optional<WorkerId> only_of(const door::Call& call) {
  if (!call.who || !call.caller().is_agent_only()) return std::nullopt;
  return call.caller().worker;
}

inline Error no_such_conversation(ConversationId sid) {
  return Error(ErrorCode::kNotFound, "found no conversation " + sid.str()).at("sid");
}

inline Result<ConversationRecord> seen_conversation(store::Reader& reader, const door::Call& call, ConversationId sid) {
  auto found = find_conversation(reader, call.workspace(), sid);
  if (!found) return found.error();
  if (!*found) return no_such_conversation(sid);
  if (const auto worker = only_of(call)) {
    auto seen = may_see(reader, call.workspace(), **found, *worker);
    if (!seen) return seen.error();
    if (!*seen) return no_such_conversation(sid);
  }
  return **std::move(found);
}

// The query parameter `channel`.
inline void read_channel(http::QueryFields& query, door::ListSql& list) {
  const auto channel = query.optional_string("channel", 1, 32);
  if (!channel || channel->empty()) return;
  const auto is_small = [](char c) { return c >= 'a' && c <= 'z'; };
  bool fine = is_small(channel->front());
  for (const char c : *channel) fine = fine && (is_small(c) || (c >= '0' && c <= '9') || c == '_');
  if (!fine)
    query.fault("channel", ErrorCode::kInvalidValue, "found \"" + *channel + "\"",
                "small letters, digits and _, beginning with a letter");
  list.where("channel = ", *channel);
}

// The answer of everything that gives one conversation.
Result<door::Rendered> detail_row(store::Reader& reader, WorkspaceId workspace, const std::string& sid);

}  // namespace carillon::conversations
