#include "users/authentication.h"

#include "secrets/secrets.h"

namespace carillon::users {
namespace {

using door::Caller;
using door::CallerPtr;

constexpr Duration kSaveUseEvery = Duration::minutes(5);
constexpr std::size_t kMostTokenBytes = 512;

bool is_websocket(const http::Request& request) {
  return http::equals_ignoring_case(request.header("Upgrade"), "websocket");
}

// The token of Authorization: Bearer, or of a WebSocket's subprotocol. Nothing when there is neither.
std::optional<std::string_view> token_of(const http::Request& request) {
  if (const auto header = request.headers.get("Authorization")) {
    constexpr std::string_view kScheme = "Bearer ";
    const bool bearer =
        header->size() > kScheme.size() && http::equals_ignoring_case(header->substr(0, kScheme.size()), kScheme);
    return bearer ? header->substr(kScheme.size()) : std::string_view();  // another scheme is a token of nobody
  }
  if (!is_websocket(request)) return std::nullopt;
  std::string_view list = request.header("Sec-WebSocket-Protocol");
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    std::string_view one = list.substr(0, comma);
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (one.starts_with(kTokenProtocol)) return one.substr(kTokenProtocol.size());
  }
  return std::nullopt;
}

// A header, or on a WebSocket the query parameter that stands for it.
std::string_view named_by(const http::Request& request, std::string_view header, std::string_view parameter) {
  if (const auto value = request.headers.get(header)) return *value;
  return is_websocket(request) ? request.query.get(parameter).value_or("") : std::string_view();
}

Error ended() { return Error(ErrorCode::kSessionExpired, "this sign-in has ended; sign in again"); }

Error not_their_workspace(std::string_view named) {
  return Error(ErrorCode::kForbidden, "you have no part in workspace " + std::string(named.substr(0, 64)) +
                                          "; list yours with GET /api/v1/workspaces")
      .at("Carillon-Workspace");
}

}  // namespace

std::string cookie_name(SignInId sid) { return "carillon_" + sid.str(); }

std::string csrf_token_of(std::string_view cookie_secret) {
  return secrets::hmac_sha256_hex(cookie_secret, "carillon csrf 1").substr(0, 43);
}

Result<CallerPtr> Authentication::authenticate(const http::Request& request) {
  const std::string_view workspace = named_by(request, "Carillon-Workspace", "workspace");
  if (const auto token = token_of(request)) {
    auto caller = by_token(*token);
    // Whoever names another workspace than the key's means to change something there, not here.
    if (caller && !workspace.empty() && workspace != (*caller)->workspace.str()) return not_their_workspace(workspace);
    return caller;
  }
  const auto sid = SignInId::parse(named_by(request, "Carillon-Session", "session"));
  if (!sid) return CallerPtr();
  const auto secret = request.cookie(cookie_name(*sid));
  if (!secret) return CallerPtr();
  return by_cookie(*sid, *secret, workspace);
}

Result<CallerPtr> Authentication::by_token(std::string_view token) const {
  const Instant now = clock_.now();
  if (looks_like_visitor_token(token)) {
    auto claim = verify_visitor_token(directory_.visitor_keys(), token, now);
    if (!claim) return claim.error();
    auto caller = std::make_shared<Caller>();
    caller->kind = Caller::Kind::visitor;
    caller->visitor = claim->visitor, caller->widget = claim->widget, caller->workspace = claim->workspace;
    caller->verified = claim->verified, caller->expires_at = claim->expires_at;
    return CallerPtr(std::move(caller));
  }
  const bool plausible = token.starts_with(kApiKeyPrefix) && token.size() <= kMostTokenBytes;
  // By hash: how long the search takes tells nothing about the secret.
  const ApiKeyPtr key = plausible ? directory_.find_api_key_by_hash(secrets::sha256_hex(token)) : nullptr;
  if (!key) {
    return Error(ErrorCode::kNotSignedIn,
                 "the API key is unknown or was revoked; an admin makes a new one with POST /api/v1/api-keys")
        .at("Authorization");
  }
  if (now >= key->row.expires_at) {
    return Error(ErrorCode::kSessionExpired,
                 "the API key ended at " + to_rfc3339(key->row.expires_at) + "; an admin makes a new one")
        .at("Authorization");
  }
  if (key->use.note(now, kSaveUseEvery)) {
    runtime::RecordChange change;
    change.change.run("UPDATE api_keys SET last_used_at = ?2 WHERE sid = ?1", key->row.sid, now);
    change.reply = [](const auto&) {};
    save_(std::move(change));
  }
  auto caller = std::make_shared<Caller>();
  caller->kind = Caller::Kind::api_key;
  caller->api_key = key->row.sid, caller->scopes = key->row.scopes, caller->workspace = key->row.workspace;
  caller->display_name = key->row.friendly_name, caller->expires_at = key->row.expires_at;
  return CallerPtr(std::move(caller));
}

