#include "users/render.h"

#include "runtime/json_out.h"

namespace carillon::users {

using runtime::JsonOut;

void render(std::string& out, const User& user) {
  JsonOut(out)
      .id("sid", user.sid)
      .number("version", user.version)
      .text("username", user.username)
      .text("display_name", user.display_name)
      .text_or_null("email", user.email)
      .flag("instance_admin", user.instance_admin)
      .flag("disabled", user.disabled)
      .time("created_at", user.created_at)
      .time("updated_at", user.updated_at)
      .end();
}

bool render(std::string& out, const Directory& directory, const Membership& membership) {
  const UserPtr user = directory.find_user(membership.user);
  const auto workspace = directory.workspace_name(membership.workspace);
  if (!user || !workspace) return false;
  JsonOut(out)
      .id("sid", membership.sid)
      .number("version", membership.version)
      .id("user_sid", membership.user)
      .text("username", user->username)
      .text("display_name", user->display_name)
      .id("workspace_sid", membership.workspace)
      .text("workspace_friendly_name", *workspace)
      .word("role", membership.role)
      .id("worker_sid", directory.worker_of(membership.user, membership.workspace))
      .time("created_at", membership.created_at)
      .time("updated_at", membership.updated_at)
      .end();
  return true;
}

std::string scopes_json(Scopes scopes) {
  std::string out = "[";
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<door::Scope>>([&](auto d) {
    if (!(scopes & static_cast<Scopes>(d.value))) return;
    out += out.size() > 1 ? ",\"" : "\"";
    out += d.name;
    out += '"';
  });
  return out + "]";
}

void render(std::string& out, const ApiKey& key, Instant last_used_at) {
  JsonOut(out)
      .id("sid", key.sid)
      .text("friendly_name", key.friendly_name)
      .raw("scopes", scopes_json(key.scopes))
      .text("hint", key.hint)
      .time("created_at", key.created_at)
      .time("expires_at", key.expires_at)
      .time("last_used_at", last_used_at)
      .end();
}

void render(std::string& out, const LiveApiKey& key) {
  render(out, key.row, Instant{key.use.at.load(std::memory_order_relaxed)});
}

void render_me(std::string& out, const Directory& directory, const door::Caller& caller, std::string_view workspace,
               std::string_view worker) {
  using Kind = door::Caller::Kind;
  const bool is_user = caller.kind == Kind::user;
  std::string user = "null", memberships = "[";
  if (const UserPtr known = is_user ? directory.find_user(caller.user) : nullptr) render(user.erase(), *known);
  for (const MembershipPtr& one : is_user ? directory.memberships_of(caller.user) : std::vector<MembershipPtr>()) {
    std::string json;
    if (render(json, directory, *one)) memberships += (memberships.size() > 1 ? "," : "") + json;
  }
  JsonOut(out)
      .text("principal", is_user                        ? "user"
                         : caller.kind == Kind::api_key ? "api_key"
                                                        : "visitor")
      .raw("user", user)
      .id("api_key_sid", caller.api_key)
      .raw("scopes", scopes_json(caller.scopes))
      .word_or_null("role", caller.role)
      .flag("instance_admin", caller.instance_admin)
      .raw("memberships", memberships + "]")
      .raw("workspace", workspace.empty() ? "null" : workspace)
      .raw("worker", worker.empty() ? "null" : worker)
      .id("session_id", caller.sign_in)
      .text_or_null("csrf_token", caller.csrf_token)
      .time("expires_at", caller.expires_at)
      .end();
}

}  // namespace carillon::users
