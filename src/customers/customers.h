// Customers: who they are and how they are known. No decision reads their rows.
//
// What:    rows, finding one by an identity, and making one. What is proved (verified), an external id and a visitor name one
//          customer; other addresses may be shared.
// Thread:  any; what takes a Reader blocks (pool). Errors: kStore. Making one that exists is rejected alone (kNameTaken, field
//          "identities_once"): look again.
// Limits:  20 identities given at once; names 128, identities 254 characters; attributes 16 KiB.
// Example:
//   auto known = find_by_identity(reader, workspace, IdentityType::external_id, "4711");
//   if (!*known) runtime.commit(make_customer(workspace, {.display_name = "Eleni"}, now));
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "runtime/submission.h"
#include "store/reader.h"
#include "store/writer.h"

namespace carillon::customers {

enum class IdentityType : std::uint8_t { email, phone, external_id, visitor };
BOOST_DESCRIBE_ENUM(IdentityType, email, phone, external_id, visitor)

struct NewIdentity {
  IdentityType type = IdentityType::email;
  std::string value;
  bool verified = false;
};

struct NewCustomer {
  std::string display_name{};
  std::string attributes = "{}";
  std::vector<NewIdentity> identities{};
};

// The customer of this identity: a verified one first, else the oldest. Nothing: nobody.
Result<std::optional<CustomerId>> find_by_identity(store::Reader& reader, WorkspaceId workspace, IdentityType type,
                                                   std::string_view value);

// The change that makes a customer; its sid is the change's.
runtime::RecordChange make_customer(WorkspaceId workspace, const NewCustomer& wanted, Instant now);
store::Statement insert_identity(WorkspaceId workspace, CustomerId customer, const NewIdentity& identity, Instant now);
// Addresses compare alike however they were typed: e-mail in small letters, no blanks around.
std::string normalized(IdentityType type, std::string_view value);
// A-Z made small, the rest as it is.
std::string folded(std::string_view text);

// The contract's Customer of each, in order; those that are not there are left out.
struct RenderedCustomer {
  CustomerId sid;
  std::string display_name;
  std::string json;
  std::int64_t version = 0;
};
Result<std::vector<RenderedCustomer>> render_customers(store::Reader& reader, WorkspaceId workspace,
                                                       const std::vector<CustomerId>& sids);

}  // namespace carillon::customers
