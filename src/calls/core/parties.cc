// Who else comes into a call, who goes, and who has it then: consult, conference, transfer to a number.
#include "calls/core/parties.h"

#include <algorithm>

#include "calls/core/state.h"

namespace carillon::calls {

using events::EventType;

// ---- whose leg is whose ----

LegRecord* customer_of(CallRecord& call) {
  return !call.legs.empty() && call.legs.front().role == LegRole::customer ? &call.legs.front() : nullptr;
}

LegRecord* find_leg(CallRecord& call, LegId sid) {
  const auto it = std::find_if(call.legs.begin(), call.legs.end(),
                               [&](const LegRecord& leg) { return leg.sid == sid && is_live(leg); });
  return it == call.legs.end() ? nullptr : &*it;
}

LegRecord* agent_leg(CallRecord& call, WorkerId worker) {
  const auto it = std::find_if(call.legs.begin(), call.legs.end(), [&](const LegRecord& leg) {
    return leg.role == LegRole::agent && leg.worker_sid == worker && is_live(leg);
  });
  return it == call.legs.end() ? nullptr : &*it;
}

bool has_agent(const CallRecord& call, bool connected_only) {
  return std::any_of(call.legs.begin(), call.legs.end(), [&](const LegRecord& leg) {
    return leg.role == LegRole::agent &&
           (leg.status == LegStatus::connected || (!connected_only && leg.status == LegStatus::connecting));
  });
}

bool has_other_agent(const CallRecord& call, const LegRecord& than) {
  return std::any_of(call.legs.begin(), call.legs.end(), [&](const LegRecord& leg) {
    return leg.role == LegRole::agent && leg.sid != than.sid && takes_part(leg);
  });
}

bool has_outside(const CallRecord& call) {
  return std::any_of(call.legs.begin(), call.legs.end(), [](const LegRecord& leg) {
    return leg.role == LegRole::outside && leg.status == LegStatus::connected;
  });
}

bool is_crowded(const CallRecord& call) {
  const auto at_once = std::count_if(call.legs.begin(), call.legs.end(), is_live);
  return call.legs.size() >= kMaxLegs || static_cast<std::size_t>(at_once) >= kMaxLegsAtOnce;
}

Error no_leg(const std::string& who) {
  return Error(ErrorCode::kNotFound, "found no live leg of " + who + " in this call").at("leg_sid");
}

Error forbids(std::string found, const char* field) {
  return Error(ErrorCode::kStateForbids, std::move(found)).at(field);
}

namespace {

const LegRecord* ringing_outside(const CallRecord& call) {
  const auto it = std::find_if(call.legs.begin(), call.legs.end(), [](const LegRecord& leg) {
    return leg.role == LegRole::outside && leg.status == LegStatus::ringing;
  });
  return it == call.legs.end() ? nullptr : &*it;
}

bool has_guest(const CallRecord& call) {
  return std::any_of(call.legs.begin(), call.legs.end(),
                     [](const LegRecord& leg) { return leg.invited_by_sid && is_live(leg); });
}

// Whether this agent may invite anybody just now.
Result<void> check_invitation(const CallRecord& call, const LegRecord* mine, const Invite& c) {
  if (!mine || !takes_part(*mine)) return no_leg(c.worker_sid.str());
  if (call.status != CallStatus::talking) return forbids("nobody talks in this call yet", "call_sid");
  if (call.transfer_leg_sid) return forbids("this call is being transferred; wait for the outcome", "call_sid");
  if (c.to.empty() == c.to_worker_sid.empty()) {
    return Error(ErrorCode::kInvalidValue, "found both or neither of a worker and an address; expected exactly one")
        .at("to");
  }
  if (is_crowded(call)) {
    return Error(ErrorCode::kLimit, "found as many parties as a call may have; let one leave first").at("call_sid");
  }
  if (c.purpose != Purpose::transfer) return {};
  if (c.to_worker_sid) {
    return Error(ErrorCode::kInvalidValue, "found a worker; a transfer to a worker is their task's")
        .at("to_worker_sid");
  }
  const bool has_customer = call.legs.front().role == LegRole::customer;
  return has_customer ? Result<void>()
                      : forbids("an internal call has no customer who could be transferred", "call_sid");
}

}  // namespace

// ---- coming ----

Result<std::string> State::on(Context& entry, const Invite& c) {
  auto found = live_call(c.call_sid);
  if (!found) return found.error();
  Live& live = **found;
  CallRecord& row = live.row;
  const LegRecord* mine = agent_leg(row, c.worker_sid);
  if (auto fine = check_invitation(row, mine, c); !fine) return fine.error();
  LegRecord leg;
  if (c.to_worker_sid) {
    if (agent_leg(row, c.to_worker_sid)) return forbids("the worker is in this call already", "to_worker_sid");
    leg = {.sid = entry.ids.next<LegId>(),
           .role = LegRole::agent,
           .status = LegStatus::ringing,
           .worker_sid = c.to_worker_sid,
           .created_at = entry.now,
           .connect_by = entry.now + kAnswerWithin};
  } else {
    auto made = called_leg(entry, c.to, c.number_sid ? c.number_sid : row.number_sid, c.right, c.do_not_call);
    if (!made) return made.error();
    leg = std::move(*made);
    leg.role = LegRole::outside;
  }
  leg.invited_by_sid = c.worker_sid;
  const LegId sid = leg.sid;
  const LegRecord inviter = *mine;
  touch(live);
  row.legs.push_back(std::move(leg));
  auto told = event(EventType::kCallLegCreated, row);
  told.leg = sid, told.worker = c.to_worker_sid;
  entry.events.push_back(told);
  if (LegRecord* customer = customer_of(row); customer && c.purpose == Purpose::consult) {
    row.consulting = true;
    if (!customer->on_hold) customer->held_by_sid = c.worker_sid;
    customer->on_hold = true;
  }
  if (c.purpose == Purpose::transfer) begin_transfer(entry, live, sid, inviter);
  if (c.to_worker_sid) {
    ask({.kind = Request::Kind::offer_task,
         .call = row.sid,
         .contact = row.contact_sid,
         .worker = c.to_worker_sid,
         .arrive = {},
         .leg = sid});
  }
  arm(live);
  return sid.str();
}

void State::task_made(Context&, CallId call, LegId sid, TaskId task) {
  const auto found = calls_.find(call);
  LegRecord* leg = found == calls_.end() ? nullptr : find_leg(found->second.row, sid);
  if (!leg) return;
  touch(found->second);
  leg->task_sid = task;
  if (found->second.row.direction == Direction::internal) by_task_[task] = call;
}

void State::invitation_refused(Context& entry, CallId call, LegId sid) {
  const auto found = calls_.find(call);
  LegRecord* leg = found == calls_.end() ? nullptr : find_leg(found->second.row, sid);
  if (!leg) return;
  end_leg(entry, found->second, *leg, Reason::worker_unavailable);
  end_if_alone(entry, found->second, Reason::worker_unavailable);
}

bool State::others_there(ContactId contact, TaskId task) const {
  const CallRecord* row = call_of(contact);
  return row && std::any_of(row->legs.begin(), row->legs.end(), [&](const LegRecord& leg) {
           return leg.role == LegRole::agent && leg.task_sid != task && takes_part(leg);
         });
}

// ---- going ----

Result<std::string> State::on(Context& entry, const Leave& c) {
  auto found = live_call(c.call_sid);
  if (!found) return found.error();
  Live& live = **found;
  LegRecord* mine = agent_leg(live.row, c.worker_sid);
  if (!mine || !takes_part(*mine)) return no_leg(c.worker_sid.str());
  const bool goes_on = has_other_agent(live.row, *mine) || has_outside(live.row) || ringing_outside(live.row);
  if (!goes_on && live.row.direction != Direction::internal) {
    return forbids("nobody else is in this call; hang up, or transfer it", "call_sid");
  }
  const std::string sid = mine->sid.str();
  agent_leaves(entry, live, *mine, Reason::by_worker);
  return sid;
}

Result<std::string> State::on(Context& entry, const Remove& c) {
  auto found = live_call(c.call_sid);
  if (!found) return found.error();
  Live& live = **found;
  CallRecord& row = live.row;
  const LegRecord* mine = agent_leg(row, c.worker_sid);
  if (!mine || !takes_part(*mine)) return no_leg(c.worker_sid.str());
  LegRecord* leg = find_leg(row, c.leg_sid);
  if (!leg) return no_leg(c.leg_sid.str());
  if (!leg->invited_by_sid || leg->worker_sid == c.worker_sid) {
    return forbids("only who was invited by an agent can be removed; hang up or leave instead", "leg_sid");
  }
  const bool consulted = row.consulting;
  if (leg->role == LegRole::outside) {
    party_left(entry, live, *leg, Reason::by_worker);
  } else {
    let_go_of_task(row, *leg, Reason::by_worker);
    end_leg(entry, live, *leg, Reason::by_worker);
    end_if_alone(entry, live, Reason::by_worker);
  }
  if (consulted && row.status == CallStatus::talking && !has_guest(row)) take_customer_back(entry, live);
  return c.leg_sid.str();
}

// Whoever had a task of the customer's writes it up; one of an internal call, or one that nobody took, is over.
void State::let_go_of_task(const CallRecord& row, const LegRecord& leg, Reason reason) {
  const bool simple = row.direction == Direction::internal || leg.status == LegStatus::ringing;
  ask({.kind = simple ? Request::Kind::withdraw_task : Request::Kind::wrap_up,
       .reason = reason,
       .call = row.sid,
       .contact = row.contact_sid,
       .task = leg.task_sid,
       .worker = leg.worker_sid,
       .arrive = {},
       .leg = leg.sid});
}

void State::agent_leaves(Context& entry, Live& live, LegRecord& leg, Reason reason) {
  CallRecord& row = live.row;
  if (row.direction == Direction::internal) {
    let_go_of_task(row, leg, reason);
    end_leg(entry, live, leg, reason);
    return end_if_alone(entry, live, reason);
  }
  if (row.status == CallStatus::dialling && !has_other_agent(row, leg)) return end_call(entry, live, reason, true);
  if (row.transfer_leg_sid && row.transfer_task_sid == leg.task_sid) {
    return end_leg(entry, live, leg, Reason::transferred);  // the task waits for the outcome
  }
  if (has_other_agent(row, leg)) {
    let_go_of_task(row, leg, reason);
    const bool held_them = row.legs.front().held_by_sid == leg.worker_sid;
    end_leg(entry, live, leg, reason);
    if (held_them) take_customer_back(entry, live);
    return;
  }
  if (has_outside(row)) {
    end_leg(entry, live, leg, Reason::transferred);
    return go_onward(entry, live);
  }
  if (const LegRecord* called = ringing_outside(row); called && leg.connected_at.us != 0) {
    begin_transfer(entry, live, called->sid, leg);
    return end_leg(entry, live, leg, Reason::transferred);
  }
  const bool was_there = leg.connected_at.us != 0;
  ask({.kind = was_there ? Request::Kind::wrap_up : Request::Kind::connect_failed,
       .reason = reason,
       .call = row.sid,
       .contact = row.contact_sid,
       .task = leg.task_sid,
       .worker = leg.worker_sid,
       .arrive = {},
       .leg = {}});
  end_leg(entry, live, leg, reason);
  after_agent_left(entry, live);
}

// Somebody outside hung up, could not be reached, or is let go of.
void State::party_left(Context& entry, Live& live, LegRecord& leg, Reason reason) {
  CallRecord& row = live.row;
  const bool transfer = row.transfer_leg_sid == leg.sid;
  end_leg(entry, live, leg, reason);
  if (transfer) return transfer_failed(entry, live);
  if (row.status == CallStatus::onward) {
    if (!has_outside(row)) end_call(entry, live, reason, false);
    return;
  }
  if (row.consulting && !has_guest(row)) row.consulting = false;  // held as long as the agent wants
  end_if_alone(entry, live, reason);
}

void State::end_if_alone(Context& entry, Live& live, Reason reason) {
  if (live.row.direction != Direction::internal || live.row.status == CallStatus::ended) return;
  const auto left = std::count_if(live.row.legs.begin(), live.row.legs.end(),
                                  [](const LegRecord& leg) { return leg.role != LegRole::coach && is_live(leg); });
  if (left < 2) end_call(entry, live, reason, false);
}

void State::take_customer_back(Context& entry, Live& live) {
  LegRecord* customer = customer_of(live.row);
  live.row.consulting = false;
  if (!customer || !customer->on_hold) return;
  touch(live);
  customer->on_hold = false;
  customer->held_by_sid = {};
  auto told = event(EventType::kCallResumed, live.row);
  told.leg = customer->sid;
  entry.events.push_back(told);
}

// ---- transfer to a number ----

// The agent may stay until they answer, or go: the task is theirs until then.
void State::begin_transfer(Context&, Live& live, LegId to, const LegRecord& from) {
  touch(live);
  live.row.transfer_leg_sid = to;
  live.row.transfer_task_sid = from.task_sid;
  LegRecord* customer = customer_of(live.row);
  customer->on_hold = true;
  customer->held_by_sid = from.worker_sid;
  live.row.consulting = false;
}

void State::hand_over(Context& entry, Live& live) {
  CallRecord& row = live.row;
  const TaskId task = std::exchange(row.transfer_task_sid, {});
  row.transfer_leg_sid = {};
  take_customer_back(entry, live);
  for (LegRecord& leg : row.legs) {
    if (leg.role == LegRole::agent && leg.task_sid == task && is_live(leg)) {
      end_leg(entry, live, leg, Reason::transferred);
    }
  }
  if (!has_agent(row, false)) return go_onward(entry, live);
  ask({.kind = Request::Kind::wrap_up,
       .reason = Reason::transferred,
       .call = row.sid,
       .contact = row.contact_sid,
       .task = task,
       .worker = {},
       .arrive = {},
       .leg = {}});
}

// Back to the agent: they are still there, or their phone is called again.
void State::transfer_failed(Context& entry, Live& live) {
  CallRecord& row = live.row;
  const TaskId task = std::exchange(row.transfer_task_sid, {});
  row.transfer_leg_sid = {};
  touch(live);
  take_customer_back(entry, live);
  const auto theirs = std::find_if(row.legs.rbegin(), row.legs.rend(), [&](const LegRecord& leg) {
    return leg.role == LegRole::agent && leg.task_sid == task;
  });
  if (theirs == row.legs.rend() || is_live(*theirs)) return;
  const WorkerId worker = theirs->worker_sid;
  if (is_crowded(row)) {
    return ask({.kind = Request::Kind::give_back,
                .reason = Reason::connect_failed,
                .call = row.sid,
                .contact = row.contact_sid,
                .task = task,
                .worker = worker,
                .arrive = {},
                .leg = {}});
  }
  row.legs.push_back({.sid = entry.ids.next<LegId>(),
                      .role = LegRole::agent,
                      .worker_sid = worker,
                      .task_sid = task,
                      .created_at = entry.now,
                      .connect_by = entry.now + kConnectWithin,
                      .returned = true});
  arm(live);
  auto told = event(EventType::kCallLegCreated, row);
  told.leg = row.legs.back().sid, told.worker = worker, told.task = task;
  entry.events.push_back(told);
}

// Customer and outside party without us: the contact is over, and nothing is recorded.
void State::go_onward(Context& entry, Live& live) {
  CallRecord& row = live.row;
  touch(live);
  set_recording(entry, live, Recording::off, {});
  take_customer_back(entry, live);
  row.status = CallStatus::onward;
  for (LegRecord& leg : row.legs) {
    const bool ours = leg.role == LegRole::agent || leg.role == LegRole::coach;
    if (ours && is_live(leg)) end_leg(entry, live, leg, Reason::transferred);
  }
  entry.events.push_back(event(EventType::kCallUpdated, row));
  by_contact_.erase(row.contact_sid);
  ask({.kind = Request::Kind::end_side,
       .reason = Reason::transferred,
       .call = row.sid,
       .contact = row.contact_sid,
       .task = {},
       .worker = {},
       .arrive = {},
       .leg = {}});
}

}  // namespace carillon::calls
