#include "door/api.h"

#include <algorithm>

#include "secrets/secrets.h"

namespace carillon::door {
namespace {

bool is_unsafe(http::Method method) {
  return method != http::Method::kGet && method != http::Method::kHead && method != http::Method::kOptions;
}

// The rate key: what holds the credential, or the address.
std::string rate_key(const http::Request& request) {
  const auto* caller = static_cast<const Caller*>(request.principal.get());
  return caller ? caller->key() : request.remote;
}

void post(Call call, std::function<void(Call)> work) {
  Services& services = *call.services;
  auto held = std::make_shared<Call>(std::move(call));
  if (!services.pool.post([held, work = std::move(work)] { work(std::move(*held)); })) {
    held->fail(Error(ErrorCode::kOverloaded, "too many requests are being answered; try again in a moment"));
  }
}

// Where the new thing is, "" when the answer says nothing of it.
std::string location_of(const Answer& answer, const Rendered& rendered, const std::string& sid) {
  if (answer.location.empty()) return {};
  return answer.location + (rendered.sid.empty() ? sid : rendered.sid);
}

http::Response respond(int status, const Rendered& rendered, const std::string& location, std::int64_t position) {
  if (status == 204) return with_position(http::Response::no_content(), position);
  http::Response response = with_position(http::Response::json_text(status, rendered.json), position);
  if (rendered.version > 0) response = std::move(response).etag(rendered.version);
  if (!location.empty()) response = std::move(response).location(location);
  return response;
}

}  // namespace

Result<std::optional<runtime::IdempotencyKey>> idempotency_of(const Call& call, int status) {
  const std::string_view key = call.request.header("Idempotency-Key");
  if (key.empty() || !call.operation->is_idempotent_by_key || !call.who)
    return std::optional<runtime::IdempotencyKey>();
  const bool printable = std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < 127; });
  if (key.size() > 128 || !printable) {
    return Error(ErrorCode::kInvalidValue, "found an Idempotency-Key of " + std::to_string(key.size()) + " characters")
        .at("Idempotency-Key")
        .expecting("1 to 128 printable ASCII characters");
  }
  runtime::IdempotencyKey out;
  out.principal = call.caller().principal();
  out.key = std::string(key);
  out.request_hash = secrets::sha256_hex(std::string(http::method_name(call.request.method)) + " " +
                                         call.request.target + "\n" + call.request.body);
  out.status = status;
  return std::optional<runtime::IdempotencyKey>(std::move(out));
}

