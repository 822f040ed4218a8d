// Before there is a conversation: what the widget shows, and becoming a visitor.
#include <algorithm>

#include "channels/chat/rest.h"
#include "door/configuration.h"
#include "runtime/json_out.h"
#include "secrets/secrets.h"

namespace carillon::chat {
namespace {

using door::Call;

Error no_such_widget(std::string_view sid) {
  return Error(ErrorCode::kNotFound,
               "found no widget " + std::string(sid) + " that serves; it was removed or is switched off")
      .at("widget_sid");
}

Result<WidgetPtr> serving_widget(const Call& call, const Widgets& widgets) {
  auto sid = call.request.sid<WidgetId>("widget_sid");
  if (!sid) return sid.error();
  WidgetPtr widget = widgets.find(*sid);
  if (!widget || !widget->enabled) return no_such_widget(sid->str());
  return widget;
}

// Whether somebody is there to answer.
bool is_staffed(const runtime::View& view) {
  const auto workers = view.state.routing().workers();
  return std::any_of(workers.begin(), workers.end(),
                     [](const auto* worker) { return worker->available && worker->reachable; });
}

// What of a widget depends on the moment.
struct Now {
  bool open = false;   // somebody is there
  bool calls = false;  // there is a number to be called, and telephony
};

void with_now(const RestGiven& given, WidgetPtr widget, std::function<void(Result<Now>)> then) {
  const NumberId number = given.hub.takes_calls() ? widget->number : NumberId{};
  given.world.runtime.ask(
      widget->workspace,
      [number](const runtime::View& view) {
        return Now{.open = is_staffed(view), .calls = view.state.calls().number(number) != nullptr};
      },
      [then = std::move(then)](Result<runtime::Answer<Now>> now) {
        then(now ? Result<Now>(now->value) : Result<Now>(now.error()));
      },
      runtime::Release::immediate);
}

void get_public_widget(Call call, const RestGiven& given) {
  auto widget = serving_widget(call, given.world.widgets);
  if (!widget) return call.fail(widget.error());
  auto held = std::make_shared<Call>(std::move(call));
  with_now(given, *widget, [held, widget = *widget](Result<Now> now) {
    if (!now) return held->fail(now.error());
    std::string json;
    render_public(json, *widget, now->open, now->calls);
    held->answer(http::Response::json_text(200, std::move(json)));
  });
}

struct Becoming {
  WidgetPtr widget;
  Visitor said;
  bool is_proved = false;  // by this request
};

bool is_address(std::string_view text) {
  const auto at = text.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         text.find_first_of(" \t\r\n") == std::string_view::npos;
}

void read_email(http::Fields& in, std::string& email) {
  if (auto found = in.optional_string("email", 3, 254)) {
    if (!is_address(*found))
      in.fault("email", ErrorCode::kInvalidValue, "found \"" + *found + "\"", "an e-mail address");
    email = *std::move(found);
  }
}

bool is_signature(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Result<Becoming> read_becoming(const Call& call, const Widgets& widgets) {
  auto body = call.body();
  auto widget = serving_widget(call, widgets);
  if (!body) return body.error();
  http::Fields in(*body);
  Becoming out;
  Visitor& said = out.said;
  said.display_name = in.optional_string("display_name", 1, 128).value_or("");
  read_email(in, said.email);
  said.page_url = in.optional_string("page_url", 0, 2000).value_or("");
  said.locale = in.optional_string("locale", 2, 35).value_or("");
  std::string signature;
  if (auto identity = in.optional_fields("identity")) {
    said.external_id = identity->required_string("external_id", 1, 254);
    signature = identity->required_string("signature", 0, 256);
    if (identity->ok() && !is_signature(signature)) {
      identity->fault("signature", ErrorCode::kInvalidValue,
                      "found " + std::to_string(signature.size()) + " bytes that are no signature",
                      "64 lowercase hex digits: HMAC-SHA-256 of external_id with the widget's identity secret");
    }
    if (auto name = identity->optional_string("display_name", 1, 128)) said.display_name = *std::move(name);
    read_email(*identity, said.email);
  }
  if (auto fine = in.finish(); !fine) return fine.error();
  if (!widget) return widget.error();
  out.widget = *widget;
  if (!said.external_id.empty()) {
    if (!signature_fits(**widget, said.external_id, signature)) {
      return Error(ErrorCode::kInvalidValue,
                   "the signature is not that of this external_id under the widget's identity secret")
          .at("/identity/signature")
          .expecting("HMAC-SHA-256 of external_id with the identity secret, in hex, made on the site's server");
    }
    out.is_proved = true;
  }
  return out;
}

// With a token that still counts the same visitor is kept; who is proved to be somebody else begins anew.
void become(Call call, const RestGiven& given, const Becoming& wish, store::Reader& reader) {
  const door::Caller* who = call.who && call.who->kind == door::Caller::Kind::visitor ? call.who.get() : nullptr;
  const bool is_known = who && who->widget == wish.widget->sid && who->workspace == wish.widget->workspace;
  Visitor known{.sid = secrets::random_id<VisitorId>(),
                .workspace = wish.widget->workspace,
                .widget = wish.widget->sid,
                .display_name = {},
                .email = {},
                .page_url = {},
                .locale = {},
                .external_id = {}};
  bool verified = wish.is_proved;
  bool has_row = false;
  if (is_known) {
    auto found = find_visitor(reader, who->workspace, who->widget, who->visitor);
    if (!found) return call.fail(found.error());
    const bool same = !wish.is_proved || found->external_id.empty() || found->external_id == wish.said.external_id;
    if (same) known = *found, has_row = found->says_something(), verified = verified || who->verified;
  }
  const Visitor before = known;
  take_over(known, wish.said);
  const Instant now = call.services->clock.now();
  const users::VisitorClaim claim{known.sid, known.widget, known.workspace, verified, now + users::kVisitorTokenLife};
  const std::string token = users::issue_visitor_token(given.keys, claim);
  auto held = std::make_shared<Call>(std::move(call));
  const auto answer = [held, claim, token, widget = wish.widget, given](Result<runtime::Committed> done) {
    if (!done) return held->fail(done.error());
    with_now(given, widget, [held, claim, token, widget](Result<Now> seen) {
      if (!seen) return held->fail(seen.error());
      std::string text;
      runtime::JsonOut json(text);
      json.id("visitor_sid", claim.visitor)
          .text("token", token)
          .time("expires_at", claim.expires_at)
          .flag("verified", claim.verified)
          .key("widget");
      render_public(text, *widget, seen->open, seen->calls);
      json.end();
      held->answer(http::Response::json_text(201, std::move(text)));
    });
  };
  // Nothing is stored about who said nothing.
  if (!known.says_something() || (has_row && known == before)) return answer(runtime::Committed{});
  runtime::RecordChange change;
  change.workspace = known.workspace;
  change.sid = known.sid.str();
  change.actor = {"visitor", known.sid.str(), known.display_name};
  change.change.statements.push_back(put_visitor(known, now));
  change.reply = answer;
  given.world.runtime.commit(std::move(change));
}

}  // namespace

std::shared_ptr<const http::CorsPolicy> cors_policy(const Widgets& widgets) {
  auto policy = std::make_shared<http::CorsPolicy>();
  policy->allowed = [&widgets](const http::Request& request, std::string_view origin) {
    const std::string_view named = request.param("widget_sid");
    if (named.empty()) return widgets.allows_anywhere(origin);
    const auto sid = WidgetId::parse(named);
    const WidgetPtr widget = sid ? widgets.find(*sid) : nullptr;
    // That there is no such widget is no secret, and who mistyped its sid should read just that.
    return !widget || widget->allows(origin);
  };
  policy->allow_headers = "Content-Type, Authorization, Idempotency-Key";
  policy->expose_headers = "Location, Request-Id, Retry-After, Carillon-Position, Content-Disposition";
  return policy;
}

Result<Viewer> viewer_of(const door::Call& call, const Widgets& widgets) {
  const door::Caller& who = call.caller();
  const WidgetPtr widget = widgets.find(who.widget);
  if (!widget || !widget->enabled || widget->workspace != who.workspace) {
    return Error(ErrorCode::kForbidden, "this widget was removed or is switched off");
  }
  const std::string_view origin = call.request.header("Origin");
  if (!origin.empty() && !call.request.is_same_origin() && !widget->allows(origin)) {
    return Error(ErrorCode::kOriginNotAllowed,
                 "pages of this site may not use this widget; an admin adds them to its allowed origins");
  }
  return Viewer{who.workspace, who.widget, who.visitor, who.verified};
}

void add_public_routes(door::Api& api, const RestGiven& given) {
  door::OnOptions options;
  options.cors = cors_policy(given.world.widgets);
  api.on(
      "get_public_widget", [given](Call call) { get_public_widget(std::move(call), given); }, options);
  api.on(
      "create_visitor",
      [given](Call call) {
        auto wish = read_becoming(call, given.world.widgets);
        if (!wish) return call.fail(wish.error());
        door::with_reader(std::move(call), [given, wish = *wish](Call held, store::Reader& reader) {
          become(std::move(held), given, wish, reader);
        });
      },
      options);
}

}  // namespace carillon::chat
