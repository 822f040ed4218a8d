// Who has which role in a workspace.
#include "users/people.h"
#include "users/render.h"
#include "users/rest_parts.h"

namespace carillon::users {
namespace {

using door::Call;
using http::Fields;

constexpr http::EnumName<Role> kRoles[] = {
    {"agent", Role::agent}, {"supervisor", Role::supervisor}, {"admin", Role::admin}};

Error no_membership(std::string_view sid) {
  return Error(ErrorCode::kNotFound, "there is no membership " + std::string(sid.substr(0, 64)) +
                                         " in this workspace; list them with GET /api/v1/memberships")
      .at("sid");
}

door::Row membership_row(const Directory& directory) {
  return [&directory](store::Reader&, WorkspaceId workspace, const std::string& sid) -> Result<door::Rendered> {
    const auto id = MembershipId::parse(sid);
    const MembershipPtr membership = id ? directory.find_membership(*id) : nullptr;
    door::Rendered out;
    if (!membership || membership->workspace != workspace || !render(out.json, directory, *membership))
      return no_membership(sid);
    out.version = membership->version;
    return out;
  };
}

void list_memberships(Call call, Rest::Parts& parts) {
  auto workspace = workspace_of(call);
  if (!workspace) return call.fail(workspace.error());
  http::QueryFields query(call.request.query);
  auto list = std::make_shared<door::ListSql>("SELECT sid, created_at FROM memberships", "created_at", "sid", false);
  list->where("workspace_id = ", *workspace);
  if (const auto user = query.optional_sid<UserId>("user_sid")) list->where("user_sid = ", *user);
  if (const auto role = query.optional_enum("role", kRoles)) list->where("role = ", codec::enum_name(*role));
  if (auto fine = list->page(query); !fine) return call.fail(fine.error());
  if (auto fine = query.finish(); !fine) return call.fail(fine.error());
  door::read(std::move(call), [&parts, list](store::Reader& reader, const Call&) -> Result<http::Response> {
    auto rows = reader.query(list->sql(), list->params());
    if (!rows) return rows.error();
    door::PageWriter page(*list);
    for (const store::Row& row : *rows) {
      const MembershipPtr one = parts.directory().find_membership(row.id<MembershipId>("sid"));
      std::string json;
      // Removed since the row was read: left out.
      if (!one || !render(json, parts.directory(), *one)) continue;
      if (!page.add(row.integer("created_at"), row.text("sid"), [&](std::string& out) { out += json; })) break;
    }
    return page.finish();
  });
}

void create_membership(Call call, Rest::Parts& parts) {
  auto workspace = workspace_of(call);
  if (!workspace) return call.fail(workspace.error());
  auto body = call.body();
  if (!body) return call.fail(body.error());
  Fields in(*body);
  const UserId user = in.required_sid<UserId>("user_sid");
  const Role role = in.required_enum("role", kRoles);
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  door::Answer answer{.status = 201, .row = membership_row(parts.directory()), .location = "/api/v1/memberships/"};
  door::unless_repeated(std::move(call), std::move(answer), [&parts, user, role](Call held, door::Answer then) {
    const WorkspaceId place = held.workspace();
    auto decided = add_membership(parts.directory(), user, place, role, parts.now());
    if (!decided) return held.fail(decided.error());
    change_records(std::move(held), parts, *std::move(decided), std::move(then), place);
  });
}

void get_membership(Call call, Rest::Parts& parts) {
  auto sid = call.request.sid<MembershipId>("sid");
  if (!sid) return call.fail(sid.error());
  door::read_one(std::move(call), membership_row(parts.directory()), sid->str());
}

// `decide` gives the change from the version of If-Match.
void change_one(Call call, Rest::Parts& parts, MembershipId sid, door::Answer answer,
                const std::function<Result<Decided>(std::int64_t version)>& decide) {
  const MembershipPtr present = parts.directory().find_membership(sid);
  if (!present || present->workspace != call.workspace()) return call.fail(no_membership(sid.str()));
  auto version = call.version();
  if (!version) return fail_with_version(call, version.error(), present->version);
  auto decided = decide(*version);
  if (!decided) return fail_with_version(call, decided.error(), present->version);
  change_records(std::move(call), parts, *std::move(decided), std::move(answer));
}

void update_membership(Call call, Rest::Parts& parts) {
  auto sid = call.request.sid<MembershipId>("sid");
  if (!sid) return call.fail(sid.error());
  auto body = call.body();
  if (!body) return call.fail(body.error());
  Fields in(*body);
  const Role role = in.required_enum("role", kRoles);
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  const WorkspaceId workspace = call.workspace();
  change_one(std::move(call), parts, *sid, {.row = membership_row(parts.directory()), .sid = sid->str()},
             [&](std::int64_t version) {
               return change_role(parts.directory(), *sid, workspace, version, role, parts.now());
             });
}

void delete_membership(Call call, Rest::Parts& parts) {
  auto sid = call.request.sid<MembershipId>("sid");
  if (!sid) return call.fail(sid.error());
  const WorkspaceId workspace = call.workspace();
  change_one(std::move(call), parts, *sid, {.status = 204},
             [&](std::int64_t version) { return remove_membership(parts.directory(), *sid, workspace, version); });
}

}  // namespace

void add_memberships_routes(door::Api& api, Rest::Parts& parts) {
  api.on("list_memberships", [&parts](Call call) { list_memberships(std::move(call), parts); });
  api.on("create_membership", [&parts](Call call) { create_membership(std::move(call), parts); },
         {.max_body_bytes = 16 << 10});
  api.on("get_membership", [&parts](Call call) { get_membership(std::move(call), parts); });
  api.on("update_membership", [&parts](Call call) { update_membership(std::move(call), parts); },
         {.max_body_bytes = 16 << 10});
  api.on("delete_membership", [&parts](Call call) { delete_membership(std::move(call), parts); });
}

}  // namespace carillon::users