namespace {

// What a change needs beyond its Call until it is committed.
struct Pending {
  Call call;
  Answer answer;
  Rendered rendered;
  bool has_rendered = false;
};

const std::string& sid_of(const Pending& pending, const runtime::Committed& done) {
  return pending.answer.sid.empty() ? done.sid : pending.answer.sid;
}

void send(Pending& pending, const Result<Rendered>& rendered, const runtime::Committed& done) {
  if (!rendered) return pending.call.fail(rendered.error());
  const int status = done.repeated && done.status ? done.status : pending.answer.status;
  pending.call.answer(respond(status, *rendered, location_of(pending.answer, *rendered, done.sid), done.position));
}

void answer_from_state(std::shared_ptr<Pending> pending, runtime::Committed done) {
  Call& call = pending->call;
  call.services->runtime.ask(
      call.workspace(),
      [pending, done](const runtime::View& view) { return pending->answer.live_row(view, sid_of(*pending, done)); },
      [pending, done](Result<runtime::Answer<Result<Rendered>>> seen) {
        if (!seen) return pending->call.fail(seen.error());
        send(*pending, seen->value, done);
      });
}

void answer_from_row(std::shared_ptr<Pending> pending, runtime::Committed done) {
  if (pending->answer.live_row) return answer_from_state(std::move(pending), std::move(done));
  Services& services = *pending->call.services;
  const auto work = [pending, done = std::move(done)] {
    Call& call = pending->call;
    auto reader = call.services->store.readers().lease();
    if (!reader) return call.fail(reader.error());
    send(*pending, pending->answer.row(**reader, call.workspace(), sid_of(*pending, done)), done);
  };
  if (!services.pool.post(work))
    pending->call.fail(Error(ErrorCode::kOverloaded, "too many requests are being answered; try again in a moment"));
}

// 412 carries the present ETag, so that the client need not ask for it.
void fail_with_etag(std::shared_ptr<Pending> pending, Error error) {
  Services& services = *pending->call.services;
  const auto refuse = [pending, error](const Result<Rendered>& present) {
    http::Response response = http::Response::problem(error, pending->call.request.path);
    if (present && present->version > 0) response = std::move(response).etag(present->version);
    pending->call.answer(std::move(response));
  };
  if (pending->answer.live_row) {
    return services.runtime.ask(
        pending->call.workspace(),
        [pending](const runtime::View& view) { return pending->answer.live_row(view, pending->answer.sid); },
        [refuse](Result<runtime::Answer<Result<Rendered>>> seen) {
          refuse(seen ? seen->value : Result<Rendered>(seen.error()));
        });
  }
  const auto work = [pending, refuse] {
    Call& call = pending->call;
    auto reader = call.services->store.readers().lease();
    refuse(reader ? pending->answer.row(**reader, call.workspace(), pending->answer.sid)
                  : Result<Rendered>(reader.error()));
  };
  if (!services.pool.post(work)) pending->call.fail(error);
}

void finish(std::shared_ptr<Pending> pending, Result<runtime::Committed> done) {
  Call& call = pending->call;
  if (!done) {
    Error error = done.error();
    // What the hooks hold (a name that was reserved) is free before the client can ask again.
    pending->answer.companion = nullptr;
    pending->answer.committed = nullptr;
    // Somebody was quicker between our reading the version and the commit.
    if (error.code == ErrorCode::kStoreConflict && call.operation->needs_version) {
      error = Error(ErrorCode::kVersionMismatch, "it was changed since you read it; read it again and decide again")
                  .at("If-Match");
    }
    if (pending->answer.refused && pending->answer.refused(call, error)) return;
    if (!call.request.body.empty()) error = in_body(std::move(error));
    const bool knows = pending->answer.row || pending->answer.live_row;
    if (error.code == ErrorCode::kVersionMismatch && knows && !pending->answer.sid.empty()) {
      return fail_with_etag(pending, std::move(error));
    }
    return call.fail(error);
  }
  if (pending->answer.committed && !done->repeated) pending->answer.committed(*done);
  if (pending->answer.status == 204) return call.answer(respond(204, {}, "", done->position));
  if (done->repeated || !pending->has_rendered) {
    CARILLON_CHECK(pending->answer.row != nullptr || pending->answer.live_row != nullptr);
    return answer_from_row(pending, *std::move(done));
  }
  call.answer(respond(pending->answer.status, pending->rendered,
                      location_of(pending->answer, pending->rendered, done->sid), done->position));
}

// On the brain: the state that the command left is at hand.
void render_at_once(Pending& pending, const runtime::Applied& applied) {
  const Answer& answer = pending.answer;
  if (answer.live) {
    pending.has_rendered = answer.live(applied, pending.rendered);
  } else if (answer.live_row && answer.status != 204) {
    auto rendered =
        answer.live_row({applied.state, applied.now}, answer.sid.empty() ? applied.effects.outcome->sid : answer.sid);
    if (rendered) pending.rendered = *std::move(rendered), pending.has_rendered = true;
  }
}

// Looks the key up among the rows (on the pool) and then goes on with `then`, unless the request was done before.
template <class Then>
void with_idempotency(std::shared_ptr<Pending> pending, Then then) {
  if (pending->call.key_looked_up) return then(std::move(pending->call.key));
  auto key = idempotency_of(pending->call, pending->answer.status);
  if (!key) return pending->call.fail(key.error());
  if (!*key) return then(std::optional<runtime::IdempotencyKey>());
  Services& services = *pending->call.services;
  const bool posted = services.pool.post([pending, key = **key, then]() mutable {
    const WorkspaceId workspace = pending->call.workspace();
    auto repeated = pending->call.services->runtime.find_repeated(
        workspace ? std::optional<WorkspaceId>(workspace) : std::nullopt, key);
    if (!repeated) return pending->call.fail(repeated.error());
    if (*repeated) return finish(pending, **std::move(repeated));
    then(std::optional<runtime::IdempotencyKey>(std::move(key)));
  });
  if (!posted)
    pending->call.fail(Error(ErrorCode::kOverloaded, "too many requests are being answered; try again in a moment"));
}

}  // namespace

Result<std::int64_t> Call::version() const {
  auto version = request.if_match_version();
  if (!version) return version.error();
  if (*version) return **version;
  if (operation->needs_version && request.header("If-Match").empty()) {
    return Error(ErrorCode::kVersionRequired, "found no If-Match; send the ETag you read")
        .at("If-Match")
        .expecting("If-Match: \"7\"");
  }
  return std::int64_t{0};
}

