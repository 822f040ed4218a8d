// Customers: their list, one of them, making and changing; their identities.
#include <boost/json.hpp>

#include "customers/customers.h"
#include "customers/rest.h"
#include "door/configuration.h"
#include "door/versioned.h"
#include "door/words.h"
#include "secrets/secrets.h"

namespace carillon::customers {
namespace {

using door::Call;

constexpr store::Sql kUpdate =
    "UPDATE customers SET display_name = ?3, attributes = ?4, search = ?5, version = ?6 + 1, updated_at = ?7 "
    "WHERE workspace_id = ?1 AND sid = ?2 AND version = ?6";
// What hangs on a customer changes the version too: it is part of what the API shows.
constexpr store::Sql kTouch =
    "UPDATE customers SET version = version + 1, updated_at = ?3 WHERE workspace_id = ?1 AND sid = ?2";

Error no_such_customer(std::string_view sid) {
  return Error(ErrorCode::kNotFound, "found no customer " + std::string(sid)).at("sid");
}

std::string pattern_of(std::string_view text) {
  std::string out = "%";
  for (const char c : folded(text)) {
    if (c == '%' || c == '_' || c == '\\') out += '\\';
    out += c;
  }
  return out + "%";
}

// By name: a page continues after (name, sid).
struct ListWish {
  std::string q, identity;
  door::NamePage page;
};

Result<http::Response> write_list(store::Reader& reader, const Call& call, const ListWish& wish) {
  store::Params params{call.workspace()};
  std::string where = "workspace_id = ?1";
  const auto bind = [&](auto value) {
    params.emplace_back(std::move(value));
    return "?" + std::to_string(params.size());
  };
  if (!wish.q.empty()) where += " AND search LIKE " + bind(pattern_of(wish.q)) + " ESCAPE '\\'";
  if (!wish.identity.empty()) {
    const std::string exact = bind(wish.identity), small = bind(folded(wish.identity));
    where += " AND sid IN (SELECT customer_sid FROM identities WHERE workspace_id = ?1 AND (value = " + exact +
             " OR value = " + small + "))";
  }
  if (wish.page.is_begun()) {
    const std::string name = bind(wish.page.after_name()), sid = bind(wish.page.after_sid());
    where += " AND (display_name > " + name + " OR (display_name = " + name + " AND sid > " + sid + "))";
  }
  auto rows = reader.query(
      store::Sql::dynamic("SELECT sid FROM customers WHERE " + where + " ORDER BY display_name ASC, sid ASC LIMIT " +
                          std::to_string(wish.page.size() + 1)),
      params);
  if (!rows) return rows.error();
  std::vector<CustomerId> sids;
  for (const auto row : *rows) sids.push_back(row.id<CustomerId>(0));
  const bool more = sids.size() > wish.page.size();
  if (more) sids.pop_back();
  auto customers = render_customers(reader, call.workspace(), sids);
  if (!customers) return customers.error();
  std::string text = "{\"items\":[";
  for (std::size_t i = 0; i < customers->size(); ++i) text += (i ? "," : "") + (*customers)[i].json;
  const bool has_next = more && !customers->empty();
  return door::NamePage::finish(
      std::move(text), has_next ? wish.page.next(customers->back().display_name, customers->back().sid.str()) : "");
}

void list_customers(Call call) {
  http::QueryFields query(call.request.query);
  ListWish wish;
  wish.q = query.optional_string("q", 0, 200).value_or("");
  wish.identity = query.optional_string("identity", 1, 254).value_or("");
  if (auto fine = wish.page.read(query); !fine) return call.fail(fine.error());
  if (auto fine = query.finish(); !fine) return call.fail(fine.error());
  door::read(std::move(call),
             [wish](store::Reader& reader, const Call& held) { return write_list(reader, held, wish); });
}

NewIdentity read_identity(http::Fields in) {
  NewIdentity out;
  out.type = door::required_word<IdentityType>(in, "type");
  out.value = in.required_string("value", 1, 254);
  out.verified = in.optional_bool("verified").value_or(false);
  if (in.ok() && normalized(out.type, out.value).empty())
    in.fault("value", ErrorCode::kInvalidValue, "found nothing but blanks");
  return out;
}

// A taken identity is the fault of that field, not of the name.
bool name_the_identity(Error& error, const std::string& field) {
  if (error.code != ErrorCode::kNameTaken) return false;
  error.message = "this identity belongs to another customer already; find them with GET /api/v1/customers?identity=";
  error.field = field;
  return false;
}

void create_customer(Call call) {
  auto body = call.body();
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  NewCustomer wanted;
  wanted.display_name = in.optional_string("display_name", 0, 128).value_or("");
  wanted.attributes = boost::json::serialize(in.optional_object("attributes").value_or(boost::json::object{}));
  if (auto list = in.optional_list("identities", 0, 20)) {
    for (const http::Fields& one : *list) wanted.identities.push_back(read_identity(one));
  }
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  auto change = make_customer(call.workspace(), wanted, call.services->clock.now());
  door::Answer answer{.status = 201, .row = customer_row, .location = "/api/v1/customers/"};
  answer.refused = [](Call&, Error& error) { return name_the_identity(error, "/identities"); };
  door::change(std::move(call), std::move(change), std::move(answer));
}

struct Present {
  std::string display_name, attributes;
  std::int64_t version = 0;
};

Result<Present> read_present(store::Reader& reader, WorkspaceId workspace, CustomerId sid) {
  auto rows = reader.query(
      "SELECT display_name, attributes, version FROM customers WHERE workspace_id = ?1 AND sid = ?2", {workspace, sid});
  if (!rows) return rows.error();
  if (rows->empty()) return no_such_customer(sid.str());
  return Present{(*rows)[0].str(0), (*rows)[0].str(1), (*rows)[0].integer(2)};
}

void update_customer(Call call) {
  auto sid = call.request.sid<CustomerId>("sid");
  if (!sid) return call.fail(sid.error());
  auto body = door::patch_body(call);
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  auto name = in.optional_string("display_name", 0, 128);
  auto attributes = in.optional_object("attributes");
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  door::with_reader(std::move(call), [sid = *sid, name, attributes](Call held, store::Reader& reader) {
    auto present = read_present(reader, held.workspace(), sid);
    if (!present) return held.fail(present.error());
    if (auto fine = door::check_version(held.version(), present->version); !fine)
      return door::fail_version(std::move(held), fine.error(), present->version);
    if (name) present->display_name = *name;
    if (attributes) present->attributes = boost::json::serialize(*attributes);
    runtime::RecordChange change;
    change.workspace = held.workspace();
    change.sid = sid.str();
    change.change.run_expecting(1, kUpdate, held.workspace(), sid, present->display_name, present->attributes,
                                folded(present->display_name), present->version, held.services->clock.now());
    door::change(std::move(held), std::move(change), door::versioned({.row = customer_row, .sid = sid.str()}));
  });
}

void create_identity(Call call) {
  auto sid = call.request.sid<CustomerId>("sid");
  if (!sid) return call.fail(sid.error());
  auto body = call.body();
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  const NewIdentity identity = read_identity(in);
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  door::with_reader(std::move(call), [sid = *sid, identity](Call held, store::Reader& reader) {
    auto present = read_present(reader, held.workspace(), sid);
    if (!present) return held.fail(present.error());
    const Instant now = held.services->clock.now();
    runtime::RecordChange change;
    change.workspace = held.workspace();
    change.sid = sid.str();
    change.change.statements.push_back(insert_identity(held.workspace(), sid, identity, now));
    change.change.run(kTouch, held.workspace(), sid, now);
    door::Answer answer{.status = 201, .row = customer_row, .location = "/api/v1/customers/", .sid = sid.str()};
    answer.refused = [](Call&, Error& error) { return name_the_identity(error, "/value"); };
    door::change(std::move(held), std::move(change), std::move(answer));
  });
}

void delete_identity(Call call) {
  auto sid = call.request.sid<CustomerId>("sid");
  if (!sid) return call.fail(sid.error());
  auto identity = call.request.sid<IdentityId>("identity_sid");
  if (!identity) return call.fail(identity.error());
  door::with_reader(std::move(call), [sid = *sid, identity = *identity](Call held, store::Reader& reader) {
    auto rows = reader.query("SELECT 1 FROM identities WHERE workspace_id = ?1 AND customer_sid = ?2 AND sid = ?3",
                             {held.workspace(), sid, identity});
    if (!rows) return held.fail(rows.error());
    if (rows->empty()) {
      return held.fail(Error(ErrorCode::kNotFound, "found no identity " + identity.str() + " of customer " + sid.str())
                           .at("identity_sid"));
    }
    runtime::RecordChange change;
    change.workspace = held.workspace();
    change.sid = sid.str();
    change.change.run("DELETE FROM identities WHERE workspace_id = ?1 AND customer_sid = ?2 AND sid = ?3",
                      held.workspace(), sid, identity);
    change.change.run(kTouch, held.workspace(), sid, held.services->clock.now());
    door::change(std::move(held), std::move(change), {.row = customer_row, .sid = sid.str()});
  });
}

}  // namespace

Result<door::Rendered> customer_row(store::Reader& reader, WorkspaceId workspace, const std::string& sid) {
  const auto id = CustomerId::parse(sid);
  auto found = render_customers(reader, workspace, {id.value_or(CustomerId{})});
  if (!found) return found.error();
  if (found->empty()) return no_such_customer(sid);
  return door::Rendered{std::move(found->front().json), found->front().version};
}

void add_customer_routes(door::Api& api) {
  api.on("list_customers", list_customers);
  api.on("create_customer", create_customer);
  api.on("update_customer", update_customer);
  api.on("get_customer", [](Call call) {
    auto sid = call.request.sid<CustomerId>("sid");
    if (!sid) return call.fail(sid.error());
    door::read_one(std::move(call), customer_row, sid->str());
  });
}

void add_identity_routes(door::Api& api) {
  api.on("create_identity", create_identity);
  api.on("delete_identity", delete_identity);
}

void add_routes(door::Api& api) {
  add_customer_routes(api);
  add_identity_routes(api);
  add_note_routes(api);
}

}  // namespace carillon::customers
