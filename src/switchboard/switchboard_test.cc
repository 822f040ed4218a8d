// Goal: what happens at a number happens to the telephone that calls it, and what the telephone does stands in the rows.
// Method: everything is real (runtime with its threads, SIP over loopback, media engine); waiting is for what was said, never for time.
#include "switchboard/switchboard.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <future>

#include "switchboard/paths.h"
#include "switchboard/testing/board_world.h"
#include "voice/sdp/sdp.h"

namespace carillon::switchboard {
namespace {

namespace sip = voice::sip;
using testing::SwitchboardTest;
using voice::net::Party;
using voice::net::some_sdp;

TEST_F(SwitchboardTest, ACallerIsAnsweredAndWaitsInTheQueue) {
  list();
  const auto [leg, row] = waiting_call();
  EXPECT_EQ(row.from, "+4930111222");
  EXPECT_EQ(row.to, "shop");
  EXPECT_TRUE(row.contact_sid);
  EXPECT_EQ(board_->sound().legs, 1u);
}

TEST_F(SwitchboardTest, WhoHangsUpHasLeft) {
  list();
  const auto [leg, row] = waiting_call();
  caller_.hang_up(leg);
  const auto ended = relay_.wait_for([](const auto& r) { return r.status == calls::CallStatus::ended; });
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->reason, calls::Reason::customer_left);
}

TEST_F(SwitchboardTest, WhoCallsFromANumberIsACustomerFromThenOn) {
  list();
  const auto [leg, row] = waiting_call();
  const auto linked = relay_.wait_for([](const calls::CallRecord& r) { return !r.customer_sid.empty(); });
  ASSERT_TRUE(linked);
  caller_.hang_up(leg);
  call();
  const auto again =
      relay_.wait_for([&](const calls::CallRecord& r) { return r.sid != row.sid && r.conversation_sid; });
  ASSERT_TRUE(again);
  EXPECT_EQ(again->customer_sid, linked->customer_sid);
  EXPECT_NE(again->contact_sid, linked->contact_sid);
}

TEST_F(SwitchboardTest, ANumberThatNobodyHasIsNotFound) {
  list();
  sip::Invite wish;
  wish.target = uri("nobody");
  wish.sdp = some_sdp(40000);
  caller_.invite(wish);
  const auto ended = caller_.wait_for<sip::CallEnded>();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->status, 404);
}

TEST_F(SwitchboardTest, ANumberThatIsDeletedTakesNoMoreCalls) {
  list();
  const auto [leg, row] = waiting_call();
  must(calls::Command(calls::DeleteNumber{row.number_sid, 0}));
  call();
  const auto ended = caller_.wait_for<sip::CallEnded>();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->status, 404);
}

TEST_F(SwitchboardTest, AClosedNumberWithoutWordsIsNotAnswered) {
  number_.always_open = false;
  list();
  call();
  const auto ended = caller_.wait_for<sip::CallEnded>();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->status, 480);
  EXPECT_TRUE(falls_silent());
}

TEST_F(SwitchboardTest, ABlockedCallerIsDeclined) {
  number_.blocked = {"+4930111222"};
  list();
  call();
  const auto ended = caller_.wait_for<sip::CallEnded>();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->status, 603);
}

TEST_F(SwitchboardTest, ACallThatEndsInTheRowsIsHungUp) {
  list();
  const auto [leg, row] = waiting_call();
  must(calls::Command(calls::HangUp{row.sid, calls::Reason::by_supervisor}));
  const auto ended = caller_.wait_for<sip::CallEnded>();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->cause, sip::Cause::kHungUp);
}

TEST_F(SwitchboardTest, ACallWithoutAnOfferGetsOurs) {
  list();
  sip::Invite wish;
  wish.target = uri("shop");
  wish.from_user = "+4930111222";
  const sip::LegId leg = caller_.invite(wish);
  const auto answered = caller_.wait_for<sip::Answered>();
  ASSERT_TRUE(answered);
  ASSERT_TRUE(answered->wants_answer);
  const std::string answer = some_sdp(40000);
  caller_.ask([&](sip::Stack& stack, Instant now) { return stack.answer_offer(now, leg, answer).ok(); });
  EXPECT_TRUE(relay_.wait_for([](const calls::CallRecord& r) {
    return !r.legs.empty() && r.legs.front().status == calls::LegStatus::connected;
  }));
}