Result<void> check_rights(const Operation& operation, const Caller* caller) {
  if (!caller) {
    if (operation.principals & kAnyone) return {};
    return Error(ErrorCode::kNotSignedIn, "found no credentials; sign in, or send an API key as Authorization: Bearer");
  }
  const auto may = [&](std::uint8_t bit) { return (operation.principals & bit) != 0; };
  if (may(kAnyone)) return {};
  switch (caller->kind) {
    case Caller::Kind::visitor:
      if (may(kVisitor)) return {};
      break;
    case Caller::Kind::api_key:
      if (!may(kApiKey)) break;
      if (operation.scope == Scope::none || (caller->scopes & static_cast<Scopes>(operation.scope))) return {};
      return Error(ErrorCode::kForbidden,
                   "this API key lacks the scope '" + std::string(codec::enum_name(operation.scope)) + "'");
    case Caller::Kind::user:
      if (caller->instance_admin && (may(kInstanceAdmin) || may(kAdmin))) return {};
      if ((caller->role == Role::agent && may(kAgent)) || (caller->role == Role::supervisor && may(kSupervisor)) ||
          (caller->role == Role::admin && may(kAdmin))) {
        return {};
      }
      break;
  }
  return Error(ErrorCode::kForbidden, "this is not for your role; ask an admin of the workspace");
}

Api::Api(http::Router& router, Services services, Authenticator& authenticator, const Contract& contract)
    : router_(router), services_(services), authenticator_(authenticator), contract_(contract) {
  router_.before([this](http::Request& request, const http::RouteOptions& options) { return admit(request, options); });
}

Result<void> Api::admit(http::Request& request, const http::RouteOptions& options) {
  const Operation* operation = contract_.find(options.access);
  if (!operation) return {};  // not one of ours
  auto caller = authenticator_.authenticate(request);
  if (!caller) {
    // Who needs no credentials is not sent away for stale ones: an ended sign-in must not hinder the next.
    if (operation->principals & kAnyone) return {};
    return caller.error();
  }
  if (auto fine = check_rights(*operation, caller->get()); !fine) return fine.error();
  if (*caller && (*caller)->kind == Caller::Kind::user && is_unsafe(request.method) &&
      !(operation->principals & kAnyone) && !secrets::equal(request.header("Carillon-CSRF"), (*caller)->csrf_token)) {
    return Error(ErrorCode::kCsrf, "the header Carillon-CSRF is missing or not that of this sign-in")
        .at("Carillon-CSRF");
  }
  request.principal = *caller;
  return {};
}

void Api::on(std::string_view operation_id, Handler handler, OnOptions options) {
  const Operation* operation = contract_.find(operation_id);
  CARILLON_CHECK(operation != nullptr);
  http::RouteOptions route;
  route.max_body_bytes = options.max_body_bytes;
  route.cors = std::move(options.cors);
  route.sink = std::move(options.sink);
  route.access = operation->id;
  route.rate_class = operation->rate_class;
  if (!(operation->principals & kAnyone)) {
    route.rate_key = rate_key;
    route.rate_class_of = [plain = operation->rate_class,
                           own = api_key_rate_class(operation->rate_class)](const http::Request& request) {
      const auto* caller = static_cast<const Caller*>(request.principal.get());
      return std::string_view(caller && caller->kind == Caller::Kind::api_key ? own : plain);
    };
  }
  route.skip_before = operation->principals == kAnyone && !operation->path.starts_with("/api/v1");
  router_.add(operation->method, operation->path, std::move(route),
              [this, operation, handler = std::move(handler)](http::Request request, http::Reply reply) {
                auto who = std::static_pointer_cast<const Caller>(request.principal);
                if (!operation->takes_query && operation->path.starts_with("/api/v1")) {
                  if (auto fine = http::QueryFields(request.query).finish(); !fine) {
                    return reply.problem(fine.error(), request.path);
                  }
                }
                handler(Call{std::move(request), std::move(reply), std::move(who), &services_, operation});
              });
  served_.push_back(operation->id);
}

void Api::served_elsewhere(std::string_view operation_id) {
  CARILLON_CHECK(contract_.find(operation_id) != nullptr);
  served_.emplace_back(operation_id);
}

std::vector<std::string> Api::missing() const {
  std::vector<std::string> out;
  for (const auto& [id, operation] : contract_.operations()) {
    if (std::find(served_.begin(), served_.end(), id) == served_.end()) out.push_back(id);
  }
  return out;
}

http::Response with_position(http::Response response, std::int64_t position) {
  if (position <= 0) return response;
  return std::move(response).header("Carillon-Position", std::to_string(position));
}

