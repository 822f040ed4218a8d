// "Need help": an agent in a call asks for a supervisor, until one comes or the agent can do without.
#include "calls/core/parties.h"
#include "calls/core/state.h"

namespace carillon::calls {

using events::EventType;

Result<std::string> State::on(Context& entry, const SetHelp& c) {
  auto found = live_call(c.call_sid);
  if (!found) return found.error();
  Live& live = **found;
  LegRecord* agent = agent_leg(live.row, c.worker_sid);
  if (!agent || !takes_part(*agent)) return no_leg(c.worker_sid.str());
  const bool asks = agent->help_since.us != 0;
  if (asks == c.needs_help) return agent->sid.str();
  if (!c.needs_help) {
    end_help(entry, live, *agent, Reason::by_worker);
    return agent->sid.str();
  }
  touch(live);
  agent->help_since = entry.now;
  auto told = event(EventType::kCallHelpAsked, live.row);
  told.leg = agent->sid, told.worker = agent->worker_sid, told.task = agent->task_sid;
  entry.events.push_back(told);
  return agent->sid.str();
}

void State::end_help(Context& entry, Live& live, LegRecord& leg, Reason reason) {
  if (leg.help_since.us == 0) return;
  touch(live);
  leg.help_since = {};
  auto told = event(EventType::kCallHelpEnded, live.row);
  told.leg = leg.sid, told.worker = leg.worker_sid, told.task = leg.task_sid, told.reason = reason;
  entry.events.push_back(told);
}

// One supervisor is there for everybody in the call.
void State::supervisor_came(Context& entry, Live& live) {
  for (LegRecord& leg : live.row.legs) end_help(entry, live, leg, Reason::by_supervisor);
}

}  // namespace carillon::calls
