// Conversations over HTTP: threads, messages, contacts for those who work in them (spec/paths/conversations.yaml, contacts.yaml).
//
// Rules:  an agent sees conversations and contacts they are or were on, and those of the same customers; others are not_found.
//         Only who has a task of a conversation writes to the customer; everybody who sees it may write notes.
// Thread: add_routes() while the server is set up; handlers run on net threads and never block.
// Example:
//   conversations::add_routes(api, {once, [&](const auto& ws, const auto& ch, const auto& who, bool on) { hub.typing(...); }});
#pragma once

#include <functional>
#include <string>

#include "conversations/core/records.h"
#include "conversations/once.h"
#include "door/api.h"

namespace carillon::conversations {

// Who types or reads, as the contract's MessageAuthor says it.
struct Speaker {
  std::string type;  // customer, worker, system
  std::string sid;
  std::string display_name;
};
// How the caller appears in conversations.
Speaker speaker_of(const door::Caller& caller);

// The change of having read up to `index`, with its event; nothing when that was read before. Blocks (pool).
Result<std::optional<runtime::RecordChange>> decide_read(store::Reader& reader, WorkspaceId workspace,
                                                         const ConversationRecord& conversation, const Speaker& who,
                                                         std::int64_t index, Instant now);

struct RestGiven {
  std::shared_ptr<Once> once;
  // Somebody of ours types: tells the other side and the colleagues. Must not block.
  std::function<void(WorkspaceId, const std::string& conversation_sid, const Speaker&, bool typing)> typing;
};

void add_conversation_routes(door::Api& api, const RestGiven& given);
void add_message_routes(door::Api& api, const RestGiven& given);
void add_transfer_route(door::Api& api);
void add_contact_routes(door::Api& api);

// All of them.
void add_routes(door::Api& api, const RestGiven& given);

}  // namespace carillon::conversations