Result<CallerPtr> Authentication::by_cookie(SignInId sid, std::string_view secret, std::string_view workspace) const {
  const Instant now = clock_.now();
  const SignInPtr sign_in = directory_.find_sign_in(sid);
  // One answer for all that is not right: a stranger learns nothing about which ids exist.
  if (!sign_in || !secrets::equal(secrets::sha256_hex(secret), sign_in->row.secret_hash)) return ended();
  const Instant last_used{sign_in->use.at.load(std::memory_order_relaxed)};
  if (now >= sign_in_ends(sign_in->row, last_used)) return ended();
  const UserPtr user = directory_.find_user(sign_in->row.user);
  if (!user || user->disabled) return ended();

  auto caller = std::make_shared<Caller>();
  caller->kind = Caller::Kind::user;
  caller->user = user->sid, caller->sign_in = sid, caller->display_name = user->display_name;
  caller->csrf_token = csrf_token_of(secret);
  caller->instance_admin = user->instance_admin;
  caller->expires_at = sign_in_ends(sign_in->row, std::max(now, last_used));
  if (auto chosen = choose_workspace(*user, sign_in->row, workspace, *caller); !chosen) return chosen.error();
  if (sign_in->use.note(now, kSaveUseEvery)) {
    runtime::RecordChange change;
    change.change.run("UPDATE sign_ins SET last_used_at = ?2 WHERE sid = ?1", sid, now);
    change.reply = [](const auto&) {};
    save_(std::move(change));
  }
  return CallerPtr(std::move(caller));
}

Result<void> Authentication::choose_workspace(const User& user, const SignIn& sign_in, std::string_view named,
                                              Caller& caller) const {
  const auto enter = [&](WorkspaceId workspace) {
    const MembershipPtr membership = directory_.membership_of(user.sid, workspace);
    if (!membership && !(user.instance_admin && directory_.workspace_name(workspace))) return false;
    caller.workspace = workspace;
    caller.role = membership ? membership->role : Role::none;
    caller.worker = membership ? directory_.worker_of(user.sid, workspace) : WorkerId{};
    return true;
  };
  if (!named.empty()) {
    const auto workspace = WorkspaceId::parse(named);
    if (!workspace || !enter(*workspace)) return not_their_workspace(named);
    return {};
  }
  if (sign_in.workspace && enter(sign_in.workspace)) return {};
  for (const MembershipPtr& one : directory_.memberships_of(user.sid)) {
    if (enter(one->workspace)) return {};
  }
  if (user.instance_admin) {
    const auto all = directory_.workspaces();
    if (!all.empty()) enter(all.front().sid);
  }
  return {};
}

bool Authentication::still_counts(const Caller& caller) const {
  const Instant now = clock_.now();
  switch (caller.kind) {
    case Caller::Kind::visitor:
      return now < caller.expires_at;
    case Caller::Kind::api_key:
      return now < caller.expires_at && directory_.find_api_key(caller.api_key) != nullptr;
    case Caller::Kind::user:
      break;
  }
  const SignInPtr sign_in = directory_.find_sign_in(caller.sign_in);
  if (!sign_in || now >= sign_in_ends(sign_in->row, Instant{sign_in->use.at.load(std::memory_order_relaxed)}))
    return false;
  const UserPtr user = directory_.find_user(caller.user);
  if (!user || user->disabled || user->instance_admin != caller.instance_admin) return false;
  const MembershipPtr membership = caller.workspace ? directory_.membership_of(caller.user, caller.workspace) : nullptr;
  return (membership ? membership->role : Role::none) == caller.role;
}

}  // namespace carillon::users
