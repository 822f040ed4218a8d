// Goal: what a customer types in secret reaches whoever asked for it, and nothing and nobody else; the recording pauses meanwhile.
// Method: a real telephone on loopback that sends digits by SIP INFO, real media, a file on the disk.
#include <gtest/gtest.h>

#include <filesystem>

#include "switchboard/testing/board_world.h"

namespace carillon::switchboard {
namespace {

namespace sip = voice::sip;
using calls::SecretDigits;
using testing::SwitchboardTest;

class SecretDigitsTest : public SwitchboardTest {
 protected:
  void configure(Config& config) override {
    std::filesystem::create_directories(folder_);
    config.files = folder_;
    config.recording_key = std::make_shared<recordings::Key>(recordings::Key{{1}, "test"});
  }
  void TearDown() override {
    SwitchboardTest::TearDown();
    board_.reset();
    std::filesystem::remove_all(folder_);
  }
  // A recorded call that an agent has taken.
  void talk() {
    number_.recording = calls::RecordingPolicy::always;
    list();
    const WorkerId ann = agent();
    std::tie(leg_, row_) = waiting_call();
    const auto offered = offers(ann);
    ASSERT_EQ(offered.size(), 1u);
    must(routing::Command(routing::AcceptReservation{offered.front()}));
    row_ = *relay_.wait_for([](const calls::CallRecord& r) { return r.legs.size() == 2; });
    must(calls::Command(calls::LegConnected{row_.sid, row_.legs.back().sid}));
    ASSERT_TRUE(comes_to(calls::Recording::on));
  }
  bool comes_to(calls::Recording recording) {
    return relay_.wait_for([&](const calls::CallRecord& r) { return r.recording == recording; }).has_value();
  }
  std::future<Result<SecretDigits>> gather(calls::SecretWish wish = {}) {
    auto promise = std::make_shared<std::promise<Result<SecretDigits>>>();
    board_->gather_secret(workspace_, row_.sid, wish,
                          [promise](Result<SecretDigits> typed) { promise->set_value(std::move(typed)); });
    return promise->get_future();
  }
  void type(std::string_view digits) {
    for (const char digit : digits) {
      EXPECT_TRUE(caller_.ask([&](sip::Stack& stack, Instant now) { return stack.dtmf(now, leg_, digit).ok(); }));
    }
  }
  const std::string folder_ =
      std::filesystem::temp_directory_path() / ("carillon-secret-digits-" + std::to_string(::getpid()));
  sip::LegId leg_;
  calls::CallRecord row_;
};

TEST_F(SecretDigitsTest, GoToWhoAskedAndTheRecordingPausesMeanwhile) {
  talk();
  auto typed = gather();
  ASSERT_TRUE(comes_to(calls::Recording::paused));
  type("4111#");
  const auto result = typed.get();
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->digits, "4111");
  EXPECT_EQ(result->ended_by, SecretDigits::End::finish_key);
  EXPECT_TRUE(comes_to(calls::Recording::on));
}

TEST_F(SecretDigitsTest, EndWithTheLastOneWhenTheyAreAskedToStopAndWithTheCall) {
  talk();
  auto pin = gather({.most = 2});
  ASSERT_TRUE(comes_to(calls::Recording::paused));
  EXPECT_FALSE(gather().get()) << "one at a time";
  type("42");
  EXPECT_EQ(pin.get()->ended_by, SecretDigits::End::length);
  ASSERT_TRUE(comes_to(calls::Recording::on));

  auto stopped = gather();
  std::promise<Result<void>> promise;
  board_->stop_secret(workspace_, row_.sid, [&](Result<void> done) { promise.set_value(done); });
  EXPECT_TRUE(promise.get_future().get());
  EXPECT_EQ(stopped.get()->ended_by, SecretDigits::End::stopped);

  ASSERT_TRUE(comes_to(calls::Recording::on));
  auto left = gather();
  ASSERT_TRUE(comes_to(calls::Recording::paused));
  caller_.hang_up(leg_);
  EXPECT_EQ(left.get()->ended_by, SecretDigits::End::hung_up);
}

TEST_F(SecretDigitsTest, EndWhenTheirTimeIsOver) {
  talk();
  auto late = gather({.within = Duration::millis(100)});
  const auto result = late.get();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->ended_by, SecretDigits::End::timeout);
}

TEST_F(SecretDigitsTest, AreNotAskedForWhereNobodyTalks) {
  list();
  std::tie(leg_, row_) = waiting_call();
  EXPECT_FALSE(gather().get());
}

}  // namespace
}  // namespace carillon::switchboard
