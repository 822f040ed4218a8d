// Goal: what happens at a number happens to the telephone that calls it, and what the telephone does stands in the rows.
// Method: everything is real (runtime with its threads, SIP over loopback, media engine); waiting is for what was said, never for time.
#include "switchboard/switchboard.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <future>

#include "runtime/wait_clock.h"
#include "store/testing/memory_store.h"
#include "switchboard/paths.h"
#include "voice/net/testing/party.h"
#include "voice/sdp/sdp.h"

namespace carillon::switchboard {
namespace {

namespace sip = voice::sip;
using voice::net::Party;
using voice::net::some_sdp;

// The runtime's sink is there before the switchboard is. Keeps the last row of each call.
class Relay final : public runtime::EventSink {
 public:
  void committed(const runtime::PublishedEntryPtr& entry) override {
    if (Switchboard* to = board) to->committed(entry);
    std::lock_guard held(mutex_);
    for (const auto& call : entry->calls) rows_[call.sid] = call;
    seen_ = std::max(seen_, entry->position);
    changed_.notify_all();
  }
  void ready(WorkspaceId workspace, std::int64_t position, bool restarted) override {
    if (Switchboard* to = board) to->ready(workspace, position, restarted);
  }
  // The first call that is as wanted.
  std::optional<calls::CallRecord> wait_for(const std::function<bool(const calls::CallRecord&)>& wanted) {
    std::unique_lock held(mutex_);
    std::optional<calls::CallRecord> found;
    changed_.wait_for(held, voice::net::kPatience, [&] {
      for (const auto& [sid, row] : rows_) {
        if (wanted(row)) return found = row, true;
      }
      return false;
    });
    return found;
  }
  // Until the board was told of this commit.
  void wait_until_told(std::int64_t position) {
    std::unique_lock held(mutex_);
    EXPECT_TRUE(changed_.wait_for(held, voice::net::kPatience, [&] { return seen_ >= position; }));
  }
  std::atomic<Switchboard*> board{nullptr};

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<CallId, calls::CallRecord> rows_;
  std::int64_t seen_ = 0;
};

class NoAlarms final : public runtime::AlarmSink {
 public:
  void raised(const runtime::Alarm&) override {}
};

class SwitchboardTest : public ::testing::Test {
 protected:
  void SetUp() override {
    runtime_ = std::make_unique<runtime::Runtime>(
        runtime::Runtime::World{*store_, clock_, seeds_, relay_, alarms_, nullptr}, runtime::RuntimeOptions{});
    prompts_ = prompts::Prompts::open({});
    Config config;
    config.sip = Party::on_loopback();
    config.public_v4 = *voice::IpAddress::parse("127.0.0.1");
    config.media.bind_v4 = config.public_v4;
    auto opened = Switchboard::open({*runtime_, *store_, pool_, clock_, seeds_, *prompts_, [](const std::string&) {}},
                                    std::move(config));
    ASSERT_TRUE(opened) << opened.error().message;
    board_ = std::move(*opened);
    relay_.board = board_.get();
    board_->start();
    ASSERT_TRUE(runtime_->start());
    must(workspace::CreateWorkspace{workspace_, "Test", "UTC"});
    routing::TaskQueueRecord queue;
    queue.friendly_name = "Calls";
    queue.expression = "1 == 1";
    number_.friendly_name = "Shop";
    number_.address = "shop";
    number_.task_queue_sid = *QueueId::parse(must(routing::Command(routing::PutTaskQueue{queue})));
    number_.turn_away_unstaffed = false;
    caller_.start();
  }
  void TearDown() override {
    if (board_) board_->stop();
    if (runtime_) runtime_->stop();
    pool_.stop();
  }
  std::string must(workspace::Command command) {
    std::promise<Result<runtime::Committed>> promise;
    auto done = promise.get_future();
    runtime::Submission submission{.workspace = workspace_, .command = std::move(command), .actor = {}};
    submission.reply = [&](Result<runtime::Committed> answer) { promise.set_value(std::move(answer)); };
    runtime_->submit(std::move(submission));
    auto answer = done.get();
    EXPECT_TRUE(answer) << answer.error().message;
    if (!answer) return "";
    relay_.wait_until_told(answer->position);
    // Being told is a job of the board's thread, and datagrams may go before jobs: one more job, and it is done.
    std::promise<void> reached;
    board_->press(workspace_, {}, {}, "1", [&](const Result<void>&) { reached.set_value(); });
    reached.get_future().wait();
    return answer->sid;
  }
  void list() { must(calls::Command(calls::PutNumber{number_})); }
  std::string uri(const std::string& user) { return "sip:" + user + "@" + board_->listeners().front().bound.text(); }
  sip::LegId call(const std::string& sdp = some_sdp(40000)) {
    sip::Invite wish;
    wish.target = uri("shop");
    wish.from_user = "+4930111222";
    wish.sdp = sdp;
    return caller_.invite(wish);
  }
  // The media thread closes legs in its own time.
  bool falls_silent() {
    const auto limit = std::chrono::steady_clock::now() + voice::net::kPatience;
    while (board_->sound().legs > 0 && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
    return board_->sound().legs == 0;
  }
  // A live call with its row.
  std::pair<sip::LegId, calls::CallRecord> waiting_call(const std::string& sdp = some_sdp(40000)) {
    const sip::LegId leg = call(sdp);
    EXPECT_TRUE(caller_.wait_for<sip::Answered>());
    auto row = relay_.wait_for([](const calls::CallRecord& r) {
      return r.status == calls::CallStatus::queued && r.legs.front().status == calls::LegStatus::connected;
    });
    EXPECT_TRUE(row);
    return {leg, row.value_or(calls::CallRecord{})};
  }

  const WorkspaceId workspace_{7, 7};
  runtime::SystemWaitClock clock_;
  runtime::SystemSeeds seeds_;
  NoAlarms alarms_;
  Relay relay_;
  std::unique_ptr<store::Store> store_ = store::testing::memory_store();
  door::Pool pool_{2};
  std::unique_ptr<runtime::Runtime> runtime_;
  std::unique_ptr<prompts::Prompts> prompts_;
  std::unique_ptr<Switchboard> board_;
  Party caller_;
  calls::NumberRecord number_;
};

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

}  // namespace
}  // namespace carillon::switchboard
