// Goal: evidence is found at once and after a restart, and goes when it is too old or to be forgotten.
#include "evidence/keeper.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace carillon::evidence {
namespace {

namespace fs = std::filesystem;

class KeeperTest : public ::testing::Test {
 protected:
  void TearDown() override { fs::remove_all(folder_); }
  std::unique_ptr<Keeper> open(Duration keep = Duration::hours(24)) {
    auto made = Keeper::open({.folder = folder_, .clock = &clock_, .keep = keep});
    EXPECT_TRUE(made);
    return std::move(*made);
  }
  Record record(std::uint64_t n) {
    Record out;
    out.workspace = workspace_, out.call = CallId{0, n};
    out.from = Instant{static_cast<std::int64_t>(n)};
    return out;
  }
  bool has(Keeper& keeper, std::uint64_t n) {
    auto found = keeper.find(workspace_, CallId{0, n});
    EXPECT_TRUE(found) << found.error().message;
    return found && found->has_value();
  }

  const WorkspaceId workspace_{1, 1};
  FakeClock clock_;
  const std::string folder_ = fs::temp_directory_path() / ("carillon-evidence-" + std::to_string(::getpid()));
};

TEST_F(KeeperTest, WhatIsKeptIsFoundAtOnceAndByTheNextServer) {
  {
    const auto keeper = open();
    for (std::uint64_t n = 1; n <= 50; ++n) EXPECT_TRUE(keeper->keep(record(n)));
    for (std::uint64_t n = 1; n <= 50; ++n) EXPECT_TRUE(has(*keeper, n));
    EXPECT_FALSE(has(*keeper, 99));
  }
  const auto next = open();
  for (std::uint64_t n = 1; n <= 50; ++n) EXPECT_TRUE(has(*next, n));
  EXPECT_FALSE(next->find(WorkspaceId{2, 2}, CallId{0, 1})->has_value());
}

TEST_F(KeeperTest, WhatIsToBeForgottenIsGone) {
  const auto keeper = open();
  keeper->keep(record(1));
  keeper->keep(record(2));
  keeper->forget(workspace_, CallId{0, 1});
  EXPECT_TRUE(has(*keeper, 2));
}

TEST_F(KeeperTest, WhatACrashLeftHalfWrittenIsAsIfItWereNotThere) {
  { open()->keep(record(1)); }
  for (const auto& one : fs::recursive_directory_iterator(folder_)) {
    if (one.is_regular_file()) fs::resize_file(one.path(), one.file_size() / 2);
  }
  EXPECT_FALSE(has(*open(), 1));
}

TEST_F(KeeperTest, WhatIsTooOldGoesWhenTheServerStarts) {
  { open()->keep(record(1)); }
  for (const auto& one : fs::recursive_directory_iterator(folder_)) {
    if (one.is_regular_file()) fs::last_write_time(one, fs::file_time_type::clock::now() - std::chrono::hours(25));
  }
  { open()->keep(record(2)); }
  const auto keeper = open();
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (has(*keeper, 1) && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
  EXPECT_FALSE(has(*keeper, 1));
  EXPECT_TRUE(has(*keeper, 2));
}

TEST_F(KeeperTest, ADiskThatTakesNothingCostsEvidenceAndIsCounted) {
  const auto keeper = open();
  fs::remove_all(folder_);
  {
    std::FILE* file = std::fopen(folder_.c_str(), "w");
    std::fclose(file);
  }
  EXPECT_TRUE(keeper->keep(record(1)));
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (keeper->counts().lost == 0 && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
  EXPECT_EQ(keeper->counts().lost, 1u);
}

}  // namespace
}  // namespace carillon::evidence
