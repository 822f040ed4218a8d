// Customers over HTTP: who they are, how they are known, and notes about them (spec/paths/customers.yaml).
//
// Rules:  a note is its writer's to change; a supervisor may remove any.
// Thread: add_routes() while the server is set up; handlers run on net threads and never block.
// Example:
//   customers::add_routes(api);
#pragma once

#include "door/api.h"
#include "store/reader.h"

namespace carillon::customers {

void add_customer_routes(door::Api& api);
void add_identity_routes(door::Api& api);
void add_note_routes(door::Api& api);

// All of them.
void add_routes(door::Api& api);

// The contract's Customer and Note, for answers.
Result<door::Rendered> customer_row(store::Reader& reader, WorkspaceId workspace, const std::string& sid);
Result<door::Rendered> note_row(store::Reader& reader, WorkspaceId workspace, const std::string& sid);
// Notes about a contact, newest first, as a JSON list.
Result<std::string> notes_of_contact(store::Reader& reader, WorkspaceId workspace, ContactId contact);

}  // namespace carillon::customers
