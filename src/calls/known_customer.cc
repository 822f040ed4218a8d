#include "calls/known_customer.h"

#include "customers/customers.h"

namespace carillon::calls {

Result<KnownCustomer> customer_of(store::Reader& reader, WorkspaceId workspace, CustomerId named,
                                  const std::string& address) {
  KnownCustomer out{named, {}};
  if (!out.sid && address.starts_with('+')) {
    auto found = customers::find_by_identity(reader, workspace, customers::IdentityType::phone, address);
    if (!found) return found.error();
    out.sid = found->value_or(CustomerId{});
  }
  if (!out.sid) return out;
  auto rendered = customers::render_customers(reader, workspace, {out.sid});
  if (!rendered) return rendered.error();
  if (rendered->empty()) {
    return Error(ErrorCode::kInvalidValue, "found no customer " + out.sid.str()).at("/customer_sid");
  }
  out.name = rendered->front().display_name;
  return out;
}

}  // namespace carillon::calls