TEST_F(SwitchboardTest, ACallerMayHoldAndResume) {
  list();
  const auto [leg, row] = waiting_call();
  for (const auto& [ours, theirs] : {std::pair{"sendonly", voice::sdp::Direction::kRecvOnly},
                                     std::pair{"sendrecv", voice::sdp::Direction::kSendRecv}}) {
    std::string offer = some_sdp(40000);
    const std::string direction = std::string("a=") + ours + "\r\n";
    offer += direction;
    const sip::LegId caller = leg;
    caller_.ask([&](sip::Stack& stack, Instant now) { return stack.offer(now, caller, offer).ok(); });
    const auto answered = caller_.wait_for<sip::OfferAnswered>();
    ASSERT_TRUE(answered);
    const auto session = voice::sdp::parse(answered->sdp);
    ASSERT_TRUE(session);
    EXPECT_EQ(session->direction_of_media(session->media.front()), theirs);
  }
}

TEST_F(SwitchboardTest, AnOfferWithoutACommonCodecIsNotAcceptable) {
  list();
  call("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 18\r\n");
  const auto ended = caller_.wait_for<sip::CallEnded>();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->status, 488);
  EXPECT_TRUE(falls_silent());
}

TEST_F(SwitchboardTest, APhoneWhoseOfferCannotBeReadIsToldWhy) {
  std::promise<Result<std::string>> promise;
  auto answer = promise.get_future();
  board_->connect({workspace_, WorkerId{1, 1}, 1}, "v=0\r\nnonsense",
                  [&](Result<std::string> sdp) { promise.set_value(sdp); });
  const auto told = answer.get();
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().code, ErrorCode::kInvalidValue);
  EXPECT_EQ(told.error().field, "sdp");
}

TEST(SwitchboardPaths, WhoMonitorsIsHeardAsTheyAskedFor) {
  const auto role = [](calls::LegRole of, calls::Monitoring how) { return role_of({.role = of, .monitoring = how}); };
  EXPECT_EQ(role(calls::LegRole::customer, calls::Monitoring::off), media::Role::kCustomer);
  EXPECT_EQ(role(calls::LegRole::agent, calls::Monitoring::off), media::Role::kAgent);
  EXPECT_EQ(role(calls::LegRole::coach, calls::Monitoring::listen), media::Role::kListener);
  EXPECT_EQ(role(calls::LegRole::coach, calls::Monitoring::whisper), media::Role::kCoach);
  EXPECT_EQ(role(calls::LegRole::coach, calls::Monitoring::barge), media::Role::kAgent);
}

TEST_F(SwitchboardTest, DigitsAreRefusedWhereNobodyTalks) {
  list();
  const auto [leg, row] = waiting_call();
  for (const char* digits : {"12", "x", ""}) {
    std::promise<Result<void>> promise;
    auto answer = promise.get_future();
    board_->press(workspace_, row.sid, WorkerId{1, 1}, digits, [&](Result<void> done) { promise.set_value(done); });
    EXPECT_FALSE(answer.get());
  }
}

TEST_F(SwitchboardTest, ACountOfEverythingIsThereForMonitoring) {
  list();
  const auto [leg, row] = waiting_call();
  const Counts counts = board_->counts();
  EXPECT_EQ(std::tuple(counts.lines, counts.calls, counts.phones), std::tuple(1u, 1u, 0u));
  EXPECT_GE(counts.sip.datagrams_in, 2u);
  EXPECT_FALSE(counts.overloaded);
  const std::string page = to_prometheus(counts);
  EXPECT_NE(page.find("# TYPE carillon_voice_lines gauge\ncarillon_voice_lines 1\n"), std::string::npos) << page;
}

class Evidence : public SwitchboardTest {
 protected:
  void SetUp() override {
    auto opened = evidence::Keeper::open({.folder = folder_, .clock = &clock_});
    ASSERT_TRUE(opened);
    evidence_ = std::move(*opened);
    SwitchboardTest::SetUp();
  }
  void TearDown() override {
    SwitchboardTest::TearDown();
    board_.reset();
    evidence_.reset();
    std::filesystem::remove_all(folder_);
  }
  // What is in memory of a call.
  std::optional<evidence::Record> seen(CallId call) {
    std::promise<std::optional<evidence::Record>> promise;
    auto answer = promise.get_future();
    board_->evidence_of(workspace_, call, [&](auto found) { promise.set_value(std::move(found)); });
    return answer.get();
  }
  const std::string folder_ =
      std::filesystem::temp_directory_path() / ("carillon-board-evidence-" + std::to_string(::getpid()));
};

