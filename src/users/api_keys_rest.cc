// API keys of a workspace: made, listed without secrets, revoked.
#include "users/api_keys.h"
#include "users/render.h"
#include "users/rest_parts.h"

namespace carillon::users {
namespace {

using door::Call;
using http::Fields;

Error no_key(std::string_view sid) {
  return Error(ErrorCode::kNotFound, "there is no API key " + std::string(sid.substr(0, 64)) +
                                         " in this workspace; list them with GET /api/v1/api-keys")
      .at("sid");
}

Result<ApiKeyPtr> find(const Directory& directory, WorkspaceId workspace, std::string_view sid) {
  const auto id = ApiKeyId::parse(sid);
  ApiKeyPtr key = id ? directory.find_api_key(*id) : nullptr;
  if (!key || key->row.workspace != workspace) return no_key(sid);
  return key;
}

door::Row key_row(const Directory& directory) {
  return [&directory](store::Reader&, WorkspaceId workspace, const std::string& sid) -> Result<door::Rendered> {
    auto key = find(directory, workspace, sid);
    if (!key) return key.error();
    door::Rendered out;
    render(out.json, **key);
    return out;
  };
}

// With the secret, which is remembered for some minutes only: long enough for a request that is repeated.
door::Row created_row(Rest::Parts& parts) {
  return [&parts](store::Reader&, WorkspaceId workspace, const std::string& sid) -> Result<door::Rendered> {
    auto key = find(parts.directory(), workspace, sid);
    if (!key) return key.error();
    const auto secret = parts.fresh.find(sid, parts.now());
    if (!secret) {
      return Error(ErrorCode::kStateForbids,
                   "the key " + sid + " was made and its secret shown once; revoke it and make another");
    }
    door::Rendered out;
    out.json = "{\"api_key\":";
    render(out.json, **key);
    out.json += ",\"secret\":\"" + *secret + "\"}";
    return out;
  };
}

Scopes read_scopes(Fields& in) {
  Scopes out = 0;
  for (const std::string& word : in.required_strings("scopes", 1, 16, {.min = 1, .max = 32})) {
    const auto scope = codec::enum_from<door::Scope>(word);
    if (!scope || *scope == door::Scope::none) {
      in.fault("scopes", ErrorCode::kInvalidValue, "\"" + word + "\" is no scope",
               "any of read, tasks, workers, conversations, customers, configure, users, events");
      continue;
    }
    out = static_cast<Scopes>(out | static_cast<Scopes>(*scope));
  }
  return out;
}

void create_api_key(Call call, Rest::Parts& parts) {
  auto workspace = workspace_of(call);
  if (!workspace) return call.fail(workspace.error());
  auto body = call.body();
  if (!body) return call.fail(body.error());
  Fields in(*body);
  NewApiKey wanted;
  wanted.workspace = *workspace;
  wanted.friendly_name = in.required_string("friendly_name", 1, 64);
  wanted.scopes = read_scopes(in);
  wanted.expires_at = in.nullable_time("expires_at").value.value_or(Instant::never());
  wanted.created_by = call.caller().user;
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  door::Answer answer{.status = 201, .row = created_row(parts), .location = "/api/v1/api-keys/"};
  door::unless_repeated(std::move(call), std::move(answer), [&parts, wanted](Call held, door::Answer then) {
    auto made = make_api_key(parts.directory(), wanted, parts.now());
    if (!made) return held.fail(made.error());
    then.committed = [&parts, sid = made->decided.sid, secret = made->secret](const runtime::Committed&) {
      parts.fresh.keep(sid, secret, parts.now());
    };
    change_records(std::move(held), parts, std::move(made->decided), std::move(then), wanted.workspace);
  });
}

void list_api_keys(Call call, Rest::Parts& parts) {
  auto workspace = workspace_of(call);
  if (!workspace) return call.fail(workspace.error());
  http::QueryFields query(call.request.query);
  auto list = std::make_shared<door::ListSql>("SELECT sid, created_at FROM api_keys", "created_at", "sid", false);
  list->where("workspace_id = ", *workspace);
  if (auto fine = list->page(query); !fine) return call.fail(fine.error());
  if (auto fine = query.finish(); !fine) return call.fail(fine.error());
  door::read(std::move(call), [&parts, list](store::Reader& reader, const Call&) -> Result<http::Response> {
    auto rows = reader.query(list->sql(), list->params());
    if (!rows) return rows.error();
    door::PageWriter page(*list);
    for (const store::Row& row : *rows) {
      const ApiKeyPtr key = parts.directory().find_api_key(row.id<ApiKeyId>("sid"));
      if (key && !page.add(row.integer("created_at"), row.text("sid"), [&](std::string& out) { render(out, *key); }))
        break;
    }
    return page.finish();
  });
}

void get_api_key(Call call, Rest::Parts& parts) {
  auto sid = call.request.sid<ApiKeyId>("sid");
  if (!sid) return call.fail(sid.error());
  door::read_one(std::move(call), key_row(parts.directory()), sid->str());
}

void delete_api_key(Call call, Rest::Parts& parts) {
  auto sid = call.request.sid<ApiKeyId>("sid");
  if (!sid) return call.fail(sid.error());
  auto decided = revoke_api_key(parts.directory(), *sid, call.workspace());
  if (!decided) return call.fail(decided.error());
  change_records(std::move(call), parts, *std::move(decided), {.status = 204});
}

}  // namespace

void add_api_keys_routes(door::Api& api, Rest::Parts& parts) {
  api.on("list_api_keys", [&parts](Call call) { list_api_keys(std::move(call), parts); });
  api.on("create_api_key", [&parts](Call call) { create_api_key(std::move(call), parts); },
         {.max_body_bytes = 16 << 10});
  api.on("get_api_key", [&parts](Call call) { get_api_key(std::move(call), parts); });
  api.on("delete_api_key", [&parts](Call call) { delete_api_key(std::move(call), parts); });
}

}  // namespace carillon::users
