// Addresses of other systems, with fields of the contact: "https://crm.example/find?phone={call.from}".
//
// What:   whether such a template may be kept. The page fills it in: every value is encoded as one component of an address.
// Rules:  https, or http to this very computer (localhost, where a desktop's own program listens). Fields only behind the host,
//         so that no caller decides where an agent is taken. At most 2000 characters.
// Fields: customer.sid, .name, .phone, .email; contact.sid, .channel; call.sid, .from, .from_name, .to; conversation.sid;
//         task.sid; queue.name; agent.name; and customer.attributes.X, contact.attributes.X (of its task).
// Thread: any; pure. Errors: kInvalidValue or kTooLong at pop_url.
// Example:
//   if (auto fine = check_pop_url(row.pop_url); !fine) return fine.error();
#pragma once

#include <string_view>

#include "base/result.h"

namespace carillon::routing {

// Empty is fine: there is none.
Result<void> check_pop_url(std::string_view text);

}  // namespace carillon::routing
