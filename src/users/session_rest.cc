// Signing in and out, who am I, my password, the demo's doors.
#include "runtime/json_out.h"
#include "runtime/resource_render.h"
#include "users/render.h"
#include "users/rest_parts.h"
#include "users/sign_in.h"

namespace carillon::users {
namespace {

using door::Call;
using door::CallerPtr;
using http::Fields;
using runtime::JsonOut;

constexpr Duration kSweepEvery = Duration::hours(1);

http::Cookie cookie_of(const http::Request& request, SignInId sid, std::string value) {
  http::Cookie cookie;
  cookie.name = cookie_name(sid);
  cookie.value = std::move(value);
  cookie.secure = request.is_tls;
  return cookie;
}

http::Response without_cookie(http::Response response, const http::Request& request, SignInId sid) {
  http::Cookie cookie = cookie_of(request, sid, "");
  cookie.max_age = Duration{};
  return std::move(response).cookie(cookie);
}

// Cookies of sign-ins that have ended would pile up in the browser until its requests are too large for us.
http::Response without_stale_cookies(http::Response response, const http::Request& request,
                                     const Directory& directory) {
  constexpr std::string_view kBegin = "carillon_";
  std::string_view rest = request.header("Cookie");
  for (int removed = 0; removed < 20 && !rest.empty();) {
    const std::size_t end = rest.find(';');
    std::string_view one = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    while (one.starts_with(' ')) one.remove_prefix(1);
    if (!one.starts_with(kBegin)) continue;
    const auto sid = SignInId::parse(one.substr(kBegin.size(), SignInId::kLength));
    if (!sid || directory.find_sign_in(*sid)) continue;
    response = without_cookie(std::move(response), request, *sid);
    ++removed;
  }
  return response;
}

// ---- who am I ----
struct Here {
  std::string workspace, worker;
};
using TakeMe = std::function<void(Call, std::string me, std::int64_t position)>;

// A workspace that is stopped is shown as such, so that its people learn why nothing goes on.
void me_in_quarantine(std::shared_ptr<Call> call, Rest::Parts& parts, CallerPtr who, TakeMe take) {
  const bool posted = call->services->pool.post([call, &parts, who, take] {
    auto reader = call->services->store.readers().lease();
    if (!reader) return call->fail(reader.error());
    auto row = workspace_row(**reader, who->workspace, true);
    if (!row) return call->fail(row.error());
    std::string me;
    render_me(me, parts.directory(), *who, row->json, "");
    take(std::move(*call), std::move(me), 0);
  });
  if (!posted) call->fail(Error(ErrorCode::kOverloaded, "too many requests are being answered; try again in a moment"));
}

void with_me(Call given, Rest::Parts& parts, CallerPtr who, TakeMe take) {
  if (!who->workspace || who->kind == door::Caller::Kind::visitor) {
    std::string me;
    render_me(me, parts.directory(), *who, "", "");
    return take(std::move(given), std::move(me), 0);
  }
  auto call = std::make_shared<Call>(std::move(given));
  call->services->runtime.ask(
      who->workspace,
      [who](const runtime::View& view) {
        Here here;
        runtime::render(here.workspace, view.state.workspace(), false);
        if (who->worker && !runtime::render_worker(here.worker, view.state, who->worker)) here.worker.clear();
        return here;
      },
      [call, &parts, who, take](Result<runtime::Answer<Here>> here) {
        if (!here && here.error().code == ErrorCode::kWorkspaceQuarantined)
          return me_in_quarantine(call, parts, who, take);
        if (!here) return call->fail(here.error());
        std::string me;
        render_me(me, parts.directory(), *who, here->value.workspace, here->value.worker);
        take(std::move(*call), std::move(me), here->position);
      });
}

void get_me(Call call, Rest::Parts& parts) {
  const CallerPtr who = call.who;
  with_me(std::move(call), parts, who, [](Call held, std::string me, std::int64_t position) {
    held.answer(door::with_position(http::Response::json_text(200, std::move(me)), position));
  });
}

// ---- signing in ----
struct Begun {
  Call call;
  BegunSignIn sign_in;
};

void sweep(Rest::Parts& parts, runtime::Runtime& runtime) {
  std::int64_t last = parts.swept_at.load();
  const Instant now = parts.now();
  if (now.us - last < kSweepEvery.us || !parts.swept_at.compare_exchange_strong(last, now.us)) return;
  Decided over = forget_expired(parts.directory(), now);
  if (over.edits.empty()) return;
  auto record = record_of(over);
  record.reply = [&parts, edits = std::move(over.edits)](const Result<runtime::Committed>& done) {
    if (done) parts.directory().apply(edits);
  };
  runtime.commit(std::move(record));
}

// The sign-in is committed: hand out its cookie.
void greet(std::shared_ptr<Begun> begun, Rest::Parts& parts) {
  const SignInId sid = begun->sign_in.sign_in.sid;
  auto who = parts.world.authentication.by_cookie(sid, begun->sign_in.secret, "");
  if (!who) return begun->call.fail(who.error());
  with_me(
      std::move(begun->call), parts, *who, [begun, &parts, sid, who = *who](Call held, std::string me, std::int64_t) {
        std::string json;
        JsonOut(json)
            .id("session_id", sid)
            .text("csrf_token", who->csrf_token)
            .time("expires_at", who->expires_at)
            .raw("me", me)
            .end();
        auto response =
            http::Response::json_text(201, std::move(json)).cookie(cookie_of(held.request, sid, begun->sign_in.secret));
        held.answer(without_stale_cookies(std::move(response), held.request, parts.directory()));
      });
}

void commit_sign_in(Call call, Rest::Parts& parts, BegunSignIn sign_in) {
  runtime::Runtime& runtime = call.services->runtime;
  auto record = record_of(sign_in.decided);
  record.actor = {"user", sign_in.user->sid.str(), sign_in.user->display_name};
  auto begun = std::make_shared<Begun>(Begun{std::move(call), std::move(sign_in)});
  record.reply = [begun, &parts](Result<runtime::Committed> done) {
    if (done) {
      parts.directory().apply(begun->sign_in.decided.edits);
      return greet(begun, parts);
    }
    if (done.error().code != ErrorCode::kStoreConflict) return begun->call.fail(done.error());
    begun->call.fail(
        Error(ErrorCode::kBadCredentials, "the password was changed while it was checked; sign in with the new one"));
  };
  runtime.commit(std::move(record));
  sweep(parts, runtime);
}

void sign_in(Call call, Rest::Parts& parts) {
  auto body = call.body();
  if (!body) return call.fail(body.error());
  Fields in(*body);
  Credentials credentials{in.required_string("username", 1, 128), in.required_string("password", 1, 1024),
                          in.optional_sid<WorkspaceId>("workspace_sid").value_or(WorkspaceId{})};
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  if (auto wait = parts.backoff.begin(credentials.username, call.request.remote, parts.now()))
    return fail_slower(call, *wait);
  parts.hash(std::move(call), [&parts, credentials = std::move(credentials)](Call held) {
    auto begun = begin_sign_in(parts.directory(), parts.check, credentials, parts.now());
    if (!begun) return held.fail(begun.error());
    parts.backoff.succeeded(credentials.username, held.request.remote);
    commit_sign_in(std::move(held), parts, *std::move(begun));
  });
}

void sign_out(Call call, Rest::Parts& parts) {
  runtime::Runtime& runtime = call.services->runtime;
  Decided decided = end_sign_in(call.caller().sign_in);
  auto record = record_of(decided);
  record.actor = call.caller().actor();
  auto held = std::make_shared<Call>(std::move(call));
  record.reply = [held, &parts, edits = std::move(decided.edits)](const Result<runtime::Committed>& done) {
    if (!done) return held->fail(done.error());
    parts.directory().apply(edits);
    held->answer(without_cookie(http::Response::no_content(), held->request, held->caller().sign_in));
  };
  runtime.commit(std::move(record));
}

void change_my_password(Call call, Rest::Parts& parts) {
  auto body = call.body();
  if (!body) return call.fail(body.error());
  Fields in(*body);
  const std::string current = in.required_string("current_password", 1, 1024);
  const std::string wanted = in.required_string("new_password", 10, 1024);
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  const UserPtr user = parts.directory().find_user(call.caller().user);
  if (!user) return call.fail(Error(ErrorCode::kSessionExpired, "this sign-in has ended; sign in again"));
  if (auto wait = parts.backoff.begin(user->username, call.request.remote, parts.now()))
    return fail_slower(call, *wait);
  parts.hash(std::move(call), [&parts, current, wanted, user](Call held) {
    auto decided = change_password(parts.directory(), parts.check, user->sid, held.caller().sign_in, current, wanted);
    if (!decided) return held.fail(decided.error());
    parts.backoff.succeeded(user->username, held.request.remote);
    change_records(std::move(held), parts, *std::move(decided), {.status = 204});
  });
}

void get_demo(Call call, Rest::Parts& parts) {
  if (!parts.options.demo) {
    return call.fail(
        Error(ErrorCode::kNotFound, "this server was not started with --demo; sign in with your own account"));
  }
  const DemoDoors& doors = *parts.options.demo;
  std::string accounts = "[";
  for (const DemoAccount& one : doors.accounts) {
    if (accounts.size() > 1) accounts += ',';
    JsonOut(accounts)
        .text("role", one.role)
        .text("display_name", one.display_name)
        .text("username", one.username)
        .text("password", one.password)
        .text("about", one.about)
        .end();
  }
  std::string json;
  JsonOut(json)
      .id("workspace_sid", doors.workspace)
      .id("widget_sid", doors.widget)
      .text("customer_url", doors.customer_url)
      .text("agent_url", doors.agent_url)
      .text("supervisor_url", doors.supervisor_url)
      .text("admin_url", doors.admin_url)
      .raw("accounts", accounts + "]")
      .flag("traffic", doors.traffic)
      .end();
  call.answer(http::Response::json_text(200, std::move(json)));
}

}  // namespace

void add_session_routes(door::Api& api, Rest::Parts& parts) {
  api.on("sign_in", [&parts](Call call) { sign_in(std::move(call), parts); }, {.max_body_bytes = 16 << 10});
  api.on("sign_out", [&parts](Call call) { sign_out(std::move(call), parts); });
  api.on("get_me", [&parts](Call call) { get_me(std::move(call), parts); });
  api.on("change_my_password", [&parts](Call call) { change_my_password(std::move(call), parts); },
         {.max_body_bytes = 16 << 10});
  api.on("get_demo_doors", [&parts](Call call) { get_demo(std::move(call), parts); });
}

}  // namespace carillon::users
