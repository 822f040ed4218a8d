// People of a workspace: made, shown, changed, given passwords.
#include <boost/json.hpp>

#include "users/people.h"
#include "users/render.h"
#include "users/rest_parts.h"
#include "users/rules.h"
#include "users/sign_in.h"

namespace carillon::users {
namespace {

using door::Call;
using http::Fields;

constexpr http::EnumName<Role> kRoles[] = {
    {"agent", Role::agent}, {"supervisor", Role::supervisor}, {"admin", Role::admin}};

Error no_user(std::string_view sid) {
  return Error(ErrorCode::kNotFound, "there is no user " + std::string(sid.substr(0, 64)) +
                                         " in this workspace; list them with GET /api/v1/users")
      .at("sid");
}

Result<door::Rendered> user_json(const Directory& directory, UserId sid) {
  const UserPtr user = directory.find_user(sid);
  if (!user) return no_user(sid.str());
  door::Rendered out;
  render(out.json, *user);
  out.version = user->version;
  out.sid = sid.str();
  return out;
}

// The user of a sid; of a worker's sid the user it is: what a user made together with a worker is answered from.
door::Row user_row(const Directory& directory) {
  return [&directory](store::Reader& reader, WorkspaceId workspace, const std::string& sid) -> Result<door::Rendered> {
    if (const auto user = UserId::parse(sid)) return user_json(directory, *user);
    const auto worker = WorkerId::parse(sid);
    if (!worker) return no_user(sid);
    if (const UserId user = directory.user_of(*worker)) return user_json(directory, user);
    auto rows = reader.query("SELECT user_sid FROM workers WHERE workspace_id = ?1 AND sid = ?2", {workspace, *worker});
    if (!rows) return rows.error();
    return rows->empty() ? Result<door::Rendered>(no_user(sid)) : user_json(directory, (*rows)[0].id<UserId>(0));
  };
}

// '!' before what LIKE would take for a pattern.
std::string like_pattern(std::string_view text) {
  std::string out = "%";
  for (const char c : folded(text)) {
    if (c == '%' || c == '_' || c == '!') out += '!';
    out += c;
  }
  return out + "%";
}

void list_users(Call call, Rest::Parts& parts) {
  auto workspace = workspace_of(call);
  if (!workspace) return call.fail(workspace.error());
  http::QueryFields query(call.request.query);
  auto list = std::make_shared<door::ListSql>(
      "SELECT sid, created_at FROM (SELECT u.sid AS sid, u.created_at AS created_at, u.search AS search, "
      "m.workspace_id AS workspace_id "
      "FROM users u JOIN memberships m ON m.user_sid = u.sid) AS people",
      "created_at", "sid", false);
  list->where("workspace_id = ", *workspace);
  if (const auto q = query.optional_string("q", 0, 100); q && !q->empty())
    list->where("search LIKE ", like_pattern(*q), " ESCAPE '!'");
  if (auto fine = list->page(query); !fine) return call.fail(fine.error());
  if (auto fine = query.finish(); !fine) return call.fail(fine.error());
  door::read(std::move(call), [&parts, list](store::Reader& reader, const Call&) -> Result<http::Response> {
    auto rows = reader.query(list->sql(), list->params());
    if (!rows) return rows.error();
    door::PageWriter page(*list);
    for (const store::Row& row : *rows) {
      const UserPtr user = parts.directory().find_user(row.id<UserId>("sid"));
      if (user && !page.add(row.integer("created_at"), row.text("sid"), [&](std::string& out) { render(out, *user); }))
        break;
    }
    return page.finish();
  });
}

struct Wished {
  NewUser user;
  std::optional<NewWorker> worker;
};

Result<Wished> read_wish(const boost::json::value& body) {
  Fields in(body);
  Wished out;
  out.user.username = in.required_string("username", 1, 128);
  out.user.display_name = in.required_string("display_name", 1, 128);
  out.user.password = in.required_string("password", 10, 1024);
  out.user.email = in.nullable_string("email", 3, 254).value.value_or("");
  out.user.role = in.required_enum("role", kRoles);
  if (auto worker = in.optional_fields("worker")) {
    NewWorker wanted;
    wanted.friendly_name = worker->required_string("friendly_name", 1, 64);
    if (auto attributes = worker->optional_object("attributes"))
      wanted.attributes = boost::json::serialize(*attributes);
    wanted.requires_connection = worker->optional_bool("requires_connection").value_or(true);
    out.worker = std::move(wanted);
  }
  if (auto fine = in.finish(); !fine) return fine.error();
  return out;
}

// User and worker come to be in one journal entry; the worker's name is decided by the workspace.
void make_with_worker(Call call, Rest::Parts& parts, Decided decided, const NewWorker& worker, door::Answer answer) {
  const UserId user = *UserId::parse(decided.sid);
  const WorkspaceId workspace = call.workspace();
  auto held = std::make_shared<Decided>(std::move(decided));
  answer.companion = [held](const runtime::Applied&, runtime::Companion& companion) {
    companion.statements = held->rows.statements;
  };
  answer.committed = [&parts, held = std::move(held), user, workspace](const runtime::Committed& done) {
    parts.directory().apply(held->edits);
    if (const auto made = WorkerId::parse(done.sid)) parts.directory().put_worker(workspace, *made, user);
  };
  // The workspace speaks of the worker's fields, which stand one level down here.
  answer.refused = [](Call&, Error& error) {
    error = door::in_body(std::move(error));
    if (error.field.starts_with('/')) error.field.insert(0, "/worker");
    return false;
  };
  door::change(std::move(call), worker_command(user, worker), std::move(answer));
}

void create_user(Call call, Rest::Parts& parts) {
  auto workspace = workspace_of(call);
  if (!workspace) return call.fail(workspace.error());
  auto body = call.body();
  if (!body) return call.fail(body.error());
  auto wished = read_wish(*body);
  if (!wished) return call.fail(wished.error());
  wished->user.workspace = *workspace;
  door::Answer answer{.status = 201, .row = user_row(parts.directory()), .location = "/api/v1/users/"};
  door::unless_repeated(
      std::move(call), std::move(answer), [&parts, wished = *std::move(wished)](Call first, door::Answer then) {
        auto kept = std::make_shared<door::Answer>(std::move(then));
        parts.hash(std::move(first), [&parts, wished, kept](Call held) {
          auto decided = make_user(parts.directory(), parts.world.passwords, wished.user, parts.now());
          if (!decided) return held.fail(decided.error());
          if (wished.worker)
            return make_with_worker(std::move(held), parts, *std::move(decided), *wished.worker, std::move(*kept));
          const WorkspaceId place = held.workspace();
          change_records(std::move(held), parts, *std::move(decided), std::move(*kept), place);
        });
      });
}

void get_user(Call call, Rest::Parts& parts) {
  auto sid = call.request.sid<UserId>("sid");
  if (!sid) return call.fail(sid.error());
  if (!parts.directory().membership_of(*sid, call.workspace())) return call.fail(no_user(sid->str()));
  door::read_one(std::move(call), user_row(parts.directory()), sid->str());
}

void update_user(Call call, Rest::Parts& parts) {
  auto sid = call.request.sid<UserId>("sid");
  if (!sid) return call.fail(sid.error());
  auto body = call.body();
  if (!body) return call.fail(body.error());
  Fields in(*body);
  UserPatch patch;
  patch.display_name = in.optional_string("display_name", 1, 128);
  if (const auto email = in.nullable_string("email", 3, 254); email.present) patch.email = email.value.value_or("");
  patch.disabled = in.optional_bool("disabled");
  if (!patch.display_name && !patch.email && !patch.disabled) {
    in.fault("", ErrorCode::kMissingField, "nothing is to be changed", "display_name, email or disabled");
  }
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  if (auto may = may_change(parts.directory(), call.caller(), *sid); !may) return call.fail(may.error());
  const UserPtr present = parts.directory().find_user(*sid);
  auto version = call.version();
  if (!version) return fail_with_version(call, version.error(), present ? present->version : 0);
  auto decided = change_user(parts.directory(), *sid, *version, patch, parts.now());
  if (!decided) return fail_with_version(call, decided.error(), present ? present->version : 0);
  change_records(std::move(call), parts, *std::move(decided), {.row = user_row(parts.directory()), .sid = sid->str()});
}

void set_password(Call call, Rest::Parts& parts) {
  auto sid = call.request.sid<UserId>("sid");
  if (!sid) return call.fail(sid.error());
  auto body = call.body();
  if (!body) return call.fail(body.error());
  Fields in(*body);
  const std::string wanted = in.required_string("new_password", 10, 1024);
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  if (auto may = may_change(parts.directory(), call.caller(), *sid); !may) return call.fail(may.error());
  parts.hash(std::move(call), [&parts, sid = *sid, wanted](Call held) {
    auto decided = give_password(parts.directory(), parts.world.passwords, sid, wanted, "/new_password");
    if (!decided) return held.fail(decided.error());
    change_records(std::move(held), parts, *std::move(decided), {.status = 204});
  });
}

}  // namespace

void add_users_routes(door::Api& api, Rest::Parts& parts) {
  api.on("list_users", [&parts](Call call) { list_users(std::move(call), parts); });
  api.on("create_user", [&parts](Call call) { create_user(std::move(call), parts); }, {.max_body_bytes = 64 << 10});
  api.on("get_user", [&parts](Call call) { get_user(std::move(call), parts); });
  api.on("update_user", [&parts](Call call) { update_user(std::move(call), parts); }, {.max_body_bytes = 16 << 10});
  api.on("set_user_password", [&parts](Call call) { set_password(std::move(call), parts); },
         {.max_body_bytes = 16 << 10});
}

}  // namespace carillon::users
