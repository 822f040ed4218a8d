// Goal: a customer who calls from a web page is answered once the call is in the rows, has one call, and may take it elsewhere.
// Method: everything is real but the browser: its offer is written by hand, so its sound never comes.
#include "switchboard/testing/board_world.h"

namespace carillon::switchboard {
namespace {

using testing::SwitchboardTest;

class GuestTest : public SwitchboardTest {
 protected:
  static std::string browser_offer() {
    return "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0 "
           "126\r\n"
           "c=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n"
           "a=fingerprint:sha-256 "
           "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n"
           "a=setup:actpass\r\na=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\na=rtpmap:0 PCMU/8000\r\n"
           "a=rtpmap:126 telephone-event/8000\r\n";
  }
  void configure(Config& config) override { config.media.browsers_bind = {{config.public_v4, 0}}; }
  void SetUp() override {
    SwitchboardTest::SetUp();
    sid_ = *NumberId::parse(must(calls::Command(calls::PutNumber{number_})));
  }
  Result<std::string> say(const std::function<void(calls::Guests&, calls::Guests::Answered)>& what) {
    std::promise<Result<std::string>> promise;
    auto answer = promise.get_future();
    what(*board_, [&](Result<std::string> sdp) { promise.set_value(std::move(sdp)); });
    return answer.get();
  }
  Result<std::string> call(std::uint64_t stream, std::string offer = browser_offer(), NumberId number = {}) {
    return say([&](calls::Guests& guests, calls::Guests::Answered answered) {
      guests.call({guest_, stream}, {.number = number ? number : sid_, .name = "Mia", .thread_channel = "chat"}, offer,
                  std::move(answered));
    });
  }
  Result<std::string> resume(std::uint64_t stream) {
    return say([&](calls::Guests& guests, calls::Guests::Answered answered) {
      guests.resume({guest_, stream}, browser_offer(), std::move(answered));
    });
  }
  std::optional<calls::CallRecord> row_when(const std::function<bool(const calls::CallRecord&)>& is) {
    return relay_.wait_for(is);
  }

  const calls::Guest guest_{workspace_, VisitorId{5, 5}};
  NumberId sid_;
};

TEST_F(GuestTest, IsAnsweredOnceTheCallIsInTheRows) {
  const auto sdp = call(1);
  ASSERT_TRUE(sdp) << sdp.error().message;
  EXPECT_NE(sdp->find("a=ice-lite"), std::string::npos);
  const auto row = row_when([](const calls::CallRecord& r) { return r.status == calls::CallStatus::queued; });
  ASSERT_TRUE(row);
  EXPECT_EQ(row->identity, guest_.visitor.str());
  EXPECT_EQ(row->from_name, "Mia");
  EXPECT_EQ(row->to, "shop");
  EXPECT_EQ(row->legs.front().status, calls::LegStatus::connecting);
  EXPECT_FALSE(row->legs.front().connect_by.is_never());
}

TEST_F(GuestTest, HasOneCallAtATimeAndMayTakeItElsewhere) {
  EXPECT_FALSE(resume(1));
  ASSERT_TRUE(call(1));
  const auto second = call(2);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kStateForbids);
  EXPECT_TRUE(resume(2));
  board_->left({guest_, 1});  // what was left behind
  EXPECT_TRUE(comes_to_have_legs(1));
}

TEST_F(GuestTest, HangsUpAndHasLeft) {
  ASSERT_TRUE(call(1));
  board_->hang_up(guest_);
  const auto row = row_when([](const calls::CallRecord& r) { return r.status == calls::CallStatus::ended; });
  ASSERT_TRUE(row);
  EXPECT_EQ(row->reason, calls::Reason::customer_left);
  EXPECT_TRUE(falls_silent());
  EXPECT_TRUE(call(2));
}

TEST_F(GuestTest, IsHungUpOnByTheRow) {
  ASSERT_TRUE(call(1));
  const auto row = row_when([](const calls::CallRecord& r) { return r.status == calls::CallStatus::queued; });
  ASSERT_TRUE(row);
  must(calls::Command(calls::HangUp{row->sid, calls::Reason::by_supervisor}));
  EXPECT_TRUE(falls_silent());
  EXPECT_FALSE(resume(1));
}

TEST_F(GuestTest, IsToldWhyThereIsNoCall) {
  const auto unread = call(1, "v=0\r\nnonsense");
  ASSERT_FALSE(unread);
  EXPECT_EQ(unread.error().code, ErrorCode::kInvalidValue);
  const auto elsewhere = call(1, browser_offer(), NumberId{4, 4});
  ASSERT_FALSE(elsewhere);
  EXPECT_EQ(elsewhere.error().code, ErrorCode::kNotFound);
  number_.always_open = false;
  number_.sid = sid_;
  list();
  const auto closed = call(1);
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(falls_silent());
}

}  // namespace
}  // namespace carillon::switchboard
