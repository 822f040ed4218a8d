#include "channels/chat/visitors.h"

#include "customers/customers.h"
#include "secrets/secrets.h"

namespace carillon::chat {
namespace {

constexpr store::Sql kFind =
    "SELECT display_name, email, page_url, locale, external_id FROM visitors WHERE workspace_id = ?1 AND sid = ?2";
constexpr store::Sql kPut =
    "INSERT INTO visitors (workspace_id, sid, widget_sid, display_name, email, page_url, locale, external_id, "
    "created_at, updated_at) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9) ON CONFLICT (workspace_id, sid) DO UPDATE SET "
    "display_name = excluded.display_name, email = excluded.email, page_url = excluded.page_url, locale = "
    "excluded.locale, "
    "external_id = excluded.external_id, updated_at = excluded.updated_at";

}  // namespace

Result<Visitor> find_visitor(store::Reader& reader, WorkspaceId workspace, WidgetId widget, VisitorId sid) {
  Visitor out{.sid = sid,
              .workspace = workspace,
              .widget = widget,
              .display_name = {},
              .email = {},
              .page_url = {},
              .locale = {},
              .external_id = {}};
  auto rows = reader.query(kFind, {workspace, sid});
  if (!rows) return rows.error();
  if (rows->empty()) return out;
  const store::Row row = (*rows)[0];
  out.display_name = row.str(0), out.email = row.str(1), out.page_url = row.str(2), out.locale = row.str(3),
  out.external_id = row.str(4);
  return out;
}

store::Statement put_visitor(const Visitor& v, Instant now) {
  return {kPut, store::Params::of(v.workspace, v.sid, v.widget, v.display_name, v.email, v.page_url, v.locale,
                                  v.external_id, now)};
}

void take_over(Visitor& known, const Visitor& said) {
  const auto take = [](std::string& into, const std::string& from) {
    if (!from.empty()) into = from;
  };
  take(known.display_name, said.display_name), take(known.email, said.email), take(known.page_url, said.page_url);
  take(known.locale, said.locale), take(known.external_id, said.external_id);
}

bool signature_fits(const Widget& widget, std::string_view external_id, std::string_view signature) {
  return secrets::equal(secrets::hmac_sha256_hex(widget.identity_secret, external_id), signature);
}

Result<std::optional<CustomerId>> customer_of(store::Reader& reader, const Visitor& visitor, bool verified) {
  if (verified && !visitor.external_id.empty()) {
    auto proved = customers::find_by_identity(reader, visitor.workspace, customers::IdentityType::external_id,
                                              visitor.external_id);
    if (!proved || *proved) return proved;
  }
  return customers::find_by_identity(reader, visitor.workspace, customers::IdentityType::visitor, visitor.sid.str());
}

}  // namespace carillon::chat
