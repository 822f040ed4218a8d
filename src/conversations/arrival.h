// Arrivals: what rows know about somebody who arrives, looked up before the core decides where they belong.
//
// What:    the newest earlier conversation of the same customer (identity verified) or of the same channel identity, and who
//          served them last. The core's own live state wins over it; what is too old or not true any more is left out on the brain.
// Why:     finished things are rows, and a decision reads none: the facts travel in the command.
// Order:   two arrivals that would reopen the same conversation must come one after the other, for its row travels along:
//          hold a ticket of `arrival_key` from before the look-up until the commit (once.h).
// Thread:  look_up blocks (pool); check_facts runs on the brain. Errors: kStore; kStoreConflict from check_facts: look up again.
// Example:
//   auto facts = look_up_arrival(reader, workspace, open);
//   auto ticket = once.begin(arrival_key(workspace, facts->candidate.sid), again);
//   ... look up again under the ticket, fill(open, *facts), submit with check_facts in `prepare` ...
#pragma once

#include <string>

#include "conversations/core/commands.h"
#include "runtime/submission.h"
#include "store/reader.h"

namespace carillon::conversations {

struct ArrivalFacts {
  ConversationRecord candidate;  // empty sid: none
  WorkerId last_worker;
};

// By channel, channel_identity, identity_verified and customer_sid of the command.
Result<ArrivalFacts> look_up_arrival(store::Reader& reader, WorkspaceId workspace, const OpenContact& open);
std::string arrival_key(WorkspaceId workspace, ConversationId candidate);
void fill(OpenContact& open, const ArrivalFacts& facts);

// Leaves out what may not be reopened any more; kStoreConflict when the conversation has ended since it was read.
Result<void> check_facts(const runtime::View& view, OpenContact& open);

}  // namespace carillon::conversations
