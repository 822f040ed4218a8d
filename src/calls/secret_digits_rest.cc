// What a customer types for a program alone.
#include "calls/behalf.h"
#include "calls/call_view.h"
#include "calls/rest.h"
#include "door/configuration.h"

namespace carillon::calls {
namespace {

constexpr std::int64_t kMostDigits = 64, kLongest = 50;  // a request is answered within a minute

std::string_view word_of(SecretDigits::End end) {
  switch (end) {
    case SecretDigits::End::finish_key:
      return "finish_key";
    case SecretDigits::End::length:
      return "length";
    case SecretDigits::End::timeout:
      return "timeout";
    case SecretDigits::End::stopped:
      return "stopped";
    case SecretDigits::End::hung_up:
      break;
  }
  return "hung_up";
}

// People are told how many there are: whoever needs the digits is a program.
std::string text_of(const SecretDigits& typed, bool program) {
  std::string out = "{\"digits\":";
  out += program ? "\"" + typed.digits + "\"" : "null";
  out += ",\"count\":" + std::to_string(typed.digits.size()) + ",\"ended_by\":\"";
  return out.append(word_of(typed.ended_by)) + "\"}";
}

using Then = std::function<void(const std::shared_ptr<door::Call>&, std::int64_t position)>;

// When whoever asks is in the call, or may command it.
void when_in_the_call(door::Call call, CallId id, Behalf behalf, Phones* phones, Then then) {
  auto held = std::make_shared<door::Call>(std::move(call));
  held->services->runtime.ask(
      held->workspace(),
      [behalf, id](const runtime::View& view) -> Result<void> {
        auto live = behalf.worker ? behalf.call_with_leg(view, id) : behalf.call(view, id);
        if (!live) return live.error();
        if ((*live)->status == CallStatus::talking) return {};
        return Error(ErrorCode::kStateForbids, "nobody talks in this call yet");
      },
      [held, id, phones, then = std::move(then)](Result<runtime::Answer<Result<void>>> asked) {
        if (!asked) return held->fail(asked.error());
        if (!asked->value && asked->value.error().code == ErrorCode::kNotFound) return refuse_ended(*held, id);
        if (!asked->value) return held->fail(door::in_body(asked->value.error()));
        if (!phones) return held->fail(Error(ErrorCode::kUnavailable, "this server has no telephony"));
        then(held, asked->position);
      });
}

void gather_secret_digits(door::Call call, Phones* phones) {
  auto sid = call.request.sid<CallId>("sid");
  if (!sid) return call.fail(sid.error());
  auto body = call.body();
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  SecretWish wish;
  wish.most = static_cast<int>(in.optional_int("max_digits", 1, kMostDigits).value_or(wish.most));
  wish.within = Duration::seconds(in.optional_int("timeout_s", 5, kLongest).value_or(wish.within.us / 1'000'000));
  const Behalf behalf = read_behalf(call, in);
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  const bool program = call.caller().kind == door::Caller::Kind::api_key;
  when_in_the_call(
      std::move(call), *sid, behalf, phones,
      [phones, wish, program, id = *sid](const std::shared_ptr<door::Call>& held, std::int64_t position) {
        phones->gather_secret(held->workspace(), id, wish, [held, program, position](Result<SecretDigits> typed) {
          if (!typed) return held->fail(typed.error());
          held->answer(door::with_position(http::Response::json_text(200, text_of(*typed, program)), position));
        });
      });
}

void stop_secret_digits(door::Call call, Phones* phones) {
  auto sid = call.request.sid<CallId>("sid");
  if (!sid) return call.fail(sid.error());
  const Behalf behalf{only_of(call), call.caller().is_agent_only() ? call.caller().worker : WorkerId{}};
  when_in_the_call(std::move(call), *sid, behalf, phones,
                   [phones, id = *sid](const std::shared_ptr<door::Call>& held, std::int64_t position) {
                     phones->stop_secret(held->workspace(), id, [held, position](Result<void> done) {
                       if (!done) return held->fail(done.error());
                       held->answer(door::with_position(http::Response::no_content(), position));
                     });
                   });
}

}  // namespace

void add_secret_digits_routes(door::Api& api, Phones* phones) {
  api.on("gather_secret_digits", [phones](door::Call call) { gather_secret_digits(std::move(call), phones); });
  api.on("stop_secret_digits", [phones](door::Call call) { stop_secret_digits(std::move(call), phones); });
}

}  // namespace carillon::calls
