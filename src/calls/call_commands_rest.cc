// What is done with a live call: hold, mute, digits, hang up.
#include <algorithm>

#include "calls/behalf.h"
#include "calls/call_view.h"
#include "calls/core/parties.h"
#include "calls/rest.h"
#include "door/configuration.h"
#include "door/words.h"

namespace carillon::calls {
namespace {

// A command that sets one flag of the body.
template <class C>
door::Handler setting(const char* field) {
  return [field](door::Call call) {
    auto sid = call.request.sid<CallId>("sid");
    if (!sid) return call.fail(sid.error());
    auto body = call.body();
    if (!body) return call.fail(body.error());
    http::Fields in(*body);
    const bool on = in.required_bool(field);
    const Behalf behalf = read_behalf(call, in);
    if (auto fine = in.finish(); !fine) return call.fail(fine.error());
    command_call(std::move(call), *sid, [behalf, on, id = *sid](const runtime::View& view) -> Result<Command> {
      auto live = behalf.call_with_leg(view, id);
      if (!live) return live.error();
      return Command{C{id, behalf.worker, on}};
    });
  };
}

// What must be told so that the recording becomes as wanted.
Command recording_command(const CallRecord& call, WorkerId worker, Recording wanted) {
  if (wanted == Recording::off) return StopRecording{call.sid, worker};
  if (wanted == Recording::paused) return PauseRecording{call.sid, worker};
  if (call.recording == Recording::paused) return ResumeRecording{call.sid, worker};
  return StartRecording{call.sid, worker};
}

void record_call(door::Call call) {
  auto sid = call.request.sid<CallId>("sid");
  if (!sid) return call.fail(sid.error());
  auto body = call.body();
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  const auto wanted = door::required_word<Recording>(in, "recording");
  const Behalf behalf = read_behalf(call, in);
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  command_call(std::move(call), *sid, [behalf, wanted, id = *sid](const runtime::View& view) -> Result<Command> {
    auto live = behalf.call_with_leg(view, id);
    if (!live) return live.error();
    return recording_command(**live, behalf.worker, wanted);
  });
}

void withdraw_call_consent(door::Call call) {
  auto sid = call.request.sid<CallId>("sid");
  if (!sid) return call.fail(sid.error());
  auto body = call.body();
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  const Behalf behalf = read_behalf(call, in);
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  command_call(std::move(call), *sid, [behalf, id = *sid](const runtime::View& view) -> Result<Command> {
    auto live = behalf.call_with_leg(view, id);
    if (!live) return live.error();
    return Command{WithdrawConsent{id, behalf.worker}};
  });
}

void hang_up_call(door::Call call) {
  auto sid = call.request.sid<CallId>("sid");
  if (!sid) return call.fail(sid.error());
  const Behalf behalf{only_of(call), call.caller().worker};
  command_call(
      std::move(call), *sid, [behalf, who = call.who, id = *sid](const runtime::View& view) -> Result<Command> {
        auto live = behalf.call(view, id);
        if (!live) return live.error();
        const LegRecord* mine = leg_of(**live, behalf.worker);
        const bool takes_part = mine != nullptr;
        // A guest in somebody else's call goes alone.
        const bool guest =
            takes_part && mine->role == LegRole::agent && mine->invited_by_sid && has_other_agent(**live, *mine);
        if (guest) return Command{Leave{id, behalf.worker}};
        const Reason reason = who->kind == door::Caller::Kind::api_key ? Reason::by_api
                              : takes_part                             ? Reason::by_worker
                                                                       : Reason::by_supervisor;
        return Command{HangUp{id, reason}};
      });
}

constexpr http::EnumName<Monitoring> kModes[] = {{"listen", Monitoring::listen},
                                                 {"whisper", Monitoring::whisper},
                                                 {"barge", Monitoring::barge},
                                                 {"off", Monitoring::off}};

// Supervisors come with their own phone; programs name a worker with whose phone it is done.
void monitor_call(door::Call call) {
  auto sid = call.request.sid<CallId>("sid");
  if (!sid) return call.fail(sid.error());
  auto body = call.body();
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  Monitor wish{.call_sid = *sid};
  wish.mode = in.required_enum("mode", kModes);
  const auto named = in.optional_sid<WorkerId>("worker_sid");
  const bool program = call.caller().kind == door::Caller::Kind::api_key;
  if (program && !named) in.fault("worker_sid", ErrorCode::kMissingField, "found no worker", "a worker with a phone");
  if (!program && named && *named != call.caller().worker) {
    in.fault("worker_sid", ErrorCode::kInvalidValue, "found another worker than your own",
             "your own worker, or nothing");
  }
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  wish.worker_sid = program ? *named : call.caller().ears();
  if (!program) wish.user_sid = call.caller().user;
  command_call(std::move(call), *sid, [wish, program](const runtime::View& view) -> Result<Command> {
    if (program && !view.state.routing().worker(wish.worker_sid)) {
      return Error(ErrorCode::kInvalidValue, "found no worker " + wish.worker_sid.str()).at("worker_sid");
    }
    return Command{wish};
  });
}

bool are_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'D') || c == '*' || c == '#'; });
}

// Digits may be a card's: they go straight to the media, and nothing keeps them.
void send_digits(door::Call call, Phones* phones) {
  auto sid = call.request.sid<CallId>("sid");
  if (!sid) return call.fail(sid.error());
  auto body = call.body();
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  std::string digits = in.required_string("digits", 1, 64);
  if (!are_digits(digits)) in.fault("digits", ErrorCode::kInvalidValue, "found what is no digit", "0-9 A-D * #");
  const Behalf behalf = read_behalf(call, in);
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  auto held = std::make_shared<door::Call>(std::move(call));
  held->services->runtime.ask(
      held->workspace(),
      [behalf, id = *sid](const runtime::View& view) -> Result<void> {
        auto live = behalf.call_with_leg(view, id);
        if (!live) return live.error();
        if (leg_of(**live, behalf.worker)->status == LegStatus::connected) return {};
        return Error(ErrorCode::kStateForbids, "the worker's sound is not connected yet; wait for call.leg-connected");
      },
      [held, phones, id = *sid, worker = behalf.worker,
       digits = std::move(digits)](Result<runtime::Answer<Result<void>>> asked) {
        if (!asked) return held->fail(asked.error());
        if (!asked->value && asked->value.error().code == ErrorCode::kNotFound) return refuse_ended(*held, id);
        if (!asked->value) return held->fail(door::in_body(asked->value.error()));
        if (!phones) {
          return held->fail(Error(ErrorCode::kUnavailable, "this server has no telephony, so digits cannot be sent"));
        }
        phones->press(held->workspace(), id, worker, digits, [held, at = asked->position](Result<void> done) {
          if (!done) return held->fail(done.error());
          held->answer(door::with_position(http::Response::no_content(), at));
        });
      });
}

}  // namespace

void add_call_command_routes(door::Api& api, Phones* phones) {
  api.on("hold_call", setting<SetHold>("on_hold"));
  api.on("mute_call", setting<SetMuted>("muted"));
  api.on("monitor_call", monitor_call);
  api.on("record_call", record_call);
  api.on("withdraw_call_consent", withdraw_call_consent);
  api.on("hang_up_call", hang_up_call);
  api.on("send_call_digits", [phones](door::Call call) { send_digits(std::move(call), phones); });
}

}  // namespace carillon::calls
