#include "customers/customers.h"

#include <algorithm>
#include <map>

#include "base/codec.h"
#include "runtime/json_out.h"
#include "secrets/secrets.h"

namespace carillon::customers {
namespace {

constexpr store::Sql kInsertCustomer =
    "INSERT INTO customers (workspace_id, sid, display_name, attributes, search, version, created_at, updated_at) "
    "VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, ?6)";
constexpr store::Sql kInsertIdentity =
    "INSERT INTO identities (workspace_id, sid, customer_sid, type, value, verified, created_at) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

std::string in_list(store::Params& params, const std::vector<CustomerId>& sids) {
  std::string out = "(";
  for (const CustomerId& sid : sids) {
    params.emplace_back(sid);
    if (out.size() > 1) out += ',';
    out += "?" + std::to_string(params.size());
  }
  return out + ")";
}

// What a customer's own row does not say.
struct Known {
  std::string identities = "[";
  std::int64_t contacts = 0;
  Instant first, last;
};

Result<std::map<CustomerId, Known>> read_known(store::Reader& reader, WorkspaceId workspace,
                                               const std::vector<CustomerId>& sids) {
  std::map<CustomerId, Known> out;
  store::Params params{workspace};
  const std::string in = in_list(params, sids);
  auto identities =
      reader.query(store::Sql::dynamic("SELECT customer_sid, sid, type, value, verified, created_at FROM identities "
                                       "WHERE workspace_id = ?1 AND customer_sid IN " +
                                       in + " ORDER BY created_at, sid"),
                   params);
  if (!identities) return identities.error();
  for (const auto row : *identities) {
    std::string& list = out[row.id<CustomerId>(0)].identities;
    if (list.size() > 1) list += ',';
    runtime::JsonOut json(list);
    json.text("sid", row.text(1)).text("type", row.text(2)).text("value", row.text(3)).flag("verified", row.flag(4));
    json.time("created_at", row.instant(5));
    json.end();
  }
  auto contacts =
      reader.query(store::Sql::dynamic("SELECT customer_sid, COUNT(*), MIN(created_at), MAX(created_at) FROM contacts "
                                       "WHERE workspace_id = ?1 AND customer_sid IN " +
                                       in + " GROUP BY customer_sid"),
                   params);
  if (!contacts) return contacts.error();
  for (const auto row : *contacts) {
    Known& known = out[row.id<CustomerId>(0)];
    known.contacts = row.integer(1), known.first = row.instant(2), known.last = row.instant(3);
  }
  return out;
}

}  // namespace

std::string folded(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string normalized(IdentityType type, std::string_view value) {
  const auto first = value.find_first_not_of(' ');
  const auto last = value.find_last_not_of(' ');
  const std::string_view trimmed =
      first == std::string_view::npos ? std::string_view() : value.substr(first, last - first + 1);
  return type == IdentityType::email ? folded(trimmed) : std::string(trimmed);
}

Result<std::optional<CustomerId>> find_by_identity(store::Reader& reader, WorkspaceId workspace, IdentityType type,
                                                   std::string_view value) {
  auto rows = reader.query(
      "SELECT customer_sid FROM identities WHERE workspace_id = ?1 AND value = ?2 AND type = ?3 "
      "ORDER BY verified DESC, created_at ASC LIMIT 1",
      store::Params::of(workspace, normalized(type, value), codec::enum_name(type)));
  if (!rows) return rows.error();
  return rows->empty() ? std::optional<CustomerId>() : std::optional((*rows)[0].id<CustomerId>(0));
}

store::Statement insert_identity(WorkspaceId workspace, CustomerId customer, const NewIdentity& identity, Instant now) {
  return {kInsertIdentity,
          store::Params::of(workspace, secrets::random_id<IdentityId>(), customer, codec::enum_name(identity.type),
                            normalized(identity.type, identity.value), identity.verified ? 1 : 0, now)};
}

runtime::RecordChange make_customer(WorkspaceId workspace, const NewCustomer& wanted, Instant now) {
  const auto sid = secrets::random_id<CustomerId>();
  runtime::RecordChange change;
  change.workspace = workspace;
  change.sid = sid.str();
  change.change.run(kInsertCustomer, workspace, sid, wanted.display_name, wanted.attributes,
                    folded(wanted.display_name), now);
  for (const NewIdentity& identity : wanted.identities) {
    change.change.statements.push_back(insert_identity(workspace, sid, identity, now));
  }
  return change;
}

Result<std::vector<RenderedCustomer>> render_customers(store::Reader& reader, WorkspaceId workspace,
                                                       const std::vector<CustomerId>& sids) {
  std::vector<RenderedCustomer> out;
  if (sids.empty()) return out;
  auto known = read_known(reader, workspace, sids);
  if (!known) return known.error();
  store::Params params{workspace};
  const std::string in = in_list(params, sids);
  auto rows = reader.query(
      store::Sql::dynamic("SELECT sid, display_name, attributes, version, created_at, updated_at FROM customers "
                          "WHERE workspace_id = ?1 AND sid IN " +
                          in),
      params);
  if (!rows) return rows.error();
  std::map<CustomerId, RenderedCustomer> by_sid;
  for (const auto row : *rows) {
    RenderedCustomer one{row.id<CustomerId>(0), row.str(1), {}, row.integer(3)};
    const Known& more = (*known)[one.sid];
    runtime::JsonOut json(one.json);
    json.id("sid", one.sid)
        .id("workspace_sid", workspace)
        .number("version", one.version)
        .text("display_name", one.display_name);
    json.raw("attributes", row.text(2)).raw("identities", more.identities + "]").number("contact_count", more.contacts);
    json.time("first_contact_at", more.first).time("last_contact_at", more.last);
    json.time("created_at", row.instant(4)).time("updated_at", row.instant(5));
    json.end();
    by_sid.emplace(one.sid, std::move(one));
  }
  for (const CustomerId& sid : sids) {
    if (const auto it = by_sid.find(sid); it != by_sid.end()) out.push_back(std::move(it->second));
  }
  return out;
}

}  // namespace carillon::customers