TEST_F(Evidence, OfACallIsThereWhileItGoesOnAndIsKeptWhenTheServerStops) {
  list();
  const auto [leg, row] = waiting_call();
  const auto record = seen(row.sid);
  ASSERT_TRUE(record);
  ASSERT_EQ(record->parties.size(), 1u);
  EXPECT_EQ(record->parties[0].leg, row.legs.front().sid);
  EXPECT_EQ(record->parties[0].messages.front().text.substr(0, 16), "INVITE sip:shop@");
  EXPECT_EQ(record->parties[0].messages.front().ours.text(), board_->listeners().front().bound.text());
  EXPECT_FALSE(seen(CallId{9, 9}));
  board_->stop();
  const auto kept = evidence_->find(workspace_, row.sid);
  ASSERT_TRUE(kept && *kept);
  EXPECT_GE((*kept)->parties.at(0).messages.size(), 4u);
}

TEST_F(Evidence, OfACallThatEndsInItsFirstEntryIsKeptTooAndNothingStays) {
  number_.always_open = false;
  list();
  call();
  ASSERT_TRUE(caller_.wait_for<sip::CallEnded>());
  const auto row = relay_.wait_for([](const auto& r) { return r.status == calls::CallStatus::ended; });
  ASSERT_TRUE(row);
  const auto limit = std::chrono::steady_clock::now() + voice::net::kPatience;
  while (seen(row->sid) && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
  EXPECT_FALSE(seen(row->sid));
  const auto kept = evidence_->find(workspace_, row->sid);
  ASSERT_TRUE(kept && *kept);
  std::string said;
  for (const auto& one : (*kept)->parties.at(0).messages) said += one.text.substr(0, 11) + "|";
  EXPECT_TRUE(said.starts_with("INVITE sip:|")) << said;
  EXPECT_NE(said.find("SIP/2.0 480"), std::string::npos) << said;
}

// The caller goes without a word: no BYE, no sound.
class LostPeers : public SwitchboardTest {
 protected:
  LostPeers() {
    silent_line_ends_ = Duration::millis(500);
    timing_.t1 = Duration::millis(20);
  }
  void vanish() { caller_.host().stop(); }
  std::optional<calls::CallRecord> ended() {
    return relay_.wait_for([](const auto& r) { return r.status == calls::CallStatus::ended; });
  }
};

TEST_F(LostPeers, AWaitingCallerWhoIsNotThereAnyMoreLeavesTheQueue) {
  list();
  const auto [leg, row] = waiting_call();
  vanish();
  const auto over = ended();
  ASSERT_TRUE(over);
  EXPECT_EQ(over->reason, calls::Reason::customer_left);
  EXPECT_TRUE(falls_silent());
}

TEST_F(LostPeers, AWaitingCallerWhoOnlyListensKeepsTheirPlace) {
  list();
  const auto [leg, row] = waiting_call();
  // Two times the silence, and their telephone has been asked.
  const auto asked = [&] { return board_->counts().sip.datagrams_out; };
  const std::uint64_t before = asked();
  const auto limit = std::chrono::steady_clock::now() + voice::net::kPatience;
  while (asked() < before + 2 && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
  EXPECT_GE(asked(), before + 2);
  EXPECT_EQ(board_->counts().lines, 1u);
}

TEST_F(LostPeers, AnAgentWhoseCallerIsGoneIsFree) {
  list();
  const WorkerId ann = agent();
  const auto [leg, row] = waiting_call();
  std::vector<ReservationId> offered = offers(ann);
  ASSERT_EQ(offered.size(), 1u);
  must(routing::Command(routing::AcceptReservation{offered.front()}));
  vanish();
  ASSERT_TRUE(ended());
  // Whatever is left of it is work after the call, not the call.
  const bool holds = look<bool>([ann](const runtime::View& view) {
    for (const auto* one : view.state.routing().reservations()) {
      if (one->worker_sid == ann && one->status == routing::ReservationStatus::accepted) return true;
    }
    return false;
  });
  EXPECT_FALSE(holds);
}

class BusyServer : public SwitchboardTest {
 protected:
  BusyServer() { most_calls_ = 1; }
};

TEST_F(BusyServer, MoreCallsThanItTakesAreSentAwayUntilThereIsRoom) {
  list();
  const auto [leg, row] = waiting_call();
  call();
  auto refused = caller_.wait_for<sip::CallEnded>();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  EXPECT_GE(refused->retry_after, 1);
  EXPECT_EQ(std::tuple(board_->counts().overloaded, board_->counts().overloads), std::tuple(true, 1u));
  caller_.hang_up(leg);
  const auto limit = std::chrono::steady_clock::now() + voice::net::kPatience;
  while (board_->counts().overloaded && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
  (void)call();
  EXPECT_TRUE(caller_.wait_for<sip::Answered>());
}

}  // namespace
}  // namespace carillon::switchboard
