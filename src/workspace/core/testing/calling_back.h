// A number whose waiting callers may be called back: what the tests of callbacks share.
//
// Thread: the test's.
// Example:
//   TEST_F(Callbacks, ...) { put(); asked(); const CallId made = calling(center.add_worker("Ann")); fails(made); }
#pragma once

#include <gtest/gtest.h>

#include "calls/core/callbacks.h"
#include "calls/core/plan.h"
#include "workspace/testing/center.h"

namespace carillon::workspace::testing {

using calls::CallbackMode;
using calls::CallbackStatus;
using calls::CallbackStep;
using calls::CallStatus;
using calls::Hears;
using calls::LegStatus;
using events::Bucket;
using events::Reason;

class CallingBack : public ::testing::Test {
 protected:
  CallingBack() : queue(center.add_queue("Sales")) {}
  NumberId put(const std::function<void(calls::NumberRecord&)>& edit = [](calls::NumberRecord&) {}) {
    calls::NumberRecord row{.friendly_name = "Shop", .address = "+4930100"};
    row.task_queue_sid = queue;
    row.greeting = {"", "Welcome."};
    row.turn_away_unstaffed = false;
    row.callback.key = "1";
    edit(row);
    return number = *NumberId::parse(center.must(calls::Command{calls::PutNumber{row}}));
  }
  CallId ring(const std::string& from = "+49170") {
    arrive(from);
    tell(calls::LegConnected{call, leg});
    return call;
  }
  void arrive(const std::string& from) {
    leg = LegId{1, ++legs};
    calls::Arrive arrive{.leg_sid = leg, .number_sid = number, .from = from, .from_name = "Carla"};
    arrive.identity = from;
    call = *CallId::parse(center.must(calls::Command{arrive}));
  }
  void tell(calls::Command command) { center.must(std::move(command)); }
  void press(const std::string& keys) {
    for (const char key : keys) {
      const auto* now = center.state->calls().call(call);
      tell(calls::PressKey{call, leg, std::string(1, key), now ? now->asking.to : std::string(), false});
    }
  }
  // The caller of `from` is to be called back.
  const calls::CallbackRecord& asked(const std::string& from = "+49170") {
    ring(from);
    press("11");
    EXPECT_EQ(row().status, CallStatus::farewell);
    EXPECT_FALSE(center.state->calls().callbacks().empty());
    callback = center.state->calls().callbacks().back()->sid;
    return back();
  }
  const calls::CallRecord& row() const { return row(call); }
  const calls::CallRecord& row(CallId sid) const {
    const auto* found = center.state->calls().call(sid);
    EXPECT_NE(found, nullptr);
    return *found;
  }
  const calls::CallbackRecord& back() const {
    const auto* found = center.state->calls().callback(callback);
    EXPECT_NE(found, nullptr);
    return *found;
  }
  calls::CallPlan plan(CallId sid) const { return calls::plan_of(row(sid)); }
  TaskId task() const { return back().task_sid; }
  const routing::TaskRecord& task_row() const { return *center.state->routing().task(task()); }
  // Of the queue entries that ended in the last entry, the first.
  Bucket bucket() const {
    for (const auto& event : center.last->events) {
      if (event.type == events::EventType::kQueueEntryEnded) return event.bucket;
    }
    return Bucket::none;
  }
  // Ann has taken it and her sound is there: the customer is called.
  CallId calling(WorkerId ann) {
    center.accept_next(ann);
    const CallId made = back().call_sid;
    tell(calls::LegConnected{made, row(made).legs[1].sid});
    return made;
  }
  void fails(CallId made, Reason reason = Reason::no_answer) {
    tell(calls::LegEnded{made, row(made).legs.front().sid, reason});
  }
  Result<std::string> request(const std::function<void(calls::RequestCallback&)>& edit = [](auto&) {}) {
    calls::RequestCallback wish{.to = "+49 (30) 77", .name = "Carla"};
    wish.number_sid = number;
    edit(wish);
    return center.try_(calls::Command{wish});
  }
  metrics::QueueInterval sum(std::string_view channel) const {
    metrics::QueueInterval out;
    for (const auto& one : center.metrics.queues) {
      if (one.task_queue_sid != queue || one.task_channel_sid != center.channel(channel)) continue;
      out.offered += one.offered, out.answered += one.answered, out.callback_taken += one.callback_taken;
      out.canceled += one.canceled, out.abandoned += one.abandoned;
    }
    return out;
  }

  Center center;
  QueueId queue;
  NumberId number;
  CallId call;
  LegId leg;
  CallbackId callback;
  std::uint64_t legs = 0;
};

}  // namespace carillon::workspace::testing
