// Contacts as history tells them: the engagement with what became of its tasks, queue entries and segments.
//
// What:    the contract's ContactSummary of many at once (a fixed number of queries a page) and ContactDetail of one. Durations and
//          buckets are docs/metrics.md's; what is still going on counts up to `now`.
// Thread:  blocks (pool). Errors: kStore.
// Example:
//   auto texts = render_summaries(reader, workspace, contacts, now);
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "conversations/core/records.h"
#include "store/reader.h"

namespace carillon::conversations {

Result<std::optional<ContactRecord>> find_contact(store::Reader& reader, WorkspaceId workspace, ContactId sid);

Result<std::vector<std::string>> render_summaries(store::Reader& reader, WorkspaceId workspace,
                                                  const std::vector<ContactRecord>& contacts, Instant now);
// `notes`: a JSON list, of whoever keeps notes.
Result<std::string> render_contact_detail(store::Reader& reader, WorkspaceId workspace, const ContactRecord& contact,
                                          const std::string& notes, Instant now);

}  // namespace carillon::conversations