void read(Call call, std::function<Result<http::Response>(store::Reader& reader, const Call& call)> answer) {
  post(std::move(call), [answer = std::move(answer)](Call held) {
    const WorkspaceId workspace = held.workspace();
    // Taken before reading: what is read is at least as new.
    const std::int64_t position = workspace ? held.services->runtime.events().position(workspace) : 0;
    auto reader = held.services->store.readers().lease();
    if (!reader) return held.fail(reader.error());
    auto response = answer(**reader, held);
    if (!response) return held.fail(response.error());
    held.answer(with_position(*std::move(response), position));
  });
}

void with_reader(Call call, std::function<void(Call call, store::Reader& reader)> work) {
  post(std::move(call), [work = std::move(work)](Call held) {
    auto reader = held.services->store.readers().lease();
    if (!reader) return held.fail(reader.error());
    work(std::move(held), **reader);
  });
}

void read_one(Call call, Row row, std::string sid) {
  read(std::move(call),
       [row = std::move(row), sid = std::move(sid)](store::Reader& reader, const Call& held) -> Result<http::Response> {
         auto rendered = row(reader, held.workspace(), sid);
         if (!rendered) return rendered.error();
         return respond(200, *rendered, "", 0);
       });
}

void live(Call call, std::function<Result<http::Response>(const runtime::View& view, const Call& call)> answer,
          runtime::Release release) {
  auto held = std::make_shared<Call>(std::move(call));
  held->services->runtime.ask(
      held->workspace(), [held, answer = std::move(answer)](const runtime::View& view) { return answer(view, *held); },
      [held](Result<runtime::Answer<Result<http::Response>>> done) {
        if (!done) return held->fail(done.error());
        if (!done->value) return held->fail(done->value.error());
        held->answer(with_position(*std::move(done->value), done->position));
      },
      release);
}

void unless_repeated(Call call, Answer answer, std::function<void(Call, Answer)> then) {
  auto pending = std::make_shared<Pending>(Pending{std::move(call), std::move(answer), {}, false});
  with_idempotency(pending, [pending, then = std::move(then)](std::optional<runtime::IdempotencyKey> key) {
    pending->call.key = std::move(key);
    pending->call.key_looked_up = true;
    then(std::move(pending->call), std::move(pending->answer));
  });
}

void live_one(Call call, LiveRow row, std::string sid) {
  live(std::move(call),
       [row = std::move(row), sid = std::move(sid)](const runtime::View& view, const Call&) -> Result<http::Response> {
         auto rendered = row(view, sid);
         if (!rendered) return rendered.error();
         return respond(200, *rendered, "", 0);
       });
}

Error in_body(Error error) {
  const bool of_a_field = error.http_status() == 422 || error.code == ErrorCode::kNameTaken;
  if (of_a_field && !error.field.empty() && error.field.front() != '/') error.field.insert(error.field.begin(), '/');
  return error;
}

void change(Call call, workspace::Command command, Answer answer) {
  auto pending = std::make_shared<Pending>(Pending{std::move(call), std::move(answer), {}, false});
  auto held = std::make_shared<workspace::Command>(std::move(command));
  with_idempotency(pending, [pending, held](std::optional<runtime::IdempotencyKey> key) {
    runtime::Submission submission;
    submission.workspace = pending->call.workspace();
    submission.command = std::move(*held);
    submission.actor = pending->call.who ? pending->call.caller().actor() : runtime::Actor{};
    submission.idempotency = std::move(key);
    if (pending->answer.prepare) submission.prepare = pending->answer.prepare;
    submission.companion = [pending](const runtime::Applied& applied, runtime::Companion& companion) {
      if (pending->answer.companion) pending->answer.companion(applied, companion);
      render_at_once(*pending, applied);
    };
    submission.reply = [pending](Result<runtime::Committed> done) { finish(pending, std::move(done)); };
    pending->call.services->runtime.submit(std::move(submission));
  });
}

void change(Call call, runtime::RecordChange record, Answer answer) {
  auto pending = std::make_shared<Pending>(Pending{std::move(call), std::move(answer), {}, false});
  auto held = std::make_shared<runtime::RecordChange>(std::move(record));
  with_idempotency(pending, [pending, held](std::optional<runtime::IdempotencyKey> key) {
    held->actor = pending->call.who ? pending->call.caller().actor() : runtime::Actor{};
    held->idempotency = std::move(key);
    held->reply = [pending](Result<runtime::Committed> done) { finish(pending, std::move(done)); };
    pending->call.services->runtime.commit(std::move(*held));
  });
}

}  // namespace carillon::door
