// An agent who calls somebody, for tests: her phone is what the test says of it.
//
// Thread: the test's. Example:
//   const auto row = dial("+4917112345");
//   until(row, calls::CallStatus::talking);
#pragma once

#include "switchboard/testing/board_world.h"

namespace carillon::switchboard::testing {

class CallerOut : public SwitchboardTest {
 protected:
  void SetUp() override {
    SwitchboardTest::SetUp();
    number_.address = "+4930123";
    shop_ = *NumberId::parse(must(calls::Command(calls::PutNumber{number_})));
    routing::WorkerRecord worker;
    worker.friendly_name = "Ann";
    ann_ = *WorkerId::parse(must(workspace::PutWorker{worker, false}));
    std::promise<ActivityId> found;
    runtime_->ask(
        workspace_,
        [](const runtime::View& view) {
          for (const auto* one : view.state.presence().activities()) {
            if (one->friendly_name == "Available") return one->sid;
          }
          return ActivityId{};
        },
        [&](Result<runtime::Answer<ActivityId>> answer) { found.set_value(answer->value); });
    presence::SetActivity set;
    set.worker_sid = ann_, set.activity_sid = found.get_future().get();
    must(presence::Command(set));
  }
  // Ann calls; her phone is there.
  calls::CallRecord dial(const std::string& to) {
    const CallId call =
        *CallId::parse(must(calls::Command(calls::Dial{.worker_sid = ann_, .to = to, .number_sid = shop_})));
    const auto row = relay_.wait_for([&](const auto& r) { return r.sid == call && r.legs.size() == 2; });
    EXPECT_TRUE(row);
    must(calls::Command(calls::LegConnected{call, row->legs.back().sid}));
    return *row;
  }
  calls::CallRecord until(const calls::CallRecord& call, calls::CallStatus status) {
    const auto row = relay_.wait_for([&](const auto& r) { return r.sid == call.sid && r.status == status; });
    EXPECT_TRUE(row);
    return row.value_or(calls::CallRecord{});
  }
  static void refuse_all(voice::net::Party& party, int status) {
    party.on_event = [status](sip::Stack& stack, Instant now, sip::Event& event) {
      if (const auto* call = std::get_if<sip::IncomingCall>(&event)) (void)stack.reject(now, call->leg, status);
    };
    party.start();
  }

  NumberId shop_;
  WorkerId ann_;
};

}  // namespace carillon::switchboard::testing
