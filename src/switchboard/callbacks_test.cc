// Goal: keys of a waiting caller lead to a callback, the list of those who must not be called is asked, and whoever takes it has the
//       customer's telephone called by a trunk.
// Method: caller and carrier are SIP hosts on loopback; the agent's phone is what the test says of it.
#include "switchboard/testing/caller_out.h"

namespace carillon::switchboard {
namespace {

namespace sip = voice::sip;
using calls::CallbackStatus;
using calls::CallbackStep;
using calls::CallStatus;
using calls::Reason;
using voice::net::Party;
using voice::net::some_sdp;

class CallingBack : public testing::CallerOut {
 protected:
  CallingBack() { number_.callback.key = "1"; }
  void configure(Config& config) override {
    sip::Trunk trunk;
    trunk.id = "carrier";
    trunk.next_hops = {"sip:" + carrier_.at(sip::Transport::kUdp).text()};
    config.trunks.push_back(trunk);
  }
  calls::CallRecord waits() {
    sip::Invite wish;
    wish.target = uri("+4930123");
    wish.from_user = "+4930111222";
    wish.sdp = some_sdp(40000);
    leg_ = caller_.invite(wish);
    EXPECT_TRUE(caller_.wait_for<sip::Answered>());
    const auto row = relay_.wait_for([](const calls::CallRecord& r) {
      return r.status == CallStatus::queued && r.legs.front().status == calls::LegStatus::connected;
    });
    EXPECT_TRUE(row);
    return row.value_or(calls::CallRecord{});
  }
  void press(char key) {
    caller_.ask([&](sip::Stack& stack, Instant now) { return stack.dtmf(now, leg_, key).ok(); });
  }
  void asks(const calls::CallRecord& call) {
    press('1');
    EXPECT_TRUE(
        relay_.wait_for([&](const auto& r) { return r.sid == call.sid && r.asking.step == CallbackStep::confirm; }));
  }
  std::vector<calls::CallbackRecord> callbacks() {
    return look<std::vector<calls::CallbackRecord>>([](const runtime::View& view) {
      std::vector<calls::CallbackRecord> out;
      for (const auto* one : view.state.calls().callbacks()) out.push_back(*one);
      return out;
    });
  }

  Party carrier_;
  sip::LegId leg_;
};

TEST_F(CallingBack, TwoKeysEndTheCallAndTheCustomerIsCalledByTheTrunk) {
  carrier_.answer_all(some_sdp(5000));
  const auto call = waits();
  asks(call);
  press('1');
  ASSERT_TRUE(relay_.wait_for([&](const auto& r) { return r.sid == call.sid && r.callback_sid; }));
  ASSERT_EQ(callbacks().size(), 1u);
  EXPECT_EQ(callbacks().front().to, "+4930111222");
  caller_.hang_up(leg_);
  until(call, CallStatus::ended);

  const auto offered = offers(ann_);
  ASSERT_EQ(offered.size(), 1u);
  must(routing::Command(routing::AcceptReservation{offered.front()}));
  const auto made = relay_.wait_for([&](const auto& r) { return r.sid != call.sid && r.legs.size() == 2; });
  ASSERT_TRUE(made);
  must(calls::Command(calls::LegConnected{made->sid, made->legs.back().sid}));
  const auto incoming = carrier_.wait_for<sip::IncomingCall>();
  ASSERT_TRUE(incoming);
  EXPECT_EQ(incoming->called.number, "+4930111222");
  EXPECT_EQ(incoming->from.number, "+4930123");
  EXPECT_EQ(until(*made, CallStatus::talking).contact_sid, call.contact_sid);
  EXPECT_TRUE(callbacks().empty());
}

TEST_F(CallingBack, WhoIsBusyIsCalledAgainLater) {
  refuse_all(carrier_, 486);
  const auto call = waits();
  asks(call);
  press('1');
  ASSERT_TRUE(relay_.wait_for([&](const auto& r) { return r.sid == call.sid && r.callback_sid; }));
  must(routing::Command(routing::AcceptReservation{offers(ann_).front()}));
  const auto made = relay_.wait_for([&](const auto& r) { return r.sid != call.sid && r.legs.size() == 2; });
  ASSERT_TRUE(made);
  must(calls::Command(calls::LegConnected{made->sid, made->legs.back().sid}));
  EXPECT_EQ(until(*made, CallStatus::ended).reason, Reason::busy);
  ASSERT_EQ(callbacks().size(), 1u);
  EXPECT_EQ(callbacks().front().status, CallbackStatus::paused);
  EXPECT_EQ(callbacks().front().tries.size(), 1u);
}

TEST_F(CallingBack, WhoMustNotBeCalledIsAskedForAnotherNumber) {
  runtime::RecordChange record;
  record.workspace = workspace_;
  record.change.run(store::Sql::dynamic("INSERT INTO do_not_call (workspace_id, address, note, created_at, created_by) "
                                        "VALUES (?1, ?2, ?3, ?4, ?5)"),
                    workspace_, std::string("+4930111222"), std::string(), Instant{1}, std::string("test"));
  std::promise<bool> done;
  record.reply = [&](const Result<runtime::Committed>& answer) { done.set_value(answer.ok()); };
  runtime_->commit(std::move(record));
  ASSERT_TRUE(done.get_future().get());
  const auto call = waits();
  asks(call);
  press('1');
  EXPECT_TRUE(
      relay_.wait_for([&](const auto& r) { return r.sid == call.sid && r.asking.step == CallbackStep::enter; }));
  EXPECT_TRUE(callbacks().empty());
}

TEST_F(CallingBack, ATypedNumberIsTakenKeyByKey) {
  const auto call = waits();
  asks(call);
  press('2');
  ASSERT_TRUE(
      relay_.wait_for([&](const auto& r) { return r.sid == call.sid && r.asking.step == CallbackStep::enter; }));
  std::string typed;
  for (const char key : std::string("030555")) {
    press(key);
    typed += key;
    ASSERT_TRUE(relay_.wait_for([&](const auto& r) { return r.sid == call.sid && r.asking.to == typed; }));
  }
  press('#');
  EXPECT_TRUE(relay_.wait_for([&](const auto& r) {
    return r.sid == call.sid && r.asking.step == CallbackStep::confirm && r.asking.to == "030555";
  }));
}

}  // namespace
}  // namespace carillon::switchboard
