#include "calls/behalf.h"

#include "calls/call_view.h"
#include "door/configuration.h"

namespace carillon::calls {

Result<const CallRecord*> Behalf::call(const runtime::View& view, CallId sid) const {
  const CallRecord* found = view.state.calls().call(sid);
  if (!found || found->status == CallStatus::ended || (only && !leg_of(*found, *only))) {
    return door::no_such("live call", sid.str());
  }
  return found;
}

Result<WorkerId> Behalf::acting() const {
  if (!worker) {
    return Error(ErrorCode::kMissingField, "\"worker_sid\" is missing, and who asks is no worker")
        .at("worker_sid")
        .expecting("a worker");
  }
  if (only && worker != *only) {
    return Error(ErrorCode::kInvalidValue, "found another worker than your own")
        .at("worker_sid")
        .expecting("your own worker, or nothing");
  }
  return worker;
}

Result<const CallRecord*> Behalf::call_with_leg(const runtime::View& view, CallId sid) const {
  auto found = call(view, sid);
  if (!found) return found;
  if (auto who = acting(); !who) return who.error();
  if (!leg_of(**found, worker)) {
    return Error(ErrorCode::kStateForbids, "the worker " + worker.str() + " is not in this call").at("worker_sid");
  }
  return found;
}

DiallingRight right_of(const door::Caller& caller) {
  if (caller.kind == door::Caller::Kind::api_key || caller.is(door::Role::admin)) return DiallingRight::admin;
  return caller.is(door::Role::supervisor) ? DiallingRight::supervisor : DiallingRight::agent;
}

Behalf read_behalf(const door::Call& call, http::Fields& in) {
  return {only_of(call), in.optional_sid<WorkerId>("worker_sid").value_or(call.caller().worker)};
}

void refuse_ended(door::Call& call, CallId sid) {
  door::with_reader(std::move(call), [sid](door::Call held, store::Reader& reader) {
    auto found = read_call(reader, held.workspace(), sid, only_of(held));
    if (!found) return held.fail(found.error());
    if (!*found) return held.fail(door::no_such("call", sid.str()));
    const bool ended = (*found)->status == CallStatus::ended;
    held.fail(
        Error(ErrorCode::kStateForbids,
              "call " + sid.str() + (ended ? " has ended; nothing more can be done with it" : " goes on without you")));
  });
}

void command_call(door::Call call, CallId sid, Make make) {
  change_call(std::move(call), sid, [make = std::move(make)](const runtime::View& view) -> Result<workspace::Command> {
    auto made = make(view);
    if (!made) return made.error();
    return workspace::Command(*std::move(made));
  });
}

void change_call(door::Call call, CallId sid, MakeAny make) {
  const bool agent = is_agent(call);
  door::Answer answer{.row = call_row(agent), .sid = sid.str()};
  answer.live = [sid, agent](const runtime::Applied& applied, door::Rendered& out) {
    return render_call(applied, sid, agent, out);
  };
  answer.prepare = [make = std::move(make)](const runtime::View& view, workspace::Command& command) -> Result<void> {
    auto made = make(view);
    if (!made) return made.error();
    command = *std::move(made);
    return {};
  };
  answer.refused = [sid](door::Call& held, Error& error) {
    if (error.code != ErrorCode::kNotFound) return false;
    refuse_ended(held, sid);
    return true;
  };
  door::change(std::move(call), workspace::Tick{}, std::move(answer));
}

}  // namespace carillon::calls
