// Conversations as their rows tell them, for lists and answers.
//
// What:    reading one, who may see it, and the contract's ConversationDetail of many at once: a fixed number of queries a page.
// Thread:  what takes a Reader blocks (pool). Errors: kStore.
// Example:
//   auto found = find_conversation(reader, workspace, sid);
//   auto texts = render_details(reader, workspace, {**found});
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "conversations/core/records.h"
#include "conversations/message.h"
#include "store/reader.h"

namespace carillon::conversations {

Result<std::optional<ConversationRecord>> find_conversation(store::Reader& reader, WorkspaceId workspace,
                                                            ConversationId sid);

// Whether the worker is or was on one of its contacts, or on one of its customer's.
Result<bool> may_see(store::Reader& reader, WorkspaceId workspace, const ConversationRecord& conversation,
                     WorkerId worker);
// Conditions for lists of conversations or contacts: `sid IN (...)` over what the worker (parameter `at`, "?3") is or was on,
// and `customer_sid IN (...)` over its customers. ?1 is the workspace.
std::string conversations_of_worker(const std::string& at);
std::string contacts_of_worker(const std::string& at);
std::string customers_of_worker(const std::string& at);

// Names of the customers by conversation: the customer's, else what they called themselves with their first words.
Result<std::map<ConversationId, std::string>> customer_names(
    store::Reader& reader, WorkspaceId workspace, const std::vector<std::pair<ConversationId, CustomerId>>& of);

// The contract's ConversationDetail of each, in order.
Result<std::vector<std::string>> render_details(store::Reader& reader, WorkspaceId workspace,
                                                const std::vector<ConversationRecord>& list);

// "(?2,?3)": appends each to params.
template <class List>
std::string in_list(store::Params& params, const List& list) {
  std::string out = "(";
  for (const auto& one : list) {
    params.emplace_back(one);
    if (out.size() > 1) out += ',';
    out += "?" + std::to_string(params.size());
  }
  return out + ")";
}
// A pattern for LOWER(x) LIKE ... ESCAPE '\': contains the text, A-Z and a-z being one.
std::string contains_pattern(std::string_view text);

}  // namespace carillon::conversations
