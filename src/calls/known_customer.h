// Whom a call goes to, as the rows know them: the customer who was named, or who has that number.
//
// Thread: blocks (pool). Errors: kInvalidValue at /customer_sid for a customer who is none; kStore.
// Example:
//   auto who = customer_of(reader, workspace, {}, "+4930123456");   // who->name is "" where nobody has it
#pragma once

#include <string>

#include "base/ids.h"
#include "base/result.h"
#include "store/reader.h"

namespace carillon::calls {

struct KnownCustomer {
  CustomerId sid;
  std::string name;
};

Result<KnownCustomer> customer_of(store::Reader& reader, WorkspaceId workspace, CustomerId named,
                                  const std::string& address);

}  // namespace carillon::calls
