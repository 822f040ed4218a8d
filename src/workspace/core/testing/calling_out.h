// A workspace with two workers and a number, whose calls begin here: what the tests of outbound calls, conferences and transfers share.
//
// Thread: the test's.
// Example:
//   TEST_F(CallingOut, WhoGivesUpWhileItRingsEndsIt) { const CallId call = dialled(); ... }
#pragma once

#include <gtest/gtest.h>

#include "calls/core/plan.h"
#include "workspace/testing/center.h"

namespace carillon::workspace::testing {

using calls::CallStatus;
using calls::Hears;
using calls::LegStatus;
using calls::Purpose;
using events::Reason;

class CallingOut : public ::testing::Test {
 protected:
  CallingOut() {
    queue = center.add_queue("Sales");
    calls::NumberRecord row{.friendly_name = "Shop", .address = "+4930123"};
    row.task_queue_sid = queue;
    row.trunks = {"north"};
    number = *NumberId::parse(center.must(calls::Command{calls::PutNumber{row}}));
    ann = center.add_worker("Ann");
  }
  Result<std::string> try_dial(std::string to, calls::DiallingRight right = calls::DiallingRight::agent,
                               bool listed = false) {
    return center.try_(calls::Command{
        calls::Dial{.worker_sid = ann, .to = to, .number_sid = number, .right = right, .do_not_call = listed}});
  }
  CallId dial(std::string to = "+491711") {
    const auto sid = try_dial(std::move(to));
    EXPECT_TRUE(sid) << sid.error().message;
    return *CallId::parse(*sid);
  }
  // Ann talks with somebody she called.
  CallId talk() {
    const CallId call = dial();
    connected(call, leg_of(call, ann));
    connected(call, row(call).legs.front().sid);
    return call;
  }
  // Ann talks with somebody who called the queue.
  CallId taken() {
    calls::Arrive arrive{.leg_sid = {1, ++legs}, .number_sid = number, .from = "+491701", .to = "+4930"};
    arrive.identity = arrive.from;
    const CallId call = *CallId::parse(center.must(calls::Command{arrive}));
    connected(call, row(call).legs.front().sid);
    center.accept_next(ann);
    connected(call, leg_of(call, ann));
    return call;
  }
  WorkerId colleague(std::string name = "Bob") { return center.add_worker(std::move(name)); }
  Result<std::string> try_invite(CallId call, WorkerId worker, std::string to, Purpose purpose = Purpose::consult) {
    return center.try_(calls::Command{
        calls::Invite{.call_sid = call, .worker_sid = ann, .to_worker_sid = worker, .to = to, .purpose = purpose}});
  }
  LegId invite(CallId call, WorkerId worker, Purpose purpose = Purpose::consult) {
    const auto leg = try_invite(call, worker, "", purpose);
    EXPECT_TRUE(leg) << leg.error().message;
    return *LegId::parse(*leg);
  }
  LegId call_out(CallId call, Purpose purpose = Purpose::consult) {
    const auto leg = try_invite(call, {}, "+49555", purpose);
    EXPECT_TRUE(leg) << leg.error().message;
    return *LegId::parse(*leg);
  }
  // Bob is consulted and there.
  LegId consult(CallId call, WorkerId bob) {
    const LegId leg = invite(call, bob);
    center.accept_next(bob);
    connected(call, leg);
    return leg;
  }
  void connected(CallId call, LegId leg) { center.must(calls::Command{calls::LegConnected{call, leg}}); }
  void ended(CallId call, LegId leg, Reason reason) { center.must(calls::Command{calls::LegEnded{call, leg, reason}}); }
  void leave(CallId call, WorkerId worker) { center.must(calls::Command{calls::Leave{call, worker}}); }
  void hold(CallId call, bool on) { center.must(calls::Command{calls::SetHold{call, ann, on}}); }
  bool live(CallId call) const {
    const auto* found = center.state->calls().call(call);
    return found && found->status != CallStatus::ended;
  }
  const calls::CallRecord& row(CallId sid) const {
    const auto* found = center.state->calls().call(sid);
    EXPECT_NE(found, nullptr);
    return *found;
  }
  const calls::LegRecord& leg(CallId call, LegId sid) const {
    for (const auto& one : row(call).legs) {
      if (one.sid == sid) return one;
    }
    ADD_FAILURE() << "no leg";
    return row(call).legs.front();
  }
  LegId leg_of(CallId call, WorkerId worker) const {
    LegId found;
    for (const auto& one : row(call).legs) {
      if (one.worker_sid == worker) found = one.sid;
    }
    return found;
  }
  calls::LegPlan plan(CallId call, LegId sid) const {
    for (const auto& one : calls::plan_of(row(call)).legs) {
      if (one.leg == sid) return one;
    }
    return {};
  }
  Hears customer_hears(CallId call) const { return calls::plan_of(row(call)).legs.front().hears; }
  const conversations::ContactRecord* contact(CallId call) const {
    return center.state->conversations().contact(row(call).contact_sid);
  }
  routing::TaskStatus task_status(WorkerId worker) const {
    const auto tasks = center.tasks_of(worker);
    return tasks.empty() ? routing::TaskStatus::completed : center.state->routing().task(tasks.front())->status;
  }

  Center center;
  QueueId queue;
  NumberId number;
  WorkerId ann;
  std::uint64_t legs = 0;
};

}  // namespace carillon::workspace::testing
