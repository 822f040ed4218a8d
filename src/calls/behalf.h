// On whose behalf a live call is commanded. Private to src/calls.
//
// Who may command: a worker in the call, for themselves; a supervisor or a program for any of them.
// Thread: read_behalf() anywhere; call() and call_with_leg() on the brain.
// Errors: kNotFound for what is not live or not the agent's, kMissingField, kInvalidValue, kStateForbids.
// Example:
//   const Behalf behalf = read_behalf(call, in);
//   command_call(std::move(call), sid, [=](const runtime::View& view) -> Result<Command> { ... });
#pragma once

#include <functional>
#include <optional>

#include "calls/core/commands.h"
#include "door/api.h"

namespace carillon::calls {

struct Behalf {
  std::optional<WorkerId> only;  // an agent's own
  WorkerId worker;               // whose leg it is about

  // The live call, when it is one for the caller. Else as if it were not there.
  Result<const CallRecord*> call(const runtime::View& view, CallId sid) const;
  Result<const CallRecord*> call_with_leg(const runtime::View& view, CallId sid) const;
  // Where no call is needed: who acts, when they may.
  Result<WorkerId> acting() const;
};

// Reads `worker_sid`; the other fields of the body are the caller's to read.
Behalf read_behalf(const door::Call& call, http::Fields& in);

using Make = std::function<Result<Command>(const runtime::View& view)>;
using MakeAny = std::function<Result<workspace::Command>(const runtime::View& view)>;

// Answers with the call as it is then. A call that has ended is state_forbids, one that never was, or is not theirs, not_found.
void command_call(door::Call call, CallId sid, Make make);
// The same with a command to another machine.
void change_call(door::Call call, CallId sid, MakeAny make);
// An operation of which nothing need be said but on whose behalf it is; C is a command of a call and a worker.
template <class C>
void command_on_behalf(door::Call call) {
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
    return Command{C{id, behalf.worker}};
  });
}

// Why a command on a call that is not live is refused: state_forbids when it has ended, not_found when it never was or is not
// the agent's.
void refuse_ended(door::Call& call, CallId sid);

// What whoever asks may call.
DiallingRight right_of(const door::Caller& caller);

}  // namespace carillon::calls
