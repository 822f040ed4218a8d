// A switchboard for tests with everything real around it: runtime with its threads, SIP over loopback, media engine.
//
// Thread: the test's; waiting is for what was said, never for time.
// Example:
//   class Dialling : public SwitchboardTest { void configure(Config& config) override { config.trunks = {...}; } };
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <future>

#include "runtime/wait_clock.h"
#include "store/testing/memory_store.h"
#include "switchboard/switchboard.h"
#include "voice/net/testing/party.h"

namespace carillon::switchboard::testing {

namespace sip = voice::sip;

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
    config.sip = voice::net::Party::on_loopback();
    config.sip.settings.timing = timing_;
    config.silent_line_ends = silent_line_ends_;
    config.most.calls = most_calls_;
    config.evidence = evidence_;
    config.public_v4 = *voice::IpAddress::parse("127.0.0.1");
    config.media.bind_v4 = config.public_v4;
    configure(config);
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
  virtual void configure(Config&) {}
  void TearDown() override {
    if (board_) board_->stop();
    prompts_.reset();  // what it is still speaking is told to the board
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
  sip::LegId call(const std::string& sdp = voice::net::some_sdp(40000)) {
    sip::Invite wish;
    wish.target = uri("shop");
    wish.from_user = "+4930111222";
    wish.sdp = sdp;
    return caller_.invite(wish);
  }
  // The media thread closes legs in its own time.
  bool comes_to_have_legs(std::size_t legs) {
    const auto limit = std::chrono::steady_clock::now() + voice::net::kPatience;
    while (board_->sound().legs != legs && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
    return board_->sound().legs == legs;
  }
  bool falls_silent() { return comes_to_have_legs(0); }
  // A live call with its row.
  std::pair<sip::LegId, calls::CallRecord> waiting_call(const std::string& sdp = voice::net::some_sdp(40000)) {
    const sip::LegId leg = call(sdp);
    EXPECT_TRUE(caller_.wait_for<sip::Answered>());
    auto row = relay_.wait_for([](const calls::CallRecord& r) {
      return r.status == calls::CallStatus::queued && r.legs.front().status == calls::LegStatus::connected;
    });
    EXPECT_TRUE(row);
    return {leg, row.value_or(calls::CallRecord{})};
  }

  // A worker who is there and takes what is offered.
  WorkerId agent() {
    routing::WorkerRecord row;
    row.friendly_name = "Ann";
    const auto sid = WorkerId::parse(must(workspace::PutWorker{.worker = row}));
    must(presence::Command(presence::SetConnected{*sid, true}));
    const auto available = look<ActivityId>([](const runtime::View& view) {
      for (const auto* one : view.state.presence().activities()) {
        if (one->activity_class == presence::ActivityClass::available) return one->sid;
      }
      return ActivityId{};
    });
    must(presence::Command(presence::SetActivity{*sid, available, false, false}));
    return *sid;
  }
  template <class T, class Read>
  T look(Read read) {
    std::promise<T> promise;
    auto done = promise.get_future();
    runtime_->ask(workspace_, std::move(read),
                  [&promise](Result<runtime::Answer<T>> answer) { promise.set_value(answer ? answer->value : T{}); });
    return done.get();
  }
  std::vector<ReservationId> offers(WorkerId worker) {
    return look<std::vector<ReservationId>>([worker](const runtime::View& view) {
      std::vector<ReservationId> out;
      for (const auto* one : view.state.routing().reservations()) {
        if (one->worker_sid == worker && one->status == routing::ReservationStatus::pending) out.push_back(one->sid);
      }
      return out;
    });
  }

  sip::Timing timing_;
  Duration silent_line_ends_ = kSilentLineEnds;
  std::size_t most_calls_ = 2000;
  std::shared_ptr<evidence::Keeper> evidence_;
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
  voice::net::Party caller_;
  calls::NumberRecord number_;
};

}  // namespace carillon::switchboard::testing
